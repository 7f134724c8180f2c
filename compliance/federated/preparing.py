"""A table to a learning problem: features, sites, people, and which rows are held out.

Everything here is decided person by person: neither the order of rows in the file nor anybody
else's rows change whether a row is learnt from, held out or left out. The one exception, sites
that are too small, holds without noise only. Forecasts hold out the last periods of everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.table import Table
from compliance.discovery.nouns import Label
from compliance.errors import (
    MalformedPlanError,
    TargetError,
    TooFewSitesError,
    UntestableError,
)
from compliance.federated.features import IntArray
from compliance.federated.keys import label_keys, run_starts
from compliance.federated.nouns import MOST_ROWS_PER_PERSON, LeftOut, Plan, Split, Task
from compliance.federated.problem import Clients, Problem, Totals, Units
from compliance.federated.records import (
    Records,
    arranged,
    at_large_sites,
    at_own_site,
    within_limit,
)
from compliance.federated.secure.nouns import MOST_SITES
from compliance.federated.splitting import site_names, split_sites
from compliance.federated.tasks import Examples, Source, examples_of
from compliance.privacy.nouns.units import PrivacyUnitKind

# Why those held out say nothing, where the task says what is to be told.
_ALIKE = {
    Task.PROFILE: "all who are held out become the same kind of customer; choose other “tiers” or "
    "another “horizon_days”",
    Task.RECOMMEND: "next to nobody of those held out bought two different items",
    Task.FORECAST: "all that is held out was sold in the same amount",
}


def prepare(
    table: Table,
    columns: Sequence[Column],
    plan: Plan,
    labels: Sequence[Label] = (),
    *,
    unit: ColumnName | None = None,
) -> Problem:
    """The learning problem that `plan` asks for. Nothing is trained and nothing is drawn.

    A fifth of the people (of the rows, where no `unit` tells people apart) is held out for
    testing, by a key of the person and the seed: all rows of one person lie on one side.

    With noise that protects people (or devices, or rows), each counts at one site only and with at
    most 20 rows, both chosen by keys of its own values, and no site is too small, because that
    would tell of one of them. The columns with their types and numbers of distinct and missing
    values, what discovery says of them, the values of the target, the list of sites and the number
    of those protected are taken as public; so are a catalogue of items and the table's last day.

    Args:
        table: one row per record.
        columns: its columns, in its order.
        plan: what to learn, and where.
        labels: what discovery says of the columns; may be empty.
        unit: the column that tells one person from another.

    Raises:
        UnknownColumnError, MalformedPlanError, NoFeaturesError: see `choose_features`.
        TargetError: the target does not suit the model, or too few rows know it.
        UntestableError: those held out say nothing of how good a model is.
        TooFewSitesError: fewer than 2 sites can train.
        TooManySitesError: there are more than `settings.MAX_SITES`.
    """
    source = source_of(table, columns, plan, labels, unit=unit)
    examples = placed(source)
    records, left_out = _those_that_count(examples, plan)
    _check_known(examples, plan)
    _check_sites(len(np.unique(records.site)), plan)
    _check_answers(examples, records, plan)
    found = _assembled(source, examples, records, left_out)
    _check_cohort(found, plan)
    return found


def placed(source: Source) -> Examples:
    """The examples, at their sites, also where the plan makes these up.

    Raises:
        PlanError: see `examples_of`.
    """
    examples = examples_of(source)
    if source.plan.split is Split.COLUMN:
        return examples
    known = examples.answers_known
    places = split_sites(examples.records, examples.answers, source.plan, answers_known=known)
    return _moved(examples, places, site_names(source.plan))


def prepared_at_site(source: Source, site: str, most_rows: int, totals: Totals) -> Problem:
    """What `prepare` makes of one site's rows, seen from that site alone.

    Args:
        source: with the site's rows, and no others.
        site: its name.
        most_rows: no site of the federation trains on more.
        totals: of the federation.
    """
    examples = examples_of(source)
    if source.plan.split is not Split.COLUMN:
        examples = _moved(examples, np.zeros_like(examples.records.site), (site,))
    records, left_out = _those_that_count(examples, source.plan)
    found = _assembled(source, examples, records, left_out, most_rows)
    return replace(found, totals=totals)


def source_of(
    table: Table,
    columns: Sequence[Column],
    plan: Plan,
    labels: Sequence[Label] = (),
    *,
    unit: ColumnName | None = None,
) -> Source:
    """What is asked of the table; arguments as for `prepare`."""
    return Source(
        table=table,
        columns=columns,
        plan=plan,
        labels=labels,
        person=unit,
        unit=_protected_column(plan, unit),
    )


def _assembled(
    source: Source,
    examples: Examples,
    records: Records,
    left_out: LeftOut,
    most_rows: int | None = None,
) -> Problem:
    records = arranged(records)
    remaining, position = np.unique(records.site, return_inverse=True)
    rows = np.bincount(position[~records.is_held_out], minlength=len(remaining))
    names = tuple(examples.site_names[index] for index in remaining)
    sites = _site_clients(rows, names, _most_rows(rows, source.plan, most_rows))
    is_row = source.unit is None
    return Problem(
        features=examples.features,
        inputs=examples.inputs_at(records.at),
        answers=np.append(examples.answers[records.at], 0.0),
        answers_known=examples.answers_known,
        person=records.person,
        site_names=names,
        sites=sites,
        held_out=np.bincount(position[records.is_held_out], minlength=len(remaining)),
        units=_units(records, position, sites, source.plan, is_row=is_row),
        unit_is_row=is_row,
        bytes_home=_bytes_home(source, examples, remaining),
        sites_left_out=len(examples.site_names) - len(remaining),
        left_out=left_out,
        choices=examples.choices,
    )


def _protected_column(plan: Plan, person: ColumnName | None) -> ColumnName | None:
    """The column that tells those apart whose rows stay together and who are protected."""
    if plan.privacy is None or plan.privacy.unit in (PrivacyUnitKind.PERSON, PrivacyUnitKind.SITE):
        return person
    return plan.privacy.column  # None for rows


def _moved(examples: Examples, places: IntArray, names: tuple[str, ...]) -> Examples:
    """`examples`, each at the site of that place in `names`."""
    records = replace(examples.records, site=places)
    return replace(examples, records=records, site_names=names)


def _those_that_count(examples: Examples, plan: Plan) -> tuple[Records, LeftOut]:
    records = examples.records
    has_answer, has_site = examples.has_answer, records.site >= 0
    left_out = LeftOut(
        without_answer=int((~has_answer).sum()),
        without_site=int((has_answer & ~has_site).sum()),
    )
    records = records.those(has_answer & has_site)
    if plan.privacy is None or plan.privacy.unit is PrivacyUnitKind.SITE:
        large = records.those(at_large_sites(records, plan.minimum_records))
        return large, replace(left_out, at_small_sites=len(records) - len(large))
    named = records.those(records.is_named)
    settled = named.those(at_own_site(named, examples.site_names))
    bounded = settled.those(within_limit(settled))
    return bounded, replace(
        left_out,
        without_person=len(records) - len(named),
        at_other_sites=len(named) - len(settled),
        over_limit=len(settled) - len(bounded),
    )


def _check_sites(sites: int, plan: Plan) -> None:
    if sites < 2:
        named = plan.site_column or f"the {plan.split} split"
        raise TooFewSitesError(column=named, sites=sites, minimum=plan.minimum_records)
    if plan.trouble.poisoned >= sites:
        reason = f"{sites:,} sites take part, and one at least must be honest"
        raise MalformedPlanError(place="trouble.poisoned", reason=reason)
    asked = plan.asked(sites)
    if plan.secure and not 2 <= asked <= MOST_SITES:
        what = "ask a larger fraction" if asked < 2 else "join sites, or ask a smaller fraction"
        reason = f"masks take from 2 to {MOST_SITES} sites in a round, not {asked:,}; {what}"
        raise MalformedPlanError(place="secure", reason=reason)


def _check_known(examples: Examples, plan: Plan) -> None:
    """Where a task finds no example at all: the plan looks where the table holds nothing."""
    if plan.target is not None or examples.has_answer.any():
        return
    history = plan.history
    reasons = {
        Task.PROFILE: f"nobody bought anything before the last {history.horizon_days:,} days; "
        "choose fewer “horizon_days”",
        Task.RECOMMEND: "nobody who is named bought anything",
        Task.FORECAST: f"nothing was sold over {history.steps + 1} periods without a gap; "
        "choose fewer “steps”",
    }
    raise MalformedPlanError(place="history", reason=reasons[plan.task])


def _check_answers(examples: Examples, records: Records, plan: Plan) -> None:
    is_held_out = records.is_held_out
    shown = len(np.unique(examples.answers[records.at[is_held_out]]))
    if plan.target is None and shown < 2 and (shown or plan.task is Task.RECOMMEND):
        raise UntestableError(subject=plan.subject, reason=_ALIKE[plan.task])
    if not is_held_out.any():
        reason = (
            "nobody is held out at the sites that train, so few are at each; choose larger "
            "sites, or a larger “minimum_records”"
        )
        raise UntestableError(subject=plan.subject, reason=reason)
    if is_held_out.all():
        reason = "is known for too few rows to learn from"
        raise TargetError(column=plan.subject, reason=reason, needed="enough values")
    if shown < 2:
        reason = (
            "shows at most one value in the fifth of the rows that is held out for testing "
            "(another seed holds out others)"
        )
        raise TargetError(column=plan.subject, reason=reason, needed="enough values")


def _check_cohort(problem: Problem, plan: Plan) -> None:
    """With less than one unit in a round on average, most rounds are noise alone."""
    if problem.units is None or plan.fraction * len(problem.units.clients) >= 1:
        return
    reason = (
        f"of {len(problem.units.clients):,} protected units, fewer than one is expected in a "
        "round; raise it"
    )
    raise MalformedPlanError(place="fraction", reason=reason)


def _site_clients(rows: IntArray, names: Sequence[str], most: int) -> Clients:
    return Clients(starts=np.cumsum(rows) - rows, sizes=rows, keys=label_keys(names), most=most)


def _most_rows(rows: IntArray, plan: Plan, said: int | None) -> int:
    """What no site has more of; where sites are protected, a batch at least.

    Batches are as wide as the largest site, and with their width the last bits of what the others
    compute would tell of it.
    """
    largest = int(rows.max(initial=0)) if said is None else said
    is_protected = plan.privacy is not None and plan.privacy.unit is PrivacyUnitKind.SITE
    return max(largest, plan.batch) if is_protected else largest


def _units(
    records: Records, position: IntArray, sites: Clients, plan: Plan, *, is_row: bool
) -> Units | None:
    """Who is protected: the sites themselves, or whoever the rows belong to."""
    if plan.privacy is None:
        return None
    if plan.privacy.unit is PrivacyUnitKind.SITE:
        return Units(clients=sites, sites=np.arange(len(sites)))
    training = records.those(~records.is_held_out)
    starts = run_starts(training.site, training.person)
    clients = Clients(
        starts=starts,
        sizes=np.diff(np.append(starts, len(training))),
        keys=training.person[starts],
        # A series makes several examples even where it is one row.
        most=1 if is_row and plan.task is Task.RESPONSE else MOST_ROWS_PER_PERSON,
    )
    # Training rows come first, so positions are the same.
    return Units(clients=clients, sites=position[starts])


def _bytes_home(source: Source, examples: Examples, remaining: IntArray) -> tuple[int, ...]:
    """What the table's rows take at each site, by its share of the examples."""
    site = examples.records.site
    counts = np.bincount(site[site >= 0], minlength=len(examples.site_names))[remaining]
    size = int(source.table.arrow(source.names).nbytes)
    return tuple(round(size * count / max(len(site), 1)) for count in counts.tolist())
