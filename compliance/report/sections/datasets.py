"""Section 3: what each dataset is, whose it is, and which of its columns are personal."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import Column, Dataset, Source
from compliance.discovery.nouns import Discovery, IdentifierClass, Label, LabelStatus
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import charts, wording
from compliance.report.nouns import DatasetEvidence, Evidence
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table
from compliance.report.wording import count

_STANDS_BEHIND = {
    LabelStatus.PROPOSED: (mark("discovery"), mark("proposed")),
    LabelStatus.CONFIRMED: (mark("an officer"), mark("confirmed")),
    LabelStatus.CORRECTED: (mark("an officer"), mark("corrected")),
}
_CLASSES = {
    IdentifierClass.DIRECT: ("direct", mark("direct identifier")),
    IdentifierClass.QUASI: ("quasi", mark("quasi-identifier")),
    IdentifierClass.SENSITIVE: ("sensitive", mark("sensitive")),
    IdentifierClass.NONE: ("clear", mark("not personal")),
}
_UNSEEN = ("unseen", mark("not examined"))
MOST_SOURCES_PRINTED = 20
MOST_OUTPUTS_PRINTED = 20
_SHORT = {
    "direct": mark("direct"),
    "quasi": mark("quasi"),
    "sensitive": mark("sensitive"),
    "clear": mark("not personal"),
    "unseen": mark("not examined"),
}


def to_datasets(evidence: Evidence) -> Plain:
    """The chart of all datasets, then each on its own."""
    return {
        "chart": _class_chart(evidence.datasets),
        "items": [_one(e) for e in evidence.datasets],
    }


def _one(e: DatasetEvidence) -> Plain:
    dataset = e.dataset
    return {
        "name": dataset.name,
        "identity": _identity(dataset),
        "described": _described(e),
        "sources": _sources(dataset.sources[:MOST_SOURCES_PRINTED]),
        "sources_says": _sources_says(dataset.sources),
        "cleaning": _cleaning(dataset),
        "anonymised": _anonymised(e.anonymised[:MOST_OUTPUTS_PRINTED]),
        "anonymised_left": max(0, len(e.anonymised) - MOST_OUTPUTS_PRINTED),
        "personal": _personal(dataset, e.discovery),
        "personal_says": _personal_says(e.discovery),
        "others": _others(dataset, e.discovery),
    }


def _identity(dataset: Dataset) -> list[Plain]:
    return [
        fact(
            _("Version"),
            _("{version} (reference {id})").format(version=dataset.version, id=dataset.id),
            fill=Fill.NAME,
        ),
        fact(
            _("Size"),
            _("{rows}, {columns}").format(
                rows=count(dataset.rows, "row"), columns=count(len(dataset.columns), "column")
            ),
        ),
        fact(_("Added"), wording.when(dataset.added_at)),
        fact("SHA-256", dataset.sha256, fill=Fill.CODE),
    ]


def _described(e: DatasetEvidence) -> list[Plain]:
    said = e.dataset.description
    months = said.retention_months
    basis = _(said.legal_basis.value.replace("_", " ")) if said.legal_basis else ""
    facts = [
        _said(_("Whose data"), said.data_subjects),
        _said(_("Purpose (GDPR Art. 5(1)(b))"), said.purpose),
        _said(_("Legal basis (GDPR Art. 6(1))"), basis),
        _said(_("Home region"), said.region),
        _said(_("Kept for (GDPR Art. 5(1)(e))"), count(months, "month") if months else ""),
        _said(_("Collected from"), said.source),
        _said(_("Tells people apart"), said.unit or ""),
        fact(_("Shares one budget as"), e.dataset.population, fill=Fill.NAME),
    ]
    if said.special_condition or _special(e.discovery):
        facts.append(_said(_("Condition (GDPR Art. 9(2))"), said.special_condition))
    return facts


def _special(discovery: Discovery | None) -> int:
    labels = discovery.personal if discovery else ()
    return sum(label.special_category for label in labels)


def _said(name: str, value: str) -> Plain:
    return fact(name, wording.recorded(value), fill=Fill.NAME, missing=not value.strip())


def _sources(sources: Sequence[Source]) -> Plain | None:
    headings = [
        heading(_("Source file or table"), 2.2, Fill.NAME),
        heading("SHA-256", 5.2, Fill.CODE),
        heading(_("Size"), fill=Fill.NUMBER),
    ]
    return table(headings, [[s.name, s.sha256, wording.size(s.size_bytes)] for s in sources])


def _sources_says(sources: Sequence[Source]) -> str:
    if not sources:
        return _("No source file is recorded.")
    total = wording.size(sum(source.size_bytes for source in sources))
    says = _("{files}, {total} in total.").format(
        files=count(len(sources), "file or table", plural="files or tables"), total=total
    )
    if len(sources) > MOST_SOURCES_PRINTED:
        says += _(" The first {n} follow; evidence.json, attached, has them all.").format(
            n=MOST_SOURCES_PRINTED
        )
    return says


def _cleaning(dataset: Dataset) -> Plain | None:
    headings = [
        heading(_("Cleaning step"), 5),
        heading(_("Column"), 2.5, Fill.NAME),
        heading(_("Rows changed"), 1.3, Fill.NUMBER),
    ]
    rows = [
        [_(step.step), step.column or _("whole table"), count(step.rows_changed)]
        for step in dataset.cleaning
    ]
    return table(headings, rows)


def _anonymised(outputs: Sequence[Anonymised]) -> Plain | None:
    """What was made to be handed on, and how well it hides people."""
    headings = [
        heading(_("Output"), 2.4, Fill.NAME),
        heading(_("Made (UTC)"), 1.7),
        heading(_("Alone"), 1.8),
        heading(_("Smallest group"), 1.8),
        heading(_("Rows left out"), fill=Fill.NUMBER),
        heading("SHA-256", 3, Fill.CODE),
    ]
    rows: list[list[Cell]] = [
        [
            stacked(done.made, done.id),
            wording.stamp(done.made_at),
            _before_and_after(done.proof.before.uniques, done.proof.after.uniques),
            _before_and_after(done.proof.before.k, done.proof.after.k),
            count(done.proof.found.suppressed),
            done.proof.sha256,
        ]
        for done in outputs
    ]
    return table(headings, rows)


def _before_and_after(before: int, after: int) -> Plain:
    return stacked(count(after), _("before: {before}").format(before=count(before)))


def _personal(dataset: Dataset, discovery: Discovery | None) -> Plain | None:
    headings = [
        heading(_("Column"), 2.4, Fill.NAME),
        heading(_("Meaning"), 1.5),
        heading(_("Class"), 2.1),
        heading(_("Confidence"), fill=Fill.NUMBER),
        heading(_("Who says so"), 1.7),
        heading(_("Evidence"), 4),
    ]
    labels = discovery.personal if discovery else ()
    types = {column.name: column for column in dataset.columns}
    return table(headings, [_label_row(label, types.get(label.column)) for label in labels])


def _label_row(label: Label, column: Column | None) -> list[Cell]:
    below = (
        _("{type}, {missing} missing").format(
            type=_(str(column.type)), missing=count(column.missing)
        )
        if column
        else _("not in this version")
    )
    kind = _(_CLASSES[label.identifier_class][1])
    special = stacked(kind, _("special category (Art. 9)"), tone="warn")
    return [
        stacked(label.column, below),
        _(label.semantic_type.replace("_", " ")),
        special if label.special_category else kind,
        wording.percent(label.confidence),
        stacked(*map(_, _STANDS_BEHIND[label.status])),
        wording.run_on(wording.sentence(_(reason)) for reason in label.evidence),
    ]


def _personal_says(discovery: Discovery | None) -> str:
    if discovery is None:
        return _("Not assessed: nobody has looked for personal data in this dataset yet.")
    looked = _("Looked at on {discovered_at}.").format(
        discovered_at=wording.when(discovery.discovered_at)
    )
    if not discovery.personal:
        return _("No personal data were found. {looked}").format(looked=looked)
    return _(
        "{personal} of {columns} hold personal data (special categories: {special}; "
        "awaiting an officer: {unconfirmed}). {looked}"
    ).format(
        personal=count(len(discovery.personal)),
        columns=count(len(discovery.labels), "column"),
        special=count(_special(discovery)),
        unconfirmed=count(len(discovery.unconfirmed)),
        looked=looked,
    )


def _others(dataset: Dataset, discovery: Discovery | None) -> list[Plain]:
    """The columns that are not in the table of personal ones, by what is known of them."""
    groups: dict[str, list[str]] = {
        mark("Judged not personal"): [],
        mark("Not examined"): [],
    }
    labels = _by_column(discovery)
    for column in dataset.columns:
        label = labels.get(column.name)
        if label is None:
            groups["Not examined"].append(column.name)
        elif not label.is_personal:
            groups["Judged not personal"].append(column.name)
    return [
        {
            "says": _("{title} ({n})").format(title=_(title), n=count(len(names))),
            "names": names,
        }
        for title, names in groups.items()
        if names
    ]


def _by_column(discovery: Discovery | None) -> dict[str, Label]:
    return {label.column: label for label in discovery.labels} if discovery else {}


def _class_chart(data: tuple[DatasetEvidence, ...]) -> Plain | None:
    if not data:
        return None
    rows = [(e.dataset.name, _class_counts(e)) for e in data[: charts.MOST_GROUPS]]
    parts = [(role, _(title)) for role, title in (*_CLASSES.values(), _UNSEEN)]
    titles = dict(parts)
    says = wording.joined(
        _("{name}: {told}").format(name=name, told=_numbered(counts, titles))
        for name, counts in rows[:3]
    )
    return charts.share_chart(
        [(name, _shares(counts), _counts_note(counts)) for name, counts in rows],
        parts,
        alt=_("Columns by class. {says}.").format(says=says),
        caption=_("Columns of each dataset by how they can point to a person; numbers are columns.")
        + charts.only_first(len(data), "datasets"),
    )


def _class_counts(e: DatasetEvidence) -> dict[str, int]:
    counts = dict.fromkeys([role for role, __ in (*_CLASSES.values(), _UNSEEN)], 0)
    labels = _by_column(e.discovery)
    for column in e.dataset.columns:
        label = labels.get(column.name)
        role, __ = _CLASSES[label.identifier_class] if label else _UNSEEN
        counts[role] += 1
    return counts


def _shares(counts: dict[str, int]) -> list[tuple[str, float]]:
    total = sum(counts.values()) or 1
    return [(role, number / total) for role, number in counts.items() if number]


def _counts_note(counts: dict[str, int]) -> str:
    return _numbered(counts, {role: _(title) for role, title in _SHORT.items()})


def _numbered(counts: dict[str, int], titles: dict[str, str]) -> str:
    """`3 direct, 2 sensitive`."""
    told = [_("{n} {things}").format(n=n, things=titles[role]) for role, n in counts.items() if n]
    return wording.enumerated(told)
