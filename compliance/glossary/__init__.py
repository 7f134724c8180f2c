"""What the words of the desk mean, one name for one thing; said in any language."""

from __future__ import annotations

from functools import cache

from compliance.errors import UnknownTermError
from compliance.glossary.nouns import Glossary, Term, Threshold
from compliance.i18n import translate
from compliance.plain import from_plain
from compliance.shipped import table

__all__ = ["find", "glossary", "of_page", "term", "thresholds"]


@cache
def glossary() -> Glossary:
    """Every term, with whom the definitions follow."""
    raw = table(__package__, "terms.yaml")
    rows = [
        {
            ("standard" if key == "field" else "origin" if key == "from" else key): value
            for key, value in row.items()
        }
        for row in raw["terms"]
    ]
    return Glossary(
        source=raw["source"],
        as_of=raw["as_of"],
        themes=raw["themes"],
        terms={row["id"]: from_plain(Term, row) for row in rows},
    )


def term(id_: str) -> Term:
    """The term called `id_`, or the only one whose name in the reader's language begins so.

    Raises:
        UnknownTermError: there is none.
    """
    terms = glossary().terms
    if id_ in terms:
        return terms[id_]
    named = [one for one in terms.values() if _is_called(one, id_.strip().casefold())]
    if not named:
        raise UnknownTermError(term=id_[:40])
    return named[0]


def of_page(page: str) -> tuple[Term, ...]:
    """The terms that the page called `page` uses, in the order of the glossary."""
    return tuple(one for one in glossary().terms.values() if page in one.pages)


def find(words: str) -> tuple[Term, ...]:
    """The terms whose name, sentence or standard name holds all of `words`, as the reader has them.

    Where none does, those whose long text does. No words: all terms.
    """
    asked = words.casefold().split()
    every = tuple(glossary().terms.values())
    near = tuple(one for one in every if _holds(_short(one), asked))
    return near or tuple(one for one in every if _holds(translate(one.long), asked))


@cache
def thresholds() -> tuple[Threshold, ...]:
    """Sizes of the smallest group that others ask for, the largest first."""
    raw = table(__package__, "thresholds.yaml")
    return tuple(from_plain(Threshold, row) for row in raw["thresholds"])


def _is_called(one: Term, name: str) -> bool:
    known = {one.name, translate(one.name), one.standard}
    return bool(name) and any(said.casefold().startswith(name) for said in known)


def _short(one: Term) -> str:
    return " ".join((one.id, one.name, translate(one.name), translate(one.short), one.standard))


def _holds(text: str, words: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)
