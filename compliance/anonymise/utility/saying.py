"""From two numbers to a `Utility` with its sentence."""

from __future__ import annotations

from compliance.anonymise.nouns import UseKind, Utility

_TITLES = {
    UseKind.CLASSIFIER: "Telling classes",
    UseKind.PROFILING: "Customer profiling",
    UseKind.RECOMMENDATION: "Recommendation",
    UseKind.FORECAST: "Sales forecasting",
    UseKind.RESPONSE: "Marketing response",
}


def inapplicable(kind: UseKind, measure: str, reason: str) -> Utility:
    """A use that the original does not allow either."""
    sentence = f"{_TITLES[kind]}: not applicable, for {reason}."
    return Utility(kind=kind, measure=measure, sentence=sentence)


def lost(
    kind: UseKind,
    measure: str,
    original: float | None,
    reason: str,
    *,
    higher_is_better: bool = True,
) -> Utility:
    """A use that the original allows and the release does not."""
    sentence = f"{_TITLES[kind]}: cannot be done with the released table any more, for {reason}."
    return Utility(
        kind=kind,
        measure=measure,
        sentence=sentence,
        original=original,
        higher_is_better=higher_is_better,
    )


def told(
    kind: UseKind,
    measure: str,
    original: float | None,
    released: float,
    baseline: float | None = None,
    *,
    higher_is_better: bool = True,
) -> Utility:
    """A use that both allow, with both numbers and which direction is good."""
    if original is None:
        return inapplicable(kind, measure, "there are too few rows")
    better = "more" if higher_is_better else "less"
    without = "" if baseline is None else f", {_percent(baseline)} without either"
    sentence = (
        f"{_TITLES[kind]}: {measure}: {_percent(released)} with the released table, "
        f"{_percent(original)} with the original{without}; {better} is better."
    )
    return Utility(
        kind=kind,
        measure=measure,
        sentence=sentence,
        original=original,
        released=released,
        baseline=baseline,
        higher_is_better=higher_is_better,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
