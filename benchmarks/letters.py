"""How well persons are found in sentences that no choice was made on.

Run with `make bench-letters`. Prints, by language, the persons found and missed, and the false
ones. The sentences stand in letters.yaml.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.discovery.nouns.text import SpanType
from compliance.discovery.text import find_in_many

Place = tuple[int, int]


def main() -> None:
    """Print the table."""
    raw = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    lines: dict[str, list[str]] = {k: v for k, v in raw.items() if isinstance(v, list)}
    print(f"{'':<12}{'texts':>7}{'persons':>9}{'found':>7}{'missed':>8}{'false':>7}{'F2':>7}")
    totals = [0, 0, 0, 0, 0]
    for language, marked in lines.items():
        counts = _counts([_unmarked(line) for line in marked])
        totals = [a + b for a, b in zip(totals, counts, strict=True)]
        _print(language, counts)
    _print("all", totals)


def _counts(texts: list[tuple[str, list[Place]]]) -> list[int]:
    found = find_in_many([text for text, _ in texts])
    hits = false = persons = 0
    for (_, wanted), spans in zip(texts, found, strict=True):
        got = [(s.start, s.end) for s in spans if s.type is SpanType.PERSON]
        persons += len(wanted)
        hits += sum(any(_covers(one, place) for one in got) for place in wanted)
        false += sum(not any(_touch(one, place) for place in wanted) for one in got)
    return [len(texts), persons, hits, persons - hits, false]


def _unmarked(line: str) -> tuple[str, list[Place]]:
    """The sentence without brackets, and where they stood."""
    text, places = "", []
    for part in re.split(r"(\[[^\]]+\])", line):
        if part.startswith("["):
            places.append((len(text), len(text) + len(part) - 2))
        text += part.strip("[]")
    return text, places


def _covers(one: Place, other: Place) -> bool:
    """At least half of `other` lies in `one`."""
    return 2 * (min(one[1], other[1]) - max(one[0], other[0])) >= other[1] - other[0]


def _touch(one: Place, other: Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _print(name: str, counts: list[int]) -> None:
    texts, persons, hits, missed, false = counts
    f2 = 5 * hits / (5 * hits + 4 * missed + false)
    print(f"{name:<12}{texts:>7}{persons:>9}{hits:>7}{missed:>8}{false:>7}{f2:>7.3f}")


if __name__ == "__main__":
    main()
