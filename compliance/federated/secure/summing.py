"""One round of a secure sum, run in this process by the parts that machines would run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from compliance.federated.features import IntArray
from compliance.federated.secure.nouns import (
    Advertised,
    Answer,
    Draw,
    Masked,
    Parcel,
    SecureSum,
    Seen,
    Terms,
)
from compliance.federated.secure.server import Server
from compliance.federated.secure.site import Site

FIRST_WORDS = 8  # of each site's masked numbers, kept to be shown


def masked_sum(
    vectors: IntArray,
    *,
    round_: int,
    threshold: int,
    largest: int,
    draw: Draw,
    dropped: Sequence[int] = (),
    dropped_late: Sequence[int] = (),
) -> SecureSum:
    """The sum of the sites' numbers, of which the server saw each only under masks.

    It equals the plain sum over the survivors bit for bit. Costs a mask per pair of sites, so
    time grows with their square and with the numbers of each.

    Args:
        vectors: int64; one row per site.
        round_: its number; other rounds have other masks.
        threshold: how many sites must answer at the end; more than half.
        largest: bound of every entry, whatever its sign; times the sites it is below 2^63.
        draw: gives that many secret, uniform bytes.
        dropped: sites that share their keys and then send no numbers: not in the sum.
        dropped_late: sites that send their numbers and do not answer after that: in the sum.

    Raises:
        SecureTermsError: the terms cannot be, or an entry is beyond `largest`.
        TooFewSurvivorsError: fewer sites than the threshold are left.
    """
    if vectors.ndim != 2 or vectors.dtype != np.int64:
        raise ValueError("vectors are whole numbers, one row per site")
    sites, numbers = vectors.shape
    _check_lost(sites, dropped, dropped_late)
    terms = Terms(round_=round_, sites=sites, threshold=threshold, numbers=numbers, largest=largest)
    server = Server(terms)
    parts = [Site(site, terms=terms, draw=draw) for site in range(sites)]
    keys = server.introduce(part.advertise() for part in parts)
    parcels = [parcel for part in parts for parcel in part.share(keys)]
    boxes = server.deliver(parcels)
    present = [site for site in range(sites) if site not in dropped]
    masked = [parts[site].mask(vectors[site], boxes[site]) for site in present]
    question = server.question(masked)
    answers = [parts[site].answer(question) for site in present if site not in dropped_late]
    return SecureSum(
        total=server.total(answers),
        seen=_all_seen(keys, parcels, masked, answers),
        survivors=question.survivors,
        recovered=question.dropped,
    )


def _check_lost(sites: int, dropped: Sequence[int], dropped_late: Sequence[int]) -> None:
    lost = [*dropped, *dropped_late]
    if len(set(lost)) < len(lost) or not set(lost) <= set(range(sites)):
        raise ValueError("a site drops out once, and is one of the sites")


def _all_seen(
    keys: Sequence[Advertised],
    parcels: Iterable[Parcel],
    masked: Iterable[Masked],
    answers: Iterable[Answer],
) -> tuple[Seen, ...]:
    shares = dict.fromkeys(range(len(keys)), 0)
    for parcel in parcels:
        shares[parcel.sender] += parcel.size
    came = {one.site: one for one in masked}
    answered = {one.site: one.size for one in answers}
    return tuple(
        Seen(
            site=one.site,
            first_words=_first_words(came.get(one.site)),
            numbers=len(came[one.site].words) if one.site in came else 0,
            bytes_keys=one.size,
            bytes_shares=shares[one.site],
            bytes_vector=came[one.site].size if one.site in came else 0,
            bytes_answer=answered.get(one.site, 0),
        )
        for one in keys
    )


def _first_words(masked: Masked | None) -> tuple[int, ...]:
    return () if masked is None else tuple(masked.words[:FIRST_WORDS].tolist())
