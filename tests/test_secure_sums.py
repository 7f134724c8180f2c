"""Secure sums: exact, whoever drops out, and refused where they would not be secure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from federated_cases import coins
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.errors import (
    SecureTermsError,
    ShareError,
    TooFewSurvivorsError,
)
from compliance.federated.features import IntArray
from compliance.federated.secure import (
    MOST_SITES,
    Server,
    Site,
    Terms,
    from_whole,
    masked_sum,
    to_whole,
)
from compliance.federated.secure.keys import KeyPair, Purpose
from compliance.federated.secure.masks import add_mask, is_added_by
from compliance.federated.secure.nouns import Advertised, Answer, Masked, Parcel, Question
from compliance.federated.secure.sharing import PRIME, recovered, shares, weights

LARGEST = 2**40
TERMS = Terms(round_=1, sites=5, threshold=3, numbers=4, largest=LARGEST)


def numbers(sites: int = 5, each: int = 4, seed: int = 0) -> IntArray:
    return np.random.default_rng(seed).integers(-LARGEST, LARGEST, (sites, each), endpoint=True)


class Round:
    """A round of five sites up to the question, to be spoilt at any place."""

    def __init__(self, terms: Terms = TERMS, seed: int = 0) -> None:
        self.terms, self.vectors = terms, numbers(terms.sites, terms.numbers)
        draw = coins(seed)
        self.sites = [Site(site, terms=terms, draw=draw) for site in range(terms.sites)]
        self.server = Server(terms)

    def shared(self) -> list[Parcel]:
        keys = self.server.introduce(site.advertise() for site in self.sites)
        return [parcel for site in self.sites for parcel in site.share(keys)]

    def masked(
        self, present: Iterable[int], parcels: Sequence[Parcel] | None = None
    ) -> list[Masked]:
        boxes = self.server.deliver(self.shared() if parcels is None else parcels)
        return [self.sites[site].mask(self.vectors[site], boxes[site]) for site in present]

    def answers(self, present: Sequence[int] = (0, 1, 3, 4)) -> list[Answer]:
        """With site 2 dropped out, unless said otherwise."""
        question = self.server.question(self.masked(present))
        return [self.sites[site].answer(question) for site in present]


@st.composite
def rounds(draw: st.DrawFn) -> tuple[IntArray, int, int, list[int], list[int]]:
    """Numbers, their bound, a threshold, and sites that drop out as far as it allows."""
    sites, each = draw(st.integers(2, 9)), draw(st.integers(1, 5))
    largest = draw(st.sampled_from([0, 1, 2**20, (2**63 - 1) // sites]))
    entries = st.lists(st.integers(-largest, largest), min_size=each, max_size=each)
    vectors = np.array([draw(entries) for _ in range(sites)], dtype=np.int64)
    threshold = draw(st.integers(sites // 2 + 1, sites))
    order = draw(st.permutations(range(sites)))
    lost = draw(st.integers(0, sites - threshold))
    early = draw(st.integers(0, lost))
    return vectors, largest, threshold, order[:early], order[early:lost]


@settings(max_examples=60)
@given(rounds(), st.integers(0, 2**64 - 1), st.integers(0, 2**32))
def test_the_sum_is_the_plain_sum_of_the_survivors_bit_for_bit(
    case: tuple[IntArray, int, int, list[int], list[int]], round_: int, seed: int
) -> None:
    vectors, largest, threshold, dropped, late = case
    done = masked_sum(
        vectors,
        round_=round_,
        threshold=threshold,
        largest=largest,
        draw=coins(seed),
        dropped=dropped,
        dropped_late=late,
    )

    survivors = [site for site in range(len(vectors)) if site not in dropped]
    assert done.total.dtype == np.int64
    assert done.total.tolist() == [sum(column) for column in vectors[survivors].T.tolist()]
    assert done.survivors == tuple(survivors)
    assert done.recovered == tuple(sorted(dropped))


def test_vectors_longer_than_one_piece_of_mask_are_summed_exactly() -> None:
    vectors = numbers(3, 20_001)

    done = masked_sum(vectors, round_=1, threshold=2, largest=LARGEST, draw=coins(0), dropped=[1])

    assert (done.total == vectors[[0, 2]].sum(axis=0)).all()


def test_a_site_that_never_shares_its_keys_is_left_out() -> None:
    spoilt = Round()
    parcels = [parcel for parcel in spoilt.shared() if parcel.sender != 3]
    present = (0, 1, 2, 4)
    question = spoilt.server.question(spoilt.masked(present, parcels))

    total = spoilt.server.total([spoilt.sites[site].answer(question) for site in present])

    assert question == Question(survivors=present, dropped=())
    assert (total == spoilt.vectors[list(present)].sum(axis=0)).all()


def test_what_the_server_sees_is_words_and_sizes_of_each_phase() -> None:
    done = masked_sum(
        numbers(),
        round_=1,
        threshold=3,
        largest=LARGEST,
        draw=coins(0),
        dropped=[1],
        dropped_late=[2],
    )

    # A sealed parcel is a nonce (12), two shares (33 each) and a seal (16).
    assert [one.bytes_keys for one in done.seen] == [3 * 32] * 5
    assert [one.bytes_shares for one in done.seen] == [4 * 94] * 5
    assert [one.bytes_vector for one in done.seen] == [32, 0, 32, 32, 32]
    assert [one.bytes_answer for one in done.seen] == [5 * 33, 0, 0, 5 * 33, 5 * 33]
    assert [one.numbers for one in done.seen] == [4, 0, 4, 4, 4]
    assert [len(one.first_words) for one in done.seen] == [4, 0, 4, 4, 4]


def test_no_word_that_the_server_sees_is_one_of_the_site() -> None:
    vectors = numbers()
    done = masked_sum(vectors, round_=1, threshold=3, largest=LARGEST, draw=coins(0))

    seen = {word for one in done.seen for word in one.first_words}
    assert len(seen) == 20
    assert seen.isdisjoint(vectors.astype(np.uint64).ravel().tolist())


def test_the_masks_of_pairs_cancel_and_those_of_sites_do_not() -> None:
    pairs = [KeyPair(coins(site)(32)) for site in range(6)]
    words = np.zeros((6, 10_000), dtype=np.uint64)
    for mine in range(6):
        for other in set(range(6)) - {mine}:
            key = pairs[mine].agreed(pairs[other].public, Purpose.PAIR_MASK, 1)
            add_mask(words[mine], key, negative=not is_added_by(mine, other))

    assert (words != 0).mean() > 0.999
    assert not words.sum(axis=0).any()
    spoilt = Round()
    masked = spoilt.masked(range(5))
    assert (sum(one.words for one in masked) != spoilt.vectors.sum(axis=0).astype(np.uint64)).all()


def test_another_round_has_other_masks_even_with_the_same_coins() -> None:
    words = {
        round_: Round(replace(TERMS, round_=round_)).masked(range(5))[0].words for round_ in (1, 2)
    }

    assert (words[1] == Round().masked(range(5))[0].words).all()
    assert (words[1] != words[2]).all()


def test_two_sites_agree_on_a_key_and_on_another_for_each_purpose_and_round() -> None:
    one, two = KeyPair(coins(1)(32)), KeyPair(coins(2)(32))
    uses = [(purpose, round_) for purpose in Purpose for round_ in (0, 1)]
    keys = [one.agreed(two.public, *use) for use in uses]

    assert keys == [two.agreed(one.public, *use) for use in uses]
    assert len(set(keys)) == len(uses)


def test_a_public_key_written_in_another_way_makes_another_key() -> None:
    """X25519 ignores the last bit of a key; who changed it on the way must not go unnoticed."""
    one, two = KeyPair(coins(1)(32)), KeyPair(coins(2)(32))
    same_point = two.public[:-1] + bytes([two.public[-1] ^ 0x80])

    assert one.agreed(same_point, Purpose.PARCEL, 1) != one.agreed(two.public, Purpose.PARCEL, 1)


@given(
    st.binary(min_size=32, max_size=32),
    st.sets(st.integers(1, MOST_SITES), min_size=1, max_size=12),
    st.data(),
)
def test_any_threshold_of_shares_gives_the_secret_back(
    secret: bytes, points: set[int], data: st.DataObject
) -> None:
    threshold = data.draw(st.integers(1, len(points)))
    by_point = dict(
        zip(
            points,
            shares(secret, points=list(points), threshold=threshold, draw=coins(0)),
            strict=True,
        )
    )
    chosen = data.draw(st.permutations(sorted(points)))[:threshold]

    assert recovered([by_point[point] for point in chosen], weights(chosen)) == secret


def test_one_share_less_is_consistent_with_every_secret() -> None:
    """For any other secret there is one last share that would give it: nothing is ruled out."""
    held = shares(b"\x07" * 32, points=[1, 2, 3], threshold=3, draw=coins(0))
    *known, last = weights([1, 2, 3])
    partial = sum(int.from_bytes(s) * w for s, w in zip(held[:2], known, strict=True))
    for other in (b"\x00" * 32, b"\xff" * 32, coins(5)(32)):
        fitting = (int.from_bytes(other) - partial) * pow(last, -1, PRIME) % PRIME

        assert recovered([*held[:2], fitting.to_bytes(33)], [*known, last]) == other


def test_shares_of_one_secret_differ_from_draw_to_draw() -> None:
    first, second = (
        shares(b"\x07" * 32, points=[1, 2, 3], threshold=2, draw=coins(seed)) for seed in (0, 1)
    )

    assert not set(first) & set(second)


def test_the_field_of_shares_has_a_prime_number_of_elements() -> None:
    """Miller–Rabin with fixed bases: a composite passes one with probability below 1/4."""
    odd, twos = PRIME - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in range(2, 42):
        powers = [pow(base, odd << step, PRIME) for step in range(twos)]

        assert powers[0] == 1 or PRIME - 1 in powers


@pytest.mark.parametrize(
    ("sites", "threshold"),
    [
        pytest.param(5, 2, id="fewer than half"),
        pytest.param(4, 2, id="half"),
        pytest.param(5, 6, id="more than there are"),
        pytest.param(5, 0, id="nobody"),
    ],
)
def test_a_threshold_that_half_of_the_sites_can_reach_is_refused(
    sites: int, threshold: int
) -> None:
    with pytest.raises(SecureTermsError, match=f"from {sites // 2 + 1} to {sites}"):
        masked_sum(numbers(sites), round_=1, threshold=threshold, largest=LARGEST, draw=coins(0))


@pytest.mark.parametrize("sites", [0, 1, MOST_SITES + 1])
def test_one_site_or_too_many_are_refused(sites: int) -> None:
    with pytest.raises(SecureTermsError, match="from 2 to 200"):
        masked_sum(numbers(sites), round_=1, threshold=sites, largest=LARGEST, draw=coins(0))


def test_a_bound_whose_sum_leaves_64_bits_is_refused_and_the_largest_below_is_not() -> None:
    largest = 2**61 - 1
    vectors = np.full((4, 2), largest)
    vectors[:, 1] *= -1
    done = masked_sum(vectors, round_=1, threshold=3, largest=largest, draw=coins(0))

    assert done.total.tolist() == [4 * largest, -4 * largest]
    with pytest.raises(SecureTermsError, match=r"4 sites .* 2\^63"):
        masked_sum(vectors, round_=1, threshold=3, largest=largest + 1, draw=coins(0))


@pytest.mark.parametrize("entry", [LARGEST + 1, -LARGEST - 1, -(2**63), 2**63 - 1])
def test_an_entry_beyond_the_bound_is_refused_and_not_told(entry: int) -> None:
    vectors = numbers()
    vectors[2, 1] = entry

    with pytest.raises(SecureTermsError, match="beyond the bound") as refused:
        masked_sum(vectors, round_=1, threshold=3, largest=LARGEST, draw=coins(0))

    assert f"{abs(entry):,}" not in str(refused.value)


@pytest.mark.parametrize(
    ("dropped", "late"),
    [
        pytest.param([0, 1, 2], [], id="too few send numbers"),
        pytest.param([0], [1, 2], id="too few answer"),
        pytest.param([], [0, 1, 4], id="all send and too few answer"),
    ],
)
def test_fewer_survivors_than_the_threshold_are_refused(
    dropped: list[int], late: list[int]
) -> None:
    with pytest.raises(TooFewSurvivorsError, match=r"Only 2 site.*needs 3"):
        masked_sum(
            numbers(),
            round_=1,
            threshold=3,
            largest=LARGEST,
            draw=coins(0),
            dropped=dropped,
            dropped_late=late,
        )


def test_a_site_alone_masks_nothing_for_a_server_that_brings_it_too_few() -> None:
    spoilt = Round()
    boxes = spoilt.server.deliver(spoilt.shared())

    with pytest.raises(TooFewSurvivorsError):
        spoilt.sites[0].mask(spoilt.vectors[0], boxes[0][:1])
    with pytest.raises(TooFewSurvivorsError):
        Round().sites[0].share([Round().sites[0].advertise()])


def test_a_lost_parcel_is_refused() -> None:
    spoilt = Round()

    with pytest.raises(ShareError, match="site 1 were lost or changed"):
        spoilt.server.deliver(spoilt.shared()[1:])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p: replace(p, sealed=_flipped(p.sealed, 0)), id="nonce"),
        pytest.param(lambda p: replace(p, sealed=_flipped(p.sealed, 40)), id="content"),
        pytest.param(lambda p: replace(p, sealed=_flipped(p.sealed, -1)), id="seal"),
        pytest.param(lambda p: replace(p, sealed=p.sealed[:5]), id="cut short"),
        pytest.param(lambda p: replace(p, sender=2), id="said to be from another"),
        pytest.param(lambda p: replace(p, sender=0), id="said to be from oneself"),
    ],
)
def test_a_parcel_that_was_tampered_with_is_refused(change: Callable[[Parcel], Parcel]) -> None:
    spoilt = Round()
    first, *rest = spoilt.server.deliver(spoilt.shared())[0]

    with pytest.raises(ShareError, match="lost or changed"):
        spoilt.sites[0].mask(spoilt.vectors[0], [change(first), *rest])


def test_a_parcel_for_another_site_does_not_open() -> None:
    spoilt = Round()
    boxes = spoilt.server.deliver(spoilt.shared())

    with pytest.raises(ShareError):
        spoilt.sites[0].mask(spoilt.vectors[0], [boxes[1][1], *boxes[0][1:]])


def test_a_parcel_sent_back_to_its_sender_does_not_open() -> None:
    """The two directions of a pair have one key; who a parcel is from and for is sealed too."""
    spoilt = Round()
    parcels = spoilt.shared()
    box = spoilt.server.deliver(parcels)[0]
    mine = next(p for p in parcels if (p.sender, p.recipient) == (0, box[0].sender))
    reflected = replace(mine, sender=mine.recipient, recipient=0)

    with pytest.raises(ShareError):
        spoilt.sites[0].mask(spoilt.vectors[0], [reflected, *box[1:]])


def test_a_parcel_with_the_wrong_content_is_refused_though_its_seal_holds() -> None:
    spoilt = Round()
    box = spoilt.server.deliver(spoilt.shared())[0]
    short = spoilt.sites[box[0].sender]._sealed(0, b"too short")

    with pytest.raises(ShareError):
        spoilt.sites[0].mask(spoilt.vectors[0], [short, *box[1:]])


def test_an_answer_with_a_share_missing_is_refused() -> None:
    spoilt = Round()
    first, *rest = spoilt.answers()
    for cut in (
        replace(first, keys={}),
        replace(first, seeds={**first.seeds, 1: b""}),
        replace(first, site=-1),
    ):
        with pytest.raises(ShareError):
            spoilt.server.total([cut, *rest])


@pytest.mark.parametrize("kind", ["seeds", "keys"])
def test_a_changed_share_is_found_out_instead_of_summed(kind: str) -> None:
    spoilt = Round()
    first, *rest = spoilt.answers()
    held = getattr(first, kind)
    site = max(held)
    changed = replace(first, **{kind: {**held, site: _flipped(held[site], -1)}})

    with pytest.raises(ShareError, match=f"site {site + 1} "):
        spoilt.server.total([changed, *rest])

    whole = spoilt.server.total([first, *rest])
    assert (whole == spoilt.vectors[[0, 1, 3, 4]].sum(axis=0)).all()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda keys: replace(keys[0], mask_key=bytes(32)), id="own key changed"),
        pytest.param(lambda keys: replace(keys[1], mask_key=keys[2].mask_key), id="used twice"),
        pytest.param(lambda keys: replace(keys[1], parcel_key=bytes(32)), id="weak key"),
        pytest.param(lambda keys: replace(keys[1], parcel_key=b"short"), id="no key"),
        pytest.param(lambda keys: replace(keys[1], site=9), id="of no site"),
    ],
)
def test_public_keys_that_cannot_be_are_refused(
    change: Callable[[Sequence[Advertised]], Advertised],
) -> None:
    spoilt = Round()
    keys = spoilt.server.introduce(site.advertise() for site in spoilt.sites)
    changed = change(keys)
    others = [one for one in keys if one.site != min(changed.site, 1)]

    with pytest.raises(ShareError):
        spoilt.sites[0].share([changed, *others])


def test_the_server_goes_on_with_enough_sites_only() -> None:
    spoilt = Round()
    with pytest.raises(TooFewSurvivorsError):
        Server(TERMS).introduce(site.advertise() for site in spoilt.sites[:2])
    parcels = spoilt.shared()
    with pytest.raises(TooFewSurvivorsError):
        spoilt.server.deliver([parcel for parcel in parcels if parcel.sender < 2])
    masked = spoilt.masked(range(5), parcels)
    with pytest.raises(TooFewSurvivorsError):
        spoilt.server.question(masked[:2])


def test_numbers_of_another_length_are_refused_and_not_spread_over_the_sum() -> None:
    spoilt = Round()
    first, *rest = spoilt.masked(range(5))

    with pytest.raises(ShareError, match="site 1 "):
        spoilt.server.question([replace(first, words=first.words[:1]), *rest])


def test_numbers_of_a_site_that_shared_no_keys_are_refused() -> None:
    spoilt = Round()
    parcels = [parcel for parcel in spoilt.shared() if parcel.sender != 3]
    masked = spoilt.masked((0, 1, 2), parcels)

    with pytest.raises(ShareError, match="site 4"):
        spoilt.server.question([*masked, replace(masked[0], site=3)])


def _terms(**changes: int) -> Terms:
    return replace(TERMS, **changes)


def _shared_twice() -> object:
    spoilt = Round()
    spoilt.shared()
    return spoilt.sites[0].share([site.advertise() for site in spoilt.sites])


def _added_twice(*, at_once: bool) -> object:
    spoilt = Round()
    masked = spoilt.masked(range(5))
    if at_once:
        return spoilt.server.question([*masked, masked[0]])
    return [spoilt.server.question(masked) for _ in range(2)]


def _cut(secret: bytes, points: list[int], draw: Callable[[int], bytes]) -> object:
    return shares(secret, points=points, threshold=2, draw=draw)


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        pytest.param(lambda: _terms(round_=-1), "round", id="round below 0"),
        pytest.param(lambda: _terms(numbers=0), "numbers", id="no numbers"),
        pytest.param(lambda: Site(5, terms=TERMS, draw=coins(0)), "no such site", id="no site"),
        pytest.param(lambda: _cut(b"short", [1, 2], coins(0)), "32 bytes", id="short secret"),
        pytest.param(lambda: _cut(bytes(32), [0, 1], coins(0)), "not 0", id="share of all"),
        pytest.param(lambda: _cut(bytes(32), [1, 2], lambda n: b""), "bytes", id="too few coins"),
        pytest.param(lambda: weights([1, 1]), "distinct", id="one point twice"),
        pytest.param(lambda: Server(TERMS).total([]), "no sum yet", id="too early"),
        pytest.param(_shared_twice, "keys once", id="keys shared twice"),
        pytest.param(lambda: _added_twice(at_once=True), "added once", id="one site added twice"),
        pytest.param(lambda: _added_twice(at_once=False), "added once", id="all added twice"),
        pytest.param(lambda: _sum(numbers().astype(float)), "whole numbers", id="decimals"),
        pytest.param(lambda: _sum(numbers()[0]), "one row per site", id="one vector"),
        pytest.param(lambda: _sum(numbers(), dropped=[5]), "drops out", id="nobody drops out"),
        pytest.param(
            lambda: _sum(numbers(), dropped=[1], dropped_late=[1]), "once", id="drops out twice"
        ),
        pytest.param(lambda: to_whole(np.zeros(2), largest=1.0, bits=41), "bits", id="bits"),
        pytest.param(lambda: to_whole(np.zeros(2), largest=0.0, bits=20), "bound", id="bound 0"),
        pytest.param(
            lambda: from_whole(numbers(), largest=np.inf, bits=9), "finite", id="no bound"
        ),
    ],
)
def test_a_slip_of_the_caller_is_no_sentence_for_officers(
    slip: Callable[[], object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        slip()


@settings(max_examples=60)
@given(
    st.integers(2, 8),
    st.integers(1, 40),
    st.floats(1e-6, 1e6),
    st.lists(st.floats(-1, 1), min_size=8, max_size=8),
)
def test_decimals_are_summed_up_to_half_a_unit_per_site(
    sites: int, bits: int, largest: float, shares_of_bound: list[float]
) -> None:
    vectors = np.array(shares_of_bound[:sites])[:, None] * largest
    whole = to_whole(vectors, largest=largest, bits=bits)

    done = masked_sum(whole, round_=1, threshold=sites, largest=2**bits, draw=coins(0))
    total = from_whole(done.total, largest=largest, bits=bits)

    unit = largest / 2**bits
    assert abs(total - vectors.sum(axis=0))[0] <= sites * unit * (0.5 + 2**-12)


def test_decimals_go_to_the_nearest_point_of_the_grid() -> None:
    whole = to_whole(np.array([0.6, 0.4, -0.6, -0.4, 8.0, -8.0]), largest=8.0, bits=3)

    assert whole.tolist() == [1, 0, -1, 0, 8, -8]
    assert from_whole(whole, largest=4.0, bits=3).tolist() == [0.5, 0.0, -0.5, 0.0, 4.0, -4.0]


@pytest.mark.parametrize("entry", [1.5, -1.0001, np.nan, np.inf, -np.inf])
def test_a_decimal_beyond_the_bound_or_no_number_is_refused(entry: float) -> None:
    with pytest.raises(SecureTermsError):
        to_whole(np.array([0.5, entry]), largest=1.0, bits=20)


def _sum(vectors: IntArray, **lost: Sequence[int]) -> object:
    return masked_sum(vectors, round_=1, threshold=3, largest=LARGEST, draw=coins(0), **lost)


def _flipped(held: bytes, place: int) -> bytes:
    changed = bytearray(held)
    changed[place] ^= 1
    return bytes(changed)
