"""What an erasure would do: everybody traced, and said row by row what goes and what stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from compliance.anonymise.nouns import TreatmentKind
from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.dataset.table import Codes
from compliance.discovery import discover
from compliance.discovery.nouns import Form, IdentifierClass, Label
from compliance.errors import ErasingError
from compliance.privacy.nouns.synthesis import Synthesis
from compliance.rights.erasing import Cutter, Version, blank_columns, way_of
from compliance.rights.nouns import (
    Cut,
    ErasurePlan,
    Identifier,
    Mention,
    Request,
    Right,
    Trace,
    Way,
)
from compliance.storage import records, tables
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.erasing import beyond
from compliance.workspace.requesting import requested, sealing
from compliance.workspace.tracing.persons import Index, decided

_KEYS = (TreatmentKind.PSEUDONYM, TreatmentKind.VAULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody to be erased; it never leaves memory.

    Attributes:
        request: as it stands.
        identifiers: who it is.
        trace: where the person was found.
    """

    request: Request
    identifiers: tuple[Identifier, ...]
    trace: Trace


def planned(
    desk: Desk,
    connection: Connection,
    ids: Sequence[str],
    *,
    doubtful_mentions: bool | None = None,
) -> ErasurePlan:
    """What erasing those of these requests would do; nothing is changed.

    Args:
        doubtful_mentions: whether doubtful mentions go on which nobody decided; None: it is told
            how many there are.

    Raises:
        ErasingError: there is none to erase, or one asks for something else, or is not decided.
        RequestStepError, HeldError: one cannot be carried out now.
        SealedError: it cannot be read any more who one is about.
    """
    every = datasets.every_version(connection)
    people = found(desk, connection, requests_of(desk, connection, ids))
    if open_ := [one.request.id for one in people if one.trace.open_doubts]:
        reason = f"request {open_[0]} has doubtful matches that nobody has decided on"
        raise ErasingError(reason=reason)
    takes = bool(doubtful_mentions)
    cutter, cuts = cut_out(desk, connection, every, people, doubtful_mentions=takes)
    return ErasurePlan(
        requests=tuple(one.request.id for one in people),
        cuts=cuts,
        seen=_standing(connection, every, ids, desk.clock().date()),
        beyond=(
            *beyond.reach(connection, cuts, every),
            *beyond.kept_apart(
                desk, connection, {one.request.id: one.identifiers for one in people}
            ),
        ),
        typed=beyond.typed(connection, [one.identifiers for one in people]),
        doubtful=cutter.doubtful,
        undecided=_undecided(people) if doubtful_mentions is None else {},
        touched={one.request.id: _touched(one.trace) for one in people},
    )


def requests_of(desk: Desk, connection: Connection, ids: Sequence[str]) -> tuple[Request, ...]:
    """The requests, each once, if they can be carried out now."""
    if not ids:
        raise ErasingError(reason="no request was named")
    asked = tuple(requested.one(connection, id_) for id_ in sorted(set(ids)))
    for request in asked:
        if request.right is not Right.ERASURE:
            reason = f"request {request.id} asks for {request.right.value}"
            raise ErasingError(reason=reason)
        requested.check_may_carry_out(connection, request, desk.clock().date())
    return asked


def found(desk: Desk, connection: Connection, asked: Sequence[Request]) -> tuple[Person, ...]:
    """Everybody these requests are about, looked for in every version of every dataset.

    Raises:
        SealedError: it cannot be read any more who one is about.
    """
    every = datasets.every_version(connection)
    columns = _Columns(desk, connection, {dataset.id: dataset for dataset in every})
    index, people = Index(desk, connection), []
    for request in asked:
        identifiers = sealing.unseal(desk, request.id)
        trace = index.trace(identifiers, decided(request))
        trace = columns.weighed(trace)
        people.append(Person(request=request, identifiers=identifiers, trace=trace))
    return tuple(people)


def cut_out(
    desk: Desk,
    connection: Connection,
    every: Sequence[Dataset],
    people: Sequence[Person],
    *,
    doubtful_mentions: bool = False,
) -> tuple[Cutter, tuple[Cut, ...]]:
    """What goes from each version, and what stays by an exception or hold.

    Args:
        people: with traces as `found` gives them.
    """
    keeping = {one.request.id: _keeping(one.request) for one in people}
    blanked: dict[str, set[str]] = defaultdict(set)
    for kept in keeping.values():
        for name, (exception, way) in kept.items():
            if way is Way.BLANKED:
                blanked[name].add(exception)
    cutter = Cutter(_versions(desk, connection, every, blanked), doubtful=doubtful_mentions)
    for one in people:
        cutter.add(one.trace, keeping[one.request.id])
    return cutter, cutter.cuts()


class _Columns:
    """What the columns hold in which somebody is mentioned."""

    def __init__(self, desk: Desk, connection: Connection, versions: Mapping[str, Dataset]) -> None:
        self._desk, self._connection, self._versions = desk, connection, versions
        self._own: dict[str, frozenset[str]] = {}
        self._texts: dict[tuple[str, str], tuple[Codes, list[str]]] = {}

    def weighed(self, trace: Trace) -> Trace:
        """The trace without names within another person's e-mail address, which stay whole."""
        mentions = (one for one in trace.mentions if not self._is_part_of_another(one))
        return replace(trace, mentions=tuple(mentions))

    def _is_part_of_another(self, mention: Mention) -> bool:
        if mention.column not in self._identifiers(mention.dataset_id):
            return False
        place = (mention.dataset_id, mention.column)
        if place not in self._texts:
            dataset = self._versions[mention.dataset_id]
            coded = self._desk.table(dataset).codes(ColumnName(mention.column))
            self._texts[place] = (coded, coded.texts())
        coded, texts = self._texts[place]
        text = texts[coded.codes[mention.row]]
        return bool((text[: mention.start] + text[mention.end :]).strip())

    def _identifiers(self, id_: str) -> frozenset[str]:
        """The columns of which every value is somebody's own: no sentences, no lists."""
        if id_ not in self._own:
            known = _labels(self._desk, self._connection, self._versions[id_])
            self._own[id_] = frozenset(
                label.column
                for label in known
                if label.form is Form.SINGLE and label.identifier_class is IdentifierClass.DIRECT
            )
        return self._own[id_]


def _keeping(request: Request) -> Mapping[str, tuple[str, Way]]:
    kept = request.decision.kept if request.decision else {}
    return {name: (exception, way_of(exception)) for name, exception in kept.items()}


def _versions(
    desk: Desk, connection: Connection, every: Sequence[Dataset], blanked: Mapping[str, set[str]]
) -> Mapping[str, Version]:
    """The versions that can hold anybody: invented rows are nobody's."""
    invented = {one.made for one in records.every(connection, tables.SYNTHESIS, Synthesis)}
    outputs = {
        one.made: one
        for one in records.newest_by(connection, tables.ANONYMISED, Anonymised, "id").values()
    }
    holds = requested.standing_holds(connection, desk.clock().date())
    versions = {}
    for dataset in every:
        if dataset.id in invented:
            continue
        held = [one.id for one in holds if not one.datasets or dataset.name in one.datasets]
        made = outputs.get(dataset.id)
        blank = made.plan.treatments if made else ()
        versions[dataset.id] = Version(
            dataset=dataset,
            blank=(
                tuple(one.column for one in blank if one.kind in _KEYS)
                if made
                else blank_columns(_labels(desk, connection, dataset), blanked[dataset.name])
                if dataset.name in blanked
                else ()
            ),
            held=f"legal hold {held[0]}" if held else "",
            stays=made is not None,
            classes=tuple(made.plan.columns) if made else (),
        )
    return versions


def _labels(desk: Desk, connection: Connection, dataset: Dataset) -> Sequence[Label]:
    """What the columns hold; looked at now where nobody has yet."""
    known = labels.latest(connection, dataset)
    return known.labels if known else discover(desk.table(dataset), dataset.columns)


def _undecided(people: Sequence[Person]) -> Mapping[str, int]:
    """By request, how many doubtful mentions nobody has decided on."""
    counts = {one.request.id: len({m.id for m in one.trace.open_mentions}) for one in people}
    return {id_: count for id_, count in counts.items() if count}


def _touched(trace: Trace) -> tuple[str, ...]:
    """The versions in which the person was found."""
    rows = {match.dataset_id for match in trace.settled}
    return tuple(sorted(rows | {one.dataset_id for one in trace.own_mentions}))


def same(connection: Connection, plan: ErasurePlan, today: date) -> bool:
    """Whether all that a plan stands on is still as it was, and nothing came."""
    every = datasets.every_version(connection)
    return plan.seen == _standing(connection, every, plan.requests, today)


def _standing(
    connection: Connection, every: Sequence[Dataset], ids: Sequence[str], today: date
) -> Mapping[str, str]:
    """What a plan stands on: the content of each version, legal holds, what was said of doubts."""
    return {
        **{dataset.id: dataset.sha256 for dataset in every},
        **{f"hold {hold.id}": "" for hold in requested.standing_holds(connection, today)},
        **{f"request {id_}": repr(requested.one(connection, id_).doubts) for id_ in ids},
    }
