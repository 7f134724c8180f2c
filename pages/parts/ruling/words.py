"""How kinds of subject are named."""

from __future__ import annotations

from compliance.rules.nouns import Pack


def entity_of(pack: Pack, entity: str) -> str:
    """What people call a kind of subject."""
    found = pack.entities.get(entity)
    return found.name if found else entity.replace("_", " ").capitalize()
