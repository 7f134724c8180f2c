"""What was typed or stands in a file, as the nouns that verbs take."""

from __future__ import annotations

import os
import secrets
import shutil
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from compliance.dataset.nouns import Description, LegalBasis
from compliance.errors import (
    CannotWriteError,
    FileMissingError,
    MalformedPlanError,
    MalformedQueryError,
    MalformedRecipeError,
    MissingUnitError,
    PrivacyParameterError,
    SaidTwiceError,
)
from compliance.federated import to_plan
from compliance.federated.nouns import Plan
from compliance.plain import LARGEST_YAML_BYTES, from_yaml
from compliance.privacy import to_query, to_synthesis
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.planning import Coverage, Target
from compliance.privacy.nouns.question import Query
from compliance.privacy.nouns.synthesis import SynthesisPlan
from compliance.settings import Settings
from compliance.workspace.federating.deployments import LOOPBACK, Flower, Order

_Malformed = MalformedQueryError | MalformedPlanError | MalformedRecipeError

LONGEST_NUMBER = 40
SHOWN_NAME = 80

_OWN_FILES = (
    *("datasets", "hierarchies", "outputs", "reports", "runs", "vaults", "consents", "usable"),
    *("sealed", "erasing"),
    *("secret.key", "surrogates.key", "pseudonyms.key", "vault.key", "dates.key", "formats.key"),
    *("consent.key", "trail.key"),
)
_OWN_RECORDS = ("records.sqlite", "records.sqlite-wal", "records.sqlite-shm")


def description(asked: Namespace, before: Description) -> Description:
    """`before` with what was typed put in its place."""
    typed = {f.name: getattr(asked, f.name) for f in fields(Description)}
    changes = {name: value for name, value in typed.items() if value is not None}
    if "legal_basis" in changes:
        changes["legal_basis"] = LegalBasis(changes["legal_basis"])
    return replace(before, **changes)


def once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What is said of each name.

    Raises:
        SaidTwiceError: two things are said of one.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise SaidTwiceError(name=name[:SHOWN_NAME])
        found[name] = value
    return found


def number(name: str, typed: str) -> Decimal:
    """`typed` as an exact number; `name` is what the refusal calls it.

    Raises:
        PrivacyParameterError: it is none, or longer than any that means something.
    """
    try:
        if len(typed) <= LONGEST_NUMBER:
            return Decimal(typed.strip())
    except InvalidOperation:
        pass
    reason = "it is a number such as 0.5 or 1e-6"
    raise PrivacyParameterError(name=name, given=f"“{typed[:20]}”", reason=reason)


def target(typed: str) -> Target:
    """How exact a statistic must be: `count_rows=2%`, `sum_amount=50@all`.

    Raises:
        PrivacyParameterError: it cannot be read.
    """
    statistic, sign, rest = typed.partition("=")
    within, _, coverage = rest.partition("@")
    if not sign or coverage not in ("", *Coverage):
        reason = f"write STATISTIC=50 or STATISTIC=2%, and behind it @{', @'.join(Coverage)}"
        raise PrivacyParameterError(name="The target", given=f"“{typed[:40]}”", reason=reason)
    is_relative = within.strip().endswith("%")
    margin = number("The margin", within.strip().removesuffix("%"))
    return Target(
        statistic=statistic.strip(),
        within=margin / 100 if is_relative else margin,
        is_relative=is_relative,
        coverage=Coverage(coverage) if coverage else Coverage.MOST,
    )


def budget(typed: str) -> Budget:
    """The total in `E,D`; without D it is 0.

    Raises:
        PrivacyParameterError: one of the two cannot be.
    """
    epsilon, _, delta = typed.partition(",")
    return Budget(epsilon=number("ε", epsilon), delta=number("δ", delta or "0"))


def cap(typed: str) -> tuple[str, Decimal | None]:
    """The actor and the cap in `ACTOR=E`; `ACTOR=none` is an actor without one.

    Raises:
        PrivacyParameterError: it is neither.
    """
    actor, equals, epsilon = typed.rpartition("=")
    if not equals:
        reason = "it is written as the actor’s name, = and an ε, such as anna=0.5"
        raise PrivacyParameterError(name="A cap", given=f"“{typed[:20]}”", reason=reason)
    return actor.strip(), None if epsilon.strip() == "none" else number("ε", epsilon)


def query(path: Path, of: Description) -> Query:
    """The query in the file at `path`, for a dataset described as `of`.

    Raises:
        FileMissingError, QueryError: it cannot be read.
    """
    try:
        return to_query(yaml_in(path, MalformedQueryError))
    except MissingUnitError:
        hint = f"The dataset's record says: {of.unit}." if of.unit else "None is on record yet."
        raise MissingUnitError(hint=hint) from None


def synthesis(path: Path) -> SynthesisPlan:
    """The plan for invented rows in the file at `path`.

    Raises:
        FileMissingError, QueryError: it cannot be read.
    """
    return to_synthesis(yaml_in(path, MalformedQueryError))


def plan(path: Path) -> Plan:
    """The federated plan in the file at `path`.

    Raises:
        FileMissingError, MalformedPlanError: it cannot be read.
    """
    return to_plan(yaml_in(path, MalformedPlanError))


def flower(asked: Namespace, tell: Callable[[str], None]) -> Flower | None:
    """How Flower is to carry the run; None where the sites are in this process."""
    if asked.transport == "here":
        return None
    return Flower(
        folder=asked.deployment, environment=asked.environment, wait_s=asked.wait, tell=tell
    )


def order(asked: Namespace) -> Order:
    """The deployment that was asked for."""
    host = LOOPBACK if asked.host is None else asked.host
    return Order(out=asked.out, host=host, port=asked.port, is_local=asked.local)


def destination(path: Path, settings: Settings, *, read: Sequence[Path] = ()) -> Path:
    """`path`, where a file can be written there; asked before the work that fills the file.

    Args:
        read: what the work reads, which it must not write over.

    Raises:
        CannotWriteError: its folder is missing, it is a folder, one of the desk's own files, or
            one that is read.
    """
    try:
        _check_destination(path, settings, read)
    except OSError:
        _refuse(path, "there can be no file of that name; choose a shorter one")
    return path


def _check_destination(path: Path, settings: Settings, read: Sequence[Path]) -> None:
    target, home = path.resolve(), settings.home.resolve()
    if not target.parent.is_dir():
        _refuse(path, "its folder does not exist; make it first")
    if target.exists() and any(target.samefile(each) for each in read if each.exists()):
        _refuse(path, "it is what is read; choose another place")
    if target.is_dir():
        _refuse(path, "it is a folder; name a file in it")
    if any(target.is_relative_to(home / own) for own in (*_OWN_FILES, *_OWN_RECORDS)):
        _refuse(path, "the desk keeps its own records there; choose another place")
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        _refuse(path, "you have no right to write there; choose another place")


def write(path: Path, data: bytes) -> None:
    """Write `data` to `path`, whole or not at all.

    Raises:
        CannotWriteError: the disk refuses.
    """
    write_all(path, [data])


def write_all(path: Path, parts: Iterable[bytes]) -> None:
    """The same part by part, for what is too long for memory.

    Raises:
        CannotWriteError: the disk refuses.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            _fill(target, parts)  # a pipe, or /dev/stdout
        else:
            _replace(target, parts)
    except OSError:
        _refuse(path, "the disk refused it; check the free space")


def _fill(target: Path, parts: Iterable[bytes]) -> None:
    with target.open("wb") as stream:
        stream.writelines(parts)


def _replace(target: Path, parts: Iterable[bytes]) -> None:
    """A file beside the target takes its place once it is whole; it keeps the target's rights."""
    partial = target.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        _fill(partial, parts)
        if target.exists():
            shutil.copymode(target, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)  # after Ctrl-C too


def _refuse(path: Path, reason: str) -> None:
    raise CannotWriteError(name=path.name[:SHOWN_NAME], reason=reason)


def yaml_in(path: Path, error: type[_Malformed]) -> object:
    """The plain value in the YAML file at `path`.

    Raises:
        FileMissingError: there is none.
        error: it cannot be read.
    """
    name = path.name[:SHOWN_NAME]
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_YAML_BYTES + 1)
    except OSError:
        raise FileMissingError(name=name) from None
    return from_yaml(data, lambda reason: error(place=name, reason=reason))
