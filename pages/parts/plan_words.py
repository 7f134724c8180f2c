"""What the choices of a federated plan are called."""

from __future__ import annotations

from compliance.federated.nouns import ModelKind, Split, Strategy, Task

TASK_WORDS = {
    Task.RESPONSE: "The value of a column: who buys, who answers",
    Task.PROFILE: "What kind of customer somebody becomes",
    Task.RECOMMEND: "What somebody buys next",
    Task.FORECAST: "How much will be sold",
}
MODEL_WORDS = {
    ModelKind.LOGISTIC: "logistic regression",
    ModelKind.LINEAR: "linear regression",
    ModelKind.SOFTMAX: "softmax regression",
    ModelKind.MLP: "small neural network",
    ModelKind.MATRIX_FACTORISATION: "matrix factorisation",
    ModelKind.TREES: "gradient-boosted trees",
}
STRATEGY_WORDS = {
    Strategy.FEDAVG: "FedAvg: average, by number of rows",
    Strategy.FEDSGD: "FedSGD: one step per round",
    Strategy.FEDPROX: "FedProx: hold sites back",
    Strategy.FEDAVGM: "FedAvgM: with momentum",
    Strategy.FEDADAM: "FedAdam: adaptive steps",
    Strategy.FEDYOGI: "FedYogi: adaptive, gentler",
    Strategy.SCAFFOLD: "SCAFFOLD: correct for unlike sites",
    Strategy.MEDIAN: "Median: robust against liars",
    Strategy.TRIMMED_MEAN: "Trimmed mean: robust against liars",
    Strategy.KRUM: "Krum: trust the most central site",
}
SPLIT_WORDS = {
    Split.IID: "people by chance",
    Split.DIRICHLET: "unlike answers (Dirichlet)",
    Split.SHARDS: "few kinds of answers each (shards)",
    Split.SIZE: "unlike sizes",
}
POISON_WORDS = {
    "flip": "the opposite, ten times",
    "noise": "noise, a hundred times",
    "broken": "no numbers at all",
}
