"""Laws that build on another: its duties are theirs too, but for those that they set anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from compliance.i18n import mark
from compliance.rules.nouns import Law, LawId, Level, Pack, Rule, Subject, Verified


def inherited(pack: Pack, laws: Mapping[LawId, str] | None) -> tuple[Rule, ...]:
    """The duties of laws in scope that stand in the law which they build on.

    They were read there, and not in the law that keeps them, so they are marked as such.

    Args:
        laws: those in scope; None: all.
    """
    return tuple(
        _under(rule, name, law, pack)
        for name, law in pack.laws.items()
        if law.builds_on and (laws is None or name in laws)
        for rule in pack.rules
        if rule.law == law.builds_on and rule.id not in law.but_not
    )


def is_asked_already(
    pack: Pack, rule: Rule, subject: Subject, laws: Mapping[LawId, str] | None
) -> bool:
    """Whether the law that `rule` was taken from asks the same of `subject` itself.

    Where that is not known, the law that surely governs it asks.
    """
    base = pack.laws[rule.law].builds_on if rule.law in pack.laws else ""
    if not base or (laws is not None and base not in laws):
        return False
    asks = subject.governed.by(base)
    return asks is True or (asks is None and subject.governed.by(rule.law) is not True)


def _under(rule: Rule, name: LawId, law: Law, pack: Pack) -> Rule:
    base = pack.law_name(rule.law)
    said = pack.sources.get(rule.verified.source, rule.verified.source)
    level = Level.SECONDARY if rule.verified.level is Level.TEXT else rule.verified.level
    source = mark("{short} keeps it from the {base}; read there: {said}").format(
        short=law.short, base=base, said=said
    )
    return replace(rule, law=name, verified=Verified(level=level, source=source))
