"""A federated plan, its rounds, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from compliance.dataset.nouns import ColumnName
from compliance.errors import MalformedPlanError

MOST_ROWS_PER_PERSON = 20  # with noise: how many rows of one person count


class Task(StrEnum):
    """What is learnt; so far the answer to a yes/no question."""

    RESPONSE = "response"


class ModelKind(StrEnum):
    """The model that travels between the sites."""

    LOGISTIC = "logistic"


class Strategy(StrEnum):
    """How the server joins the sites' models."""

    FEDAVG = "fedavg"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisePlan:
    """Differential privacy of the run; the unit is one person.

    Attributes:
        noise_multiplier: noise over what one person can change in a round; above 0.
        clip: the largest L2 norm of one person's update.
        delta: for the ε shown.
    """

    noise_multiplier: float
    clip: float = 1.0
    delta: Decimal = Decimal("1e-5")

    def __post_init__(self) -> None:
        _within("privacy.noise_multiplier", self.noise_multiplier, 0.1, 1000)
        _within("privacy.clip", self.clip, 1e-6, 1e6)
        _within("privacy.delta", float(self.delta), 1e-15, 0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to train, where, and how often.

    Attributes:
        site_column: rows with the same value there are one site.
        target: the column to be answered; two values.
        features: columns to learn from; all suitable ones when empty.
        rounds: 1–1,000.
        local_epochs: passes over its own rows that a site makes per round; 1–100.
        batch: rows per step at a site; 1–10,000.
        fraction: share of sites taking part in a round; with noise, the probability with
            which each person does. 0–1, above 0.
        learning_rate: of the sites' own steps; above 0, up to 10.
        server_rate: how far the server goes towards what the sites found; 1 is plain averaging.
            With noise, how far along the noisy mean update; the server keeps momentum besides.
        minimum_records: a site with fewer takes no part.
        privacy: noise, or None.
        seed: of splits, sampling and shuffles; with noise the sampling is drawn from the
            operating system instead, because it must stay secret.
    """

    site_column: ColumnName
    target: ColumnName
    task: Task = Task.RESPONSE
    model: ModelKind = ModelKind.LOGISTIC
    strategy: Strategy = Strategy.FEDAVG
    features: tuple[ColumnName, ...] = ()
    rounds: int = 30
    local_epochs: int = 5
    batch: int = 32
    fraction: float = 1.0
    learning_rate: float = 0.1
    server_rate: float = 1.0
    minimum_records: int = 20
    privacy: NoisePlan | None = None
    seed: int = 7

    def __post_init__(self) -> None:
        _within("rounds", self.rounds, 1, 1_000)
        _within("local_epochs", self.local_epochs, 1, 100)
        _within("batch", self.batch, 1, 10_000)
        _within("fraction", self.fraction, 1e-4, 1)
        _within("learning_rate", self.learning_rate, 1e-6, 10)
        _within("server_rate", self.server_rate, 1e-6, 100)
        _within("minimum_records", self.minimum_records, 2, 1_000_000)
        _within("seed", self.seed, 0, 2**32 - 1)
        if self.site_column == self.target:
            raise MalformedPlanError(place="target", reason="it is the column of the sites")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round, as the server sees it.

    Loss, metric and clients are exact, even with noise: for the officer, not for publication.

    Attributes:
        round: from 1.
        loss: mean log loss on held-out rows of all sites.
        metric: area under the ROC curve on the same rows, 0–1.
        clients: sites (with noise: people) that took part.
        bytes_up: sent by all sites together in this round: models, with noise sums over people.
        bytes_down: sent to them.
        epsilon: spent by the run so far, where there is noise.
        silent: sites that were asked and gave no answer that counts; the round went on without.
    """

    round: int
    loss: float
    metric: float
    clients: int
    bytes_up: int
    bytes_down: int
    epsilon: float | None = None
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteResult:
    """What one site has of the run.

    Attributes:
        site: its name.
        rows: training and held-out rows together.
        bytes_up, bytes_down: sent and received over the whole run.
        bytes_home: size of its rows, which stayed there.
        metric_federated: AUC of the common model on the site's held-out rows; None where they
            hold one answer only.
        metric_local: the same for a model that the site trained alone.
    """

    site: str
    rows: int
    bytes_up: int
    bytes_down: int
    bytes_home: int
    metric_federated: float | None
    metric_local: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Rows that take no part, by the first reason that holds.

    Exact counts of the data: for the officer, not for publication.

    Attributes:
        without_answer: the target is missing.
        without_site: the site is missing.
        at_small_sites: the site has fewer records than the plan asks for.
        without_person: with noise only: no person is named, so nobody's share can be bounded.
        at_other_sites: with noise only: the person counts at another site.
        over_limit: with noise only: the person has more than `MOST_ROWS_PER_PERSON` rows.
    """

    without_answer: int = 0
    without_site: int = 0
    at_small_sites: int = 0
    without_person: int = 0
    at_other_sites: int = 0
    over_limit: int = 0

    @property
    def rows(self) -> int:
        """All of them together."""
        at_hand = self.without_answer + self.without_site + self.at_small_sites
        return at_hand + self.without_person + self.at_other_sites + self.over_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Baselines:
    """What else could have been had, measured on the same held-out rows, after as many rounds.

    Trained without noise even where the run has some: for the officer, not for publication.

    Attributes:
        centralised: AUC of the same model trained on all rows in one place.
        local: AUC over all held-out rows, each scored by its own site's model.
    """

    centralised: float
    local: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of a run.

    Attributes:
        rounds: all that were run, in order.
        sites: one per site that took part.
        sites_left_out: sites with fewer records than the plan asks for, or none that count.
        left_out: rows that took no part.
        unit_is_row: no column told people apart, so each row was taken for a person.
        baselines: None where none were computed.
        features: the columns that were learnt from.
        is_stopped: ended before its last round.
    """

    rounds: tuple[Round, ...]
    sites: tuple[SiteResult, ...]
    sites_left_out: int
    left_out: LeftOut
    unit_is_row: bool
    baselines: Baselines | None
    features: tuple[ColumnName, ...]
    is_stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finished or stopped run, as stored.

    Attributes:
        id: names it.
        dataset_id: the version it learnt from.
        plan: what was asked.
        outcome: what came of it.
        started_at: when, UTC.
        actor: who.
    """

    id: str
    dataset_id: str
    plan: Plan
    outcome: Outcome
    started_at: datetime
    actor: str


def _within(place: str, value: float, lowest: float, highest: float) -> None:
    if not lowest <= value <= highest:
        raise MalformedPlanError(place=place, reason=f"it lies from {lowest:g} to {highest:g}")
