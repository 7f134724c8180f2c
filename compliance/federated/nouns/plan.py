"""A federated plan: what is learnt, where, how, and under which protection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from compliance.dataset.nouns import ColumnName
from compliance.errors import MalformedPlanError
from compliance.privacy.nouns.units import NoisePlace, PrivacyUnitKind

MOST_ROWS_PER_PERSON = 20  # with noise: how many rows of one person count
MOST_SITES_DRAWN = 20_000  # of sites that are made up
MOST_TIERS = 8  # of edges between kinds of customers
_LARGEST_WORTH = 1e12


def _within(place: str, value: float, lowest: float, highest: float) -> None:
    if not lowest <= value <= highest:
        reason = f"it lies from {_written(lowest)} to {_written(highest)}"
        raise MalformedPlanError(place=place, reason=reason)


def _written(bound: float) -> str:
    return f"{bound:,.0f}" if bound == round(bound) else f"{bound:g}"


class Task(StrEnum):
    """What is learnt."""

    RESPONSE = "response"  # a column's value
    PROFILE = "profile"  # what kind of customer somebody is, from what they bought before
    RECOMMEND = "recommend"  # which product somebody buys next
    FORECAST = "forecast"  # how much is sold next


class ModelKind(StrEnum):
    """The model that travels between the sites."""

    LOGISTIC = "logistic"
    LINEAR = "linear"
    SOFTMAX = "softmax"
    MLP = "mlp"
    MATRIX_FACTORISATION = "matrix_factorisation"
    TREES = "trees"


class Strategy(StrEnum):
    """How the server joins what the sites found."""

    FEDAVG = "fedavg"
    FEDSGD = "fedsgd"
    FEDPROX = "fedprox"
    FEDAVGM = "fedavgm"
    FEDADAM = "fedadam"
    FEDYOGI = "fedyogi"
    SCAFFOLD = "scaffold"
    MEDIAN = "median"
    TRIMMED_MEAN = "trimmed_mean"
    KRUM = "krum"


ROBUST = frozenset({Strategy.MEDIAN, Strategy.TRIMMED_MEAN, Strategy.KRUM})


class Split(StrEnum):
    """How rows come to sites."""

    COLUMN = "column"  # rows with the same value of a column
    IID = "iid"  # people by chance
    DIRICHLET = "dirichlet"  # people by their answer, unevenly
    SHARDS = "shards"  # people sorted by their answer, two pieces each
    SIZE = "size"  # people by chance, to sites of very different sizes


class Poison(StrEnum):
    """What a poisoned site sends instead of its update."""

    FLIP = "flip"  # ten times its update, backwards
    NOISE = "noise"  # a hundred times its length, in any direction
    BROKEN = "broken"  # numbers that are no numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisePlan:
    """Differential privacy of the run.

    Attributes:
        noise_multiplier: standard deviation of each noise that is drawn, over the clip; above 0.
        clip: the largest L2 norm of one unit's update; with `quantile`, the first one.
        delta: for the ε shown.
        unit: whose presence is hidden.
        column: for devices, the column that tells them apart.
        place: where the noise is drawn, and so who need not be trusted.
        quantile: the clip follows this quantile of the updates' norms; None keeps it.
    """

    noise_multiplier: float
    clip: float = 1.0
    delta: Decimal = Decimal("1e-5")
    unit: PrivacyUnitKind = PrivacyUnitKind.PERSON
    column: ColumnName | None = None
    place: NoisePlace = NoisePlace.CENTRAL
    quantile: float | None = None

    def __post_init__(self) -> None:
        _within("privacy.noise_multiplier", self.noise_multiplier, 0.1, 1000)
        _within("privacy.clip", self.clip, 1e-6, 1e6)
        _within("privacy.delta", float(self.delta), 1e-15, 0.1)
        if self.quantile is not None:
            _within("privacy.quantile", self.quantile, 0.05, 0.95)
        if (self.column is not None) != (self.unit is PrivacyUnitKind.DEVICE):
            reason = "a device is told by a column, and only a device is"
            raise MalformedPlanError(place="privacy.column", reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How a table of purchases is read: one row per thing bought, or per product and week.

    Attributes:
        time: when.
        item: what.
        quantity: how many; 1 where None.
        price: of one; worth is quantity·price, or the quantity alone where None.
        horizon_days: how long before the end the future begins that is to be told.
        tiers: edges of worth between the kinds of customers that come back, ascending; where
            empty, 500 with a price and 3 without.
        steps: how many periods back a forecast looks.
        period_days: how long a period of a forecast is.
        since, until: the first and the last day that count; the table's own where None, which
            are then taken as public.
    """

    time: ColumnName | None = None
    item: ColumnName | None = None
    quantity: ColumnName | None = None
    price: ColumnName | None = None
    horizon_days: int = 90
    tiers: tuple[float, ...] = ()
    steps: int = 8
    period_days: int = 7
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        _within("history.horizon_days", self.horizon_days, 1, 3650)
        _within("history.steps", self.steps, 1, 60)
        _within("history.period_days", self.period_days, 1, 366)
        _within("history.tiers", len(self.tiers), 0, MOST_TIERS)
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise MalformedPlanError(place="history.until", reason="it lies after “since”")
        for before, after in pairwise((0.0, *self.tiers)):
            if not before < after <= _LARGEST_WORTH:
                reason = "edges rise from one to the next, and all lie above 0"
                raise MalformedPlanError(place="history.tiers", reason=reason)

    @property
    def edges(self) -> tuple[float, ...]:
        """Those of the tiers; fixed ones where the plan names none, whatever the data are."""
        if self.tiers:
            return self.tiers
        return (500.0,) if self.price is not None else (3.0,)

    @property
    def columns(self) -> tuple[ColumnName, ...]:
        """Those that are named."""
        named = (self.time, self.item, self.quantity, self.price)
        return tuple(column for column in named if column is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong in a run on purpose, to see that it is survived.

    Attributes:
        dropout: chance of a site that was asked not to answer. 0–1, below 1.
        stragglers: chance of one to make only one of its passes before the round ends.
        quorum: share of the sites asked that must answer, or the round counts for nothing.
        poisoned: how many sites send `poison` instead of their updates.
        poison: what.
    """

    dropout: float = 0.0
    stragglers: float = 0.0
    quorum: float = 0.0
    poisoned: int = 0
    poison: Poison = Poison.FLIP

    def __post_init__(self) -> None:
        _within("trouble.dropout", self.dropout, 0, 0.99)
        _within("trouble.stragglers", self.stragglers, 0, 1)
        _within("trouble.quorum", self.quorum, 0, 1)
        _within("trouble.poisoned", self.poisoned, 0, MOST_SITES_DRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to train, where, and how often.

    Attributes:
        site_column: rows with the same value there are one site; None where `split` says how
            sites are made up.
        target: the column to be answered; None where the task tells what is.
        task, model, strategy: what is learnt, by what, and how it is joined.
        features: columns to learn from; all suitable ones when empty.
        history: how purchases are read, for the tasks that need them.
        split: how rows come to sites.
        site_count: of sites that are made up; 2 and more.
        alpha: how even answers are with a Dirichlet split: 0.1 hardly, 100 nearly.
        rounds: 1–1,000.
        local_epochs: passes over its own rows that a site makes per round; 1–100.
        batch: rows per step at a site; 1–10,000.
        fraction: share of sites taking part in a round; with noise, the probability with
            which each protected unit does. 0–1, above 0.
        learning_rate: of the sites' own steps; above 0, up to 10.
        server_rate: how far the server goes towards what the sites found; 1 is plain averaging.
        momentum: how much of the server's last step is kept, for FedAvgM.
        proximal: how strongly sites are held back, for FedProx.
        tolerated: share of sites that robust strategies may lose to poison; below a half.
        hidden: widths of the hidden layers, for the MLP.
        rank: numbers per product, for matrix factorisation.
        depth: of each tree.
        minimum_records: a site with fewer takes no part.
        secure: sites mask what they send, so that the server sees the sum alone.
        trouble: what goes wrong on purpose.
        baselines: also train in one place and each site alone, to compare.
        privacy: noise, or None.
        seed: of splits, sampling and shuffles; with noise the sampling is drawn from the
            operating system instead, because it must stay secret.
    """

    site_column: ColumnName | None = None
    target: ColumnName | None = None
    task: Task = Task.RESPONSE
    model: ModelKind = ModelKind.LOGISTIC
    strategy: Strategy = Strategy.FEDAVG
    features: tuple[ColumnName, ...] = ()
    history: History = History()
    split: Split = Split.COLUMN
    site_count: int = 0
    alpha: float = 0.5
    rounds: int = 30
    local_epochs: int = 5
    batch: int = 32
    fraction: float = 1.0
    learning_rate: float = 0.1
    server_rate: float = 1.0
    momentum: float = 0.9
    proximal: float = 0.01
    tolerated: float = 0.2
    hidden: tuple[int, ...] = (32,)
    rank: int = 8
    depth: int = 3
    minimum_records: int = 20
    secure: bool = False
    trouble: Trouble = Trouble()
    baselines: bool = True
    privacy: NoisePlan | None = None
    seed: int = 7

    def __post_init__(self) -> None:
        for name, lowest, highest in _RANGES:
            _within(name, getattr(self, name), lowest, highest)
        for width in self.hidden:
            _within("hidden", width, 1, 4096)
        _within("hidden", len(self.hidden), 1, 4)
        self._check_sites()
        if self.target is None and self.task is Task.RESPONSE:
            raise MalformedPlanError(place="target", reason="a response needs a target column")
        if self.target is not None and self.task in (Task.RECOMMEND, Task.FORECAST):
            reason = f"“{self.task}” says itself what is to be told; leave the target out"
            raise MalformedPlanError(place="target", reason=reason)
        if self.target is not None and self.site_column == self.target:
            raise MalformedPlanError(place="target", reason="it is the column of the sites")
        for holds, place, reason in self._clashes():
            if holds:
                raise MalformedPlanError(place=place, reason=reason)

    def _clashes(self) -> tuple[tuple[bool, str, str], ...]:
        """What cannot go together: whether it is so here, where, and why not."""
        has_noise = self.privacy is not None
        return (
            (
                self.secure and self.strategy in (*ROBUST, Strategy.SCAFFOLD),
                "secure",
                f"“{self.strategy}” looks at each site's update, and masked updates hide it",
            ),
            (
                has_noise and self.split is Split.SHARDS,
                "sites.split",
                "with shards, a person's site depends on everybody's answers",
            ),
            (
                has_noise and self.split is Split.DIRICHLET and self._tells_numbers,
                "sites.split",
                "by tenths of an answer, a person's site depends on everybody's numbers",
            ),
            (
                # At the server it is refused for want of a theorem, see `theorems.yaml`.
                self.privacy is not None
                and self.privacy.place is not NoisePlace.CENTRAL
                and self.strategy in ROBUST,
                "strategy",
                f"“{self.strategy}” compares what sites send, and with noise that is added up",
            ),
            (
                has_noise and self.trouble.poisoned > 0,
                "trouble.poisoned",
                "a site that lies keeps no clip; show poison without noise",
            ),
            (
                self.privacy is not None
                and self.privacy.column is not None
                and self.privacy.column == self.target,
                "privacy.column",
                "it is the target, which tells no devices apart",
            ),
        )

    def asked(self, sites: int) -> int:
        """How many of so many sites are asked in a round; with noise, all of them."""
        return sites if self.privacy else max(1, round(self.fraction * sites))

    def _check_sites(self) -> None:
        if (self.site_column is None) == (self.split is Split.COLUMN):
            reason = "sites come either from a column or from a split with a count"
            raise MalformedPlanError(place="sites", reason=reason)
        if self.split is not Split.COLUMN:
            _within("sites.count", self.site_count, 2, MOST_SITES_DRAWN)
            _within("sites.alpha", self.alpha, 0.01, 1000)

    @property
    def _tells_numbers(self) -> bool:
        return self.model is ModelKind.LINEAR or self.task is Task.FORECAST

    @property
    def subject(self) -> str:
        """What is learnt, in a few words: the target, or the task where there is none."""
        return self.target or str(self.task)

    @property
    def sites_from(self) -> str:
        """Where sites come from: the column, or how many are made up and how."""
        return self.site_column or f"{self.site_count:,} made-up sites ({self.split})"

    @property
    def exchanges(self) -> int:
        """How often sites are asked in a round; trees need to be asked for every level."""
        return self.depth if self.model is ModelKind.TREES else 1


_RANGES: tuple[tuple[str, float, float], ...] = (
    ("rounds", 1, 1_000),
    ("local_epochs", 1, 100),
    ("batch", 1, 10_000),
    ("fraction", 1e-4, 1),
    ("learning_rate", 1e-6, 10),
    ("server_rate", 1e-6, 100),
    ("momentum", 0, 0.999),
    ("proximal", 0, 100),
    ("tolerated", 0, 0.49),
    ("rank", 1, 64),
    ("depth", 1, 6),
    ("minimum_records", 1, 1_000_000),
    ("seed", 0, 2**32 - 1),
)
