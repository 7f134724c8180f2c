"""Hazards around the release: software, budget, ledger, people with access, the data at all."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from compliance.dataset.nouns import Description
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
        return exposed(f"Noise came from {listed(strange)}, which this desk was not examined with")
    if version is None:
        return not_known("It is not recorded what drew the noise")
    examined = row["examined"][_NOISE_LIBRARY]
    named = f"Whole numbers with discrete noise by OpenDP {version}"
    if not any(version == known or version.startswith(f"{known}.") for known in examined):
        return not_known(f"{named}; examined were {listed(examined)}")
    return guarded(f"{named}, in a version that was examined")


def side_channels(release: Release, around: Surroundings, _: Row) -> Finding:
    """Whether who asked may read the raw data anyway, so that no channel tells them more."""
    loaders = {
        act.actor for act in around.acts if act.act == "dataset.add" and is_on_dataset(act, around)
    }
    if not loaders:
        return not_known("The trail does not tell who loaded the data")
    told = f"the data were loaded under {counted(len(loaders), 'name')}"
    if release.actor not in loaders:
        return exposed(f"It was asked under a name that did not load the data; {told}")
    return guarded(f"It was asked under a name that loaded the data; {told}")


def composition(release: Release, around: Surroundings, _: Row) -> Finding:
    """Whether the ledger has just what this release did, and all of it fits."""
    budget = around.budget
    own = [spend for spend in budget.spends if spend.purpose == release.id]
    lines = f"The ledger of these people has {counted(len(budget.spends), 'line')}"
    if not own:
        return exposed(f"{lines}, none of them for this release")
    if own[-1].events != release.events:
        return exposed(f"{lines}; the one for this release names other noise than was drawn")
    total = f"ε = {loss(budget.spent.epsilon)} of {loss(budget.total.epsilon)}"
    told = f"{lines}; the one for this release names what was drawn"
    together = f"{told}. Together: {total} at δ = {loss(budget.total.delta)}"
    return guarded(together) if budget.share_spent <= 1 else exposed(f"{together}, which is over")


def budget_resets(_: Release, around: Surroundings, __: Row) -> Finding:
    """Whether the total was raised after the first spend."""
    budget = around.budget
    if not budget.is_decided:
        return not_known(
            f"No officer decided the budget; the default of ε = {loss(budget.total.epsilon)} holds"
        )
    decided = decisions(around)
    totals = [_total(act) for act in decided]
    if not decided or None in totals:
        return not_known("The trail does not tell when the budget was decided")
    first = min((spend.at for spend in budget.spends), default=None)
    before = [(DEFAULT_EPSILON, DEFAULT_DELTA), *(total for total in totals if total)]
    raised = [
        after
        for act, earlier, after in zip(decided, before, before[1:], strict=False)
        if first is not None and act.at > first and _is_more(after, earlier)
    ]
    times = f"Decided {counted(len(decided), 'time')}"
    if budget.starts:
        return exposed(
            f"{times}; it begins anew every {budget.period}, so what one person loses adds up: by "
            f"now {standing(budget)}"
        )
    if raised:
        return exposed(
            f"{times}; raised {counted(len(raised), 'time')} after the first spend, at last to ε = "
            f"{loss(raised[-1][0])}"
        )
    return guarded(f"{times}; never raised after the first spend, and it never starts anew")


def populations(release: Release, around: Surroundings, _: Row) -> Finding:
    """Whether other datasets tell people apart by the same column and have another budget."""
    units = {str(u).casefold() for u in (release.query.unit, around.dataset.description.unit) if u}
    if not around.others:
        return guarded("There is no other dataset in the desk")
    elsewhere = [other for other in around.others if other.population != release.population]
    same = [o for o in elsewhere if o.unit is not None and str(o.unit).casefold() in units]
    unsaid = [other for other in elsewhere if other.unit is None]
    shared = len(around.others) - len(elsewhere)
    told = (
        f"{counted(shared, 'other dataset shares', 'other datasets share')} this budget, "
        f"{counted(len(elsewhere), 'has', 'have')} another"
    )
    if same:
        return exposed(f"{told}; {len(same):,} of those tell people apart by the same column")
    if unsaid:
        return not_known(f"{told}; of {len(unsaid):,} nobody recorded what tells people apart")
    return guarded(f"{told}; none of those tells people apart by the same column")


def self_audit(release: Release, around: Surroundings, row: Row) -> Finding:
    """Whether the newest self-audit passed, is recent, and was of the versions in use."""
    audit = around.audit
    if audit is None:
        return not_known("No self-audit is on record")
    days = abs(around.at - audit.at).days
    told = f"Self-audit of {audit.at:%Y-%m-%d}, {counted(days, 'day')} ago: {audit.says}"
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
        return not_known(f"{told}. It was not of {listed(other)}")
    if days > row["days"]:
        return not_known(f"{told}. It is older than {counted(row['days'], 'day')}")
    return guarded(told)


def raw_access(_: Release, around: Surroundings, row: Row) -> Finding:
    """How many names acted on the dataset; each can read raw values."""
    names = actors(around)
    told = f"The trail of this dataset has {counted(len(names), 'name')}"
    if not names or row["default_name"] in names:
        return not_known(f"{told}; the name that everybody has by default tells nobody apart")
    limit = int(row["limit"])
    evidence = f"{told}, each of whom can read raw values; {limit} is the limit"
    return guarded(evidence) if len(names) <= limit else exposed(evidence)


def collection(_: Release, around: Surroundings, __: Row) -> Finding:
    """Whether it is recorded why the data are there and for how long."""
    said = around.dataset.description
    needed = {
        "purpose": said.purpose,
        "legal basis": said.legal_basis,
        "how long rows are kept": said.retention_months,
    }
    missing = [name for name, value in needed.items() if not value]
    if said == Description():
        return not_known("Nobody recorded anything about the data")
    if missing:
        return exposed(f"Not recorded: {listed(missing)}")
    basis = str(said.legal_basis).replace("_", " ")
    return guarded(
        f"Purpose and legal basis ({basis}) are recorded; rows are kept for "
        f"{counted(said.retention_months or 0, 'month')}"
    )


def _total(act: Act) -> tuple[Decimal, Decimal] | None:
    """The total that was decided; None where the entry does not tell."""
    try:
        return Decimal(str(act.facts["epsilon"])), Decimal(str(act.facts["delta"]))
    except (KeyError, InvalidOperation):
        return None


def _is_more(after: tuple[Decimal, Decimal], before: tuple[Decimal, Decimal]) -> bool:
    return after[0] > before[0] or after[1] > before[1]
