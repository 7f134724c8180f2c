"""How well and how fast personal data in free text is found, beside Presidio without a model.

Run with `python benchmarks/text.py`; Presidio is installed in an environment of its own. One table
per data set: kinds told by patterns, one by one and together, then names. What counts as found
stands in text_scoring.py. Neither set was trained on; of WNUT-17 this is the test part.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.peers import peer_python
from benchmarks.text_scoring import (
    LABELS,
    NAME_LABELS,
    NOTHING,
    PATTERN_LABELS,
    Labelled,
    Mark,
    Score,
    conll_texts,
    presidio_texts,
    scores,
)
from compliance.discovery.text import find_in_many, find_spans

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PINS = ("presidio-analyzer==2.2.366",)
SETS = {
    "synth_dataset_v2": "presidio_pii_text/data/synth_dataset_v2.json",
    "generated_large": "presidio_pii_text/tests/data/generated_large.json",
    "wnut17 test": "wnut17/emerging.test.annotated",
}
# Presidio's names of what the data sets call otherwise.
PEER_LABELS = {"URL": "url", "US_ITIN": "national_id", "US_PASSPORT": "passport"}


def main() -> None:
    """Print a table per data set, then the ratios."""
    shared_data = ROOT.parent / "shared" / "data"
    if not shared_data.is_dir():
        sys.exit("The shared data sets are not beside the project.")
    for name, place in SETS.items():
        path = shared_data / place
        texts = presidio_texts(path) if path.suffix == ".json" else conll_texts(path)
        _print_set(name, texts)
    subprocess.run([sys.executable, "-c", _FIRST_CALL], cwd=ROOT, check=True)


def _print_set(name: str, texts: Sequence[Labelled]) -> None:
    raw = [labelled.text for labelled in texts]
    find_in_many(raw[:5])
    seconds, both = {}, {}
    for names in (False, True):
        begun = time.process_time()
        both[names] = [
            [(s.start, s.end, s.type.value) for s in spans]
            for spans in find_in_many(raw, names=names)
        ]
        seconds[names] = time.process_time() - begun
    begun = time.process_time()
    for text in raw:
        find_spans(text, names=False)
    alone = time.process_time() - begun
    peer_seconds, peer_found = _peer(raw)
    print(f"\n{name}: {len(texts)} texts")
    print(f"{'':<16}{'spans':>6}{'P':>7}{'R':>7}{'F2':>7}{'strict F2':>11}   Presidio P/R/F2")
    for labels in (PATTERN_LABELS, NAME_LABELS):
        _print_kinds(dict.fromkeys(labels.values()), texts, both[True], peer_found,
                     is_summed=labels is PATTERN_LABELS)  # fmt: skip
    print(
        f"texts per CPU second: patterns {len(texts) / seconds[False]:,.0f} in one call and "
        f"{len(texts) / alone:,.0f} one by one, with names {len(texts) / seconds[True]:,.0f}; "
        f"Presidio {len(texts) / peer_seconds:,.0f} "
        f"({peer_seconds / seconds[False]:.1f} times our time for patterns)"
    )


def _print_kinds(
    kinds: Iterable[str],
    texts: Sequence[Labelled],
    found: Sequence[Sequence[Mark]],
    peer_found: Sequence[Sequence[Mark]],
    *,
    is_summed: bool,
) -> None:
    ours, strict = scores(texts, found), scores(texts, found, is_strict=True)
    peer = scores(texts, peer_found)
    labelled = [kind for kind in kinds if kind in ours and ours[kind].labelled]
    for kind in labelled:
        _print_row(kind, *(side.get(kind, NOTHING) for side in (ours, strict, peer)))
    if is_summed and labelled:
        _print_row("all of these", *(_sum(side, labelled) for side in (ours, strict, peer)))


def _sum(side: Mapping[str, Score], kinds: Sequence[str]) -> Score:
    return sum((side.get(kind, NOTHING) for kind in kinds), NOTHING)


def _print_row(kind: str, ours: Score, strict: Score, peer: Score) -> None:
    told = f"{peer.precision:.2f}/{peer.recall:.2f}/{peer.f2:.2f}" if peer.told else "none"
    print(
        f"{kind:<16}{ours.labelled:>6}{ours.precision:>7.3f}{ours.recall:>7.3f}{ours.f2:>7.3f}"
        f"{strict.f2:>11.3f}   {told}"
    )


def _peer(texts: Sequence[str]) -> tuple[float, list[list[Mark]]]:
    done = subprocess.run(
        [peer_python("presidio", PINS), HERE / "text_peer.py"],
        input=json.dumps(list(texts)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    known = LABELS | PEER_LABELS
    return answer["seconds"], [
        [(start, end, known[kind]) for start, end, kind in marks if kind in known]
        for marks in answer["found"]
    ]


_FIRST_CALL = """
import time
from compliance.discovery.text import find_spans
begun = time.process_time()
find_spans("Ann Lee, 4111 1111 1111 1111")
print(f"\\nfirst call of a process: {time.process_time() - begun:.2f} CPU seconds")
"""


if __name__ == "__main__":
    main()
