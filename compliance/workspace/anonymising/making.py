"""An output made: searched or recoded locally, treated, written, and read back from its bytes."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa

from compliance.anonymise import local
from compliance.anonymise.lattice import Progress, recode, search
from compliance.anonymise.losses import losses_of
from compliance.anonymise.models import classes_of
from compliance.anonymise.nouns import (
    Found,
    Keys,
    Method,
    Plan,
    Problem,
    Recoding,
    Treated,
    TreatmentKind,
)
from compliance.anonymise.nouns.problem import Ints
from compliance.anonymise.preparing import Prepared
from compliance.anonymise.treatments import treat
from compliance.anonymise.writing import read_back, to_csv, written
from compliance.dataset import Intake, RawTable, Table, take_in
from compliance.dataset.nouns import (
    ColumnName,
    Sha256,
    Source,
)
from compliance.errors import NothingLeftError
from compliance.privacy.nouns import GaussianEvent, LaplaceEvent
from compliance.workspace.anonymising.subjects import Subject, left_out, treatments_of
from compliance.workspace.desk import Desk
from compliance.workspace.keys import key_in

_Progress = TypeVar("_Progress")
_End = TypeVar("_End")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far an anonymisation has come.

    Attributes:
        doing: what is being done, in words.
        share: 0–1 of it; None where that is not known.
        says: more in words, such as how many nodes were looked at.
    """

    doing: str
    share: float | None = None
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Made:
    """An output that is looked at before it is stored.

    Attributes:
        prepared: the problem, with its hierarchies.
        found, recoding, treated: what was found and done.
        data: the output as CSV.
        output: the table as read back from it.
        intake: the same, ready to be stored.
        rows: the original row behind each row of the output.
    """

    prepared: Prepared
    found: Found
    recoding: Recoding
    treated: Treated
    data: bytes
    output: Table
    intake: Intake
    rows: Ints

    @property
    def shown(self) -> frozenset[ColumnName]:
        """The columns of the output."""
        return frozenset(self.output.column_names)


def made(
    desk: Desk, about: Subject, plan: Plan, prepared: Prepared, levels: Sequence[int] = ()
) -> Generator[Step, None, Made]:
    """The output of `plan`, not yet looked at and stored nowhere.

    Args:
        levels: those of a recipe; left out, they are searched for.

    Raises:
        NothingLeftError: no row would be left.
    """
    yield Step(doing="Treating the other columns")
    treated = treat(  # first: what does not fit is refused before a long search
        about.table,
        about.dataset.columns,
        treatments_of(plan, about.labels),
        keys_of(desk, plan),
        generator(),
        noise=_noise,
        unit=about.dataset.description.unit,
    )
    found, recoding = yield from recoded(plan, prepared, levels)
    if recoding.suppressed.all():
        raise NothingLeftError(rows=len(recoding.suppressed))
    gone = {*left_out(about, plan), *treated.dropped}
    content, rows = written(about.table, recoding, treated.columns, gone)
    data = to_csv(content)
    return Made(
        prepared=prepared,
        found=found,
        recoding=recoding,
        treated=treated,
        data=data,
        output=read_back(data, content.schema),
        intake=as_intake(content, data),
        rows=rows,
    )


def recoded(
    plan: Plan, prepared: Prepared, levels: Sequence[int] = ()
) -> Generator[Step, None, tuple[Found, Recoding]]:
    """The recoding that `plan` asks for, or that at `levels`, and what it costs."""
    problem = prepared.problem
    if levels:
        recoding = recode(problem, levels)
        return _unsearched(problem, recoding, tuple(levels)), recoding
    if plan.method is Method.LOCAL:
        recoding = yield from told(local.recode_locally(problem), _placed)
        return _unsearched(problem, recoding, ()), recoding
    found = yield from told(search(problem, plan.time_limit_s, time.monotonic), _searched)
    return found, recode(problem, found.levels)


def keys_of(desk: Desk, plan: Plan) -> Keys:
    """The secrets that the plan's treatments need; those of others are not touched."""
    kinds = {each.kind for each in plan.treatments}
    wanted = {name for name, users in _USERS.items() if kinds & users}
    return Keys(**{name: key_in(desk.settings.home / f"{name}.key") for name in wanted})


_USERS = {
    "pseudonyms": {TreatmentKind.PSEUDONYM, TreatmentKind.VAULT},
    "vault": {TreatmentKind.VAULT},
    "dates": {TreatmentKind.SHIFT_DATES},
    "formats": {TreatmentKind.FORMAT_PRESERVING},
}


def as_intake(content: pa.Table, data: bytes) -> Intake:
    """An output ready to be stored; `data` is the same as CSV."""
    digest = Sha256(hashlib.sha256(data).hexdigest())
    source = Source(name="anonymised.csv", sha256=digest, size_bytes=len(data))
    return take_in([RawTable(table=content, steps=(), source=source)])


def told(
    steps: Generator[_Progress, None, _End], in_words: Callable[[_Progress], Step]
) -> Generator[Step, None, _End]:
    """The progress of `steps` in words, and what they end with."""
    while True:
        try:
            at = next(steps)
        except StopIteration as end:
            ended: _End = end.value
            return ended
        yield in_words(at)


def _searched(at: Progress) -> Step:
    return Step(
        doing="Searching for the optimum",
        share=min(1.0, at.nodes_checked / max(at.nodes, 1)),
        says=f"{at.nodes_checked:,} of {at.nodes:,} choices of levels looked at",
    )


def _placed(at: local.Progress) -> Step:
    return Step(doing=f"Recoding locally: {at.step}", share=at.share)


def _unsearched(problem: Problem, recoding: Recoding, levels: tuple[int, ...]) -> Found:
    """What was not searched for an optimum has no loss at all as its bound."""
    losses = losses_of(problem, recoding)
    return Found(
        levels=levels,
        classes=len(classes_of(recoding).sizes),
        suppressed=int(recoding.suppressed.sum()),
        losses=losses,
        optimal=False,
        bound=0.0,
        nodes_checked=0,
        nodes=problem.nodes,
    )


def _noise(values: Ints, *, scale: float, distribution: str) -> Ints:
    """Noise on single values, drawn by OpenDP; it is no release and promises no ε."""
    from compliance.privacy.mechanisms import add_noise  # loads OpenDP

    made: LaplaceEvent | GaussianEvent
    if distribution == "gaussian":
        made = GaussianEvent(statistic="cell", sensitivity_squared=1, scale=scale)
    else:
        made = LaplaceEvent(statistic="cell", sensitivity=1, scale=scale)
    return add_noise(values, made)


def generator() -> np.random.Generator:
    """Coins for what is drawn, but for noise: of a secret that is kept nowhere."""
    return np.random.default_rng(secrets.randbits(128))
