"""Local training as a plain loop: one site after the other, one batch after the other.

What everybody writes first, and what the sites of `federated_flower.py` run, so nothing but NumPy
is imported. A model is one flat vector: per layer its weights, input by input, then its biases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]
IntArray = npt.NDArray[np.integer]
Step = Callable[[Sequence[FloatArray], FloatArray, IntArray, float], None]


def trained(
    model: FloatArray,
    widths: Sequence[int],
    inputs: FloatArray,
    labels: IntArray,
    orders: Iterable[IntArray],
    *,
    batch: int,
    rate: float,
) -> FloatArray:
    """The model after one pass over a site's rows per order, in steps of `batch` rows.

    Args:
        model: where the site starts; is left as it is.
        widths: inputs, hidden units if any, and answers.
        inputs, labels: the site's rows.
        orders: per epoch, the order in which they are taken.
        batch: rows per step; the last batch of an epoch may have fewer.
        rate: of the steps.
    """
    model = model.copy()
    layers = as_layers(model, widths)
    step = softmax_step if len(widths) == 2 else perceptron_step
    for order in orders:
        for first in range(0, len(order), batch):
            rows = order[first : first + batch]
            step(layers, inputs[rows], labels[rows], rate)
    return model


def as_layers(model: FloatArray, widths: Sequence[int]) -> list[FloatArray]:
    """Views of the weights and biases in a flat model, layer by layer."""
    views, at = [], 0
    for wide, high in pairwise(widths):
        for shape in ((wide, high), (high,)):
            size = int(np.prod(shape))
            views.append(model[at : at + size].reshape(shape))
            at += size
    return views


def softmax_step(
    layers: Sequence[FloatArray], inputs: FloatArray, labels: IntArray, rate: float
) -> None:
    """One step of softmax regression on the mean log loss of a batch, in place."""
    weights, biases = layers
    pull = _pull(inputs @ weights + biases, labels, rate)
    weights -= inputs.T @ pull
    biases -= pull.sum(axis=0)


def perceptron_step(
    layers: Sequence[FloatArray], inputs: FloatArray, labels: IntArray, rate: float
) -> None:
    """The same for a network with layers of rectified linear units."""
    weights, biases = layers[::2], layers[1::2]
    outputs = [inputs]
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        outputs.append(np.maximum(outputs[-1] @ weight + bias, 0))
    pull = _pull(outputs[-1] @ weights[-1] + biases[-1], labels, rate)
    for layer in range(len(weights) - 1, -1, -1):
        below = outputs[layer]
        passed_on = (pull @ weights[layer].T) * (below > 0) if layer else pull
        weights[layer] -= below.T @ pull
        biases[layer] -= pull.sum(axis=0)
        pull = passed_on


def _pull(scores: FloatArray, labels: IntArray, rate: float) -> FloatArray:
    """`rate` times the gradient of the mean log loss by the scores."""
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    scores[np.arange(len(labels)), labels] -= 1
    scores *= rate / len(labels)
    return scores
