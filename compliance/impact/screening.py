"""The screening: whether a data-protection impact assessment is needed, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compliance.discovery.nouns import IdentifierClass
from compliance.federated.nouns import Task
from compliance.i18n import mark
from compliance.impact.method import method
from compliance.impact.nouns import (
    Asked,
    Criterion,
    Need,
    Origin,
    Screened,
    Template,
)
from compliance.impact.scope import Scope, scope_or_refuse, texts_of
from compliance.impact.words import counted, listed, of_dataset, of_record, plain
from compliance.rules.nouns import Knowledge

_PROFILING = (Task.PROFILE, Task.RECOMMEND, Task.RESPONSE)
_ARTICLE = "article"


def screened(knowledge: Knowledge, activity: str, template: Template | None = None) -> Screened:
    """The screening of an activity as far as the desk can tell.

    Raises:
        UnknownImpactError: there is no such activity.
    """
    return weighed(criteria_drawn(scope_or_refuse(knowledge, activity, ()), template))


def criteria_drawn(scope: Scope, template: Template | None) -> dict[str, Criterion]:
    """Each criterion: what the facts say, else what the template proposes, else unknown."""
    proposals = template.screening if template else {}
    found = {}
    for asked in method().criteria:
        drawn = _recorded(asked.id, scope, _LOOKS[asked.draws](scope))
        if drawn.holds is None and asked.id in proposals:
            holds, why = proposals[asked.id]
            drawn = Criterion(holds=holds, why=why, origin=Origin.TEMPLATE)
        found[asked.id] = drawn
    return found


def weighed(criteria: Mapping[str, Criterion]) -> Screened:
    """What the criteria come to.

    A criterion that holds counts, whoever says so; that it does not hold counts only where a
    fact or an officer says so, so an assessment is never spared by a template's proposal.
    """
    asked = {one.id: one for one in method().criteria}
    held = [id_ for id_ in asked if _of(criteria, id_).holds]
    article = [id_ for id_ in held if asked[id_].group == _ARTICLE]
    others = [id_ for id_ in held if asked[id_].group != _ARTICLE]
    open_ = [id_ for id_ in asked if _is_open(_of(criteria, id_))]
    need, because = _need(asked, article, others, open_)
    return Screened(
        criteria={id_: _of(criteria, id_) for id_ in asked},
        need=need,
        because=because,
        triggers=tuple(held) if need in (Need.REQUIRED, Need.PRESUMED) else (),
    )


def _need(
    asked: Mapping[str, Asked], article: list[str], others: list[str], open_: list[str]
) -> tuple[Need, str]:
    least = method().presumed_from
    if article:
        told = listed([f"{asked[id_].title} ({asked[id_].ref})" for id_ in article])
        return Need.REQUIRED, mark("The law always asks for it here: {told}.").format(told=told)
    if len(others) >= least:
        told = listed([asked[id_].title.lower() for id_ in others])
        return Need.PRESUMED, (
            mark(
                "{criterions} of nine hold, and from {least} on an assessment is presumably "
                "required: {told}."
            ).format(
                criterions=counted(len(others), "criterion", "criteria"), least=least, told=told
            )
        )
    could = len(others) + sum(asked[id_].group != _ARTICLE for id_ in open_)
    if any(asked[id_].group == _ARTICLE for id_ in open_) or could >= least:
        told = listed([asked[id_].title.lower() for id_ in open_])
        return Need.UNKNOWN, mark("It depends on what nobody has said yet: {told}.").format(
            told=told
        )
    return Need.NOT_SHOWN, (
        mark(
            "{criterions} of nine hold, fewer than {least}, and none of Art. 35(3). Look "
            "at the list of your authority as well."
        ).format(criterions=counted(len(others), "criterion", "criteria"), least=least)
    )


def _of(criteria: Mapping[str, Criterion], id_: str) -> Criterion:
    return criteria.get(id_, Criterion(holds=None))


def _is_open(one: Criterion) -> bool:
    return one.holds is None or (not one.holds and one.origin is Origin.TEMPLATE)


def _nothing(_: Scope) -> Criterion:
    return Criterion(holds=None)


def _special_large(scope: Scope) -> Criterion:
    special = _special(scope)
    if special.holds is not True:
        return special
    size = _large(scope)
    return Criterion(
        holds=size.holds, why=f"{special.why} {size.why}", facts=(*special.facts, *size.facts)
    )


def _special(scope: Scope) -> Criterion:
    """Special categories of Art. 9 only."""
    columns = [
        f"{holding.dataset.name}.{label.column}"
        for holding in scope.holdings
        if holding.discovery
        for label in holding.discovery.personal
        if label.special_category
    ]
    return _by_columns(scope, columns, mark("Special categories"))


def _sensitive(scope: Scope) -> Criterion:
    """Special categories, and whatever else is very personal."""
    columns = [
        f"{holding.dataset.name}.{label.column}"
        for holding in scope.holdings
        if holding.discovery
        for label in holding.discovery.personal
        if label.special_category
        or label.legal_classes
        or label.identifier_class is IdentifierClass.SENSITIVE
    ]
    return _by_columns(scope, columns, mark("Sensitive or very personal data"))


def _by_columns(scope: Scope, columns: list[str], what: str) -> Criterion:
    facts = tuple(f"labels:{h.dataset.id}" for h in scope.holdings if h.discovery)
    if columns:
        return Criterion(
            holds=True,
            why=mark("{what} in {columns}.").format(what=what, columns=listed(columns)),
            facts=facts,
        )
    if not scope.is_discovered:
        return Criterion(holds=None, why=mark("Nobody has looked at all of the datasets yet."))
    return Criterion(
        holds=False, why=mark("{what} were not found in any column.").format(what=what), facts=facts
    )


def _large(scope: Scope) -> Criterion:
    """Whether many people are concerned; the law names no number, so this is a proposal.

    The largest dataset counts, for its people may be those of the others.
    """
    least = method().large_scale_people
    known = [h.people for h in scope.holdings if h.people is not None]
    facts = tuple(of_dataset(h.dataset) for h in scope.holdings)
    most = max(known, default=0)
    if most >= least:
        return Criterion(
            holds=True, why=mark("{most:,} people in one dataset.").format(most=most), facts=facts
        )
    if not known or len(known) < len(scope.holdings) or scope.missing:
        return Criterion(holds=None, why=mark("How many people there are is not known."))
    why = mark(
        "At most {most:,} people in a dataset; the desk proposes “large” from {least:,} on."
    ).format(most=most, least=least)
    return Criterion(holds=False, why=why, facts=facts)


def _matching(scope: Scope) -> Criterion:
    """Whether data are used together that people gave for different things."""
    facts = tuple(of_dataset(h.dataset) for h in scope.holdings)
    said = [h.dataset.description for h in scope.holdings]
    bases = {one.legal_basis for one in said}
    activity = scope.activity
    if activity is not None and activity.values.get("is_secondary_use") is True:
        why = mark("It is recorded as another purpose than the one the data were collected for.")
        return Criterion(holds=True, why=why, facts=(of_record(activity),))
    for what, differ in (
        ("bases", bases - {None}),
        ("purposes", {one.purpose for one in said} - {""}),
        ("sources", {one.source for one in said} - {""}),
    ):
        if len(differ) > 1:
            why = mark("{names} have different {what} and are used together.").format(
                names=listed(scope.names), what=what
            )
            return Criterion(holds=True, why=why, facts=facts)
    if said and None not in bases and not scope.missing:
        return Criterion(
            holds=False, why=mark("The datasets have one basis and source."), facts=facts
        )
    return Criterion(holds=None)


def _profiles(scope: Scope) -> Criterion:
    """Told by the kind of purpose, by systems that decide, or by federated runs."""
    runs = [run for h in scope.holdings for run in h.runs if run.plan.task in _PROFILING]
    if runs:
        why = mark("{federated_runs} learnt what people do, like or are.").format(
            federated_runs=counted(len(runs), "federated run")
        )
        return Criterion(holds=True, why=why, facts=tuple(f"run:{run.id}" for run in runs))
    systems = scope.of("adm_system")
    if systems:
        why = mark("{systems} on record decides about people.").format(
            systems=counted(len(systems), "system")
        )
        return Criterion(holds=True, why=why, facts=tuple(map(of_record, systems)))
    if scope.activity is None or not (kind := scope.activity.values.get("purpose_type")):
        return Criterion(holds=None)
    return Criterion(
        holds=kind in method().profiling,
        why=mark("The kind of purpose on record is {kind}.").format(kind=plain(str(kind))),
        facts=(of_record(scope.activity),),
    )


def _decides(scope: Scope) -> Criterion:
    """Whether a machine alone decides with significant effect, by the systems on record."""
    systems = scope.of("adm_system")
    if not systems:
        absent = scope.activity is not None and "automated_decisions" in scope.activity.values
        if not absent or scope.activity is None:
            return Criterion(holds=None)
        why = mark("It is recorded that no system decides automatically.")
        return Criterion(holds=False, why=why, facts=(of_record(scope.activity),))
    facts = tuple(map(of_record, systems))
    answers = [
        _both(one.values.get("solely_automated"), one.values.get("significant_effect"))
        for one in systems
    ]
    if True in answers:
        why = mark("A system on record decides alone and with significant effect.")
        return Criterion(holds=True, why=why, facts=facts)
    if None in answers:
        return Criterion(holds=None, why=mark("What the systems on record decide is not said."))
    why = mark("No system on record decides alone and with significant effect.")
    return Criterion(holds=False, why=why, facts=facts)


def _follows(scope: Scope) -> Criterion:
    """Whether columns follow people from one moment to the next."""
    columns = [
        f"{holding.dataset.name}.{label.column}"
        for holding in scope.holdings
        if holding.discovery
        for label in holding.discovery.personal
        if label.semantic_type in method().traces
    ]
    return _by_columns(scope, columns, mark("Columns that follow people over time"))


def _vulnerable(scope: Scope) -> Criterion:
    """Told by the words for whose data it is."""
    said = [h.dataset.description.data_subjects for h in scope.holdings]
    if scope.activity is not None:
        said += texts_of(scope.activity.values.get("categories_of_subjects"))
    words = {word.strip(".,;()") for text in said for word in text.lower().split()}
    found = sorted(words & set(method().vulnerable))
    facts = tuple(of_dataset(h.dataset) for h in scope.holdings)
    if found:
        return Criterion(
            holds=True,
            why=mark("The data are of {found}.").format(found=listed(found)),
            facts=facts,
        )
    if not any(said):
        return Criterion(holds=None)
    why = mark("Whose data it is names nobody who cannot easily object.")
    return Criterion(holds=False, why=why, facts=facts)


def _new(scope: Scope) -> Criterion:
    """A model that was learnt is new technology; what else is, an officer says."""
    runs = [run for h in scope.holdings for run in h.runs]
    if not runs:
        return Criterion(holds=None)
    why = mark("{models} was learnt across sites.").format(models=counted(len(runs), "model"))
    return Criterion(holds=True, why=why, facts=tuple(f"run:{run.id}" for run in runs))


def _recorded(id_: str, scope: Scope, drawn: Criterion) -> Criterion:
    """What an officer recorded of the activity settles what the desk cannot tell."""
    activity = scope.activity
    if activity is None or "dpia_trigger" not in activity.values or drawn.holds:
        return drawn
    holds = id_ in texts_of(activity.values["dpia_trigger"])
    if drawn.holds is False and not holds:
        return drawn
    word = mark("is") if holds else mark("is not")
    why = mark("The screening of the activity on record says that it {word} so.").format(word=word)
    return Criterion(holds=holds, why=why, facts=(of_record(activity),))


def _both(one: object, other: object) -> bool | None:
    if one is False or other is False:
        return False
    return True if one is True and other is True else None


_LOOKS: Mapping[str, Callable[[Scope], Criterion]] = {
    "none": _nothing,
    "special_large": _special_large,
    "sensitive": _sensitive,
    "large": _large,
    "matching": _matching,
    "profiles": _profiles,
    "decides": _decides,
    "follows": _follows,
    "vulnerable": _vulnerable,
    "new": _new,
}
