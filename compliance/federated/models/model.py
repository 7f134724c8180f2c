"""What a model must offer, and the three ways from its outputs to an answer."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import numpy as np

from compliance.federated.features import FloatArray
from compliance.federated.nouns import Tensor


class Link(StrEnum):
    """What the outputs mean."""

    LOGISTIC = "logistic"  # one output: the log-odds of +1 against -1
    SOFTMAX = "softmax"  # one output per class; the answer is the number of the class
    IDENTITY = "identity"  # one output: the number itself


class Model(Protocol):
    """A model as one vector of numbers; every client has one of its own while it trains.

    A row of zeros, which fills up batches, must change no gradient. Where inputs end with a 1 for
    the intercept, that holds if every bias is a weight of that input.
    """

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """What the vector consists of, in order."""
        ...

    @property
    def link(self) -> Link:
        """What the outputs mean."""
        ...

    def initial(self, seed: int) -> FloatArray:
        """The vector before the first round."""
        ...

    def gradients(
        self, models: FloatArray, inputs: FloatArray, answers: FloatArray, out: FloatArray
    ) -> None:
        """Each client's gradient of the loss, summed over the rows of its batch, into `out`.

        Args:
            models: clients × numbers.
            inputs: clients × rows × inputs.
            answers: clients × rows × outputs: with `Link.SOFTMAX` 1 for the row's class and 0
                for the others, else the row's answer.
            out: like `models`.
        """
        ...

    def outputs(self, model: FloatArray, inputs: FloatArray) -> FloatArray:
        """What one model says of some rows: rows × outputs."""
        ...


def looped(
    gradient: Callable[[FloatArray, FloatArray, FloatArray], FloatArray],
) -> Callable[[FloatArray, FloatArray, FloatArray, FloatArray], None]:
    """`Model.gradients` from a function of one client's model, inputs and answers. Slower."""

    def gradients(
        models: FloatArray, inputs: FloatArray, answers: FloatArray, out: FloatArray
    ) -> None:
        for client in range(len(models)):
            out[client] = gradient(models[client], inputs[client], answers[client])

    return gradients


def surprise(link: Link, outputs: FloatArray, answers: FloatArray) -> FloatArray:
    """The gradient of the loss with respect to the outputs, in place of `outputs`.

    The losses are log loss and half the squared error. The logistic one is (tanh(z/2) - s)/2,
    which cannot overflow.

    Args:
        outputs: clients × rows × outputs; overwritten.
        answers: of the same shape; see `Model.gradients`.
    """
    if link is Link.SOFTMAX:
        outputs -= np.maximum.reduce(outputs, axis=2, keepdims=True)
        np.exp(outputs, out=outputs)
        outputs /= np.add.reduce(outputs, axis=2, keepdims=True)
        outputs -= answers
        return outputs
    if link is Link.LOGISTIC:
        outputs *= 0.5
        np.tanh(outputs, out=outputs)
        outputs -= answers
        outputs *= 0.5
        return outputs
    outputs -= answers
    return outputs
