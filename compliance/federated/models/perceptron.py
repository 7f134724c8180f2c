"""A small multilayer perceptron."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from compliance.federated.features import FloatArray
from compliance.federated.models.model import Link, surprise
from compliance.federated.nouns import Tensor
from compliance.i18n import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceptron:
    """Layers of weighted sums with the rectifier between them.

    Every layer's bias is the weight of the input's last number, which is 1 for a row and 0 for
    the row of zeros; so that row changes nothing anywhere.

    Attributes:
        widths: of the inputs, the hidden layers, and the outputs.
        link: what the outputs mean.
    """

    widths: tuple[int, ...]
    link: Link = Link.SOFTMAX

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """Per layer one row of weights per output, the bias last."""
        return tuple(
            Tensor(name=mark("layer {n}").format(n=place), shape=shape)
            for place, (_, _, shape) in enumerate(_places(self.widths), 1)
        )

    def initial(self, seed: int) -> FloatArray:
        """Normal with variance 2/inputs per layer, biases 0; from the seed alone.

        Source: He et al. 2015, arXiv:1502.01852.
        """
        dice = np.random.Generator(np.random.Philox(key=np.array([seed, 1], dtype=np.uint64)))
        layers = []
        for tensor in self.tensors:
            outputs, inputs = tensor.shape
            weights = dice.normal(0, np.sqrt(2 / (inputs - 1)), tensor.shape)
            weights[:, -1] = 0
            layers.append(weights.reshape(outputs * inputs))
        return np.concatenate(layers)

    def gradients(
        self, models: FloatArray, inputs: FloatArray, answers: FloatArray, out: FloatArray
    ) -> None:
        """See `Model.gradients`."""
        layers, gradients = self._layers(models), self._layers(out)
        seen = [inputs]
        for weights in layers[:-1]:
            sums = np.matmul(seen[-1], weights.transpose(0, 2, 1))
            seen.append(_rectified(sums, inputs))
        off = surprise(self.link, np.matmul(seen[-1], layers[-1].transpose(0, 2, 1)), answers)
        for place in range(len(layers) - 1, -1, -1):
            np.matmul(off.transpose(0, 2, 1), seen[place], out=gradients[place])
            if place:
                off = np.matmul(off, layers[place][:, :, :-1])
                off *= seen[place][:, :, :-1] > 0

    def outputs(self, model: FloatArray, inputs: FloatArray) -> FloatArray:
        """See `Model.outputs`."""
        layers = self._layers(model[None])
        seen = inputs[None]
        for weights in layers[:-1]:
            seen = _rectified(np.matmul(seen, weights.transpose(0, 2, 1)), inputs[None])
        result: FloatArray = np.matmul(seen, layers[-1].transpose(0, 2, 1))[0]
        return result

    def _layers(self, models: FloatArray) -> list[FloatArray]:
        """Views into `models`, one per layer: clients × outputs × inputs."""
        return [
            models[:, first:last].reshape(len(models), *shape)
            for first, last, shape in _places(self.widths)
        ]


@cache
def _places(widths: tuple[int, ...]) -> tuple[tuple[int, int, tuple[int, int]], ...]:
    """Where each layer lies in the vector, and its shape."""
    places, at = [], 0
    for place, (before, width) in enumerate(pairwise(widths)):
        shape = (width, before + (place > 0))
        places.append((at, at := at + shape[0] * shape[1], shape))
    return tuple(places)


def _rectified(sums: FloatArray, inputs: FloatArray) -> FloatArray:
    """What is above 0, followed by the inputs' last number."""
    seen = np.empty((*sums.shape[:2], sums.shape[2] + 1))
    np.maximum(sums, 0, out=seen[:, :, :-1])
    seen[:, :, -1] = inputs[:, :, -1]
    return seen
