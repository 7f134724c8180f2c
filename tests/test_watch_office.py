"""The watch on an invented office: what is sown is found, and ordinary work is mostly left alone.

Each number is far from what the benchmark measures (`make bench-watch`), so that a change of the
random generator does not turn it.
"""

from __future__ import annotations

from benchmarks.watch import is_of
from benchmarks.watch_office import END, KINDS, ordinary, with_sown
from compliance.watch import watch

SEED = 1_000
OF_EACH = 3


def test_incidents_of_every_kind_are_found_and_most_alarms_are_true() -> None:
    office = with_sown(SEED, OF_EACH)
    alarms = watch(office.entries, END, office.known)

    found = {
        kind: sum(
            any(is_of(alarm, incident) for alarm in alarms if alarm.kind is kind)
            for incident in office.sown
            if incident.kind is kind
        )
        for kind in KINDS
    }
    true = [alarm for alarm in alarms if any(is_of(alarm, one) for one in office.sown)]
    assert min(found.values()) >= 2
    assert len(true) >= 0.8 * len(alarms)


def test_ordinary_work_of_a_quarter_raises_a_handful_at_most() -> None:
    office = ordinary(SEED)

    assert len(office.entries) > 4_000
    assert len(watch(office.entries, END, office.known)) <= 5
