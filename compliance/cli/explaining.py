"""What a word of the desk means, from the command line."""

from __future__ import annotations

import argparse
from argparse import Namespace

from compliance.cli.adding import Kinds, verb
from compliance.cli.results import Result
from compliance.glossary import glossary, term
from compliance.glossary.nouns import Term
from compliance.i18n import translate as _
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verb of this area."""
    parser = verb(kinds, "glossary", _glossary, "what a word of the desk means; without one, all")
    parser.add_argument("term", nargs="?", help="its id or name, such as epsilon or “legal hold”")


def _glossary(workspace: Workspace, asked: Namespace) -> Result:  # noqa: ARG001 - as all verbs
    if asked.term is not None:
        return _whole(term(asked.term))
    book = glossary()
    return {
        "as_of": book.as_of,
        "terms": [
            {"id": one.id, "name": _(one.name), "short": _(one.short)}
            for one in book.terms.values()
        ],
    }


def _whole(one: Term) -> Result:
    return {
        "id": one.id,
        "name": _(one.name),
        "short": _(one.short),
        "long": _(one.long),
        "standard": one.standard,
        "from": one.origin,
        "law": list(one.law),
        "see": list(one.see),
    }
