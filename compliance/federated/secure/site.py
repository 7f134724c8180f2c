"""One site's part in a secure sum: four steps, each taken once, for one round.

Sites refuse, rather than trust the server: they see to it themselves that enough of them take
part, that parcels came unchanged, and that nobody's two kinds of shares are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from compliance.errors import (
    SecureQuestionError,
    SecureTermsError,
    ShareError,
    TooFewSurvivorsError,
)
from compliance.federated.features import IntArray
from compliance.federated.secure.keys import KEY_BYTES, KeyPair, Purpose, derived
from compliance.federated.secure.masks import add_mask, is_added_by
from compliance.federated.secure.nouns import (
    Advertised,
    Answer,
    Draw,
    Masked,
    Parcel,
    Question,
    Terms,
)
from compliance.federated.secure.sharing import SHARE_BYTES, shares

_NONCE_BYTES = 12


class Site:
    """A site in one round: `advertise`, `share`, `mask`, `answer`, in this order.

    Its keys are new in every round, because those of a site that drops out become known.

    Args:
        site: which one, from 0.
        terms: the same for everybody.
        draw: gives that many secret, uniform bytes.
    """

    def __init__(self, site: int, *, terms: Terms, draw: Draw) -> None:
        if not 0 <= site < terms.sites:
            raise ValueError("there is no such site in this round")
        self._site, self._terms, self._draw = site, terms, draw
        self._parcel_keys = KeyPair(draw(KEY_BYTES))
        self._mask_private, self._seed = draw(KEY_BYTES), draw(KEY_BYTES)
        self._mask_keys = KeyPair(self._mask_private)
        self._known: dict[int, Advertised] = {}
        self._sealing: dict[int, ChaCha20Poly1305] = {}
        self._held: dict[int, tuple[bytes, bytes]] = {}  # by owner: share of seed, share of key
        self._has_masked = False
        self._answered: Question | None = None

    def advertise(self) -> Advertised:
        """This site's public keys."""
        return Advertised(
            site=self._site,
            parcel_key=self._parcel_keys.public,
            mask_key=self._mask_keys.public,
            seed_print=derived(self._seed, Purpose.SEED_PRINT, self._terms.round_),
        )

    def share(self, advertised: Sequence[Advertised]) -> tuple[Parcel, ...]:
        """Shares of this site's seed and mask key, sealed for each of the others.

        Args:
            advertised: everybody's keys, this site's own among them.

        Raises:
            TooFewSurvivorsError: fewer sites than the threshold.
            ShareError: keys were changed on the way or are used twice.
        """
        if self._known:
            raise ValueError("a site shares its keys once")
        self._known = self._checked(advertised)
        points = [other + 1 for other in self._known]
        cut = [
            shares(secret, points=points, threshold=self._terms.threshold, draw=self._draw)
            for secret in (self._seed, self._mask_private)
        ]
        mine = dict(zip(self._known, zip(*cut, strict=True), strict=True))
        self._held[self._site] = mine.pop(self._site)
        self._sealing = {other: self._seal_with(other) for other in mine}
        return tuple(self._sealed(other, b"".join(pair)) for other, pair in mine.items())

    def mask(self, vector: IntArray, parcels: Sequence[Parcel]) -> Masked:
        """This site's numbers, hidden.

        Args:
            vector: as many whole numbers as the terms say.
            parcels: what the others sent this site. Who sent none has dropped out already, and
                gets no mask.

        Raises:
            SecureTermsError: a number is beyond the bound in the terms.
            TooFewSurvivorsError: with this site, fewer than the threshold are left.
            ShareError: a parcel was changed on the way.
            SecureQuestionError: numbers were masked already; twice would show their difference.
        """
        if self._has_masked:
            raise SecureQuestionError(site=self._site + 1, asked="its numbers a second time")
        words = _words(vector, self._terms)
        opened = {parcel.sender: self._opened(parcel) for parcel in parcels}
        _enough(len(opened) + 1, self._terms)
        self._held |= opened
        self._has_masked = True
        add_mask(words, derived(self._seed, Purpose.OWN_MASK, self._terms.round_))
        for other in opened:
            key = self._agreed(self._mask_keys, other, self._known[other].mask_key)
            add_mask(words, key, negative=not is_added_by(self._site, other))
        return Masked(site=self._site, words=words)

    def answer(self, question: Question) -> Answer:
        """The shares that the server needs to take the last masks off the sum.

        Raises:
            SecureQuestionError: both kinds of shares of one site are asked for, at once or one
                after the other; or this site's own numbers are counted as lost.
            TooFewSurvivorsError: the sum would be over fewer sites than the threshold.
            ShareError: a site is named that this one has no shares of.
        """
        survivors, dropped = set(question.survivors), set(question.dropped)
        if survivors & dropped or self._answered not in (None, question):
            raise SecureQuestionError(site=self._site + 1, asked="both kinds of shares of a site")
        if self._site not in survivors or not self._has_masked:
            raise SecureQuestionError(site=self._site + 1, asked="shares without its own numbers")
        _enough(len(survivors), self._terms)
        for other in sorted((survivors | dropped) - self._held.keys()):
            raise ShareError(site=other + 1)
        self._answered = question
        return Answer(
            site=self._site,
            seeds={other: self._held[other][0] for other in sorted(survivors)},
            keys={other: self._held[other][1] for other in sorted(dropped)},
        )

    def _checked(self, advertised: Sequence[Advertised]) -> dict[int, Advertised]:
        known = {one.site: one for one in sorted(advertised, key=lambda one: one.site)}
        _enough(len(known), self._terms)
        if known.get(self._site) != self.advertise():
            raise ShareError(site=self._site + 1)
        keys: set[bytes] = set()
        for one in advertised:
            if not 0 <= one.site < self._terms.sites or keys & {one.parcel_key, one.mask_key}:
                raise ShareError(site=one.site + 1)
            keys |= {one.parcel_key, one.mask_key}
        return known

    def _seal_with(self, other: int) -> ChaCha20Poly1305:
        public = self._known[other].parcel_key
        return ChaCha20Poly1305(self._agreed(self._parcel_keys, other, public, Purpose.PARCEL))

    def _agreed(
        self, mine: KeyPair, other: int, public: bytes, purpose: Purpose = Purpose.PAIR_MASK
    ) -> bytes:
        try:
            return mine.agreed(public, purpose, self._terms.round_)
        except ValueError:
            raise ShareError(site=other + 1) from None

    def _sealed(self, other: int, content: bytes) -> Parcel:
        nonce = self._draw(_NONCE_BYTES)
        sealed = self._sealing[other].encrypt(nonce, content, _address(self._site, other))
        return Parcel(sender=self._site, recipient=other, sealed=nonce + sealed)

    def _opened(self, parcel: Parcel) -> tuple[bytes, bytes]:
        nonce, sealed = parcel.sealed[:_NONCE_BYTES], parcel.sealed[_NONCE_BYTES:]
        try:
            content = self._sealing[parcel.sender].decrypt(
                nonce, sealed, _address(parcel.sender, self._site)
            )
        except (InvalidTag, KeyError, ValueError):
            raise ShareError(site=parcel.sender + 1) from None
        if len(content) != 2 * SHARE_BYTES:
            raise ShareError(site=parcel.sender + 1)
        return content[:SHARE_BYTES], content[SHARE_BYTES:]


def _address(sender: int, recipient: int) -> bytes:
    """Sealed along with a parcel, so that it opens for no other pair and direction."""
    return sender.to_bytes(4) + recipient.to_bytes(4)


def _enough(left: int, terms: Terms) -> None:
    if left < terms.threshold:
        raise TooFewSurvivorsError(left=left, threshold=terms.threshold)


def _words(vector: IntArray, terms: Terms) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    if vector.dtype != np.int64 or vector.shape != (terms.numbers,):
        raise ValueError("a site's numbers are so many int64 as the terms say")
    if int(vector.max()) > terms.largest or int(vector.min()) < -terms.largest:
        reason = f"a number is beyond the bound of {terms.largest:,} that was said for all sites"
        raise SecureTermsError(reason=reason)
    return vector.astype(np.uint64)
