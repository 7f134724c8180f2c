"""How fast and how surely one person is found everywhere: `make bench-tracing`.

The demo shop of 20,000 customers and 200,000 orders, with a newsletter, payments, tickets in which
others are named, and a second version of the customers; beside it `adventureworks` and `chinook`
where the shared data sets lie beside the project. People are drawn at random and looked for by
their e-mail address alone. The truth is known: the shop is invented, the others have keys.

Columns: people looked for; processor seconds for one, median and longest; rows that are theirs,
found of them, and rows of others taken for theirs; the same for mentions in texts of others' rows;
matches that an officer is asked about.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.tracing.persons import Index
from tests.tracing_shop import Row, add_shared, asked, build, mentioned, settled

ROOT = Path(__file__).resolve().parent.parent
CUSTOMERS, ORDERS, SEED = 20_000, 200_000, 7
DRAWN, BATCH = 200, 1_000
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def measured(
    index: Index,
    people: Mapping[str, set[Row]],
    sure: Mapping[str, set[Row]],
    named: Mapping[str, set[Row]],
) -> dict[str, object]:
    """Look for everybody in `people`, by e-mail address: their rows.

    Args:
        sure: in which rows of others each is named beyond doubt.
        named: in which a name stands that others may bear.
    """
    seconds: list[float] = []
    rows = found = wrong = cells = seen = mistaken = doubts = 0
    for mail, own in people.items():
        start = time.process_time()
        trace = index.trace(asked(email=mail))
        seconds.append(time.process_time() - start)
        rows, found = rows + len(own), found + len(own & settled(trace))
        wrong += len(settled(trace) - own)
        places = (sure.get(mail, set()) | named.get(mail, set())) - own
        cells, seen = cells + len(places), seen + len(places & mentioned(trace))
        mistaken += len(mentioned(trace, certain_only=True) - places)
        doubts += len(trace.open_doubts)
    return {
        "people": len(people),
        "median_s": round(statistics.median(seconds), 4),
        "longest_s": round(max(seconds), 4),
        "rows": rows,
        "found": found,
        "of others": wrong,
        "mentions": cells,
        "seen": seen,
        "mistaken": mistaken,
        "asked": doubts,
    }


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Settings.from_environment({}, home=Path(folder) / "desk"))
        truth = build(workspace, CUSTOMERS, ORDERS, SEED)
        shared = add_shared(workspace, SHARED) if SHARED.is_dir() else {}
        draw = random.Random(SEED)
        mails = {str(person["email"]): key for key, person in truth.people.items()}
        drawn = draw.sample(sorted(mails), DRAWN)
        sure, named = ({m: of[mails[m]] for m in mails} for of in (truth.mentions, truth.named))
        with workspace._desk.database.reading() as connection:
            start = time.process_time()
            index = Index(workspace._desk, connection)
            index.trace(asked(email=draw.choice(sorted(mails))))
            print(f"first search, nothing read before: {time.process_time() - start:.2f} s")
            told = {"shop": measured(index, {m: truth.rows[mails[m]] for m in drawn}, sure, named)}
            for table in dict.fromkeys(of for of, _ in shared.values()):
                its = {mail: rows for mail, (of, rows) in shared.items() if of == table}
                some = draw.sample(sorted(its), min(DRAWN, len(its)))
                told[table] = measured(index, {m: its[m] for m in some}, {}, {})
            start = time.process_time()
            for mail in draw.sample(sorted(mails), BATCH):
                index.trace(asked(email=mail))
            print(f"{BATCH:,} people in one batch: {time.process_time() - start:.1f} s")
    names = list(told["shop"])
    print(f"{'':16}" + "".join(f"{name:>11}" for name in names))
    for table, row in told.items():
        print(f"{table:16}" + "".join(f"{row[name]:>11}" for name in names))


if __name__ == "__main__":
    main()
