"""Models without hidden layers: linear, logistic and softmax regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.federated.features import FloatArray
from compliance.federated.models.model import Link, surprise
from compliance.federated.nouns import Tensor
from compliance.i18n import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel:
    """Outputs are weighted sums of the inputs, of which the last is the intercept.

    Attributes:
        inputs, width: how many numbers go in and come out.
        link: what the outputs mean.
    """

    inputs: int
    width: int = 1
    link: Link = Link.LOGISTIC

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """One row of weights per output."""
        return (Tensor(name=mark("weights"), shape=(self.width, self.inputs)),)

    def initial(self, seed: int) -> FloatArray:
        """Zeros, whatever the seed: nothing is gained by starting elsewhere."""
        del seed
        return np.zeros(self.width * self.inputs)

    def gradients(
        self, models: FloatArray, inputs: FloatArray, answers: FloatArray, out: FloatArray
    ) -> None:
        """See `Model.gradients`."""
        shape = (len(models), self.width, self.inputs)
        weights = models.reshape(shape)
        off = surprise(self.link, np.matmul(inputs, weights.transpose(0, 2, 1)), answers)
        np.matmul(off.transpose(0, 2, 1), inputs, out=out.reshape(shape))

    def outputs(self, model: FloatArray, inputs: FloatArray) -> FloatArray:
        """See `Model.outputs`."""
        result: FloatArray = inputs @ model.reshape(self.width, self.inputs).T
        return result
