"""What a run gives away, how fairly it treats its sites, and what it spared: proofs, no values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from compliance.federated.nouns.plan import Plan, Strategy
from compliance.federated.nouns.run import Metric
from compliance.i18n import mark
from compliance.privacy.nouns.units import NoisePlace

EXACT = 1e-6  # a guess this near to a row, relative to its length, is the row


class Sight(StrEnum):
    """What the server sees of the sites in a round, and so whom it must be trusted with."""

    EACH_UPDATE = "each update"
    THE_SUM = "the sum"
    EACH_SUM = "each sum"
    NOISY_SUMS = "noisy sums"
    NOISY_PEOPLE = "noisy people"

    @property
    def said(self) -> str:
        """In a sentence or two."""
        return _SEEN[self]

    @classmethod
    def of(cls, plan: Plan) -> Sight:
        """What it sees in a run by `plan`."""
        noise = plan.privacy
        if noise is not None and noise.place is NoisePlace.LOCAL:
            return cls.NOISY_PEOPLE
        if noise is not None and noise.place is NoisePlace.SITE:
            return cls.NOISY_SUMS
        if plan.secure:
            return cls.THE_SUM
        return cls.EACH_SUM if noise is not None else cls.EACH_UPDATE


_SEEN = {
    Sight.EACH_UPDATE: mark(
        "The server sees what each site sends, exactly. It must be trusted with every site."
    ),
    Sight.THE_SUM: mark(
        "The server sees the sum of what all sites send, and no site's part. It must be trusted "
        "with the sum, before any noise that it adds itself."
    ),
    Sight.EACH_SUM: mark(
        "The server sees each site's sum over its people before it adds the noise. It must be "
        "trusted with every site; whoever sees only models need not be."
    ),
    Sight.NOISY_SUMS: mark(
        "The server sees sums that carry each site's own noise, and nothing else. "
        "It need not be trusted."
    ),
    Sight.NOISY_PEOPLE: mark(
        "The server sees sums of updates to which each person's side has added noise, and "
        "nothing else. Neither it nor the site's own collector need be trusted."
    ),
}


class Shield(StrEnum):
    """What stands between a row and whoever sees an update."""

    NONE = "none"
    MINIMUM = "minimum"  # a site sends only over so many records
    SUM = "sum"  # sites send a sum only
    NOISE = "noise"  # clipping, and noise


class MembershipTest(StrEnum):
    """How an attacker tells whether somebody was learnt from."""

    LOSS = "loss"  # those who were fit better
    LIKELIHOOD = "likelihood"  # better than by models that have not seen them
    UPDATE = "update"  # what travelled in a round points where their rows do
    REST = "rest"  # what travelled is not what everybody else, all known, would have sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Of how many of the run's own sites a row can be read off what they send, in closed form.

    Attributes:
        sites: looked at, all of them.
        readable: off what the server sees, as planned.
        one_step: off each site's own message, if it sent after its first step; None where sites
            make no steps.
    """

    sites: int
    readable: int
    one_step: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconstruction:
    """An attempt to compute a row from what a site sends; of errors and counts only.

    The attacker divides the weights' part of an update by the intercept's, which is the row where
    the update comes from one.

    Attributes:
        protection: what stood in the way.
        records: rows of each site attacked.
        sites: how many sites' updates were summed before the attacker saw them.
        tries: how many sites or sums were attacked.
        exact: how often a row came out to `EXACT`.
        error: the median distance to the nearest true row, relative to its length: 0 is the row,
            1 as good as guessing zeros, more is worse.
        noise_multiplier: of the noise, where there was some.
    """

    protection: Shield
    records: int
    sites: int
    tries: int
    exact: int
    error: float
    noise_multiplier: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An attempt to tell who was learnt from. People are units, where people are told apart.

    Attributes:
        test: how it was told.
        is_protected: the model, or what travelled, carried noise.
        people_in, people_out: who was judged: learnt from, and held out.
        auc: how likely somebody who was learnt from looks more so than somebody who was not;
            0.5 is guessing.
        low, high: where that lies with 95 %.
        found: share of those learnt from who are named, when 1 % of the others wrongly are; 0–1.
        at_most: the largest AUC that the guarantee allows any test; None where it says nothing.
    """

    test: MembershipTest
    is_protected: bool
    people_in: int
    people_out: int
    auc: float
    low: float
    high: float
    found: float
    at_most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisoning:
    """The same run with some sites lying.

    Attributes:
        strategy: how the server joined what came.
        poisoned: how many sites lied; 0 is the honest run.
        sites: of how many.
        measure: what `metric` is.
        metric: of the model in the end; None where it was no number any more.
    """

    strategy: Strategy
    poisoned: int
    sites: int
    measure: Metric
    metric: float | None


Finding = Reading | Reconstruction | Membership | Poisoning


@dataclass(frozen=True, slots=True, kw_only=True)
class Siege:
    """All attacks on one run, as stored. Internal: they were made on exact numbers.

    Attributes:
        id: names it.
        dataset_id: the version that the run learnt from.
        run_id: the run.
        plan: what it was asked.
        protected: the plan whose noise was attacked: the run's own, or a twin with noise.
        sight: what the server sees in such a run.
        reading: of the sites; None where the attack was ended before.
        reconstructions, memberships, poisonings: what came of it.
        tried_at: when, UTC.
        actor: who.
        seed: what chose the targets.
    """

    id: str
    dataset_id: str
    run_id: str
    plan: Plan
    protected: Plan
    sight: Sight
    reading: Reading | None
    reconstructions: tuple[Reconstruction, ...]
    memberships: tuple[Membership, ...]
    poisonings: tuple[Poisoning, ...]
    tried_at: datetime
    actor: str
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """How evenly a common model serves the sites.

    Exact numbers of the data: for the officer, not for publication. Sites whose held-out rows are
    too few or too alike to measure are counted and left out of all else.

    Attributes:
        measure: what all metrics here are; larger is better.
        measured, unmeasured: how many sites have a metric, and how many not.
        mean, spread: of the sites' metrics and their standard deviation, each site alike.
        weighted_mean, weighted_spread: the same, each site by its rows.
        lowest, highest, median: of the sites' metrics.
        worst_decile: mean metric of the worst tenth of the sites, one at least.
        worst: the site with the lowest metric; the first of several by name.
        gain, lose, same: how many sites have a better, a worse, and an equal model than alone.
        uncompared: sites with no model of their own to compare with.
        mean_gain: over the sites compared, how much better the common model is; None for none.
    """

    measure: Metric
    measured: int
    unmeasured: int
    mean: float
    spread: float
    weighted_mean: float
    weighted_spread: float
    lowest: float
    highest: float
    median: float
    worst_decile: float
    worst: str
    gain: int
    lose: int
    same: int
    uncompared: int
    mean_gain: float | None

    @property
    def range(self) -> float:
        """From the worst site to the best."""
        return self.highest - self.lowest


@dataclass(frozen=True, slots=True, kw_only=True)
class Economy:
    """What travelled, against bringing all rows to one place.

    Attributes:
        bytes_up, bytes_down: of the whole run, all sites together.
        bytes_home: the size of all sites' rows, which stayed there.
    """

    bytes_up: int
    bytes_down: int
    bytes_home: int

    @property
    def bytes_moved(self) -> int:
        """In both directions."""
        return self.bytes_up + self.bytes_down

    @property
    def ratio(self) -> float | None:
        """Bytes moved per byte of rows: below 1, less travelled than the rows are large."""
        return self.bytes_moved / self.bytes_home if self.bytes_home else None
