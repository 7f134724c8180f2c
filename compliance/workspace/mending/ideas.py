"""What could be done about a finding: the catalogue's rows that fit, with their targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from compliance.discovery.nouns import Discovery, IdentifierClass, LegalClass
from compliance.rules import remedies
from compliance.rules.facts import kept_months
from compliance.rules.nouns import Finding, Holding, Knowledge, RemedyKind, Rule, Verdict
from compliance.workspace.mending import recording
from compliance.workspace.mending import rows as mending_rows

_MOST_SINGLE = 6
_MOST_NAMED = 4
_MOST_DATASETS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """A remedy that was not tried yet.

    Attributes:
        id: names it within its finding.
        kind: what is done.
        what: in one sentence.
        target: the dataset or record that changes.
        parameters: columns, k, months, fields …
        asks: what an officer has to say, by field.
        supposed: by field, what is supposed until an officer says it.
        can_apply: whether the desk can do it.
        page: where it is done by hand.
    """

    id: str
    kind: RemedyKind
    what: str
    target: str
    parameters: Mapping[str, object]
    asks: Mapping[str, str] = field(default_factory=dict)
    supposed: Mapping[str, str] = field(default_factory=dict)
    can_apply: bool = True
    page: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it changes."""
        return self.several("columns")

    def several(self, name: str) -> tuple[str, ...]:
        """A parameter that is several texts."""
        found = self.parameters.get(name, ())
        return tuple(found) if isinstance(found, (list, tuple)) else ()

    def number(self, name: str) -> int:
        """A parameter that is a whole number."""
        found = self.parameters[name]
        if not isinstance(found, int):
            raise TypeError(f"{name} of {self.id} is a number")
        return found


def ideas(
    known: Knowledge, finding: Finding, rule: Rule, verdict: Verdict | None
) -> tuple[Idea, ...]:
    """All that fits a finding of `rule`; each is named once.

    Args:
        verdict: what the last look said; None where the rule no longer looks at its subject.
    """
    asserted = frozenset(str(triple[0]) for triple in rule.asserts)
    named = asserted | {str(triple[0]) for triple in rule.when}
    held = held_by(known, finding)
    found: dict[str, Idea] = {}
    for fit in remedies.fitting(finding.entity, named, asserted):
        maker = _MAKERS.get(fit.kind)
        for holding in (held or (None,)) if fit.kind in _OF_DATASETS else (None,):
            at = _Looked(
                known=known, holding=holding, finding=finding, rule=rule, verdict=verdict, fit=fit
            )
            for idea in maker(at) if maker else ():
                named_ = idea if len(held) < 2 or holding is None else _of(idea, holding)
                found.setdefault(named_.id, named_)
    return tuple(found.values())


def held_by(known: Knowledge, finding: Finding) -> tuple[Holding, ...]:
    """The datasets that a finding is about: itself, or those that its record names."""
    if finding.entity == "dataset":
        return tuple(h for h in known.holdings if h.dataset.name == finding.subject_id)
    record = known.register.record(finding.entity, finding.subject_id)
    names = record.several("datasets") if record else ()
    return tuple(h for h in known.holdings if h.dataset.name in names)[:_MOST_DATASETS]


def by_hand(finding: Finding, verdict: Verdict) -> Idea:
    """What people do where nothing that the desk can try ends a finding."""
    return Idea(
        id="by-hand",
        kind=RemedyKind.RECORD,
        what=verdict.remedy,
        target=finding.subject_id,
        parameters={},
        can_apply=False,
        page=verdict.page,
    )


def _of(idea: Idea, holding: Holding) -> Idea:
    """An idea whose name says which of several datasets it changes."""
    return replace(idea, id=f"{idea.id}:{holding.dataset.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """A finding and a row of the catalogue that fits it; its dataset, where it is about one."""

    known: Knowledge
    holding: Holding | None
    finding: Finding
    rule: Rule
    verdict: Verdict | None
    fit: remedies.Fit


def _of_columns(at: _Looked) -> Iterator[Idea]:
    if at.holding is None or at.holding.discovery is None:
        return
    columns = _chosen(at.fit.columns, at.holding, at.holding.discovery)
    if not columns:
        return
    yield _column_idea(at, columns, f"{at.fit.kind}-{at.fit.columns}")
    if at.fit.each and 1 < len(columns) <= _MOST_SINGLE:
        for column in columns:
            yield _column_idea(at, (column,), f"{at.fit.kind}-{column}")


def _column_idea(at: _Looked, columns: tuple[str, ...], id_: str) -> Idea:
    needs_word = at.fit.kind is RemedyKind.CONFIRM
    idea = _plain(at, id_, {"columns": list(columns)})
    if not needs_word:
        return idea
    said = "I have looked at these columns and stand behind their labels"
    return replace(idea, asks={"confirmed": said}, supposed={"confirmed": "yes"})


def _chosen(which: str, holding: Holding, found: Discovery) -> tuple[str, ...]:
    """The columns that a row of the catalogue is about."""
    rare = [one.column for one in found.open_rare]
    unit = holding.dataset.description.unit
    direct = [c for c in found.columns_of(IdentifierClass.DIRECT) if c != unit]
    new = [kind.column for kind in holding.changes.new_kinds] if holding.changes else []
    chosen: Mapping[str, Sequence[str]] = {
        **{
            str(law): [la.column for la in found.labels if law in la.legal_classes]
            for law in LegalClass
        },
        "rare": rare,
        "new": [column for column in new if found.label(column)],
        "direct": direct,
        "personal": [label.column for label in found.personal],
        "unconfirmed": [*(label.column for label in found.unconfirmed), *rare],
    }
    if which in list(LegalClass):
        return tuple(la.column for la in found.labels if LegalClass(which) in la.legal_classes)
    return tuple(dict.fromkeys(map(str, chosen[which])))


def _discover(at: _Looked) -> Iterator[Idea]:
    if at.holding is not None and at.holding.discovery is None:
        yield _plain(at, "discover", {})


def _generalise(at: _Looked) -> Iterator[Idea]:
    found = at.holding.discovery if at.holding else None
    if found is not None and found.columns_of(IdentifierClass.QUASI):
        for k in at.fit.k:
            yield _plain(at, f"generalise-{k}", {"k": k})


def _shorten(at: _Looked) -> Iterator[Idea]:
    if at.holding is None or at.holding.retained is None or not at.holding.retained.past:
        return
    months = kept_months(at.holding.dataset, at.known.register)
    if months is not None:
        yield _plain(at, "shorten", {"months": months, "column": at.holding.retained.column})


def _reconsent(at: _Looked) -> Iterator[Idea]:
    column = mending_rows.consent_column(at.holding.dataset) if at.holding else None
    if column is not None:
        yield _plain(at, "re-consent", {"columns": [column]})


def _otherwise(at: _Looked) -> Iterator[Idea]:
    """Something else is handed on than rows: tried here, done on another page."""
    if at.known.register.record(at.finding.entity, at.finding.subject_id) is not None:
        idea = _plain(at, str(at.fit.kind), {"form": at.fit.form, "entity": at.finding.entity})
        yield replace(idea, target=at.finding.subject_id, can_apply=False)


def _verify(at: _Looked) -> Iterator[Idea]:
    idea = _plain(at, at.fit.does, {"does": at.fit.does})
    # A checkpoint is worth something only where a person keeps it outside.
    yield replace(idea, can_apply=at.fit.does != "checkpoint")


def _record(at: _Looked) -> Iterator[Idea]:
    """What the duty asks for and a person can say."""
    outcomes = at.verdict.outcomes if at.verdict else ()
    asked = recording.questions(at.rule, outcomes, at.known.at)
    if not asked:
        return
    yield Idea(
        id="record",
        kind=RemedyKind.RECORD,
        what=at.fit.what.format(
            target=at.finding.subject, fields=_listed([one.label for one in asked])
        ),
        target=at.finding.subject_id,
        parameters={
            "entity": at.finding.entity,
            "described": [one.field for one in asked if one.place == "description"],
            "registered": [one.field for one in asked if one.place == "register"],
        },
        asks={one.field: one.label for one in asked},
        supposed={one.field: one.supposed for one in asked},
        page=at.verdict.page if at.verdict else at.rule.page,
    )


def _plain(at: _Looked, id_: str, parameters: Mapping[str, object]) -> Idea:
    """An idea of a row of the catalogue, with the blanks of its sentence filled."""
    target = at.holding.dataset.name if at.holding else at.finding.subject_id
    columns = parameters.get("columns", [])
    blanks = {
        "target": at.holding.dataset.name if at.holding else at.finding.subject,
        "columns": _listed(columns if isinstance(columns, list) else []),
        "k": parameters.get("k", ""),
        "months": parameters.get("months", ""),
    }
    return Idea(
        id=id_,
        kind=at.fit.kind,
        what=at.fit.what.format(**blanks),
        target=str(target),
        parameters=parameters,
        page=at.fit.page,
    )


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:_MOST_NAMED])
    return shown + (f" and {len(columns) - _MOST_NAMED} more" if len(columns) > _MOST_NAMED else "")


_MAKERS = {
    RemedyKind.DISCOVER: _discover,
    RemedyKind.RECORD: _record,
    RemedyKind.CONFIRM: _of_columns,
    RemedyKind.DROP: _of_columns,
    RemedyKind.MASK: _of_columns,
    RemedyKind.GENERALISE: _generalise,
    RemedyKind.SHORTEN: _shorten,
    RemedyKind.RECONSENT: _reconsent,
    RemedyKind.RELEASE: _otherwise,
    RemedyKind.FEDERATE: _otherwise,
    RemedyKind.VERIFY: _verify,
}
_OF_DATASETS = frozenset(
    {
        *(RemedyKind.DISCOVER, RemedyKind.CONFIRM, RemedyKind.DROP, RemedyKind.MASK),
        *(RemedyKind.GENERALISE, RemedyKind.SHORTEN, RemedyKind.RECONSENT),
    }
)
