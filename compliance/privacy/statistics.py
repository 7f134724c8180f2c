"""One statistic of a query file to a `Statistic`, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal, InvalidOperation
from itertools import pairwise

from compliance.dataset.nouns import ColumnName
from compliance.errors import BadBoundsError, MalformedQueryError
from compliance.privacy.nouns.question import Granularity, Statistic, StatisticKind

MAX_VALUE = Decimal(10) ** 10
MOST_CANDIDATES = 20_001  # values that a quantile can take
MOST_BARS = 1_000
MOST_LARGEST = 1_000
_USUAL_CANDIDATES = 1_000
_BOUNDED = ("column", "lower", "upper", "unit")
_MEDIAN = Decimal("0.5")
_FINEST_SHARE = Decimal("0.001")
_FINEST = Decimal("0.000001")  # of even edges


def to_statistic(raw: object) -> Statistic:
    """The statistic that one entry of a query's list asks for.

    Raises:
        MalformedQueryError, BadBoundsError: something in it is not understood.
    """
    if not isinstance(raw, Mapping) or len(raw) != 1:
        reason = f"each entry is one of {', '.join(_READERS)}, with a colon"
        raise MalformedQueryError(place="statistics", reason=reason)
    ((kind, details),) = raw.items()
    if kind not in _READERS:
        raise MalformedQueryError(place="statistics", reason=f"known are {', '.join(_READERS)}")
    return _READERS[str(kind)](str(kind), details)


def from_statistic(statistic: Statistic) -> dict[str, object]:
    """The plain value that `to_statistic` reads as `statistic`."""
    kind = statistic.kind
    if kind is StatisticKind.TOP:
        counted = "units" if statistic.of_units else "rows"
        return {"top": {"groups": statistic.largest, "of": counted}}
    if statistic.column is None:
        return {"count": "rows" if kind is StatisticKind.COUNT_ROWS else "units"}
    about: dict[str, object] = {"column": str(statistic.column)}
    if kind is StatisticKind.HISTOGRAM:
        about["edges"] = [_plain(edge) for edge in statistic.edges]
    else:
        about |= {"lower": _plain(statistic.lower), "upper": _plain(statistic.upper)}
    if kind is StatisticKind.QUANTILE:
        about |= {"at": _plain(statistic.at), "step": _plain(statistic.step)}
    return {str(kind): about | {"unit": str(statistic.granularity)}}


def to_edges(raw: object, place: str) -> tuple[Decimal, ...]:
    """Ascending edges of bars.

    Raises:
        BadBoundsError: fewer than two, not ascending, or too many.
    """
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise BadBoundsError(statistic=place, reason="edges are a list of numbers")
    edges = tuple(_bound(edge, place) for edge in raw)
    if not 2 <= len(edges) <= MOST_BARS + 1:
        raise BadBoundsError(statistic=place, reason=f"it needs 2 to {MOST_BARS + 1:,} edges")
    if any(after <= before for before, after in pairwise(edges)):
        raise BadBoundsError(statistic=place, reason="each edge lies above the one before")
    return edges


def bars(edges: Sequence[Decimal]) -> tuple[str, ...]:
    """The bars between `edges`, as people write them: “10 to 20”."""
    written = [f"{edge.normalize():f}" for edge in edges]
    return tuple(f"{low} to {high}" for low, high in pairwise(written))


def _count(kind: str, details: object) -> Statistic:
    if details not in ("rows", "units"):
        raise MalformedQueryError(place=kind, reason="it counts “rows” or “units” (people)")
    counted = StatisticKind.COUNT_ROWS if details == "rows" else StatisticKind.COUNT_UNITS
    return Statistic(kind=counted)


def _bounded(kind: str, details: object) -> Statistic:
    about = _details(kind, details, _BOUNDED)
    lower, upper = _range(kind, about)
    granularity = _granularity(about)
    _check_steps(kind, lower, upper, granularity)
    return Statistic(
        kind=StatisticKind(kind),
        column=_column(kind, about),
        lower=lower,
        upper=upper,
        granularity=granularity,
    )


def _quantile(kind: str, details: object) -> Statistic:
    known = (*_BOUNDED, "step") if kind == "median" else (*_BOUNDED, "step", "at")
    about = _details(kind, details, known)
    lower, upper = _range(kind, about)
    granularity = _granularity(about)
    _check_steps(kind, lower, upper, granularity)
    least = Decimal(1) / granularity.per_one
    step = about.get("step")
    chosen = _usual_step(lower, upper, least) if step is None else _bound(step, kind)
    if chosen <= 0 or chosen % least:
        reason = f"a step is a multiple of {least}, above 0"
        raise BadBoundsError(statistic=kind, reason=reason)
    if (upper - lower) / chosen >= MOST_CANDIDATES:
        reason = f"between the bounds lie more than {MOST_CANDIDATES - 1:,} steps; choose a larger"
        raise BadBoundsError(statistic=kind, reason=reason)
    at = _MEDIAN if kind == "median" else _share(kind, about.get("at"))
    return Statistic(
        kind=StatisticKind.QUANTILE,
        column=_column(kind, about),
        lower=lower,
        upper=upper,
        granularity=granularity,
        at=at,
        step=chosen,
    )


def _histogram(kind: str, details: object) -> Statistic:
    about = _details(kind, details, (*_BOUNDED, "edges", "bins"))
    if "edges" in about and about.keys() & {"lower", "upper", "bins"}:
        reason = "say “edges”, or “lower”, “upper” and “bins”, not both"
        raise MalformedQueryError(place=kind, reason=reason)
    edges = to_edges(about["edges"] if "edges" in about else _even_edges(kind, about), kind)
    return Statistic(
        kind=StatisticKind.HISTOGRAM,
        column=_column(kind, about),
        lower=edges[0],
        upper=edges[-1],
        granularity=_granularity(about),
        edges=edges,
    )


def _top(kind: str, details: object) -> Statistic:
    about = _details(kind, details, ("groups", "of"))
    largest, counted = about.get("groups"), about.get("of", "rows")
    if isinstance(largest, bool) or not isinstance(largest, int):
        raise MalformedQueryError(place=kind, reason="“groups” says how many, such as 5")
    if not 1 <= largest <= MOST_LARGEST:
        reason = f"“groups” is a whole number from 1 to {MOST_LARGEST:,}"
        raise MalformedQueryError(place=kind, reason=reason)
    if counted not in ("rows", "units"):
        raise MalformedQueryError(place=kind, reason="it is of “rows” or of “units” (people)")
    return Statistic(kind=StatisticKind.TOP, largest=largest, of_units=counted == "units")


_READERS: Mapping[str, Callable[[str, object], Statistic]] = {
    "count": _count,
    **dict.fromkeys(("sum", "mean", "variance", "standard_deviation"), _bounded),
    **dict.fromkeys(("quantile", "median"), _quantile),
    "histogram": _histogram,
    "top": _top,
}


def _details(kind: str, details: object, known: Sequence[str]) -> Mapping[str, object]:
    """What an entry says, with known settings only."""
    listed = ", ".join(known)
    if not isinstance(details, Mapping):
        raise MalformedQueryError(place=kind, reason=f"it needs settings: {listed}")
    if unknown := [key for key in details if key not in known]:
        place = f"{kind}.{unknown[0]}"[:40]
        raise MalformedQueryError(place=place, reason=f"known are {listed}")
    return details


def _column(kind: str, about: Mapping[str, object]) -> ColumnName:
    named = about.get("column")
    if not named or isinstance(named, bool) or not isinstance(named, (str, int, float)):
        reason = "it needs a column, and where its values lie"
        raise MalformedQueryError(place=kind, reason=reason)
    return ColumnName(str(named))


def _range(kind: str, about: Mapping[str, object]) -> tuple[Decimal, Decimal]:
    name = f"{kind} of {_column(kind, about)[:60]}"
    if about.get("lower") is None or about.get("upper") is None:
        raise BadBoundsError(statistic=name, reason="it needs a lower and an upper bound")
    lower, upper = (_bound(about[key], name) for key in ("lower", "upper"))
    if lower >= upper:
        raise BadBoundsError(statistic=name, reason="the lower bound must lie below the upper")
    return lower, upper


def _check_steps(kind: str, lower: Decimal, upper: Decimal, granularity: Granularity) -> None:
    """Refuse bounds that are the same number once values are counted in whole steps."""
    first, last = (
        (bound * granularity.per_one).to_integral_value(ROUND_HALF_EVEN) for bound in (lower, upper)
    )
    if first == last:
        is_whole = granularity is Granularity.WHOLE
        same = "whole number; count in cents" if is_whole else "number of cents"
        raise BadBoundsError(statistic=kind, reason=f"both bounds are the same {same}")


def _share(kind: str, raw: object) -> Decimal:
    try:
        at = Decimal(str(raw))
    except InvalidOperation:
        at = Decimal("nan")
    if not at.is_finite() or not 0 < at < 1 or at != at.quantize(_FINEST_SHARE):
        reason = "“at” is a share between 0 and 1 with up to three decimals, such as 0.9"
        raise MalformedQueryError(place=kind, reason=reason)
    return at.normalize()


def _even_edges(kind: str, about: Mapping[str, object]) -> list[Decimal]:
    lower, upper = _range(kind, about)
    bins = about.get("bins", 10)
    if isinstance(bins, bool) or not isinstance(bins, int) or not 1 <= bins <= MOST_BARS:
        reason = f"“bins” is a whole number from 1 to {MOST_BARS:,}"
        raise MalformedQueryError(place=kind, reason=reason)
    width = (upper - lower) / bins
    return [*((lower + width * n).quantize(_FINEST) for n in range(bins)), upper]


def _usual_step(lower: Decimal, upper: Decimal, least: Decimal) -> Decimal:
    """A round step that leaves about a thousand values between the bounds."""
    rough = max((upper - lower) / _USUAL_CANDIDATES, least)
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(power * digit for digit in (1, 2, 5, 10) if power * digit >= rough)
    return (step / least).to_integral_value(ROUND_CEILING) * least


def _granularity(about: Mapping[str, object]) -> Granularity:
    raw = about.get("unit", "whole")
    if raw not in list(Granularity):
        raise MalformedQueryError(place="unit", reason="values are counted in whole or in cents")
    return Granularity(str(raw))


def _bound(raw: object, statistic: str) -> Decimal:
    try:
        bound = Decimal(str(raw))
    except InvalidOperation:
        raise BadBoundsError(statistic=statistic, reason="a bound is not a number") from None
    if not bound.is_finite() or abs(bound) > MAX_VALUE:
        raise BadBoundsError(statistic=statistic, reason=f"a bound lies between ± {MAX_VALUE:,.0f}")
    return bound


def _plain(number: Decimal | None) -> int | float | str | None:
    """As people would type it, and exact."""
    if number is None:
        return None
    if number == number.to_integral_value():
        return int(number)
    return float(number) if Decimal(str(float(number))) == number else str(number)
