"""How long it takes to judge every rule on many subjects: `make bench-rules`.

Invented subjects, about 34,000 evaluations (one rule on one subject). Beside it a loop that only
compares values with what triples want: no words, no evidence, no clocks, no checks of what was
recorded, and no verdicts. Facts are drawn so that rules end in every state.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.rules import assess, desk_pack
from compliance.rules.nouns import Pack, Subject, Triple

EVALUATIONS = 34_000
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
ROUNDS = 7
KNOWN = 0.9  # share of facts that somebody knows
SEED = 6

Facts = dict[str, object]
_PLAIN: Mapping[str, Callable[[object, object], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "in": lambda value, wanted: value in wanted,  # type: ignore[operator]
    "not_in": lambda value, wanted: value not in wanted,  # type: ignore[operator]
    "exists": lambda value, _: value is not None,
    "nonempty": lambda value, _: bool(value),
    "gt": lambda value, wanted: value > wanted,  # type: ignore[operator]
    "gte": lambda value, wanted: value >= wanted,  # type: ignore[operator]
    "lt": lambda value, wanted: value < wanted,  # type: ignore[operator]
    "lte": lambda value, wanted: value <= wanted,  # type: ignore[operator]
    "contains_all": lambda value, wanted: set(wanted) <= set(value),  # type: ignore[call-overload]
    "subset_of": lambda value, wanted: set(value) <= set(wanted),  # type: ignore[call-overload]
}


def subjects_of(pack: Pack) -> list[Subject]:
    """Subjects of every kind, until there are enough evaluations."""
    draw = random.Random(SEED)
    triples: dict[str, dict[str, list[Triple]]] = defaultdict(lambda: defaultdict(list))
    starts: dict[str, set[str]] = defaultdict(set)
    for rule in pack.rules:
        for triple in (*rule.when, *rule.asserts):
            triples[rule.entity][triple[0]].append(triple)
        clocks = (value for value in rule.params.values() if isinstance(value, dict))
        starts[rule.entity].update(clock["start"] for clock in clocks if "start" in clock)
    rules = Counter(rule.entity for rule in pack.rules)
    found: list[Subject] = []
    while sum(rules[subject.entity] for subject in found) < EVALUATIONS:
        for entity, facts in triples.items():
            known = {
                fact: drawn(draw.choice(asked), draw)
                for fact, asked in facts.items()
                if draw.random() < KNOWN
            }
            known |= {fact: f"2026-10-{draw.randint(10, 28)}" for fact in starts[entity]}
            found.append(Subject(entity=entity, name=f"{entity} {len(found)}", facts=known))
    return found


def drawn(triple: Triple, draw: random.Random) -> object:
    """A value of the fact that a triple asks for: right, wrong or absent."""
    fact, operator, wanted = triple[0], triple[1], triple[2] if len(triple) > 2 else None
    if fact.endswith(("_at", "_until")):
        return draw.choice([None, "2026-10-30", "2026-11-20", "2025-03-02"])
    if operator in ("contains_all", "subset_of"):
        return tuple(draw.sample(wanted, draw.randint(1, len(wanted))))  # type: ignore[arg-type]
    if operator in ("in", "not_in"):
        return draw.choice(wanted)  # type: ignore[arg-type]
    if operator in ("in_list", "not_in_list"):
        return draw.choice(["DE", "US", "JP", "CN"])
    if isinstance(wanted, bool):
        return draw.random() < 0.5
    if isinstance(wanted, (int, float)):
        return draw.choice([wanted, wanted + 1, 0])
    return draw.choice([wanted or "recorded", wanted or "recorded", None])


def plainly(pack: Pack, subjects: Sequence[Subject]) -> list[tuple[str, str, bool | None]]:
    """The loop beside it."""
    found = []
    for rule in pack.rules:
        for subject in subjects:
            if subject.entity == rule.entity:
                answers = [_holds(triple, subject.facts) for triple in (*rule.when, *rule.asserts)]
                decided = None if None in answers else all(answers)
                found.append((rule.id, subject.name, False if False in answers else decided))
    return found


def _holds(triple: Triple, facts: Mapping[str, object]) -> bool | None:
    if triple[0] not in facts:
        return None
    value, plain = facts[triple[0]], _PLAIN.get(triple[1])
    if value is None or plain is None:
        return value is not None
    try:
        return plain(value, triple[2] if len(triple) > 2 else None)
    except TypeError:
        return None


def timed(work: Callable[[], object]) -> float:
    """Seconds of processor time: the median of some rounds, after one that loads holidays."""
    work()
    seconds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds)


def main() -> None:
    """Print both times, their ratio, and the states."""
    pack = desk_pack()
    subjects = subjects_of(pack)
    evaluations = len(plainly(pack, subjects))
    ours, plain = (
        timed(lambda: assess(pack, subjects, AT)),
        timed(lambda: plainly(pack, subjects)),
    )
    states = Counter(str(verdict.state) for verdict in assess(pack, subjects, AT).verdicts)
    print(f"{evaluations:,} evaluations on {len(subjects):,} subjects")
    print(f"verdicts with words, evidence and clocks   {ours:.3f} s")
    print(f"a plain loop that says yes or no           {plain:.3f} s")
    print(f"ours / plain                               {ours / plain:.1f}")
    print(f"per evaluation                             {1e6 * ours / evaluations:.1f} µs")
    print(", ".join(f"{state} {number:,}" for state, number in states.items()))


if __name__ == "__main__":
    main()
