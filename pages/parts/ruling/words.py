"""How rules and the levels at which they were checked are named."""

from __future__ import annotations

from compliance.rules.nouns import POLICY, Level, Pack, Rule

# Icon, colour and words: only what was read in the law itself is sure.
LEVELS = {
    Level.TEXT: ("verified", "green", "read in the legal text"),
    Level.SECONDARY: ("menu_book", "orange", "not verified in the legal text"),
    Level.MEMORY: ("psychology_alt", "red", "not verified in the legal text: from memory"),
    Level.POLICY: ("domain", "blue", "your own policy"),
}


def law_of(pack: Pack, law: str) -> str:
    """What people call a law."""
    found = pack.laws.get(law)
    return found.short if found else law


def article_of(pack: Pack, rule: Rule) -> str:
    """Law and article; a policy stands for itself."""
    return rule.ref if rule.law == POLICY else f"{law_of(pack, rule.law)} {rule.ref}"


def entity_of(pack: Pack, entity: str) -> str:
    """What people call a kind of subject."""
    found = pack.entities.get(entity)
    return found.name if found else entity.replace("_", " ").capitalize()
