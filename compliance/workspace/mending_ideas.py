"""What could be done about a finding: the catalogue's rows that fit, with their targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from compliance.discovery.nouns import Discovery, IdentifierClass
from compliance.rules import remedies
from compliance.rules.facts import kept_months
from compliance.rules.nouns import Finding, Holding, Knowledge, RemedyKind, Rule, Verdict
from compliance.workspace import mending_recording, mending_rows

_MOST_SINGLE = 6
_MOST_NAMED = 4


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
    holding = next((h for h in known.holdings if h.dataset.name == finding.subject_id), None)
    found: dict[str, Idea] = {}
    for fit in remedies.fitting(finding.entity, named, asserted):
        maker = _MAKERS.get(fit.kind)
        at = _Looked(
            known=known, holding=holding, finding=finding, rule=rule, verdict=verdict, fit=fit
        )
        for idea in maker(at) if maker else ():
            found.setdefault(idea.id, idea)
    if verdict is not None and verdict.remedy and not found:
        found["by-hand"] = _by_hand(finding, verdict)
    return tuple(found.values())


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
    holding = at.holding
    if holding is None or holding.discovery is None:
        return
    columns = _chosen(at.fit.columns, holding, holding.discovery)
    if not columns:
        return
    yield _column_idea(at.finding, at.fit, columns, f"{at.fit.kind}-{at.fit.columns}")
    if at.fit.each and 1 < len(columns) <= _MOST_SINGLE:
        for column in columns:
            yield _column_idea(at.finding, at.fit, (column,), f"{at.fit.kind}-{column}")


def _column_idea(finding: Finding, fit: remedies.Fit, columns: tuple[str, ...], id_: str) -> Idea:
    said = fit.what.format(target=finding.subject, columns=_listed(columns))
    needs_word = fit.kind is RemedyKind.CONFIRM
    return Idea(
        id=id_,
        kind=fit.kind,
        what=said,
        target=finding.subject_id,
        parameters={"columns": list(columns)},
        asks={"confirmed": "I have looked at these columns and stand behind their labels"}
        if needs_word
        else {},
        supposed={"confirmed": "yes"} if needs_word else {},
        page=fit.page,
    )


def _chosen(which: str, holding: Holding, found: Discovery) -> tuple[str, ...]:
    """The columns that a row of the catalogue is about."""
    rare = [one.column for one in found.open_rare]
    unit = holding.dataset.description.unit
    direct = [c for c in found.columns_of(IdentifierClass.DIRECT) if c != unit]
    new = [kind.column for kind in holding.changes.new_kinds] if holding.changes else []
    chosen: Mapping[str, Sequence[str]] = {
        "special": [label.column for label in found.personal if label.special_category],
        "rare": rare,
        "new": [column for column in new if found.label(column)],
        "direct": direct,
        "personal": [label.column for label in found.personal],
        "unconfirmed": [*(label.column for label in found.unconfirmed), *rare],
    }
    return tuple(dict.fromkeys(map(str, chosen.get(which, ()))))


def _discover(at: _Looked) -> Iterator[Idea]:
    holding = at.holding
    if holding is not None and holding.discovery is None:
        yield _plain(at.finding, at.fit, "discover", {})


def _generalise(at: _Looked) -> Iterator[Idea]:
    holding = at.holding
    if holding is None or holding.discovery is None:
        return
    if holding.discovery.columns_of(IdentifierClass.QUASI):
        for k in at.fit.k:
            yield _plain(at.finding, at.fit, f"generalise-{k}", {"k": k})


def _shorten(at: _Looked) -> Iterator[Idea]:
    if at.holding is None or at.holding.retained is None or not at.holding.retained.past:
        return
    months = kept_months(at.holding.dataset, at.known.register)
    if months is not None:
        parameters = {"months": months, "column": at.holding.retained.column}
        yield _plain(at.finding, at.fit, "shorten", parameters)


def _reconsent(at: _Looked) -> Iterator[Idea]:
    holding = at.holding
    column = mending_rows.consent_column(holding.dataset) if holding else None
    if column is not None:
        yield _plain(at.finding, at.fit, "re-consent", {"columns": [column]})


def _record(at: _Looked) -> Iterator[Idea]:
    """What the duty asks for and a person can say."""
    outcomes = at.verdict.outcomes if at.verdict else ()
    asked = mending_recording.questions(at.rule, outcomes, at.known.at)
    if not asked:
        return
    yield Idea(
        id="record",
        kind=RemedyKind.RECORD,
        what=at.fit.what.format(target=at.finding.subject),
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


def _plain(finding: Finding, fit: remedies.Fit, id_: str, parameters: Mapping[str, object]) -> Idea:
    columns = parameters.get("columns", [])
    shown = {**parameters, "columns": _listed(columns if isinstance(columns, list) else [])}
    blanks = {"k": "", "months": "", "rows": "", **shown}
    return Idea(
        id=id_,
        kind=fit.kind,
        what=fit.what.format(target=finding.subject, **{k: blanks[k] for k in _BLANKS}),
        target=finding.subject_id,
        parameters=parameters,
        page=fit.page,
    )


def _by_hand(finding: Finding, verdict: Verdict) -> Idea:
    return Idea(
        id="by-hand",
        kind=RemedyKind.RECORD,
        what=verdict.remedy,
        target=finding.subject_id,
        parameters={},
        can_apply=False,
        page=verdict.page,
    )


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:_MOST_NAMED])
    return shown + (f" and {len(columns) - _MOST_NAMED} more" if len(columns) > _MOST_NAMED else "")


_BLANKS = ("columns", "k", "months", "rows")
_MAKERS = {
    RemedyKind.DISCOVER: _discover,
    RemedyKind.RECORD: _record,
    RemedyKind.CONFIRM: _of_columns,
    RemedyKind.DROP: _of_columns,
    RemedyKind.MASK: _of_columns,
    RemedyKind.GENERALISE: _generalise,
    RemedyKind.SHORTEN: _shorten,
    RemedyKind.RECONSENT: _reconsent,
}
