"""Where a run adds noise and no theorem says what it protects: it is refused, with the reason.

The rows lie in `theorems.yaml`, each with its source. Words that no row knows are refused too.
What *is* covered is told by `rounds.events_of_run`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from compliance.shipped import table

_NOISE_OF_COUNT = 0.05  # times those expected; the usual choice


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTheorem:
    """One reason why the noise of a run promises nothing.

    Attributes:
        id: names the reason.
        sentence: what is wrong and what to do, for an officer.
        source: where it is written; empty where the plan's own word is unknown.
    """

    id: str
    sentence: str
    source: str = ""


def why_no_theorem(
    *,
    noise_at: str,
    unit: str,
    sampling: str,
    noise_multiplier: float,
    expected_participants: float,
    minimum_records: int = 1,
    weights: str = "equal",
    aggregation: str = "mean",
    strategy: str = "fedavg",
    clip: str = "fixed",
    counts: str = "ignored",
    encoding: str = "public",
    choice: str = "last",
    places: str = "one_site",
) -> tuple[NoTheorem, ...]:
    """All reasons why no theorem covers a run with noise; empty where one does.

    Not to be asked of a run without noise, which promises nothing anyhow.

    Args:
        noise_at: central, site or local.
        unit: row, device, person or site.
        sampling: poisson (each by a secret coin of its own), fixed (so many a round) or all.
        noise_multiplier: of a round, over the clip.
        expected_participants: protected units in a round, on average; those of one site where
            the sites draw the noise.
        minimum_records: a site with fewer takes no part; where that is decided by the records.
        weights: equal, or size.
        aggregation: mean, median, trimmed_mean or krum.
        strategy: fedavg, fedsgd, fedprox, fedavgm, fedadam, fedyogi or scaffold.
        clip: fixed or adaptive.
        counts: decide, where a quorum or the number of answers ends or repeats a round.
        encoding: fitted, where features are scaled by what the records hold.
        choice: best, where a round is picked by its exact score.
        places: several_sites, where a unit may count at more than one.
    """
    words = {
        "noise_at": noise_at,
        "unit": unit,
        "sampling": sampling,
        "weights": weights,
        "aggregation": aggregation,
        "strategy": strategy,
        "clip": clip,
        "counts": counts,
        "encoding": encoding,
        "choice": choice,
        "places": places,
        "minimum": "several" if minimum_records > 1 else "one",
        "participants": _participants(expected_participants, noise_multiplier),
    }
    return _reasons(words)


def _reasons(words: Mapping[str, str]) -> tuple[NoTheorem, ...]:
    file = _file()
    unknown = tuple(
        _unknown(name, word) for name, word in words.items() if word not in file["known"][name]
    )
    return unknown + tuple(
        NoTheorem(id=case["id"], sentence=case["sentence"], source=case["source"])
        for case in file["cases"]
        if all(words[name] in listed for name, listed in case["when"].items())
    )


def _participants(expected: float, noise_multiplier: float) -> str:
    """Few, where `clipping.split_noise` would refuse; not a number counts as few."""
    return "enough" if 2 * (expected * _NOISE_OF_COUNT) > noise_multiplier else "few"


def _unknown(name: str, word: str) -> NoTheorem:
    what = name.replace("_", " ")
    sentence = f"Nothing is known of noise where {what} is “{word}”, so such a run is refused."
    return NoTheorem(id=f"unknown_{name}", sentence=sentence)


@cache
def _file() -> Mapping[str, Any]:
    loaded: dict[str, Any] = table("compliance.privacy", "theorems.yaml")
    return loaded
