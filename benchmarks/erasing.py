"""How fast, how wholly and how surely people are erased: `make bench-erasing`.

The demo shop of 20,000 customers and 200,000 orders, with a newsletter, payments, tickets in which
others are named, and a second version of the customers; beside it `adventureworks` and `chinook`
where the shared data sets lie beside the project. The truth is known: the shop is invented, the
others have keys. Doubtful matches and mentions are decided beforehand by the truth, one by one, as
an officer would.

Printed: seconds (on the clock, and of the processor) to erase one person with nothing in memory,
another one, and a thousand in one batch, each with the search, the writing and the second search;
rows that were theirs, of which still there; rows of others that went or changed without the
person standing in them; cells of others in which they stood for certain, of which still there.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pyarrow as pa

from compliance.rights.erasing import MARK
from compliance.rights.nouns import Erasure
from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.erasing_cases import ask, email, erase
from tests.test_erasing_shop import contents, decided
from tests.tracing_shop import Row, add_shared, build

CUSTOMERS, ORDERS, SEED = 20_000, 200_000, 7
BATCH = 1_000
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def timed(
    workspace: Workspace,
    people: Mapping[str, set[Row]],
    what: str,
    mentions: Mapping[str, Mapping[str, bool]],
) -> Erasure:
    """Erase those with these addresses in one batch, and print how long it took.

    Args:
        mentions: by address, what was said of doubtful mentions; their ids stay the same.
    """
    matches = decided(Workspace(workspace.settings), people)
    said = {mail: {**doubts, **mentions[mail]} for mail, doubts in matches.items()}
    asked = [
        ask(workspace, f"R-{what}-{nth:04}", [email(mail)], doubts=said[mail])
        for nth, mail in enumerate(people)
    ]
    clock, processor = time.perf_counter(), time.process_time()
    done = erase(workspace, asked)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    counts = done.counts
    print(
        f"{what:18}{clock:8.2f} s{processor:8.2f} s of the processor;"
        f"{counts['rows_removed']:8,} rows{counts['mentions_redacted']:6,} mentions"
        f"{counts['versions']:4} versions{done.left:4} left"
    )
    return done


def scored(
    before: Mapping[str, pa.Table],
    after: Mapping[str, pa.Table],
    gone: set[Row],
    sure: set[Row],
    named: set[Row],
) -> dict[str, int]:
    """Row by row, what became of what.

    Args:
        gone: the rows of those who were erased.
        sure: rows of others in which one of them stands for certain.
        named: rows in which one of their names stands.
    """
    found = dict.fromkeys(("rows", "still there", "of others", "cells", "still named"), 0)
    for id_, table in before.items():
        own = {row for version, row in gone if version == id_}
        stays = [row for row in range(table.num_rows) if row not in own]
        found["rows"] += len(own)
        found["still there"] += max(0, after[id_].num_rows - len(stays))
        found["of others"] += max(0, len(stays) - after[id_].num_rows)
        was = table.take(pa.array(stays, pa.int64())).to_pylist()
        for row, a, b in zip(stays, was, after[id_].to_pylist(), strict=False):
            is_named = (id_, row) in sure or (id_, row) in named
            found["of others"] += a != b and not is_named
            if (id_, row) in sure:
                found["cells"] += 1
                found["still named"] += not any(MARK in str(cell) for cell in b.values())
    return found


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment({}, home=Path(folder) / "desk")
        workspace = Workspace(settings)
        truth = build(workspace, CUSTOMERS, ORDERS, SEED)
        shared = add_shared(workspace, SHARED) if SHARED.is_dir() else {}
        draw = random.Random(SEED)
        mails = {str(person["email"]): key for key, person in truth.people.items()}
        drawn = draw.sample(sorted(mails), BATCH + 2)
        bikes = [mail for mail, (of, _) in shared.items() if of == "bike customers"]
        others = [
            *draw.sample(bikes, 50),
            *(m for m, (of, _) in shared.items() if of == "Customer"),
        ]
        before = contents(workspace)
        rows = {m: truth.rows[mails[m]] for m in drawn}
        first, second, *many = drawn
        cells = {m: truth.mentions[mails[m]] for m in drawn}
        every = rows | {m: shared[m][1] for m in others}
        said = {
            mail: {id_: is_person for id_, is_person in doubts.items() if ":" not in id_}
            for mail, doubts in decided(workspace, every, cells).items()
        }
        asked = sum(map(len, said.values()))
        print(f"doubtful mentions decided: {asked:,} of {sum(map(bool, said.values())):,} people")
        workspace = Workspace(settings)  # nothing in memory
        timed(workspace, {first: rows[first]}, "one, cold", said)
        # Row numbers of the truth are those of before; the names of doubtful matches stay.
        timed(workspace, {second: set()}, "one more", said)
        timed(workspace, {mail: set() for mail in many}, "a thousand", said)
        timed(workspace, {mail: set() for mail in others}, "of other shops", said)
        _told(before, contents(workspace), truth, [mails[m] for m in drawn], shared, others)
        print("trail:", workspace.verify_trail().problems or "verifies")


def _told(
    before: Mapping[str, pa.Table],
    after: Mapping[str, pa.Table],
    truth: object,
    keys: Sequence[int],
    shared: Mapping[str, tuple[str, set[Row]]],
    others: Sequence[str],
) -> None:
    of = {
        what: {row for key in keys for row in getattr(truth, what)[key]}
        for what in ("rows", "mentions", "named")
    }
    gone = of["rows"] | {row for mail in others for row in shared[mail][1]}
    found = scored(before, after, gone, of["mentions"] - gone, of["named"] - gone)
    print(", ".join(f"{name} {count:,}" for name, count in found.items()))


if __name__ == "__main__":
    main()
