"""Sites that are made up, to see how a run would go where no column tells sites apart.

Everybody is put as a whole: all records of one person lie at one site. Where not said otherwise
that site follows from a key of the person and the seed alone, so nobody's presence moves anybody
else.

Sources: Hsu et al. 2019, arXiv:1909.06335 (Dirichlet); McMahan et al. 2017, arXiv:1602.05629
(shards of sorted answers).
"""

from __future__ import annotations

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.keys import KeyArray, run_starts, salted
from compliance.federated.nouns import Plan, Split
from compliance.federated.records import Records

_PLACES = 0x51735  # keeps where somebody lies apart from whether they are held out
_SPREAD = 1.0  # of the logarithms of the sites' sizes, where they differ
_SHARDS_PER_SITE = 2
_MOST_KINDS = 50  # of answers with shares of their own


def split_sites(
    records: Records, answers: FloatArray, plan: Plan, *, answers_known: int
) -> IntArray:
    """Per record, the position of its site among `plan.site_count`.

    With shards, and with a Dirichlet split of numbers, a person's place depends on everybody's
    answers; a `Plan` with noise refuses that.

    Args:
        answers: per record; a person counts by the first of theirs.
        answers_known: how many different ones there are; 0 where they are numbers.
    """
    if plan.split is Split.SHARDS:
        return _shards(records, answers, plan.site_count)
    chances = _chances(records.person, plan.seed)
    if plan.split is Split.DIRICHLET:
        return _by_answer(records, answers, chances, plan, answers_known)
    if plan.split is Split.SIZE:
        sizes = _dice(plan.seed, 0).lognormal(0, _SPREAD, plan.site_count)
        return _places(np.cumsum(sizes) / sizes.sum(), chances)
    return np.minimum((chances * plan.site_count).astype(np.int64), plan.site_count - 1)


def site_names(plan: Plan) -> tuple[str, ...]:
    """“Site 1” and so on."""
    width = len(str(plan.site_count))
    return tuple(f"Site {number:0{width}d}" for number in range(1, plan.site_count + 1))


def _by_answer(
    records: Records, answers: FloatArray, chances: FloatArray, plan: Plan, known: int
) -> IntArray:
    """For each kind of answer, sites get shares from a Dirichlet distribution of its own."""
    kind = _kinds(_first_of_person(records, answers), known)
    places = np.empty(len(records), dtype=np.int64)
    for one in range(int(kind.max(initial=0)) + 1):
        shares = _dice(plan.seed, 1 + one).dirichlet(np.full(plan.site_count, plan.alpha))
        places[kind == one] = _places(np.cumsum(shares), chances[kind == one])
    return places


def _kinds(answers: FloatArray, known: int) -> IntArray:
    """From 0: the place of each answer; of many ones, in which tenth it is."""
    if known:  # places, or -1 and 1; which of them occur must not matter
        places = np.maximum(answers, 0).astype(np.int64)
        return places if known <= _MOST_KINDS else places * 10 // known
    kinds, kind = np.unique(answers, return_inverse=True)
    return kind if len(kinds) <= _MOST_KINDS else kind * 10 // len(kinds)


def _shards(records: Records, answers: FloatArray, sites: int) -> IntArray:
    """People sorted by answer are cut into pieces of one length; each site gets two, by turns."""
    answer = _first_of_person(records, answers)
    order = np.lexsort((records.person, answer))
    starts = run_starts(answer[order], records.person[order])
    people = np.cumsum(np.isin(np.arange(len(records)), starts)) - 1
    shards = sites * _SHARDS_PER_SITE
    shard = people * shards // max(len(starts), 1)
    places = np.empty(len(records), dtype=np.int64)
    places[order] = _turns(shards, sites)[shard]
    return places


def _turns(shards: int, sites: int) -> IntArray:
    """Which site gets which shard: two each, far apart, by a fixed stride."""
    dice = _dice(shards, 0)
    return np.asarray(dice.permutation(np.repeat(np.arange(sites), _SHARDS_PER_SITE)), np.int64)


def _first_of_person(records: Records, answers: FloatArray) -> FloatArray:
    """Per record, the answer of its person's record that comes first by its own key."""
    order = np.lexsort((records.row, records.person))
    starts = run_starts(records.person[order])
    lengths = np.diff(np.append(starts, len(records)))
    first = np.empty(len(records))
    first[order] = np.repeat(answers[order][starts], lengths)
    return first


def _chances(person: KeyArray, seed: int) -> FloatArray:
    """A number from 0 up to 1 per person."""
    return np.asarray(salted(person, seed ^ (_PLACES << 33)) >> np.uint64(11)) / 2.0**53


def _places(ends: FloatArray, chances: FloatArray) -> IntArray:
    return np.minimum(np.searchsorted(ends, chances, side="right"), len(ends) - 1)


def _dice(seed: int, purpose: int) -> np.random.Generator:
    key = np.array([seed, 2], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, purpose, 0]))
