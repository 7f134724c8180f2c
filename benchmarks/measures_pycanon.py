"""pycanon's measures of one table, in an environment of its own; prints them as JSON.

Called by `measures.py` with a CSV file, its separator, the quasi-identifiers and the sensitive
column.
"""

from __future__ import annotations

import json
import sys
import time

import pandas as pd
from pycanon import anonymity, metrics


def main(path: str, separator: str, quasi: str, sensitive: str) -> None:
    """Print, by name, what each measure is and how many CPU seconds it takes."""
    table = pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False)
    columns, hidden = quasi.split(","), [sensitive]
    measures = {
        "k": lambda: anonymity.k_anonymity(table, columns),
        "l": lambda: anonymity.l_diversity(table, columns, hidden),
        "entropy l": lambda: anonymity.entropy_l_diversity(table, columns, hidden),
        "t": lambda: anonymity.t_closeness(table, columns, hidden),
        "β": lambda: anonymity.basic_beta_likeness(table, columns, hidden),
        "δ": lambda: anonymity.delta_disclosure(table, columns, hidden),
        "max risk": lambda: metrics.max_rir(table, columns),
        "mean risk of classes": lambda: metrics.average_rir(table, columns),
    }
    found = {}
    for name, call in measures.items():
        started = time.process_time()
        value = float(call())
        found[name] = {"value": value, "seconds": time.process_time() - started}
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
