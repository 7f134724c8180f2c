"""What a refusal says in the reader's language."""

from __future__ import annotations

from compliance.errors import ComplianceError
from compliance.i18n import ENGLISH, LANGUAGE, exactly
from compliance.i18n import translate as _
from compliance.i18n.recognising import is_name

# Facts of refusals that are shown as they were typed.
_AS_TYPED = frozenset(["given", "known", "record", "place", "release", "run", "anonymised"])


def said(refusal: ComplianceError) -> str:
    """Its sentence, translated; facts that are words are said in the language too."""
    if LANGUAGE.get() == ENGLISH:
        return str(refusal)
    facts = {
        name: _fact(name, fact) if isinstance(fact, str) else fact
        for name, fact in refusal.facts.items()
    }
    return _(refusal.sentence).format(**facts)


def _fact(name: str, fact: str) -> str:
    if is_name(name) or name in _AS_TYPED:  # or what the desk itself says there
        return exactly(fact) if " " in fact else fact
    return _(fact)
