"""Attacks on secure sums: can one site's numbers be had from what the server sees?

The attacker is the server. It keeps every message, and has up to `threshold` − 1 sites on its side
that hand it all they hold: their keys, their seeds, and the shares that others sealed for them.
In the drawing 7 sites need 4 to open a sum; sites 4, 5 and 6 collude.

    honest 0 1 2 3 ──sealed shares──▶ 4 5 6 ──keys, seeds, 3 shares of each secret──┐
        │                                                                           ▼
        └──masked numbers, answers──────▶ server ──────take off every known mask──▶ one site?

What is left on an honest site's numbers are its masks with the other honest ones. A mask's key
has as many shares as there are sites, of which 4 tell it; the coalition has 3. So the words that
are left must look like coins, whatever the numbers were, and only the sum over all honest sites
may come out: the protocol gives that away on purpose.

A server that does not lie about who takes part is assumed, as the protocol does; the last tests
show which lies sites refuse by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from cryptography.exceptions import InvalidTag
from federated_cases import coins
from scipy import stats

from compliance.errors import SecureQuestionError, ShareError, TooFewSurvivorsError
from compliance.federated.features import IntArray
from compliance.federated.secure import Server, Site, Terms
from compliance.federated.secure.keys import KeyPair, Purpose, derived
from compliance.federated.secure.masks import add_mask, is_added_by
from compliance.federated.secure.nouns import Answer, Question, WordArray
from compliance.federated.secure.sharing import recovered, weights

NUMBERS, LARGEST = 20_000, 2**59
TERMS = Terms(round_=1, sites=7, threshold=4, numbers=NUMBERS, largest=LARGEST)
HONEST, COLLUDING = (0, 1, 2, 3), (4, 5, 6)
EVERYBODY = (*HONEST, *COLLUDING)
VICTIM = 1
ALARM = 2e-8  # per look at words; at most 21 of them over the cases of a test

NOTHING = np.zeros((7, NUMBERS), dtype=np.int64)
MOST = np.full((7, NUMBERS), LARGEST)
WORLDS = [
    pytest.param(NOTHING, id="all zero"),
    pytest.param(MOST, id="all at the bound"),
    pytest.param(-MOST, id="all at the bound below zero"),
]


class Attacked:
    """A round whose messages the attacker keeps, up to the masked numbers."""

    def __init__(self, vectors: IntArray, *, seed: int = 0, terms: Terms = TERMS) -> None:
        draw = coins(seed)
        self.terms, self.vectors = terms, vectors
        self.server = Server(terms)
        self.sites = [Site(site, terms=terms, draw=draw) for site in EVERYBODY]
        self.keys = self.server.introduce(site.advertise() for site in self.sites)
        self.parcels = [parcel for site in self.sites for parcel in site.share(self.keys)]
        boxes = self.server.deliver(self.parcels)
        self.masked = [self.sites[s].mask(vectors[s], boxes[s]) for s in EVERYBODY]

    def answers(self, question: Question, of: Iterable[int]) -> list[Answer]:
        return [self.sites[site].answer(question) for site in of]

    def colluders_shares(self, owner: int) -> dict[int, tuple[bytes, bytes]]:
        """By who holds it, each share of the owner's seed and mask key that the coalition has."""
        return {site: self.sites[site]._held[owner] for site in COLLUDING}

    def without_own_mask(self, words: WordArray, seed: bytes) -> WordArray:
        left = words.copy()
        add_mask(left, derived(seed, Purpose.OWN_MASK, self.terms.round_), negative=True)
        return left

    def without_pair_masks(
        self, words: WordArray, site: int, others: Iterable[int], mine: KeyPair | None = None
    ) -> WordArray:
        """Take off the masks that `site` has with `others`, by their keys or its own (`mine`)."""
        left = words.copy()
        for other in others:
            theirs = self.sites[other]._mask_keys
            public = (theirs if mine else self.sites[site]._mask_keys).public
            key = (mine or theirs).agreed(public, Purpose.PAIR_MASK, self.terms.round_)
            add_mask(left, key, negative=is_added_by(site, other))
        return left


def is_like_coins(words: WordArray) -> bool:
    """Pearson's χ² over the 256 values of each of a word's eight bytes, and over all bytes.

    Nine tests, each with a false alarm of at most `ALARM`/9.
    """
    by_place = words.view(np.uint8).reshape(-1, 8)
    counts = [np.bincount(place, minlength=256) for place in by_place.T]
    return all(stats.chisquare(count).pvalue > ALARM / 9 for count in [*counts, sum(counts)])


def joined(shares: dict[int, bytes], *, at_most: int = TERMS.threshold) -> bytes:
    """The secret that the shares give, by who holds each."""
    holders = sorted(shares)[:at_most]
    return recovered([shares[h] for h in holders], weights([h + 1 for h in holders]))


@pytest.mark.parametrize("vectors", WORLDS)
def test_what_the_server_sees_of_a_site_looks_like_coins_whatever_its_numbers(
    vectors: IntArray,
) -> None:
    attacked = Attacked(vectors)

    assert all(is_like_coins(one.words) for one in attacked.masked)
    assert not is_like_coins(vectors[VICTIM].astype(np.uint64))


def test_sites_with_no_numbers_and_with_the_largest_cannot_be_told_apart() -> None:
    """Ranks of the words, and of each word's lowest byte: two samples, one distribution."""
    nothing, most = (
        Attacked(v, seed=s).masked[VICTIM].words for s, v in enumerate((NOTHING, MOST))
    )

    assert stats.ks_2samp(nothing, most).pvalue > ALARM
    assert stats.ks_2samp(nothing % 256, most % 256).pvalue > ALARM


def test_words_of_different_sites_and_rounds_do_not_explain_each_other() -> None:
    """Equal numbers, and for the rounds even equal keys: a mask used twice would cancel."""
    first = Attacked(MOST)
    second = Attacked(
        MOST, terms=Terms(round_=2, sites=7, threshold=4, numbers=NUMBERS, largest=LARGEST)
    )
    words = first.masked[VICTIM].words

    assert first.keys[VICTIM].mask_key == second.keys[VICTIM].mask_key
    assert is_like_coins(words - second.masked[VICTIM].words)
    assert all(is_like_coins(words - first.masked[other].words) for other in (0, 2))
    assert all(is_like_coins(words + first.masked[other].words) for other in (0, 2))


@pytest.mark.parametrize("vectors", WORLDS)
def test_a_server_with_all_but_one_share_learns_the_sum_of_the_honest_and_nothing_more(
    vectors: IntArray,
) -> None:
    attacked = Attacked(vectors)
    question = attacked.server.question(attacked.masked)
    answers = attacked.answers(question, EVERYBODY)
    left = {}
    for site in HONEST:
        seed = joined({answer.site: answer.seeds[site] for answer in answers})
        bare = attacked.without_own_mask(attacked.masked[site].words, seed)
        left[site] = attacked.without_pair_masks(bare, site, COLLUDING)

    # All known masks are off, or the sum over the honest would not come out.
    assert (sum(left.values()).view(np.int64) == vectors[list(HONEST)].sum(axis=0)).all()
    assert all(is_like_coins(words) for words in left.values())
    # Nor do some of the honest sites come out without the others.
    assert is_like_coins(left[0] + left[1])
    assert is_like_coins(left[0] + left[1] + left[2])


def test_all_but_one_share_of_a_mask_key_give_another_key_and_one_more_gives_the_attack() -> None:
    attacked = Attacked(MOST)
    question = attacked.server.question(attacked.masked)
    answers = attacked.answers(question, EVERYBODY)
    seed = joined({answer.site: answer.seeds[VICTIM] for answer in answers})
    bare = attacked.without_own_mask(attacked.masked[VICTIM].words, seed)
    held = {site: key for site, (_, key) in attacked.colluders_shares(VICTIM).items()}

    def attack(shares: dict[int, bytes]) -> tuple[bool, WordArray]:
        keys = KeyPair(joined(shares))
        others = [site for site in EVERYBODY if site != VICTIM]
        is_right = keys.public == attacked.keys[VICTIM].mask_key
        return is_right, attacked.without_pair_masks(bare, VICTIM, others, keys)

    is_right, words = attack(held)
    assert not is_right
    assert is_like_coins(words)
    is_right, words = attack({**held, 0: attacked.sites[0]._held[VICTIM][1]})
    assert is_right
    assert (words.view(np.int64) == LARGEST).all()


def test_no_key_of_the_coalition_opens_a_parcel_between_honest_sites() -> None:
    attacked = Attacked(NOTHING)
    honest = [p for p in attacked.parcels if p.sender in HONEST and p.recipient in HONEST]
    openers = [key for site in COLLUDING for key in attacked.sites[site]._sealing.values()]

    assert len(honest) == 12
    for parcel in honest:
        address = parcel.sender.to_bytes(4) + parcel.recipient.to_bytes(4)
        for opener in openers:
            with pytest.raises(InvalidTag):
                opener.decrypt(parcel.sealed[:12], parcel.sealed[12:], address)


@pytest.mark.parametrize("vectors", WORLDS)
def test_numbers_that_come_after_their_site_was_given_up_stay_hidden(vectors: IntArray) -> None:
    """The victim's numbers come late: its key is known by then, and its pairs' masks come off.

    Its own mask must hold, and the survivors must not tell its seed as well.
    """
    attacked = Attacked(vectors)
    late = attacked.masked[VICTIM].words
    others = [site for site in EVERYBODY if site != VICTIM]
    question = attacked.server.question([one for one in attacked.masked if one.site != VICTIM])
    answers = attacked.answers(question, others)
    total = attacked.server.total(answers)
    keys = KeyPair(joined({answer.site: answer.keys[VICTIM] for answer in answers}))
    left = attacked.without_pair_masks(late, VICTIM, others, keys)
    held = {site: seed for site, (seed, _) in attacked.colluders_shares(VICTIM).items()}

    assert (total == vectors[others].sum(axis=0)).all()
    assert keys.public == attacked.keys[VICTIM].mask_key
    assert is_like_coins(left)
    assert is_like_coins(attacked.without_own_mask(left, joined(held)))
    everybody = Question(survivors=EVERYBODY, dropped=())
    for site in others:
        with pytest.raises(SecureQuestionError, match="both kinds"):
            attacked.sites[site].answer(everybody)
    # With the seed it would have been over: the own mask alone stood in the way.
    seed = attacked.sites[VICTIM]._seed
    assert (attacked.without_own_mask(left, seed).view(np.int64) == vectors[VICTIM]).all()


@pytest.mark.parametrize("told_survived", range(1, 7))
def test_no_two_groups_of_sites_together_give_both_secrets_of_one_site(
    told_survived: int,
) -> None:
    """The server tells some sites that the victim survived and the others that it dropped out.

    Nobody sees the lie, but more than half of the sites are needed for either secret.
    """
    attacked = Attacked(NOTHING)
    others = [site for site in EVERYBODY if site != VICTIM]
    order = [VICTIM, *others]
    truth = Question(survivors=EVERYBODY, dropped=())
    lie = Question(survivors=tuple(others), dropped=(VICTIM,))
    seeds = {a.site: a.seeds[VICTIM] for a in attacked.answers(truth, order[:told_survived])}
    keys = {a.site: a.keys[VICTIM] for a in attacked.answers(lie, order[told_survived:])}
    seed, private = joined(seeds), joined(keys)

    has_seed = seed == attacked.sites[VICTIM]._seed
    has_key = KeyPair(private).public == attacked.keys[VICTIM].mask_key
    assert (has_seed, has_key) == (len(seeds) >= 4, len(keys) >= 4)
    assert not (has_seed and has_key)


def _masked_by_all() -> Attacked:
    small = replace(TERMS, numbers=2)
    return Attacked(np.ones((7, 2), dtype=np.int64), terms=small)


@pytest.mark.parametrize(
    ("survivors", "dropped", "refusal", "said"),
    [
        pytest.param(EVERYBODY, (VICTIM,), SecureQuestionError, "both kinds", id="both at once"),
        pytest.param(
            (1, 2, 3, 4, 5, 6),
            (0,),
            SecureQuestionError,
            "without its own",
            id="given up but asked",
        ),
        pytest.param(
            (0, VICTIM), (2, 3, 4, 5, 6), TooFewSurvivorsError, "Only 2", id="two singled out"
        ),
        pytest.param((*EVERYBODY, 7), (), ShareError, "site 8", id="an invented site"),
    ],
)
def test_a_question_that_could_single_out_a_site_is_refused_by_every_site(
    survivors: tuple[int, ...], dropped: tuple[int, ...], refusal: type[Exception], said: str
) -> None:
    attacked = _masked_by_all()
    question = Question(survivors=survivors, dropped=dropped)

    with pytest.raises(refusal, match=said):
        attacked.sites[0].answer(question)


def test_both_kinds_of_shares_one_after_the_other_are_refused() -> None:
    attacked = _masked_by_all()
    first = Question(survivors=EVERYBODY, dropped=())
    second = Question(survivors=(0, 2, 3, 4, 5, 6), dropped=(VICTIM,))
    answer = attacked.sites[0].answer(first)

    with pytest.raises(SecureQuestionError, match="Site 1 was asked for both kinds"):
        attacked.sites[0].answer(second)
    assert attacked.sites[0].answer(first) == answer  # a message lost is sent again


def test_a_site_that_sent_no_numbers_answers_nothing() -> None:
    small = replace(TERMS, numbers=2)
    sites = [Site(site, terms=small, draw=coins(site)) for site in EVERYBODY]
    sites[0].share([site.advertise() for site in sites])

    with pytest.raises(SecureQuestionError, match="without its own"):
        sites[0].answer(Question(survivors=EVERYBODY, dropped=()))


def test_a_site_masks_once_a_round_for_the_difference_of_two_would_be_bare() -> None:
    attacked = _masked_by_all()
    boxes = attacked.server.deliver(attacked.parcels)

    with pytest.raises(SecureQuestionError, match="a second time"):
        attacked.sites[0].mask(np.zeros(2, dtype=np.int64), boxes[0])
