"""Secrets cut into shares, of which so many tell everything and one less tells nothing.

A secret is the value at 0 of a polynomial over the whole numbers modulo a prime, whose other
coefficients are drawn; a share is its value at another point. With fewer shares than
coefficients, each secret is exactly as likely as any other.

Source: Shamir 1979, doi:10.1145/359168.359176.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from compliance.federated.secure.nouns import Draw

PRIME = 2**256 + 297  # the smallest above every secret of 32 bytes
SECRET_BYTES = 32
SHARE_BYTES = 33

_DRAWN_BYTES = 48  # per coefficient: modulo the prime, uniform up to 2^-127


def shares(secret: bytes, *, points: Sequence[int], threshold: int, draw: Draw) -> list[bytes]:
    """One share per point; any `threshold` of them give the secret back.

    Args:
        secret: 32 bytes.
        points: distinct, from 1 up.
        threshold: at least 1.
        draw: gives that many secret, uniform bytes.
    """
    if len(secret) != SECRET_BYTES or threshold < 1 or not _are_points(points):
        raise ValueError("a secret has 32 bytes, and points are distinct and not 0")
    drawn = draw(_DRAWN_BYTES * (threshold - 1))
    if len(drawn) != _DRAWN_BYTES * (threshold - 1):
        raise ValueError("draw gave another number of bytes than it was asked for")
    edges = range(0, len(drawn) + 1, _DRAWN_BYTES)
    highest_first = [int.from_bytes(drawn[a:b]) % PRIME for a, b in pairwise(edges)]
    coefficients = [*highest_first, int.from_bytes(secret)]
    return [_value(coefficients, point).to_bytes(SHARE_BYTES) for point in points]


def weights(points: Sequence[int]) -> list[int]:
    """By what to multiply the shares at `points` so that they add up to the secret.

    Lagrange's polynomials at 0; the same for all secrets that were shared at these points.
    """
    if not _are_points(points):
        raise ValueError("points are distinct and not 0")
    return [_weight(point, points) for point in points]


def recovered(held: Sequence[bytes], weights: Sequence[int]) -> bytes:
    """The secret from as many shares as the threshold, and the weights of their points.

    Wrong or too few shares give another secret and no error: whoever recovers checks the secret
    against something public.
    """
    value = sum(int.from_bytes(share) * weight for share, weight in zip(held, weights, strict=True))
    return (value % PRIME).to_bytes(SHARE_BYTES)[-SECRET_BYTES:]


def _are_points(points: Sequence[int]) -> bool:
    return len(set(points)) == len(points) and all(0 < point < PRIME for point in points)


def _value(coefficients: Sequence[int], point: int) -> int:
    value = 0
    for coefficient in coefficients:
        value = (value * point + coefficient) % PRIME
    return value


def _weight(point: int, points: Sequence[int]) -> int:
    above, below = 1, 1
    for other in points:
        if other != point:
            above = above * other % PRIME
            below = below * (other - point) % PRIME
    return above * pow(below, -1, PRIME) % PRIME
