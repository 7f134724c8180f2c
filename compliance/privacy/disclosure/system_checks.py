"""Hazards around the release: software, budget, ledger, people with access, the data at all."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from compliance.dataset.nouns import Description
from compliance.i18n import mark
from compliance.privacy.disclosure.findings import Finding, Row, exposed, guarded, not_known
from compliance.privacy.disclosure.looks import actors, decisions, is_on_dataset
from compliance.privacy.disclosure.words import counted, listed, loss, standing
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.disclosure import Act, Surroundings
from compliance.settings import DEFAULT_DELTA, DEFAULT_EPSILON

_NOISE_LIBRARY = "opendp"
_DRAWS_NOTHING = {"numpy"}


def floating_point(release: Release, _: Surroundings, row: Row) -> Finding:
    """Whether the noise came from a version of OpenDP whose discrete samplers were examined."""
    libraries = dict(release.libraries)
    version = libraries.pop(_NOISE_LIBRARY, None)
    if strange := sorted(libraries.keys() - _DRAWS_NOTHING):
        return exposed(
            mark("Noise came from {strange_name}, which this desk was not examined with").format(
                strange_name=listed(strange)
            )
        )
    if version is None:
        return not_known(mark("It is not recorded what drew the noise"))
    examined = row["examined"][_NOISE_LIBRARY]
    named = mark("Whole numbers with discrete noise by OpenDP {version}").format(version=version)
    if not any(version == known or version.startswith(f"{known}.") for known in examined):
        return not_known(
            mark("{what}; examined were {examined_name}").format(
                what=named, examined_name=listed(examined)
            )
        )
    return guarded(mark("{what}, in a version that was examined").format(what=named))


def side_channels(release: Release, around: Surroundings, _: Row) -> Finding:
    """Whether who asked may read the raw data anyway, so that no channel tells them more."""
    loaders = {
        act.actor for act in around.acts if act.act == "dataset.add" and is_on_dataset(act, around)
    }
    if not loaders:
        return not_known(mark("The trail does not tell who loaded the data"))
    told = mark("the data were loaded under {many_names}").format(
        many_names=counted(len(loaders), "name")
    )
    if release.actor not in loaders:
        return exposed(
            mark("It was asked under a name that did not load the data; {told}").format(told=told)
        )
    return guarded(mark("It was asked under a name that loaded the data; {told}").format(told=told))


def composition(release: Release, around: Surroundings, _: Row) -> Finding:
    """Whether the ledger has just what this release did, and all of it fits."""
    budget = around.budget
    own = [spend for spend in budget.spends if spend.purpose == release.id]
    lines = mark("The ledger of these people has {lines}").format(
        lines=counted(len(budget.spends), "line")
    )
    if not own:
        return exposed(mark("{lines}, none of them for this release").format(lines=lines))
    if own[-1].events != release.events:
        return exposed(
            mark("{lines}; the one for this release names other noise than was drawn").format(
                lines=lines
            )
        )
    total = f"ε = {loss(budget.spent.epsilon)} of {loss(budget.total.epsilon)}"
    told = mark("{lines}; the one for this release names what was drawn").format(lines=lines)
    together = mark("{told}. Together: {total} at δ = {delta}").format(
        told=told, total=total, delta=loss(budget.total.delta)
    )
    return (
        guarded(together)
        if budget.share_spent <= 1
        else exposed(mark("{together}, which is over").format(together=together))
    )


def budget_resets(_: Release, around: Surroundings, __: Row) -> Finding:
    """Whether the total was raised after the first spend."""
    budget = around.budget
    if not budget.is_decided:
        return not_known(
            mark("No officer decided the budget; the default of ε = {total} holds").format(
                total=loss(budget.total.epsilon)
            )
        )
    decided = decisions(around)
    totals = [_total(act) for act in decided]
    if not decided or None in totals:
        return not_known(mark("The trail does not tell when the budget was decided"))
    first = min((spend.at for spend in budget.spends), default=None)
    before = [(DEFAULT_EPSILON, DEFAULT_DELTA), *(total for total in totals if total)]
    raised = [
        after
        for act, earlier, after in zip(decided, before, before[1:], strict=False)
        if first is not None and act.at > first and _is_more(after, earlier)
    ]
    times = mark("Decided {times}").format(times=counted(len(decided), "time"))
    if budget.starts:
        return exposed(
            mark(
                "{times}; it begins anew every {period}, so what one person loses adds up: "
                "by now {standing}"
            ).format(times=times, period=budget.period, standing=standing(budget))
        )
    if raised:
        return exposed(
            mark("{times}; raised {again} after the first spend, at last to ε = {epsilon}").format(
                times=times, again=counted(len(raised), "time"), epsilon=loss(raised[-1][0])
            )
        )
    return guarded(
        mark("{times}; never raised after the first spend, and it never starts anew").format(
            times=times
        )
    )


def populations(release: Release, around: Surroundings, _: Row) -> Finding:
    """Whether other datasets tell people apart by the same column and have another budget."""
    units = {str(u).casefold() for u in (release.query.unit, around.dataset.description.unit) if u}
    if not around.others:
        return guarded(mark("There is no other dataset in the desk"))
    elsewhere = [other for other in around.others if other.population != release.population]
    same = [o for o in elsewhere if o.unit is not None and str(o.unit).casefold() in units]
    unsaid = [other for other in elsewhere if other.unit is None]
    shared = len(around.others) - len(elsewhere)
    told = mark("{shared} this budget, {elsewhere} another").format(
        shared=counted(shared, "other dataset shares", "other datasets share"),
        elsewhere=counted(len(elsewhere), "has", "have"),
    )
    if same:
        return exposed(
            mark("{told}; {n:,} of those tell people apart by the same column").format(
                told=told, n=len(same)
            )
        )
    if unsaid:
        return not_known(
            mark("{told}; of {n:,} nobody recorded what tells people apart").format(
                told=told, n=len(unsaid)
            )
        )
    return guarded(
        mark("{told}; none of those tells people apart by the same column").format(told=told)
    )


def self_audit(release: Release, around: Surroundings, row: Row) -> Finding:
    """Whether the newest self-audit passed, is recent, and was of the versions in use."""
    audit = around.audit
    if audit is None:
        return not_known(mark("No self-audit is on record"))
    days = abs(around.at - audit.at).days
    told = mark("Self-audit of {at}, {days} ago: {says}").format(
        at=f"{audit.at:%Y-%m-%d}", days=counted(days, "day"), says=audit.says
    )
    if not audit.passed:
        return exposed(told)
    other = [
        f"{name} {version}"
        for name, version in sorted(release.libraries.items())
        if audit.libraries.get(name) != version
    ]
    if audit.desk_version != around.desk_version:
        other.append(f"Privacy Desk {around.desk_version}")
    if other:
        return not_known(
            mark("{told}. It was not of {other_name}").format(told=told, other_name=listed(other))
        )
    if days > row["days"]:
        return not_known(
            mark("{told}. It is older than {days}").format(
                told=told, days=counted(row["days"], "day")
            )
        )
    return guarded(told)


def raw_access(_: Release, around: Surroundings, row: Row) -> Finding:
    """How many names acted on the dataset; each can read raw values."""
    names = actors(around)
    told = mark("The trail of this dataset has {many_names}").format(
        many_names=counted(len(names), "name")
    )
    if not names or row["default_name"] in names:
        return not_known(
            mark("{told}; the name that everybody has by default tells nobody apart").format(
                told=told
            )
        )
    limit = int(row["limit"])
    evidence = mark("{told}, each of whom can read raw values; {limit} is the limit").format(
        told=told, limit=limit
    )
    return guarded(evidence) if len(names) <= limit else exposed(evidence)


def collection(_: Release, around: Surroundings, __: Row) -> Finding:
    """Whether it is recorded why the data are there and for how long."""
    said = around.dataset.description
    needed = {
        mark("purpose"): said.purpose,
        mark("legal basis"): said.legal_basis,
        mark("how long rows are kept"): said.retention_months,
    }
    missing = [name for name, value in needed.items() if not value]
    if said == Description():
        return not_known(mark("Nobody recorded anything about the data"))
    if missing:
        return exposed(mark("Not recorded: {missing}").format(missing=listed(missing)))
    basis = str(said.legal_basis).replace("_", " ")
    return guarded(
        mark("Purpose and legal basis ({basis}) are recorded; rows are kept for {months}").format(
            basis=basis, months=counted(said.retention_months or 0, "month")
        )
    )


def _total(act: Act) -> tuple[Decimal, Decimal] | None:
    """The total that was decided; None where the entry does not tell."""
    try:
        return Decimal(str(act.facts["epsilon"])), Decimal(str(act.facts["delta"]))
    except (KeyError, InvalidOperation):
        return None


def _is_more(after: tuple[Decimal, Decimal], before: tuple[Decimal, Decimal]) -> bool:
    return after[0] > before[0] or after[1] > before[1]
