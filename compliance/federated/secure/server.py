"""The server's part in a secure sum: it passes on, adds up, and asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from compliance.errors import ShareError, TooFewSurvivorsError
from compliance.federated.features import IntArray
from compliance.federated.secure.keys import KeyPair, Purpose, derived
from compliance.federated.secure.masks import add_mask, is_added_by
from compliance.federated.secure.nouns import (
    Advertised,
    Answer,
    Masked,
    Parcel,
    Question,
    Terms,
    WordArray,
)
from compliance.federated.secure.sharing import SHARE_BYTES, recovered, weights


class Server:
    """The server in one round: `introduce`, `deliver`, `question`, `total`, in this order.

    Args:
        terms: the same for everybody.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._known: dict[int, Advertised] = {}
        self._sharers: frozenset[int] = frozenset()
        self._sum: WordArray = np.zeros(terms.numbers, dtype=np.uint64)
        self._question: Question | None = None

    def introduce(self, advertised: Iterable[Advertised]) -> tuple[Advertised, ...]:
        """Everybody's public keys, to be sent to everybody.

        Raises:
            TooFewSurvivorsError: fewer sites than the threshold.
        """
        self._known = {one.site: one for one in sorted(advertised, key=lambda one: one.site)}
        self._enough(self._known)
        return tuple(self._known.values())

    def deliver(self, parcels: Iterable[Parcel]) -> dict[int, tuple[Parcel, ...]]:
        """By recipient, the parcels of all sites that sent theirs.

        Raises:
            TooFewSurvivorsError: fewer sites than the threshold sent theirs.
            ShareError: a site's parcels came in part.
        """
        boxes: dict[int, dict[int, Parcel]] = {}
        for parcel in parcels:
            boxes.setdefault(parcel.sender, {})[parcel.recipient] = parcel
        for sender, sent in boxes.items():
            if sent.keys() != self._known.keys() - {sender}:
                raise ShareError(site=sender + 1)
        self._sharers = frozenset(boxes)
        self._enough(boxes)
        return {
            recipient: tuple(boxes[sender][recipient] for sender in boxes if sender != recipient)
            for recipient in boxes
        }

    def question(self, masked: Sequence[Masked]) -> Question:
        """Add up what came, and say what is needed to take the remaining masks off.

        Raises:
            TooFewSurvivorsError: fewer sites than the threshold sent their numbers.
        """
        survivors = {one.site for one in masked}
        if self._question is not None or len(survivors) < len(masked):
            raise ValueError("each site's numbers are added once")
        self._enough(survivors)
        for one in masked:
            if one.site not in self._sharers or one.words.shape != self._sum.shape:
                raise ShareError(site=one.site + 1)
            self._sum += one.words
        self._question = Question(
            survivors=tuple(sorted(survivors)), dropped=tuple(sorted(self._sharers - survivors))
        )
        return self._question

    def total(self, answers: Sequence[Answer]) -> IntArray:
        """The sum over the survivors.

        Raises:
            TooFewSurvivorsError: fewer answers than the threshold.
            ShareError: a share is missing or wrong.
        """
        if self._question is None:
            raise ValueError("there is no sum yet")
        by_site = {answer.site: answer for answer in answers}
        self._enough(by_site)
        for answer in by_site.values():
            _check_complete(answer, self._question)
        chosen = sorted(by_site.values(), key=lambda one: one.site)[: self._terms.threshold]
        joined = weights([answer.site + 1 for answer in chosen])
        words = self._sum.copy()
        for site in self._question.survivors:
            seed = recovered([answer.seeds[site] for answer in chosen], joined)
            self._take_own_mask(words, site, seed)
        for site in self._question.dropped:
            private = recovered([answer.keys[site] for answer in chosen], joined)
            self._take_pair_masks(words, site, private)
        return words.view(np.int64)

    def _enough(self, left: Iterable[int]) -> None:
        count = len(set(left))
        if count < self._terms.threshold:
            raise TooFewSurvivorsError(left=count, threshold=self._terms.threshold)

    def _take_own_mask(self, words: WordArray, site: int, seed: bytes) -> None:
        if derived(seed, Purpose.SEED_PRINT, self._terms.round_) != self._known[site].seed_print:
            raise ShareError(site=site + 1)
        add_mask(words, derived(seed, Purpose.OWN_MASK, self._terms.round_), negative=True)

    def _take_pair_masks(self, words: WordArray, dropped: int, private: bytes) -> None:
        """Take off what the survivors added for a site whose counterpart never came."""
        keys = KeyPair(private)
        if keys.public != self._known[dropped].mask_key or self._question is None:
            raise ShareError(site=dropped + 1)
        for site in self._question.survivors:
            key = keys.agreed(self._known[site].mask_key, Purpose.PAIR_MASK, self._terms.round_)
            add_mask(words, key, negative=is_added_by(site, dropped))


def _check_complete(answer: Answer, question: Question) -> None:
    is_complete = (
        answer.site in question.survivors
        and answer.seeds.keys() == set(question.survivors)
        and answer.keys.keys() == set(question.dropped)
        and all(len(s) == SHARE_BYTES for s in (*answer.seeds.values(), *answer.keys.values()))
    )
    if not is_complete:
        raise ShareError(site=answer.site + 1)
