"""Nouns of the glossary: a term of the desk, and all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing that has one name.

    Attributes:
        id: by which addresses and other terms name it.
        name: as it is called on screen.
        theme: the id of its theme.
        short: one sentence for people who know the law and not the mathematics.
        long: what it means, what it does not mean, what is usual.
        standard: what the field's papers and standards call it.
        origin: the paper or standard it comes from; empty: common.
        law: where the law speaks of it.
        words: regular expressions by which an English text is seen to use it.
        pages: names of the pages that use it, and so explain it.
        see: ids of terms to look at next.
        picture: name of its drawing; empty: none.
        never: regular expressions of English words that are not used for it.
    """

    id: str
    name: str
    theme: str
    short: str
    long: str
    standard: str
    origin: str = ""
    law: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    picture: str = ""
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """All terms, in the order in which they are read.

    Attributes:
        source: whom the definitions follow.
        as_of: when they were written, as a date.
        themes: what each theme is called, by its id.
        terms: by id.
    """

    source: str
    as_of: str
    themes: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A size of the smallest group that somebody asks for.

    Attributes:
        k: rows.
        who: who asks for it.
        of: of which data.
        source: where that stands.
    """

    k: int
    who: str
    of: str
    source: str
