"""A learner trained on the released table and tried on people of the original.

    released rows of two thirds of the people ──▶ learner ──▶ the other third, as they truly are

Source: Esteban, Hyland and Rätsch 2017, arXiv:1706.02633 (train on synthetic, test on real).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from compliance.anonymise.attacks.scenes import Secret, secret_of
from compliance.anonymise.nouns import Hierarchy, Roles, UseKind, Utility
from compliance.anonymise.nouns.problem import Ints
from compliance.anonymise.utility.encoding import Encoding, encoding
from compliance.anonymise.utility.learners import accuracy, auc, logistic, naive_bayes
from compliance.anonymise.utility.saying import inapplicable, lost, told
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table
from compliance.i18n import mark

_TESTED = 1 / 3
_MOST_ROWS = 20_000
_MOST_CLASSES = 50
_FEWEST = 30
_TWO = 2
_MEASURES = {
    UseKind.CLASSIFIER: mark("share of people put in the right class"),
    UseKind.RESPONSE: mark("how well likely responders are ranked before others (AUC)"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """Two tables, and which rows train and test.

    Attributes:
        original, released: the tables.
        hierarchies: of the features.
        rows: per released row its original row; None where rows are invented.
        tested: original rows that no training row was made from, unless rows are invented.
        turn: per original row, when it is taken for training; so that both tables train on the
            same people where there are more than are needed.
    """

    original: Table
    released: Table
    hierarchies: Mapping[ColumnName, Hierarchy]
    rows: Ints | None
    tested: Ints
    turn: Ints


def trial(
    original: Table,
    released: Table,
    hierarchies: Mapping[ColumnName, Hierarchy],
    rows: Ints | None,
    rng: np.random.Generator,
) -> Trial:
    """A trial with a random third of the people set aside for the test."""
    count = min(_MOST_ROWS, int(original.rows * _TESTED))
    tested = np.sort(rng.choice(original.rows, size=count, replace=False))
    return Trial(
        original=original,
        released=released,
        hierarchies=hierarchies,
        rows=rows,
        tested=tested,
        turn=rng.permutation(original.rows),
    )


def predicted(kind: UseKind, tried: Trial, roles: Roles, rng: np.random.Generator) -> Utility:
    """How well the target is told by a learner trained on each table."""
    measure, target = _MEASURES[kind], roles.target
    if target is None:
        return inapplicable(
            kind, measure, mark("no column is named that is to be told from others")
        )
    features = tuple(name for name in roles.features if name != target)
    if reason := _unfit(kind, tried, target, features):
        return inapplicable(kind, measure, reason)
    asked = _Asked(kind=kind, target=target, features=features)
    before = _score(asked, tried.original, tried, np.arange(tried.original.rows), rng)
    if target not in tried.released.column_names:
        return lost(kind, measure, before, mark("“{column}” is not in it").format(column=target))
    after = _score(asked, tried.released, tried, tried.rows, rng)
    if after is None:
        reason = mark(
            "too few rows still say “{column}” as the original does, with any feature"
        ).format(column=target)
        return lost(kind, measure, before, reason)
    baseline = 0.5 if kind is UseKind.RESPONSE else _commonest(tried, target)
    return told(kind, measure, before, after, baseline)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is told, how well, and from what."""

    kind: UseKind
    target: ColumnName
    features: tuple[ColumnName, ...]


def _unfit(kind: UseKind, tried: Trial, target: ColumnName, features: Sequence[ColumnName]) -> str:
    """Why this cannot be tried with the original; nothing where it can."""
    absent = [n for n in (target, *features) if n not in tried.original.column_names]
    if absent:
        return mark("“{column}” is not in the table").format(column=absent[0])
    if not features:
        return mark("no columns are named that it is to be told from")
    codes = tried.original.codes(target).codes
    values = len(np.unique(codes[codes >= 0]))
    if kind is UseKind.RESPONSE and values != _TWO:
        return mark("“{column}” has {n:,} values, not two").format(column=target, n=values)
    if not _TWO <= values <= _MOST_CLASSES:
        return mark("“{column}” has {n:,} values; it takes 2 to {most}").format(
            column=target, n=values, most=_MOST_CLASSES
        )
    tested = codes[tried.tested]
    if len(tested) < _FEWEST or len(np.unique(tested[tested >= 0])) < _TWO:
        return mark("there are too few rows")
    return ""


def _score(
    asked: _Asked, table: Table, tried: Trial, rows: Ints | None, rng: np.random.Generator
) -> float | None:
    """The score on the people tested of a learner trained on `table`; None where it learns none."""
    answer = secret_of(tried.original, table, asked.target)
    features = [name for name in asked.features if name in table.column_names]
    training = _training_rows(answer, rows, tried, rng)
    if len(training) < _FEWEST or not features:
        return None
    coded = encoding(tried.original, table, features, tried.hierarchies)
    known = answer.original[tried.tested] >= 0
    return _learnt(asked.kind, coded, answer, training, tried.tested[known])


def _learnt(
    kind: UseKind, coded: Encoding, answer: Secret, training: Ints, tested: Ints
) -> float | None:
    if not coded.facets:
        return None
    shown, truth = answer.released[training], answer.original[tested]
    if kind is UseKind.CLASSIFIER:
        judge = naive_bayes(coded.shown(training), shown, answer.values)
        return accuracy(judge(coded.exact(tested)), truth)
    if len(np.unique(shown)) < 2:
        return 0.5
    ranked = logistic(coded.shown(training), (shown == 1).astype(np.int64))
    return auc(ranked(coded.exact(tested)), (truth == 1).astype(np.int64))


def _training_rows(
    answer: Secret, rows: Ints | None, tried: Trial, rng: np.random.Generator
) -> Ints:
    """Released rows with a known answer, of people who are not tested."""
    usable = (answer.released >= 0) & np.isin(answer.released, answer.original)
    if rows is None:
        return rng.permutation(np.flatnonzero(usable))[:_MOST_ROWS]
    found = np.flatnonzero(usable & ~np.isin(rows, tried.tested))
    return found[np.argsort(tried.turn[rows[found]])][:_MOST_ROWS]


def _commonest(tried: Trial, target: ColumnName) -> float:
    codes = tried.original.codes(target).codes
    tested = codes[tried.tested]
    tested = tested[tested >= 0]
    return float((tested == np.bincount(codes[codes >= 0]).argmax()).mean())
