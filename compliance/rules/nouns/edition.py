"""Packs that an organisation brings in, and what they would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from compliance.rules.nouns.rule import RuleId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPack:
    """A pack that an organisation keeps beside those of the desk.

    Attributes:
        id, version, title: of the pack.
        text: the file, as it was brought in.
        sha256: of the file.
        kept_at, actor: when, UTC, and by whom.
        is_removed: it is no longer in force; its versions stay.
    """

    id: str
    version: str
    title: str
    text: str
    sha256: str
    kept_at: datetime
    actor: str
    is_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackChange:
    """What a pack would change in the rules in force.

    Attributes:
        id, version, title: of the pack.
        edition: the rules in force with it: id and version of each pack.
        added, changed, switched_off, removed: rules, in the order of the pack.
    """

    id: str
    version: str
    title: str
    edition: str
    added: tuple[RuleId, ...]
    changed: tuple[RuleId, ...]
    switched_off: tuple[RuleId, ...]
    removed: tuple[RuleId, ...]
