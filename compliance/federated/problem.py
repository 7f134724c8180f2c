"""What a run learns from: rows as numbers, and which of them belong to whom."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from compliance.dataset.nouns import ColumnName
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.keys import KeyArray
from compliance.federated.nouns import LeftOut


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clients:
    """Who trains on which rows; one element per client.

    Attributes:
        starts: its first row.
        sizes: how many rows follow; 0 or more.
        keys: what its shuffles are keyed by.
        most: no client has more rows. For people this is a fixed bound, so that the arithmetic
            done for one does not depend on how many rows another has.
    """

    starts: IntArray
    sizes: IntArray
    keys: KeyArray
    most: int

    def __len__(self) -> int:
        return len(self.starts)

    def some(self, chosen: IntArray) -> Clients:
        """The clients at these positions."""
        return Clients(
            starts=self.starts[chosen],
            sizes=self.sizes[chosen],
            keys=self.keys[chosen],
            most=self.most,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Units:
    """Those whose privacy noise protects: people, devices, rows or whole sites.

    Attributes:
        clients: their training rows, each one's at one site.
        sites: at which; positions in `Problem.site_names`, in ascending order.
    """

    clients: Clients
    sites: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many there are at all sites together, of whom a problem may know one site's; public.

    Attributes:
        sites: that take part.
        units: with noise, who is protected; otherwise 0.
    """

    sites: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """What `train` learns from.

    Attributes:
        features: the columns learnt from.
        inputs: one row per record, training rows first, then a row of zeros.
        answers: per row of `inputs`, 0 in the last: +1 or -1 where two are told apart by
            log-odds; the number of the class, from 0; or the number itself.
        answers_known: how many different answers there are; 0 where they are numbers.
        person: per row but the last, a key of whose it is.
        site_names: in order.
        sites: the sites' training rows.
        held_out: how many rows of each site, after all training rows, are held out.
        units: with noise, who is protected; otherwise None.
        unit_is_row: no column tells people apart, so each row is taken for a person.
        bytes_home: per site, the size of all its rows in memory.
        sites_left_out: sites with fewer records than the plan asks for, or none that count.
        left_out: rows that take no part.
        choices: per input, -1 for a number; otherwise which choice it is an option of: of a
            choice's options one at most is 1, and the others are 0. Empty where all are numbers.
        totals: of all sites, where this is one's part; otherwise None.
    """

    features: tuple[ColumnName, ...]
    inputs: FloatArray
    answers: FloatArray
    answers_known: int
    person: KeyArray
    site_names: tuple[str, ...]
    sites: Clients
    held_out: IntArray
    units: Units | None
    unit_is_row: bool
    bytes_home: tuple[int, ...]
    sites_left_out: int
    left_out: LeftOut
    choices: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    totals: Totals | None = None

    @property
    def in_all(self) -> Totals:
        """How many sites and protected units there are, wherever they lie."""
        units = len(self.units.clients) if self.units else 0
        return self.totals or Totals(sites=len(self.sites), units=units)

    @property
    def training_rows(self) -> int:
        return int(self.sites.sizes.sum())

    @property
    def held_out_rows(self) -> slice:
        """Those of all sites."""
        return slice(self.training_rows, len(self.inputs) - 1)

    def held_out_at(self) -> list[slice]:
        """Those of each site."""
        ends = (self.training_rows + np.cumsum(self.held_out)).tolist()
        starts = [self.training_rows, *ends[:-1]]
        return [slice(start, end) for start, end in zip(starts, ends, strict=True)]

    @property
    def rows_left_out(self) -> int:
        return self.left_out.rows

    @property
    def everybody(self) -> Clients:
        """All training rows as one client: what training in one place would see."""
        return Clients(
            starts=np.zeros(1, dtype=np.int64),
            sizes=np.array([self.training_rows]),
            keys=np.zeros(1, dtype=np.uint64),
            most=self.training_rows,
        )
