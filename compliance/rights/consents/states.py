"""How people stand to a purpose at one moment: the last event wins, of two at once the stricter.

Each person has one number: the moment of the event that decides, in microseconds since 1970,
times 8, plus how strict the state is. So the largest number of several decides, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from compliance.rights.consents.matching import Lookup, Scores
from compliance.rights.nouns import ConsentCounts, ConsentState, Purpose

STATES = tuple(ConsentState)  # by strictness
_STEPS = 8
_NEVER = np.iinfo(np.int64).max

Moments = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standing:
    """How people stand to one purpose.

    Attributes:
        lookup: the number of each person, by keyed hash.
        ends: when each consent that holds ends by itself, in microseconds since 1970; `_NEVER`
            where it does not.
        since, until: for which moments this holds, as long as no event is added.
    """

    lookup: Lookup
    ends: Moments
    since: int
    until: int

    @property
    def states(self) -> Scores:
        """Per person, the place of the state in `STATES`."""
        return states_of(self.lookup.scores)


def states_of(scores: Scores) -> Scores:
    """The place in `STATES` that each number stands for; -1 for people of whom nothing is known."""
    return np.where(scores < 0, -1, scores % _STEPS)


def standing(events: pa.Table, purpose: Purpose, at: datetime) -> Standing:
    """How everybody in `events` stands to `purpose` at `at`; later events do not count yet."""
    own = events.filter(pc.equal(events["purpose"], purpose.id))
    people = own["person"].combine_chunks().dictionary_encode()
    codes = people.indices.to_numpy(zero_copy_only=False)
    now = _moment(at)
    given, withdrawn = (_moments(own, name) for name in ("given_at", "withdrawn_at"))
    ends = np.minimum(_moments(own, "expires_at"), _lasting(given, purpose.lasts_months))
    is_over = withdrawn <= now
    moment = np.where(
        is_over, np.where(given <= now, np.maximum(given, withdrawn), withdrawn), given
    )
    state = np.select(
        [is_over, ends <= now, _is_of_an_earlier_text(own, purpose, given)],
        [_place(s) for s in (ConsentState.WITHDRAWN, ConsentState.EXPIRED, ConsentState.ASK_AGAIN)],
        _place(ConsentState.GIVEN),
    )
    counts_now = moment <= now
    scores = np.full(len(people.dictionary), -1, dtype=np.int64)
    np.maximum.at(scores, codes[counts_now], (moment * _STEPS + state)[counts_now])
    last = np.full(len(scores), _NEVER, dtype=np.int64)
    holds = counts_now & (state == _place(ConsentState.GIVEN))
    decides = holds & ((moment * _STEPS + state) == scores[codes])
    last[codes[decides]] = ends[decides]
    later = [times[times > now].min(initial=_NEVER) for times in (given, withdrawn, ends)]
    return Standing(
        lookup=Lookup(people=people.dictionary, scores=scores),
        ends=last,
        since=now,
        until=int(min(later)),
    )


def counts(found: Standing) -> dict[ConsentState, int]:
    """How many people stand how."""
    states = found.states
    return {state: int(np.count_nonzero(states == _place(state))) for state in STATES}


def summed_up(events: pa.Table, purpose: Purpose, at: datetime, used_after: int) -> ConsentCounts:
    """How people stand to `purpose` at `at`, in numbers.

    Args:
        used_after: see `ConsentCounts`.
    """
    own = events.filter(pc.equal(events["purpose"], purpose.id))
    given = pc.min_max(own["given_at"])
    return ConsentCounts(
        states=counts(standing(events, purpose, at)),
        methods=_numbers(own["method"]),
        versions=_numbers(own["text_version"]),
        laws=_numbers(own["law"]),
        first_given=_day(given["min"]),
        last_given=_day(given["max"]),
        last_withdrawn=_day(pc.max(own["withdrawn_at"])),
        used_after=used_after,
    )


def withdrawn_before(events: pa.Table, purpose: str, at: datetime) -> int:
    """How many people have withdrawn from a purpose before `at`."""
    gone = pc.and_(
        pc.equal(events["purpose"], purpose), pc.less(events["withdrawn_at"], _naive(at))
    )
    return len(events.filter(pc.fill_null(gone, fill_value=False))["person"].unique())


def _numbers(column: pa.ChunkedArray) -> dict[str, int]:
    return {one["values"] or "": one["counts"] for one in column.value_counts().to_pylist()}


def _day(moment: pa.Scalar) -> date | None:
    found = moment.as_py()
    return None if found is None else found.date()


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def expiring(found: Standing, at: datetime, days: int) -> int:
    """How many consents that hold end by themselves within so many days."""
    return int(np.count_nonzero(found.ends <= _moment(at + timedelta(days=days))))


def _place(state: ConsentState) -> int:
    return STATES.index(state)


def _moment(at: datetime) -> int:
    return int(np.datetime64(_naive(at), "us").astype(np.int64))


def _moments(events: pa.Table, name: str) -> Moments:
    """Microseconds since 1970; `_NEVER` where there is no moment."""
    column = events[name].combine_chunks().cast(pa.int64())
    return np.asarray(column.fill_null(_NEVER).to_numpy(zero_copy_only=False))


def _lasting(given: Moments, months: int | None) -> Moments:
    """When consents end that last so many months; the last day of a month where it is shorter."""
    ends = np.full(len(given), _NEVER, dtype=np.int64)
    known = given < _NEVER
    if months is None or not known.any():
        return ends
    moments = given[known].astype("datetime64[us]")
    month = moments.astype("datetime64[M]")
    day, then = moments.astype("datetime64[D]"), month + months
    into = (day - month.astype("datetime64[D]")).astype(np.int64)
    last = ((then + 1).astype("datetime64[D]") - then.astype("datetime64[D]")).astype(np.int64) - 1
    end = then.astype("datetime64[D]") + np.minimum(into, last)
    ends[known] = (end.astype("datetime64[us]") + (moments - day)).astype(np.int64)
    return ends


def _is_of_an_earlier_text(
    events: pa.Table, purpose: Purpose, given: Moments
) -> npt.NDArray[np.bool_]:
    """Whether people agreed to a text before the last one that asks for something else.

    A version that the purpose does not know counts by the day on which it was agreed to.
    """
    at = max((place for place, one in enumerate(purpose.texts) if one.is_material), default=0)
    if not at:
        return np.zeros(events.num_rows, dtype=np.bool_)
    earlier, later = purpose.texts[:at], purpose.texts[at:]
    named = events["text_version"]
    is_earlier = _is_one_of(named, [one.version for one in earlier])
    is_later = _is_one_of(named, [one.version for one in later])
    before = given < _moment(purpose.texts[at].at)
    return is_earlier | (~is_later & before)


def _is_one_of(named: pa.ChunkedArray, versions: list[str]) -> npt.NDArray[np.bool_]:
    found = pc.is_in(named, value_set=pa.array(versions, pa.string()))
    return np.asarray(found.combine_chunks().to_numpy(zero_copy_only=False))
