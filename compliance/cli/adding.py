"""How verbs are added to the command line: each with its dataset, its function and its help."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from compliance.cli import arguments
from compliance.cli.results import Result

Kinds = argparse._SubParsersAction  # typeshed has no public name for it


def _parser(
    kinds: Kinds[argparse.ArgumentParser], name: str, help_: str
) -> argparse.ArgumentParser:
    return kinds.add_parser(name, help=help_, description=help_, allow_abbrev=False)


def verb(
    kinds: Kinds[argparse.ArgumentParser], name: str, does: Callable[..., Result], help_: str
) -> argparse.ArgumentParser:
    """A verb that calls `does`."""
    found = _parser(kinds, name, help_)
    found.set_defaults(verb=does)
    return found


def group(
    kinds: Kinds[argparse.ArgumentParser], name: str, help_: str
) -> Kinds[argparse.ArgumentParser]:
    """A name under which several verbs stand."""
    return _parser(kinds, name, help_).add_subparsers(metavar="VERB", required=True)


def named(added: argparse.ArgumentParser, *, is_needed: bool = True) -> None:
    """The dataset that a verb is about."""
    if is_needed:
        added.add_argument("name", help="the dataset")
    else:
        added.add_argument("name", nargs="?", help="the dataset; left out: all")


def places(added: argparse.ArgumentParser) -> None:
    """Where a dataset comes from: places that are copied, or one that keeps its rows."""
    one = added.add_mutually_exclusive_group(required=True)
    one.add_argument(
        "path",
        nargs="*",
        default=[],
        type=arguments.place,
        help="file, folder or database address",
    )
    one.add_argument(
        "--kept",
        type=arguments.place,
        metavar="PLACE",
        help="a table that stays where it is: WAREHOUSE:TABLE, a Parquet file or a folder of them",
    )
