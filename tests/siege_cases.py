"""Invented people, their table made coarser, and the scene of an attack on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from compliance.anonymise.attacks import Scene, scene_of_tables
from compliance.anonymise.nouns import Attack, AttackKind, Hierarchy, Siege
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table

PEOPLE = 1200
KNOWN = (ColumnName("age"), ColumnName("postcode"), ColumnName("sex"))
ILLNESS = ColumnName("illness")
ILLNESSES = ("asthma", "cold", "flu", "gout")


def people(count: int = PEOPLE, seed: int = 7) -> dict[str, list[object]]:
    """People of whom nearly each is alone with age, postcode and sex; illness hangs on nothing."""
    rng = np.random.default_rng(seed)
    return {
        "age": [int(v) for v in rng.integers(18, 78, count)],
        "postcode": [f"{v:05d}" for v in rng.integers(53_000, 53_100, count)],
        "sex": [("f", "m")[v] for v in rng.integers(0, 2, count)],
        "illness": [ILLNESSES[v] for v in rng.integers(0, 4, count)],
    }


def table(lists: Mapping[str, Sequence[object]]) -> Table:
    """A table with these columns, taken in as any is."""
    return Table.in_memory(
        clean(pa.table({name: pa.array(list(values)) for name, values in lists.items()})).table
    )


def hierarchies() -> dict[ColumnName, Hierarchy]:
    """Ages in steps of 30, postcodes in hundreds, all people alike."""
    ages = [str(age) for age in range(18, 78)]
    codes = [f"{code:05d}" for code in range(53_000, 53_100)]
    wide = [
        f"{18 + (int(age) - 18) // 30 * 30}–{18 + (int(age) - 18) // 30 * 30 + 29}" for age in ages
    ]
    return {
        KNOWN[0]: Hierarchy(column=KNOWN[0], levels=(tuple(ages), tuple(wide))),
        KNOWN[1]: Hierarchy(
            column=KNOWN[1], levels=(tuple(codes), tuple(code[:3] + "**" for code in codes))
        ),
    }


def coarser(lists: Mapping[str, Sequence[object]]) -> dict[str, list[object]]:
    """The people with ages in steps of 30 and three digits of the postcode: ~300 in each class."""
    done = {name: list(values) for name, values in lists.items()}
    for name, hierarchy in hierarchies().items():
        to = dict(zip(hierarchy.levels[0], hierarchy.levels[1], strict=True))
        done[name] = [to[str(value)] for value in lists[name]]
    return done


def scene(
    original: Mapping[str, Sequence[object]],
    released: Mapping[str, Sequence[object]],
    *,
    aligned: bool = True,
    known: tuple[ColumnName, ...] = KNOWN,
    held_out: np.ndarray | None = None,
) -> Scene:
    """What is attacked; row i is released as row i where it is `aligned`."""
    released_table = table(released)
    return scene_of_tables(
        table(original),
        released_table,
        known,
        sensitive=[ILLNESS],
        hierarchies={name: h for name, h in hierarchies().items() if name in known},
        rows=np.arange(released_table.rows) if aligned else None,
        held_out=held_out,
    )


def of_kind(siege: Siege, kind: AttackKind) -> Attack:
    (found,) = [attack for attack in siege.attacks if attack.kind is kind]
    return found
