"""National numbers with valid check digits, consistent with birth date and gender.

Sources: GB 11643-1999 (China's resident identity number, check character by ISO 7064 MOD 11-2);
INSEE, numéro d'inscription au répertoire (key: 97 less the remainder); ssa.gov, randomization of
social security numbers (2011).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from compliance.demo.drawing import joined, picked, texts
from compliance.demo.words import Country

Truths = npt.NDArray[np.bool_]

_RESIDENT_WEIGHTS = np.array([2 ** (17 - place) % 11 for place in range(17)])
_RESIDENT_SIGNS = "10X98765432"


def national_numbers(
    country: Country, births: pa.Array, is_woman: Truths, generator: np.random.Generator
) -> pa.Array:
    """The number of each person, empty for those who did not give one or have none."""
    count = len(births)
    if country.identity not in _KINDS:
        return pa.array([""] * count)
    places = picked(country.birth_places, count, generator)
    numbers = _KINDS[country.identity](places, births, is_woman, generator)
    return pc.if_else(generator.random(count) < country.identity_share, numbers, "")


def _resident(
    places: pa.Array, births: pa.Array, is_woman: Truths, generator: np.random.Generator
) -> pa.Array:
    """Place, birth date, a serial that is odd for men, and the check character."""
    serials = 2 * generator.integers(500, size=len(births)) + ~is_woman
    days = pc.strftime(births, "%Y%m%d")
    body = joined("{place}{day}{serial}", place=places, day=days, serial=texts(serials, 3))
    digits = np.array(body.to_pylist(), dtype="U17").view("U1").reshape(-1, 17).astype(np.int64)
    signs = np.array(list(_RESIDENT_SIGNS))[digits @ _RESIDENT_WEIGHTS % 11]
    return joined("{body}{sign}", body=body, sign=pa.array(signs))


def _french(
    places: pa.Array, births: pa.Array, is_woman: Truths, generator: np.random.Generator
) -> pa.Array:
    """Gender, year and month of birth, place, serial, and the key."""
    body = joined(
        "{gender}{month}{place}{serial}",
        gender=texts(1 + is_woman.astype(np.int64)),
        month=pc.strftime(births, "%y%m"),
        place=places,
        serial=texts(generator.integers(1, 1000, size=len(births)), 3),
    )
    keys = 97 - body.cast(pa.int64()).to_numpy() % 97
    return joined("{body}{key}", body=body, key=texts(keys, 2))


def _american(
    places: pa.Array, births: pa.Array, _is_woman: Truths, generator: np.random.Generator
) -> pa.Array:
    """Area, group and serial; nothing in it depends on the person."""
    groups = texts(generator.integers(1, 100, size=len(births)), 2)
    serials = texts(generator.integers(1, 10_000, size=len(births)), 4)
    return joined("{place}-{group}-{serial}", place=places, group=groups, serial=serials)


_KINDS = {"ric": _resident, "nir": _french, "ssn": _american}
