"""Which rights each law gives, under which name, and what it asks of whoever answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from compliance.errors import RequestInputError
from compliance.i18n import mark
from compliance.plain import from_plain
from compliance.rights.nouns import IdentityLevel, Right
from compliance.rules.nouns import Deadline, LawId, RuleId
from compliance.shipped import table

LEVELS = tuple(IdentityLevel)  # from the weakest to the strongest


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A ground for refusing or erasing, or an exception from erasing.

    Attributes:
        words: for people.
        article: where the law says so.
        reason: what the register calls it; empty: by the ground's own name.
        rights: for which rights it is one; empty: all.
    """

    words: str
    article: str
    reason: str = ""
    rights: tuple[Right, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What has to be told when something is refused.

    Attributes:
        words: for people.
        article: where the law says so.
        fact: the register's field that says that it was told; empty: there is none.
    """

    words: str
    article: str
    fact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One right under one law.

    Attributes:
        law, right: which.
        name: what the register calls it; empty: it has no name for it.
        title: what the law calls it.
        article: where it stands.
        kind: the kind of the register's record.
        clock: the rule whose clock counts; empty: the law names no time.
        target: the clock that the desk sets itself where the law names no time.
        until: what ends the clock: the answer, what was confirmed, or what was carried out.
        confirmation: the rule whose clock counts for confirming receipt; empty: none.
        level: how sure the desk has to be of who asks.
        needs_search: whether rows have to be found before it is decided.
        has_appeal: whether a refusal can be appealed to the controller.
        unproven: the ground for refusing for want of proof of identity.
        refusals: grounds for refusing, by id.
        grounds: grounds of which erasing needs one, by id; empty: it needs none.
        exceptions: for which rows may be kept, by id.
        tells: what a refusal has to tell, by id.
        notes: what an officer should know besides.
    """

    law: LawId
    right: Right
    name: str
    title: str
    article: str
    kind: str = "request"
    clock: RuleId = ""
    target: Deadline | None = None
    until: str = "answered"
    confirmation: RuleId = ""
    level: IdentityLevel = IdentityLevel.NONE
    needs_search: bool = True
    has_appeal: bool = False
    unproven: str = "identity_unproven"
    refusals: Mapping[str, Ground] = field(default_factory=dict)
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    exceptions: Mapping[str, Ground] = field(default_factory=dict)
    tells: Mapping[str, Telling] = field(default_factory=dict)
    notes: str = ""

    @property
    def needs_identity(self) -> bool:
        """Whether it has to be known who asks before anything is looked at."""
        return self.level is not IdentityLevel.NONE

    def is_enough(self, level: IdentityLevel) -> bool:
        """Whether the desk is sure enough."""
        return LEVELS.index(level) >= LEVELS.index(self.level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """For how long the log of requests under a law is kept.

    Attributes:
        months: at least.
        article: where the law says so; empty: the desk's own choice.
    """

    months: int
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """For how long it stays readable who a request was about, in days after its answer.

    Attributes:
        days: as the desk proposes.
        least, most: what an organisation can set.
    """

    days: int
    least: int
    most: int


def provision_of(law: LawId, right: Right) -> Provision:
    """What `law` says of `right`.

    Raises:
        RequestInputError: it knows no such right, or is not among the laws that the desk knows.
    """
    found = provisions().get(law)
    if found is None:
        raise RequestInputError(
            field=mark("The law"),
            problem=mark("is one of {provisions}").format(provisions=", ".join(provisions())),
        )
    if right not in found:
        known = ", ".join(one.value for one in found)
        raise RequestInputError(
            field=mark("The right"),
            problem=mark("is under {law} one of: {known}").format(law=law, known=known),
        )
    return found[right]


@cache
def provisions() -> Mapping[LawId, Mapping[Right, Provision]]:
    """All that is known, by law and right."""
    return {law: _of_law(law, row) for law, row in _raw()["laws"].items()}


@cache
def retention_of(law: LawId) -> Retention:
    """For how long the log of requests under `law` is kept."""
    raw = _raw()
    return from_plain(Retention, raw["laws"].get(law, {}).get("log", raw["log"]))


@cache
def sealed() -> Sealed:
    """For how long it stays readable who a request was about."""
    return from_plain(Sealed, _raw()["sealed"])


def signal_law() -> LawId:
    """The law under which a browser's signal counts as a request."""
    return str(_raw()["signal"]["law"])


def alerts() -> tuple[int, ...]:
    """The percentages of a clock's time at which somebody should look, rising."""
    return tuple(_raw()["alerts"])


def oldest_years() -> int:
    """How many years back a day of receipt may lie before it is taken for a slip."""
    return int(_raw()["oldest_years"])


def _of_law(law: LawId, row: Mapping[str, Any]) -> dict[Right, Provision]:
    refusals = from_plain(dict[str, Ground], row["refusals"])
    shared = {
        "law": law,
        "has_appeal": row.get("has_appeal", False),
        "tells": row.get("tells", {}),
    }
    found: dict[Right, Provision] = {}
    for name, own in row["rights"].items():
        right = Right(name)
        erases = right is Right.ERASURE
        plain = {
            **shared,
            "right": name,
            "grounds": row.get("grounds", {}) if erases else {},
            "exceptions": row.get("exceptions", {}) if erases else {},
            "refusals": {
                id_: row["refusals"][id_]
                for id_, ground in refusals.items()
                if right in (ground.rights or Right)
            },
            **own,
            "target": _target(own.get("target")),
        }
        found[right] = from_plain(Provision, plain)
    return found


def _target(days: int | None) -> dict[str, Any] | None:
    """A clock of the desk's own, in days from receipt."""
    if days is None:
        return None
    return {"start": "received_at", "base": {"days": days}, "calendar": "calendar_days"}


@cache
def _raw() -> Mapping[str, Any]:
    found: Mapping[str, Any] = table(__package__, "rights.yaml")
    return found
