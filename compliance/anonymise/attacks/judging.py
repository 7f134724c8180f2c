"""From counts of right tries to an attack with its interval, its baseline and its sentence."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.anonymise.nouns import Attack, AttackKind
from compliance.dataset.nouns import ColumnName

_SURE = 0.95
_HUNDRED = 100
_NAMED = 4


def interval(successes: int, attempts: int) -> tuple[float, float]:
    """The Clopper-Pearson interval of the share of successes at 95 %, 0–1.

    Source: Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
    """
    from scipy.stats import beta  # slow to load

    tail = (1 - _SURE) / 2
    low = beta.ppf(tail, successes, attempts - successes + 1) if successes else 0.0
    high = beta.ppf(1 - tail, successes + 1, attempts - successes) if successes < attempts else 1.0
    return float(low), float(high)


def judged(
    kind: AttackKind,
    known: tuple[ColumnName, ...],
    *,
    successes: int,
    attempts: int,
    baseline: float,
    baseline_is: str,
    says: str,
    target: ColumnName | None = None,
    details: Mapping[str, float] | None = None,
) -> Attack:
    """The attack with its interval and sentence.

    Args:
        says: the sentence, with blanks for what is `known`, the `target`, in how many (`right`)
            of how many (`tries`) tries, how many were tried (`attempts`), what the baseline is
            (`baseline_is`), and how often (`chance` of `chances`) that is right.
    """
    low, high = interval(successes, attempts)
    right, tries = _often(successes / attempts)
    chance, chances = _often(baseline)
    sentence = says.format(
        known=listed(known),
        target=target,
        right=right,
        tries=tries,
        attempts=attempts,
        baseline_is=baseline_is,
        chance=chance,
        chances=chances,
    )
    return Attack(
        kind=kind,
        known=known,
        target=target,
        attempts=attempts,
        successes=successes,
        low=low,
        high=high,
        baseline=baseline,
        baseline_is=baseline_is,
        details=dict(details or {}),
        sentence=sentence,
    )


def how_often(share: float) -> str:
    """“12 of 100”, or “1 of 250” where it is less than one; “0 of 100” for none."""
    return " of ".join(_often(share))


def _often(share: float) -> tuple[str, str]:
    of_hundred = share * _HUNDRED
    if of_hundred == 0 or of_hundred >= 1:
        rounded = min(round(of_hundred), _HUNDRED if share >= 1 else _HUNDRED - 1)
        return f"{rounded}", f"{_HUNDRED}"
    return "1", f"{1 / share:,.0f}"


def listed(columns: tuple[ColumnName, ...]) -> str:
    """“a, b and c”; the first few and how many more where they are many."""
    names = [f"“{column}”" for column in columns]
    if len(names) > _NAMED:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
