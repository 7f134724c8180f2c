"""Which remedies fit which finding, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from compliance.plain import from_plain
from compliance.rules.nouns import RemedyKind
from compliance.shipped import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A kind of remedy, and what it fits.

    Attributes:
        kind: what is done.
        entities: kinds of subject; () for all.
        facts: any of these, named by the rule; () for all.
        what: in one sentence, with blanks.
        only_in: `asserts` where the fact must be one that the duty asks for.
        unless: facts that the duty asks for and that it does not fit.
        columns: which columns change; see the file.
        each: also one remedy for each single column.
        k: to which sizes of the smallest class.
        does: of a verification: checkpoint, audit.
        form: of a transfer: what moves instead of rows.
        page: where people do the same by hand.
    """

    kind: RemedyKind
    entities: tuple[str, ...]
    facts: tuple[str, ...]
    what: str
    only_in: str = ""
    unless: tuple[str, ...] = ()
    columns: str = ""
    each: bool = False
    k: tuple[int, ...] = ()
    does: str = ""
    form: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordable:
    """Something that a person says and the desk records.

    Attributes:
        label: what is asked.
        default: what a trial supposes until somebody says otherwise; empty: it must be said.
        choices: what may be said; () for anything that fits the field.
        field: where it is kept; empty: it is called as the fact.
        only_unknown: only where nobody knows; else it is counted on the rows.
    """

    label: str
    default: str = ""
    choices: tuple[str, ...] = ()
    field: str = ""
    only_unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that the desk can do about findings.

    Attributes:
        remedies: what fits what.
        records: what can be recorded, by entity and fact.
        epsilon: at which statistics instead of rows are tried.
        source, as_of: where this comes from, and since when.
    """

    remedies: tuple[Fit, ...]
    source: str
    as_of: str
    epsilon: str
    records: Mapping[str, Mapping[str, Recordable]] = field(default_factory=dict)


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with the desk."""
    raw = table("compliance.rules.remedies", "catalogue.yaml")
    return from_plain(Catalogue, raw)


def fitting(entity: str, named: frozenset[str], asserted: frozenset[str]) -> tuple[Fit, ...]:
    """What fits a rule about `entity` that names these facts.

    Args:
        named: the facts of the whole rule.
        asserted: those that the duty asks for.
    """
    return tuple(
        fit
        for fit in catalogue().remedies
        if (not fit.entities or entity in fit.entities)
        and (
            not fit.facts
            or not (asserted if fit.only_in == "asserts" else named).isdisjoint(fit.facts)
        )
        and asserted.isdisjoint(fit.unless)
    )
