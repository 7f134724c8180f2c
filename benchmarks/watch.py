"""How many seeded incidents the watch over the trail finds, and how often it cries for nothing.

Run with `make bench-watch`. An invented office works for eight months: a weekly rhythm, holidays,
bursts at the end of the month, an account that works at night, a colleague who joins. In its last
quarter incidents of every kind are sown among the ordinary work. Thresholds were set on the
training seeds; what is printed is measured on others.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.watch_office import (
    ANALYSTS,
    END,
    KINDS,
    LOOKED_BACK,
    STRANGERS_TO_IT,
    Incident,
    Office,
    ordinary,
    rummaged,
    with_sown,
)
from compliance.watch import watch
from compliance.watch.nouns import Alarm, AlarmKind

TRAINING = range(100, 110)
HELD_OUT = range(30)
OF_EACH = 3
RUMMAGED = (5, 10, 20, 40, 60)
LARGE = 100_000


def is_of(alarm: Alarm, incident: Incident) -> bool:
    """Whether an alarm points at an incident: its actor, and one of its entries."""
    return incident.actor in alarm.actor.split(", ") and bool(
        incident.entries.intersection(alarm.entries)
    )


def judged(
    alarms: Sequence[Alarm], sown: Sequence[Incident], kind: AlarmKind
) -> tuple[int, int, int]:
    """Incidents found by an alarm of their kind, alarms of the kind that are true, all of them.

    An alarm is true where it points at any incident: an attack at night is odd hours, too.
    """
    own = [alarm for alarm in alarms if alarm.kind is kind]
    found = sum(any(is_of(a, i) for a in own) for i in sown if i.kind is kind)
    return found, sum(any(is_of(a, i) for i in sown) for a in own), len(own)


def measured(seeds: Sequence[int]) -> dict[AlarmKind, list[tuple[float, float]]]:
    """Recall and precision of each kind, seed by seed."""
    found: dict[AlarmKind, list[tuple[float, float]]] = defaultdict(list)
    for seed in seeds:
        office = with_sown(seed, OF_EACH)
        alarms = watch(office.entries, END, office.known)
        for kind in KINDS:
            hits, true, all_ = judged(alarms, office.sown, kind)
            of_kind = sum(i.kind is kind for i in office.sown)
            found[kind].append((hits / of_kind, true / all_ if all_ else 1.0))
    return found


def false_alarms(seeds: Sequence[int]) -> dict[AlarmKind, list[float]]:
    """Alarms a month in offices in which nothing happens."""
    months = LOOKED_BACK.days / 30.4
    found: dict[AlarmKind, list[float]] = defaultdict(list)
    for seed in seeds:
        office = ordinary(seed)
        alarms = watch(office.entries, END, office.known)
        for kind in KINDS:
            found[kind].append(sum(a.kind is kind for a in alarms) / months)
    return found


def larger(office: Office) -> Office:
    """An office of so many more people that its trail has as many entries as asked."""
    copies = -(-LARGE // len(office.entries))
    return office.multiplied(copies, LARGE)


def shown(name: str, seeds: Sequence[int]) -> None:
    quality, alarms = measured(seeds), false_alarms(seeds)
    print(f"\n## {name}: {len(seeds)} offices with {OF_EACH} incidents of each kind\n")
    print("| kind | recall | worst | precision | worst | false alarms a month | most |")
    print("|---|---|---|---|---|---|---|")
    for kind in KINDS:
        recall, precision = zip(*quality[kind], strict=True)
        print(
            f"| {kind} | {statistics.mean(recall):.3f} | {min(recall):.2f} "
            f"| {statistics.mean(precision):.3f} | {min(precision):.2f} "
            f"| {statistics.mean(alarms[kind]):.3f} | {max(alarms[kind]):.2f} |"
        )
    total = [sum(of) for of in zip(*alarms.values(), strict=True)]
    print(f"\nAll false alarms a month in ordinary offices: {statistics.mean(total):.2f}")


def smaller(seeds: Sequence[int]) -> None:
    """How small a day of rummaging may be and still be found by the detector that learns."""
    print("\n| acts in a day of rummaging | found, of others | found, of analysts |")
    print("|---|---|---|")
    for acts in RUMMAGED:
        shares = [rummaging_found(seeds, acts, actors) for actors in (STRANGERS_TO_IT, ANALYSTS)]
        print(f"| {acts} | {shares[0]:.2f} | {shares[1]:.2f} |")


def rummaging_found(seeds: Sequence[int], acts: int, actors: Sequence[str]) -> float:
    """The share of such days that the detector that learns finds."""
    found = []
    for seed in seeds:
        office = rummaged(seed, acts, OF_EACH, actors)
        alarms = watch(office.entries, END, office.known)
        found.append(judged(alarms, office.sown, AlarmKind.UNUSUAL)[0] / OF_EACH)
    return statistics.mean(found)


def main() -> None:
    if "--training" in sys.argv:
        shown("Training seeds", TRAINING)
    else:
        shown("Held-out seeds", HELD_OUT)
        smaller(HELD_OUT[:10])
    office = larger(with_sown(0, OF_EACH))
    before = time.process_time()
    alarms = watch(office.entries, END, office.known)
    seconds = time.process_time() - before
    print(f"\n{len(office.entries):,} entries: {seconds:.2f} s of CPU, {len(alarms)} alarms")


if __name__ == "__main__":
    main()
