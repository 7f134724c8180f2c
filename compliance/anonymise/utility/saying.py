"""From two numbers to a `Utility` with its sentence."""

from __future__ import annotations

from compliance.anonymise.nouns import UseKind, Utility
from compliance.i18n import mark

_TITLES = {
    UseKind.CLASSIFIER: mark("Telling classes"),
    UseKind.PROFILING: mark("Customer profiling"),
    UseKind.RECOMMENDATION: mark("Recommendation"),
    UseKind.FORECAST: mark("Sales forecasting"),
    UseKind.RESPONSE: mark("Marketing response"),
}


def inapplicable(kind: UseKind, measure: str, reason: str) -> Utility:
    """A use that the original does not allow either."""
    sentence = mark("{use}: not applicable, for {reason}.").format(use=_TITLES[kind], reason=reason)
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
    sentence = mark("{use}: cannot be done with the released table any more, for {reason}.").format(
        use=_TITLES[kind], reason=reason
    )
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
        return inapplicable(kind, measure, mark("there are too few rows"))
    text = (
        mark("{use}: {measure}: {released} with the released table, {original} with the original")
        if baseline is None
        else mark(
            "{use}: {measure}: {released} with the released table, {original} with the original, "
            "{baseline} without either"
        )
    )
    sentence = text.format(
        use=_TITLES[kind],
        measure=measure,
        released=_percent(released),
        original=_percent(original),
        baseline=_percent(baseline or 0),
    )
    better = mark("more is better." if higher_is_better else "less is better.")
    return Utility(
        kind=kind,
        measure=measure,
        sentence=f"{sentence}; {better}",
        original=original,
        released=released,
        baseline=baseline,
        higher_is_better=higher_is_better,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
