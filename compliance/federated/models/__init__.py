"""Models that learn by steps along a gradient, each as one vector of numbers.

Of a model of your own, write the four things that `Model` asks for and hand it to `train`;
`looped` makes the batched gradient from one for a single client. docs/own-model.md has an example.
"""

from compliance.federated.models.linear import LinearModel
from compliance.federated.models.model import Link, Model, looped
from compliance.federated.models.perceptron import Perceptron

__all__ = ["LinearModel", "Link", "Model", "Perceptron", "looped"]
