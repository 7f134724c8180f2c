"""The rounds of a federated run, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from compliance.dataset.nouns import ColumnName
from compliance.federated.nouns.plan import Plan


class Metric(StrEnum):
    """How good a model is; larger is better, 1 is perfect."""

    AUC = "auc"  # how likely a yes scores above a no; 0.5 is guessing
    ACCURACY = "accuracy"  # share of right answers
    R2 = "r2"  # share of the variance explained; 0 is always saying the mean
    HIT_RATE = "hit_rate"  # share of people whose next product is among ten named

    @property
    def written(self) -> str:
        """As people write it."""
        return {"auc": "AUC", "accuracy": "Accuracy", "r2": "R²", "hit_rate": "Hit rate"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """Numbers that travel together under one name.

    Attributes:
        name: what they are.
        shape: how they lie.
    """

    name: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers."""
        size = 1
        for length in self.shape:
            size *= length
        return size


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What travelled in a round under one name.

    Attributes:
        name, shape: of the numbers.
        is_up: from the sites to the server; otherwise the other way.
        bytes: of one copy, 8 per number.
        copies: how many were sent.
    """

    name: str
    shape: tuple[int, ...]
    is_up: bool
    bytes: int
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the server has seen of one site.

    Attributes:
        site: from 0.
        first_words: the first few of its masked numbers, as they came; empty if none came.
        numbers: how many came.
        bytes_keys, bytes_shares, bytes_vector, bytes_answer: what the site sent in each phase.
    """

    site: int
    first_words: tuple[int, ...]
    numbers: int
    bytes_keys: int
    bytes_shares: int
    bytes_vector: int
    bytes_answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round, as the server sees it.

    Loss, metric and clients are exact, even with noise: for the officer, not for publication.

    Attributes:
        round: from 1.
        loss: what the model lowers, on held-out rows of all sites.
        metric: on the same rows, see `Outcome.metric`.
        clients: sites (with noise: protected units) that took part; about how many, where sites on
            other machines draw them.
        bytes_up: sent by all sites together in this round: models, with noise sums over people.
        bytes_down: sent to them.
        epsilon: spent by the run so far, where there is noise.
        sent: what travelled, name by name.
        asked: sites that were asked.
        silent: sites that were asked and did not answer.
        slow: sites that made one pass only before the round ended.
        refused: sites whose update was no number, and was not taken.
        is_void: too few answered, so the model stayed as it was.
        clip: the largest norm of one unit's update, where there is noise.
        model_hash: SHA-256 of the model after the round.
        site_metrics: per site, on its own held-out rows; empty where there are many sites.
        readable: sites of which a row can be read off what the server sees; None where that was
            not looked at: with noise, in void rounds, and in runs of earlier versions.
    """

    round: int
    loss: float
    metric: float
    clients: int
    bytes_up: int
    bytes_down: int
    epsilon: float | None = None
    sent: tuple[Sent, ...] = ()
    asked: int = 0
    silent: int = 0
    slow: int = 0
    refused: int = 0
    is_void: bool = False
    clip: float | None = None
    model_hash: str = ""
    site_metrics: tuple[float | None, ...] = ()
    readable: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteResult:
    """What one site has of the run.

    Attributes:
        site: its name.
        rows: training and held-out rows together.
        bytes_up, bytes_down: sent and received over the whole run.
        bytes_home: size of its rows, which stayed there.
        metric_federated: of the common model on the site's held-out rows; None where they are
            too few or too alike to tell.
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
        without_answer: the target is missing, or there is nothing to answer yet; in a table of
            purchases, also a row that lacks what the task is about: a person, a time, an item.
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

    Where clients make passes over their rows, a hundred of these are the most.

    Trained without noise even where the run has some: for the officer, not for publication.

    Attributes:
        centralised: metric of the same model trained on all rows in one place; None where that
            went astray.
        local: metric over all held-out rows, each scored by its own site's model; None likewise.
        naive: metric of what could be said without a model; None where that cannot be told.
    """

    centralised: float | None
    local: float | None
    naive: float | None = None


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
        is_over_budget: ended so because another round would have broken the privacy budget.
        metric: what `metric` means in all of it.
        tensors: what the model consists of.
        protected: how many units the noise protects; 0 without noise.
        seen: what the server saw of each site in the last round, where sums were masked.
    """

    rounds: tuple[Round, ...]
    sites: tuple[SiteResult, ...]
    sites_left_out: int
    left_out: LeftOut
    unit_is_row: bool
    baselines: Baselines | None
    features: tuple[ColumnName, ...]
    is_stopped: bool = False
    is_over_budget: bool = False
    metric: Metric = Metric.AUC
    tensors: tuple[Tensor, ...] = ()
    protected: int = 0
    seen: tuple[Seen, ...] = ()


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
        libraries: name → version of what it was computed with; empty where nobody noted it.
    """

    id: str
    dataset_id: str
    plan: Plan
    outcome: Outcome
    started_at: datetime
    actor: str
    libraries: Mapping[str, str] = field(default_factory=dict)
