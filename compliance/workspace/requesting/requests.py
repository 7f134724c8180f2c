"""Requests, as the workspace offers them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection

from compliance.dataset.nouns import ColumnName, Dataset
from compliance.dataset.readers.text import decode
from compliance.discovery.labels import masked
from compliance.errors import RequestFileError, RequestInputError
from compliance.plain import csv_bytes, one_line
from compliance.register import Shape
from compliance.register.writing import json_bytes
from compliance.rights.nouns import Identifier, Match, Outcome, Request, Right, Trace
from compliance.rights.requests import (
    LOG_COLUMNS,
    Draft,
    Statistics,
    log_row,
    provisions,
    retention_of,
    statistics,
)
from compliance.rules.nouns import LawId
from compliance.storage import acts
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.fulfilling.fulfilment import Fulfilling
from compliance.workspace.governing import packs
from compliance.workspace.governing.registering import laws_in_scope
from compliance.workspace.governing.registers import register_in
from compliance.workspace.guarding import guarded
from compliance.workspace.requesting import intake, sealing
from compliance.workspace.requesting.clocks import Clocked, by_urgency, clocked
from compliance.workspace.requesting.holding import Holding
from compliance.workspace.requesting.mentions import Doubtful, doubtful
from compliance.workspace.requesting.requested import (
    advance,
    check_may_carry_out,
    every,
    held_by,
    one,
    standing_holds,
    store,
)
from compliance.workspace.requesting.steps import Steps
from compliance.workspace.requesting.sweeping import Sweeping
from compliance.workspace.tracing.persons import Tracing

__all__ = [
    "Requesting",
    "advance",
    "check_may_carry_out",
    "every",
    "held_by",
    "one",
    "standing_holds",
    "store",
]

LARGEST_FILE_BYTES = 20 * 2**20


@guarded
class Requesting:
    """Requests from intake to answer, holds, and the board of what is due.

    Attributes:
        steps: what is done with a request, step by step.
        holding: legal holds.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.sweeping = Sweeping(desk)
        self.steps = Steps(desk)
        self.holding = Holding(desk)

    def open(
        self,
        law: LawId,
        right: Right,
        received_on: date,
        identifiers: Sequence[Identifier],
        *,
        channel: str = "form",
        country: str = "",
        purpose: str = "",
    ) -> Request:
        """Take in a request; who it is about is sealed and stands nowhere else.

        Args:
            law: one in scope.
            country: whose holidays count; empty: that of the organisation.
            purpose: what is objected to; empty: everything.

        Raises:
            RequestInputError: it cannot be so; nothing was recorded.
        """
        draft = Draft(
            law=law,
            right=right,
            received_on=received_on,
            channel=channel,
            country=country,
            purpose=purpose,
            identifiers=tuple(identifiers),
        )
        return intake.open_one(self._desk, draft)

    def import_(self, data: bytes, name: str) -> tuple[Request, ...]:
        """Take in the requests of a CSV or JSON file, one per row; all of them or none.

        Raises:
            RequestFileError: with the number of every row that is wrong.
        """
        name = one_line(name)[:200]
        if len(data) > LARGEST_FILE_BYTES:
            limit = f"It is larger than {LARGEST_FILE_BYTES // 2**20} MB."
            raise RequestFileError(name=name, problems=limit)
        return intake.open_file(self._desk, decode(name, data)[0], name)

    def open_signal(
        self, identifiers: Sequence[Identifier], received_on: date | None = None
    ) -> Request:
        """Take in a browser's signal (Global Privacy Control): an opt-out, done at once.

        Raises:
            SignalError: it does not say whose browser it is; that it came is counted.
            RightsError: it cannot be so; what was done of it stands.
        """
        day = received_on or self._desk.clock().date()
        opened = intake.open_signal(self._desk, identifiers, day)
        self.steps.decide(opened.id, Outcome.FULFILLED)
        Fulfilling(self._desk).opt_out(opened.id)
        return self.steps.answer(opened.id)

    def find(self, id_: str) -> Clocked:
        """One request as it stands, with its clocks.

        Raises:
            UnknownRequestError: there is none.
        """
        with self._desk.database.reading() as connection:
            pack = packs.in_force(connection)
            return clocked(one(connection, id_), pack, self._desk.clock())

    def requests(self) -> tuple[Clocked, ...]:
        """All requests with their clocks, in the order in which they came in."""
        with self._desk.database.reading() as connection:
            return self._clocked(connection)

    def board(self) -> tuple[Clocked, ...]:
        """Every request with something left to do: what is due first stands first."""
        return by_urgency(self.requests())

    def laws(self) -> tuple[LawId, ...]:
        """The laws in scope under which people may ask for something."""
        with self._desk.database.reading() as connection:
            found = laws_in_scope(register_in(self._desk, connection, self._desk.clock()))
        return tuple(law for law in found if law in provisions())

    def can_be_read(self, id_: str) -> bool:
        """Whether it is still known who a request is about."""
        return sealing.is_sealed(self._desk, id_)

    def was_read(self, id_: str, what: str) -> None:
        """Note that somebody looked at what belongs to the person of a request; never at what.

        Args:
            what: what was shown, such as “values, masked”.
        """
        with self._desk.act("request.read", id_) as act:
            act.facts["shown"] = what

    def held(self, id_: str) -> dict[str, str]:
        """The datasets that a legal hold keeps from this request, each with the hold."""
        with self._desk.database.reading() as connection:
            found = held_by(connection, one(connection, id_), self._desk.clock().date())
        return {name: hold.id for name, hold in found.items()}

    def examples(self, found: Trace) -> dict[str, str]:
        """Of each doubtful match the first row, masked, by its id; to be shown only when asked.

        Args:
            found: what `look` gave.
        """
        doubtful = [one for one in found.matches if one.is_doubtful and one.rows]
        with self._desk.database.reading() as connection:
            stored = {one.id: datasets.version(connection, one.dataset_id) for one in doubtful}
        return {one.id: self._example(stored[one.id], one) for one in doubtful}

    def doubtful_mentions(self, found: Trace) -> tuple[Doubtful, ...]:
        """Each mention in texts that may be of somebody else, masked; see `requesting_mentions`.

        Args:
            found: what `look` gave.
        """
        return doubtful(self._desk, found)

    def _example(self, dataset: Dataset, match: Match) -> str:
        table, known = self._desk.table(dataset), {column.name for column in dataset.columns}
        cells = []
        for column in (ColumnName(way.column) for way in match.via):
            if column in known:
                coded = table.codes(column)
                code = int(coded.codes[match.rows[0]])
                value = masked(str(coded.labels[code])) if code >= 0 else "–"
                cells.append(f"{column}: {value}")
        return ", ".join(cells)

    def log_begins(self, today: date) -> date:
        """The first day that the log has to reach back to, by the laws in scope."""
        from dateutil.relativedelta import relativedelta

        months = max((retention_of(law).months for law in self.laws()), default=24)
        return today - relativedelta(months=months)

    def names(self, request: Request) -> dict[str, str]:
        """The name of each dataset version that a request names, by its id."""
        ids = {*request.found, *request.changed, *(one.split(":")[0] for one in request.doubts)}
        with self._desk.database.reading() as connection:
            return {id_: str(datasets.version(connection, id_).name) for id_ in sorted(ids)}

    def look(self, id_: str) -> Trace:
        """Where the person of a request was found, with what is doubtful; nothing is stored.

        Raises:
            UnknownRequestError, SealedError, NothingToLookForError: it cannot be looked for.
        """
        return Tracing(self._desk).look(id_)

    def statistics(self, since: date, until: date) -> Statistics:
        """The numbers of the requests received from `since` to `until`.

        Raises:
            RequestInputError: the period ends before it begins.
        """
        if until < since:
            raise RequestInputError(field="The period", problem="ends before it begins")
        with self._desk.database.reading() as connection:
            clocks = [(one.request, one.due) for one in self._clocked(connection)]
            return statistics(clocks, since, until, _signals(connection, since, until))

    def log(self, shape: Shape, since: date, until: date) -> bytes:
        """The log of requests for a regulator; nothing in it tells who asked.

        Raises:
            RequestInputError: the period ends before it begins.
        """
        if until < since:
            raise RequestInputError(field="The period", problem="ends before it begins")
        with self._desk.act("request.log", f"{since.isoformat()} to {until.isoformat()}") as act:
            rows = [
                log_row(one.request, one.due)
                for one in self._clocked(act.connection)
                if since <= one.request.received_on <= until
            ]
            act.facts |= {"exported": len(rows), "shape": str(shape)}
        if shape is Shape.JSON:
            plain = {"since": since.isoformat(), "until": until.isoformat(), "requests": rows}
            return json_bytes(plain)
        return csv_bytes([LOG_COLUMNS, *([_cell(v) for v in row.values()] for row in rows)])

    def _clocked(self, connection: Connection) -> tuple[Clocked, ...]:
        pack, at = packs.in_force(connection), self._desk.clock()
        return tuple(clocked(request, pack, at) for request in every(connection))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


class _Entry(msgspec.Struct):
    """Of an entry of the trail, only when it was."""

    at: str


def _signals(connection: Connection, since: date, until: date) -> int:
    """Browser signals that could not be matched, from the trail."""
    found = 0
    for line in acts.lines_by(connection, ["request.signal"]):
        day = date.fromisoformat(msgspec.json.decode(line.body, type=_Entry).at[:10])
        found += since <= day <= until
    return found
