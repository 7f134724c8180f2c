"""What was measured of each step, by which personal-data tags may stop there; and what is there.

Evidence comes from the records of the steps themselves and is looked at anew each time, so that
it ends where what it was measured on changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import Connection, Table

from compliance.anonymise.nouns.record import Anonymised, AnonymisedBaskets
from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Discovery
from compliance.federated.nouns import Run
from compliance.lineage.asking import BOUNDS, MODEL, columns_of_answer
from compliance.lineage.nouns import Edge, Evidence, NodeKind, Standing
from compliance.lineage.protecting import KEYED
from compliance.privacy.nouns import Price, Release, Spend, SpendState
from compliance.privacy.nouns.planning import Proposal
from compliance.privacy.nouns.synthesis import Synthesis
from compliance.report.nouns import Report
from compliance.rights.nouns import Erasure, Rewriting, Used
from compliance.storage import records, tables
from compliance.storage.records import Noun
from compliance.workspace.bare import without_examples
from compliance.workspace.lineage.views import view_node

_REWRITTEN = "somebody was erased from it since, so that it is not what was measured any more"
_FAILED = "it did not pass a check"
_KEYED = "its pseudonyms can be made again, or looked up, by whoever has the desk's key"
_UNPAID = "nothing stands in the ledger for it"

_Found = tuple[str, str, Standing, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What the desk keeps of steps that hide people, and of what ends its worth.

    Attributes:
        anonymised, baskets, releases, looks, runs, syntheses: by which data were made safe.
        paid: the purposes for which a ledger holds a settled loss.
        rewritten: the versions from which somebody was erased.
    """

    anonymised: tuple[Anonymised, ...]
    baskets: tuple[AnonymisedBaskets, ...]
    releases: tuple[Release, ...]
    looks: tuple[Proposal, ...]
    runs: tuple[Run, ...]
    syntheses: tuple[Synthesis, ...]
    paid: frozenset[str]
    rewritten: frozenset[str]


def records_of(connection: Connection, until: int | None = None) -> Records:
    """All of them, or those up to an entry of the trail."""

    def every(table: Table, kind: type[Noun]) -> tuple[Noun, ...]:
        # What was rewritten, because somebody was erased, is stored again under its id.
        found = records.up_to(connection, table, kind, until)
        return tuple({attrgetter("id")(one): one for one in found}.values())

    left = records.up_to(connection, tables.REWRITING, Rewriting, until)
    return Records(
        anonymised=every(tables.ANONYMISED, Anonymised),
        baskets=every(tables.BASKETS, AnonymisedBaskets),
        releases=every(tables.RELEASE, Release),
        looks=every(tables.PROPOSAL, Proposal),
        runs=every(tables.RUN, Run),
        syntheses=every(tables.SYNTHESIS, Synthesis),
        paid=frozenset(
            spend.purpose
            for spend in every(tables.SPEND, Spend)
            if spend.state is SpendState.SETTLED and spend.events
        ),
        rewritten=frozenset(one.dataset_id for one in left),
    )


def evidence(kept: Records, edges: Iterable[Edge]) -> tuple[Evidence, ...]:
    """What each of them is worth, with what its step was made from.

    Args:
        edges: the desk's own, not those that other systems tell of.
    """
    origins: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        origins[edge.made.key].add(edge.origin.key)
    return tuple(
        Evidence(
            id=id_,
            what=what,
            origins=frozenset(origins[made]),
            made=made,
            standing=standing,
            why=why,
        )
        for made, (id_, what, standing, why) in _every(kept)
        if made in origins
    )


def labels_in(connection: Connection, until: int | None = None) -> Mapping[str, Discovery]:
    """What the columns of every version hold, as officers left it, by its key; no examples."""
    found = records.up_to(connection, tables.DISCOVERY, Discovery, until)
    return {_dataset(one.dataset_id): without_examples(one) for one in found}


def columns_in(connection: Connection, kept: Records) -> Mapping[str, Sequence[str]]:
    """The columns of every thing that is there, by its key; () of those that have none."""
    versions = records.every(connection, tables.DATASET, Dataset)
    names = {one.id: tuple(map(str, one.column_names)) for one in versions}
    used = records.every(connection, tables.USED, Used)
    reports = records.every(connection, tables.REPORT, Report)
    erasures = records.every(connection, tables.ERASURE, Erasure)
    return {
        **{_dataset(id_): found for id_, found in names.items()},
        **{f"{NodeKind.LABELS}:{id_}": () for id_ in names},
        **{
            view_node(u.dataset_id, u.sha256).key: names[u.dataset_id]
            for u in used
            if u.dataset_id in names
        },
        **{_release(one.id): columns_of_answer(one.query) for one in kept.releases},
        **{_release(one.id): (BOUNDS,) for one in kept.looks},
        **{f"{NodeKind.RUN}:{one.id}": (MODEL,) for one in kept.runs},
        **{f"{NodeKind.REPORT}:{one.id}": () for one in reports},
        **{f"{NodeKind.ERASURE}:{one.id}": () for one in erasures},
    }


def _every(kept: Records) -> Iterator[tuple[str, _Found]]:
    for done in kept.anonymised:
        yield _dataset(done.made), _of_anonymised(done, kept)
    for histories in kept.baskets:
        yield _dataset(histories.made), _of_baskets(histories, kept)
    for invented in kept.syntheses:
        if invented.made:
            what = f"invented with ε {_number(invented.price)}"
            yield _dataset(invented.made), _paid(invented.id, what, kept, made=invented.made)
    for release in kept.releases:
        what = f"released with ε {_number(release.price)}"
        yield _release(release.id), _paid(release.id, what, kept)
    for look in kept.looks:
        what = f"looked at with ε {_number(look.price)}"
        yield _release(look.id), _paid(look.id, what, kept)
    for run in kept.runs:
        if run.plan.privacy is not None:
            yield f"{NodeKind.RUN}:{run.id}", _paid(run.id, "trained under noise", kept)


def _of_anonymised(done: Anonymised, kept: Records) -> _Found:
    checks = len(done.proof.checks)
    what = f"anonymised to k = {done.plan.k}; {checks} checks passed, attacked"
    if done.proof.failed:
        return done.id, what, Standing.SHORT, _FAILED
    if any(each.kind in KEYED for each in done.plan.treatments):
        return done.id, what, Standing.SHORT, _KEYED
    return _as_measured(done.id, what, done.made, kept)


def _of_baskets(done: AnonymisedBaskets, kept: Records) -> _Found:
    what = f"every combination of {done.plan.m} items shared by {done.plan.k} people, measured"
    if 0 < done.after.k < done.plan.k or not done.after.persons:
        return done.id, what, Standing.SHORT, _FAILED
    return _as_measured(done.id, what, done.made, kept)


def _paid(id_: str, what: str, kept: Records, made: str = "") -> _Found:
    if id_ not in kept.paid:
        return id_, what, Standing.SHORT, _UNPAID
    return _as_measured(id_, what, made, kept)


def _as_measured(id_: str, what: str, made: str, kept: Records) -> _Found:
    if made in kept.rewritten:
        return id_, what, Standing.VOID, _REWRITTEN
    return id_, what, Standing.HOLDS, ""


def _dataset(id_: str) -> str:
    return f"{NodeKind.DATASET}:{id_}"


def _release(id_: str) -> str:
    return f"{NodeKind.RELEASE}:{id_}"


def _number(price: Price) -> str:
    return f"{price.epsilon.normalize():f}"
