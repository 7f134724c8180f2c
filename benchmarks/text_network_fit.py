"""How a network of text_network.py is fitted: with JAX, by Adam with falling steps.

The forward pass is the one of compliance/discovery/text/network.py; a test compares them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import jax
import jax.numpy as jnp

from compliance.discovery.text.network import CASINGS, WIDTH
from compliance.discovery.text.tagger import TAGS
from compliance.discovery.text.traits import ALPHABET, PATHS, traits

STATES, HIDDEN, LETTER, SPELLING, PATH_SIZES = 100, 64, 20, 40, (8, 8, 12)
DROPPED, RATE, WARM_UP, DECAY, LONGEST_STEP = 0.5, 2e-3, 100, 0.01, 5.0
# So often the vector of a word is hidden: of names, which are mostly new, and of others.
HIDDEN_NAMES, HIDDEN_OTHERS = 0.25, 0.03
# From this share of the rounds on the weights are averaged.
AVERAGED_FROM, AVERAGE = 0.6, 0.99
LENGTHS, WORDS_AT_ONCE = (8, 16, 24, 32, 48, 64, 120), 700

Row = tuple[list[int], Sequence[int], int]
Weights = dict[str, Any]


def fit(
    words: Sequence[str],
    draw: Callable[[np.random.Generator], Iterable[Row]],
    rounds: int,
    seed: int,
) -> Weights:
    """Weights under which the tags of what is drawn are likely.

    Args:
        words: all that the rows' numbers stand for.
        draw: the rows of one round.
    """
    generator, key = np.random.default_rng(seed), jax.random.PRNGKey(seed)
    known = traits(words)
    table = {name: jnp.asarray(getattr(known, name)) for name in ("vectors", "facts")}
    table |= {name: jnp.asarray(getattr(known, name), jnp.int32) for name in ("paths", "letters")}
    weights = begun(known.facts.shape[1], known.vectors.shape[1], generator)
    first = jax.tree.map(jnp.zeros_like, weights)
    second, mean, count, started = first, None, 0, time.process_time()
    for number in range(rounds):
        batches = list(_batches(list(draw(generator)), generator))
        lost = 0.0
        for place, (ids, inside, tags, casings) in enumerate(batches):
            count += 1
            done = (number + place / len(batches)) / rounds
            rate = RATE * min(1, count / WARM_UP) * (0.05 + 0.95 * (1 - done))
            hidden = generator.random(ids.shape) < np.where(tags > 0, HIDDEN_NAMES, HIDDEN_OTHERS)
            key, part = jax.random.split(key)
            weights, first, second, loss = _step(
                weights, first, second, float(count), rate, table, ids, casings, inside, tags,
                part, ~hidden,
            )  # fmt: skip
            lost += float(loss)
            if done > AVERAGED_FROM:
                mean = weights if mean is None else _toward(mean, weights)
        print(f"  round {number + 1}: {lost / len(batches):.3f}, "
              f"{time.process_time() - started:.0f} CPU s", flush=True)  # fmt: skip
    return {name: np.asarray(array) for name, array in (mean or weights).items()}


def begun(facts: int, numbers: int, generator: np.random.Generator) -> Weights:
    """Weights drawn by chance."""

    def drawn(*shape: int, scale: float | None = None) -> Any:
        size = scale or 1 / np.sqrt(shape[0])
        return jnp.asarray(generator.normal(0, size, shape), jnp.float32)

    looked_at = numbers + facts + sum(PATH_SIZES) + SPELLING + CASINGS
    keep = np.repeat([0.0, 1.0, 0.0, 0.0], STATES)  # at first what was read is remembered
    found = {
        "letters": drawn(ALPHABET, LETTER, scale=0.3),
        "spelling": drawn(WIDTH * LETTER, SPELLING),
        "spelling_base": jnp.zeros(SPELLING),
        "hidden": drawn(2 * STATES, HIDDEN),
        "hidden_base": jnp.zeros(HIDDEN),
        "out": drawn(HIDDEN, len(TAGS)),
        "out_base": jnp.zeros(len(TAGS)),
        "steps": jnp.zeros((len(TAGS), len(TAGS))),
        "first": jnp.zeros(len(TAGS)),
    }
    for n, (bits, size) in enumerate(zip(PATHS, PATH_SIZES, strict=True)):
        found[f"path{n}"] = drawn(2**bits, size, scale=0.2)
    for side in ("left", "right"):
        found[f"{side}_in"] = drawn(looked_at, 4 * STATES)
        found[f"{side}_again"] = drawn(STATES, 4 * STATES)
        found[f"{side}_base"] = jnp.asarray(keep, jnp.float32)
    return found


def scores(
    weights: Weights, looks: dict[str, Any], casings: Any, inside: Any, key: Any = None
) -> Any:
    """The score of every tag at every word: (sentences, words, tags)."""
    letters = weights["letters"][looks["letters"]] * (looks["letters"] > 0)[..., None]
    beside = jnp.pad(letters, ((0, 0), (0, 0), (1, 1), (0, 0)))
    count = letters.shape[2]
    runs = jnp.concatenate([beside[:, :, n : n + count] for n in range(WIDTH)], axis=3)
    spelling = jax.nn.relu(runs @ weights["spelling"] + weights["spelling_base"]).max(axis=2)
    paths = [weights[f"path{n}"][looks["paths"][..., n]] for n in range(len(PATHS))]
    of_piece = jnp.broadcast_to(jax.nn.one_hot(casings, CASINGS)[:, None], (*inside.shape, CASINGS))
    seen = jnp.concatenate([looks["vectors"], looks["facts"], *paths, spelling, of_piece], axis=2)
    first, second = (None, None) if key is None else jax.random.split(key)
    seen = _dropped(seen, first)
    states = jnp.concatenate(
        [_read(weights, seen, inside, side) for side in ("left", "right")], axis=2
    )
    hidden = jnp.tanh(_dropped(states, second) @ weights["hidden"] + weights["hidden_base"])
    return hidden @ weights["out"] + weights["out_base"]


def _dropped(values: Any, key: Any) -> Any:
    if key is None:
        return values
    return values * jax.random.bernoulli(key, 1 - DROPPED, values.shape) / (1 - DROPPED)


def _read(weights: Weights, seen: Any, inside: Any, side: str) -> Any:
    drive = jnp.swapaxes(seen @ weights[f"{side}_in"] + weights[f"{side}_base"], 0, 1)
    again = weights[f"{side}_again"]

    def step(carried: Any, given: Any) -> Any:
        state, memory = carried
        driven, is_word = given
        let_in, keep, out, new = jnp.split(driven + state @ again, 4, axis=1)
        memory = jax.nn.sigmoid(keep) * memory + jax.nn.sigmoid(let_in) * jnp.tanh(new)
        memory = is_word * memory
        state = is_word * jax.nn.sigmoid(out) * jnp.tanh(memory)
        return (state, memory), state

    nothing = jnp.zeros((len(inside), len(again)))
    given = (drive, jnp.swapaxes(inside, 0, 1)[..., None])
    _, states = jax.lax.scan(step, (nothing, nothing), given, reverse=side == "right")
    return jnp.swapaxes(states, 0, 1)


def _loss(
    weights: Weights, looks: dict[str, Any], casings: Any, inside: Any, tags: Any, key: Any
) -> Any:
    """How unlikely the tags are, per word."""
    found = scores(weights, looks, casings, inside, key)
    by_place, is_word = jnp.swapaxes(found, 0, 1), jnp.swapaxes(inside, 0, 1)

    def step(ahead: Any, given: Any) -> Any:
        here, is_here = given
        onward = jax.nn.logsumexp(ahead[:, :, None] + weights["steps"], axis=1) + here
        return jnp.where(is_here[:, None] > 0, onward, ahead), None

    begin = weights["first"] + by_place[0]
    ahead, _ = jax.lax.scan(step, begin, (by_place[1:], is_word[1:]))
    told = (jnp.take_along_axis(found, tags[..., None], 2)[..., 0] * inside).sum(axis=1)
    told += (weights["steps"][tags[:, :-1], tags[:, 1:]] * inside[:, 1:]).sum(axis=1)
    told += weights["first"][tags[:, 0]]
    return (jax.nn.logsumexp(ahead, axis=1) - told).sum() / inside.sum() * 10


@jax.jit
def _step(
    weights: Weights, first: Weights, second: Weights, count: Any, rate: Any,
    table: dict[str, Any], ids: Any, casings: Any, inside: Any, tags: Any, key: Any, shown: Any,
) -> Any:  # fmt: skip
    """One step of Adam (Kingma and Ba 2015) with decay of weights."""
    looks = {name: rows[ids] for name, rows in table.items()}
    looks["vectors"] *= shown[..., None]
    loss, slopes = jax.value_and_grad(_loss)(weights, looks, casings, inside, tags, key)
    steepness = jnp.sqrt(sum((s**2).sum() for s in jax.tree.leaves(slopes)))
    slopes = jax.tree.map(lambda s: s * jnp.minimum(1.0, LONGEST_STEP / steepness), slopes)
    first = jax.tree.map(lambda a, s: 0.9 * a + 0.1 * s, first, slopes)
    second = jax.tree.map(lambda a, s: 0.999 * a + 0.001 * s**2, second, slopes)

    def moved(weight: Any, one: Any, two: Any) -> Any:
        step = one / (1 - 0.9**count) / (jnp.sqrt(two / (1 - 0.999**count)) + 1e-8)
        return weight * (1 - rate * DECAY) - rate * step

    return jax.tree.map(moved, weights, first, second), first, second, loss


@partial(jax.jit)
def _toward(mean: Weights, weights: Weights) -> Weights:
    found: Weights = jax.tree.map(lambda a, b: AVERAGE * a + (1 - AVERAGE) * b, mean, weights)
    return found


def _batches(rows: list[Row], generator: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """Rows of about the same length together, in an order drawn by chance."""
    by_length: dict[int, list[Row]] = {}
    for row in rows:
        by_length.setdefault(next(n for n in LENGTHS if len(row[0]) <= n), []).append(row)
    parts = []
    for length, group in by_length.items():
        order, count = generator.permutation(len(group)), max(4, WORDS_AT_ONCE // length)
        parts += [
            (length, count, [group[n] for n in order[start : start + count]])
            for start in range(0, len(group), count)
        ]
    for n in generator.permutation(len(parts)):
        yield _packed(*parts[n])


def _packed(length: int, count: int, rows: list[Row]) -> tuple[Any, ...]:
    ids, tags = np.zeros((count, length), np.int32), np.zeros((count, length), np.int32)
    inside, casings = np.zeros((count, length), np.float32), np.zeros(count, np.int32)
    for n, (words, of_words, casing) in enumerate(rows):
        ids[n, : len(words)], tags[n, : len(words)] = words, of_words
        inside[n, : len(words)], casings[n] = 1, casing
    return ids, inside, tags, casings
