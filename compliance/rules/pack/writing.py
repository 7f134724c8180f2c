"""A pack as a file that can be read again."""

from __future__ import annotations

from typing import Any

from compliance.plain import to_plain, to_yaml
from compliance.rules.nouns import Pack

_OF_JOINING = ("parts", "disabled")


def to_pack_file(pack: Pack) -> str:
    """All of `pack` as YAML; it extends nothing, since everything stands in it."""
    plain: dict[str, Any] = to_plain(pack)
    rules = [_filled(rule) for rule in plain["rules"]]
    said = {key: value for key, value in plain.items() if key not in _OF_JOINING}
    said |= {"extends": [], "rules": rules}
    if pack.disabled:
        said["disabled"] = dict(pack.disabled)
    return to_yaml(said)


def _filled(rule: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing; 0 is no stage."""
    return {key: value for key, value in rule.items() if value or key == "when"}
