"""What travels: named arrays of numbers, and nothing else.

A parcel cannot carry text, so no cell value can leave a site by accident.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
import numpy.typing as npt

from compliance.federated.exchange import Parcel

MOST_BYTES = 2**30

_KINDS = ("<f8", "<i8", "<u8")
_MOST_ARRAYS = 64
_LONGEST_NAME = 40


class ParcelError(ValueError):
    """The bytes are no parcel; nothing of them is kept."""


class _Array(msgspec.Struct, frozen=True, array_like=True):
    name: str
    kind: str
    shape: tuple[int, ...]
    data: bytes


def packed(parcel: Parcel) -> bytes:
    """`parcel` as bytes: of each array its name, kind, shape and numbers."""
    arrays = []
    for name, values in parcel.items():
        kind = values.dtype.newbyteorder("<").str
        if kind not in _KINDS or len(name) > _LONGEST_NAME:
            raise TypeError(f"{name[:_LONGEST_NAME]} does not travel")
        data = values.astype(kind, copy=False).tobytes()
        arrays.append(_Array(name=name, kind=kind, shape=values.shape, data=data))
    return msgspec.msgpack.encode(arrays)


def unpacked(data: bytes) -> dict[str, npt.NDArray[np.generic]]:
    """The parcel that `packed` made, from whoever sent it.

    Raises:
        ParcelError: it is none, or too large.
    """
    if len(data) > MOST_BYTES:
        raise ParcelError("too large")
    try:
        arrays = msgspec.msgpack.decode(data, type=list[_Array])
    except msgspec.MsgspecError:
        raise ParcelError("not readable") from None
    if len(arrays) > _MOST_ARRAYS or len({array.name for array in arrays}) < len(arrays):
        raise ParcelError("too many arrays, or two of one name")
    return {array.name: _values(array) for array in arrays}


def _values(array: _Array) -> npt.NDArray[np.generic]:
    is_known = array.kind in _KINDS and all(length >= 0 for length in array.shape)
    if not is_known or len(array.data) != 8 * math.prod(array.shape):
        raise ParcelError("an array is not what it says")
    return np.frombuffer(array.data, dtype=array.kind).reshape(array.shape)
