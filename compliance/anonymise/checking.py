"""Whether the written output is what the plan asked for: measured anew, from its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from compliance.anonymise.cells import classes_with_people
from compliance.anonymise.models import classes_of, holds, is_per_class, satisfied
from compliance.anonymise.models.grouping import Column, grouped
from compliance.anonymise.nouns import (
    Classes,
    Criterion,
    Model,
    Plan,
    Problem,
    Recoding,
    Sensitive,
)
from compliance.anonymise.nouns.attack import AttackKind, Siege
from compliance.anonymise.nouns.problem import Codes32, Ints
from compliance.anonymise.nouns.record import Check
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Codes, Table
from compliance.i18n import mark

_LUCK = 1e-6

MODEL_WORDS: Mapping[Model, str] = {
    Model.K_ANONYMITY: mark("at least {value:g} rows in every class"),
    Model.K_MAP: mark("at least {value:g} people of the population in every class"),
    Model.DELTA_PRESENCE: mark("presence in the table between {lower:g} and {value:g}"),
    Model.DISTINCT_L: mark("at least {value:g} values of “{column}” in every class"),
    Model.ENTROPY_L: mark("entropy {value:g}-diversity of “{column}”"),
    Model.RECURSIVE_CL: mark("recursive ({c:g}, {value:g})-diversity of “{column}”"),
    Model.EQUAL_T: mark("distance of “{column}” from the whole table at most {value:g}"),
    Model.HIERARCHICAL_T: mark("hierarchical distance of “{column}” at most {value:g}"),
    Model.ORDERED_T: mark("ordered distance of “{column}” at most {value:g}"),
    Model.BETA_LIKENESS: mark("{value:g}-likeness of “{column}”"),
    Model.ENHANCED_BETA_LIKENESS: mark("enhanced {value:g}-likeness of “{column}”"),
    Model.DELTA_DISCLOSURE: mark("{value:g}-disclosure privacy of “{column}”"),
    Model.MEAN_RISK: mark("mean risk at most {value:g}"),
    Model.POPULATION_UNIQUES: mark("at most a share of {value:g} unique in the population"),
}


def model_in_words(criterion: Criterion) -> str:
    """What a criterion asks for, in words."""
    return MODEL_WORDS[criterion.model].format(
        value=criterion.value, column=criterion.column, c=criterion.c, lower=criterion.lower
    )


def checks(
    output: Table, original: Table, plan: Plan, problem: Problem, recoding: Recoding
) -> tuple[Check, ...]:
    """One check per criterion, and on what was suppressed.

    The classes are formed by what the output shows, not by what the search believed.

    Args:
        output: as read back from its bytes.
        original: what it was made from.
        recoding: for the population's side of k-map and δ-presence, which no output holds.
    """
    classes = _shown(output, original, plan, problem, recoding)
    return (
        *(_criterion(criterion, classes) for criterion in plan.criteria),
        _suppression(output.rows, original.rows, plan.suppression_limit),
    )


def identifier_check(open_: Sequence[ColumnName], treated: Sequence[ColumnName]) -> Check:
    """That no column of the output identifies people directly, other than as the plan has it.

    Args:
        open_: the columns that still do, by discovery's word on the output or an officer's.
        treated: those whose values the plan replaces.
    """
    if open_:
        said = mark(
            "The output was searched again: {columns} may identify people directly. Leave it out, "
            "replace its values, or correct its label."
        ).format(columns=_listed(open_))
    elif treated:
        said = mark(
            "The output was searched again: no column identifies a person directly, but for what "
            "the plan replaces in {columns}."
        ).format(columns=_listed(treated))
    else:
        said = mark("The output was searched again: no column identifies a person directly.")
    return Check(name="no_direct_identifier", holds=not open_, says=said)


def _listed(columns: Sequence[ColumnName]) -> str:
    return ", ".join(f"“{column}”" for column in columns[:8])


def people_check(output: Table, columns: Sequence[ColumnName], people: Codes32, k: int) -> Check:
    """That every class holds rows of `k` different people, where one may have many rows.

    Args:
        people: per row of the output, whose it is.
    """
    group = row_classes(output, columns)
    pairs = np.unique(np.stack((group, people)), axis=1)
    fewest = int(np.bincount(pairs[0]).min(initial=len(people)))
    return Check(
        name="people",
        holds=fewest >= k,
        says=mark(
            "The smallest class holds rows of {fewest:,} different people; the plan asks for {k:,}."
        ).format(fewest=fewest, k=k),
    )


def linkage_check(siege: Siege, k: int) -> Check:
    """That linking output to people succeeds no more often than classes of `k` allow, but for luck.

    In an output whose classes all have just k rows, one try of an attacker in k is right: more
    successes than that are refused where luck gives so many once in a million, and no earlier.
    What was not tried is no proof, so it does not hold.
    """
    from scipy.stats import binom  # slow to load

    linked = [attack for attack in siege.attacks if attack.kind is AttackKind.LINKAGE]
    if not linked:
        reason = siege.not_tried.get(AttackKind.LINKAGE, mark("nobody tried"))
        return Check(
            name="linkage",
            holds=False,
            says=mark("Linking was not tried: {reason}").format(reason=reason),
        )
    worst, allowed = max(linked, key=lambda attack: attack.share), 1 / max(k, 1)
    luck = float(binom.sf(worst.successes - 1, worst.attempts, allowed))
    return Check(
        name="linkage",
        holds=luck >= _LUCK,
        says=mark(
            "Somebody who knows all of it finds the right row for {share:.2%} of {attempts:,} "
            "people (at least {low:.2%} of all); classes of {k} allow {allowed:.2%}, and by luck "
            "more among so few."
        ).format(share=worst.share, attempts=worst.attempts, low=worst.low, k=k, allowed=allowed),
    )


def _criterion(criterion: Criterion, classes: Classes) -> Check:
    if is_per_class(criterion.model):
        meets = satisfied(criterion, classes)
        failing = int((~meets).sum())
        is_met = failing == 0
        found = mark("{criterion}: {met:,} of {classes:,} classes meet it.")
        numbers = {"met": len(meets) - failing, "classes": len(meets)}
    else:
        is_met = holds(criterion, classes)
        found = mark(
            "{criterion}: met by the table as a whole."
            if is_met
            else "{criterion}: not met by the table as a whole."
        )
        numbers = {}
    said = model_in_words(criterion)
    said = found.format(criterion=said[0].upper() + said[1:], **numbers)
    return Check(name=str(criterion.model), holds=is_met, says=said)


def _suppression(rows: int, before: int, limit: float) -> Check:
    gone = before - rows
    return Check(
        name="suppression",
        holds=rows > 0 and gone <= limit * before * (1 + 1e-12),
        says=mark(
            "{gone:,} of {before:,} rows are not in the output; the plan allows {limit:.2%}."
        ).format(gone=gone, before=before, limit=limit),
    )


def _shown(
    output: Table, original: Table, plan: Plan, problem: Problem, recoding: Recoding
) -> Classes:
    """The classes of the output, with the original's sensitive values as the whole."""
    columns = [output.codes(column) for column in plan.columns]
    shown = Recoding(
        columns=tuple(plan.columns),
        codes=tuple(_with_missing(each) for each in columns),
        names=tuple((*each.texts(), None) for each in columns),
        shares=tuple(np.ones(len(each.labels) + 1) for each in columns),
        suppressed=np.zeros(output.rows, dtype=np.bool_),
        levels=None,
    )
    named = set(plan.sensitive).intersection(output.column_names)
    there = [each for each in problem.sensitive if each.column in named]
    hidden = [_ranked(output, original, each) for each in there]
    if problem.population:
        classes = classes_with_people(shown, hidden, problem.population, recoding)
    else:
        classes = classes_of(shown, hidden)
    whole = {each.column: np.bincount(each.codes, minlength=each.values) for each in there}
    return replace(
        classes,
        histograms={
            column: replace(found, whole=whole[column].astype(np.int64))
            for column, found in classes.histograms.items()
        },
    )


def row_classes(output: Table, columns: Sequence[ColumnName]) -> Ints:
    """The class of each row of the output."""
    found = [output.codes(column) for column in columns]
    shown = [Column(codes=_with_missing(c), codes_end=len(c.labels) + 1) for c in found]
    return grouped(shown, output.rows)[0]


def _with_missing(codes: Codes) -> np.ndarray:
    """The codes with a last one for missing values."""
    return np.where(codes.codes < 0, len(codes.labels), codes.codes).astype(np.int32)


def _ranked(output: Table, original: Table, sensitive: Sensitive) -> Sensitive:
    """The output's values by the ranks that the original's have."""
    before, after = original.codes(sensitive.column), output.codes(sensitive.column)
    rank = np.full(len(before.labels) + 1, -1, dtype=np.int32)
    rank[before.codes] = sensitive.codes  # the code −1 of a missing value is the last place
    known = {label: i for i, label in enumerate(before.texts())}
    found = np.array([known[text] for text in after.texts()] + [-1], dtype=np.int32)
    return replace(sensitive, codes=rank[found[after.codes]])
