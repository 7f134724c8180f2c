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

# The same in a column of a table.
SHORT = {
    Level.TEXT: "legal text",
    Level.SECONDARY: "secondary, not verified",
    Level.MEMORY: "memory, not verified",
    Level.POLICY: "policy",
}


def law_of(pack: Pack, law: str) -> str:
    """What people call a law."""
    found = pack.laws.get(law)
    return found.short if found else law


def article_of(pack: Pack, rule: Rule) -> str:
    """Law and article; a policy stands for itself."""
    law = law_of(pack, rule.law)
    is_whole = rule.law == POLICY or rule.ref.startswith(law)
    return rule.ref if is_whole else f"{law} {rule.ref}"


def entity_of(pack: Pack, entity: str) -> str:
    """What people call a kind of subject."""
    found = pack.entities.get(entity)
    return found.name if found else entity.replace("_", " ").capitalize()
