"""Which laws govern a thing, as far as that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from compliance.rules.nouns.rule import POLICY, LawId


class Gap(NamedTuple):
    """Why it is not known whether a law governs a thing.

    Attributes:
        fact: what would tell, as a field of the thing's record; empty: nothing of its record.
        why: in words, so that it reads well after “unknown:”.
    """

    fact: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Governed:
    """The laws that govern a thing, those that may, and whether any other does.

    The organisation's own policy always does. What is not known is neither “all” nor “none”: a
    fact that is taken away turns a yes or a no into an unknown, never a no into a yes.

    Attributes:
        laws: those that do.
        perhaps: those of which nobody can say, each with what is not known.
        others: whether those not named do; None: nobody can say.
    """

    laws: tuple[LawId, ...] = ()
    perhaps: Mapping[LawId, Gap] = field(default_factory=dict)
    others: bool | None = False

    def by(self, law: LawId) -> bool | None:
        """Whether that law governs it; None where nobody can say."""
        if law == POLICY or law in self.laws:
            return True
        return None if law in self.perhaps else self.others

    def gap(self, law: LawId) -> Gap:
        """What is not known, of a law of which `by` says None."""
        return self.perhaps.get(law, _NOTHING_KNOWN)


_NOTHING_KNOWN = Gap("", "nothing on record tells which laws govern it")

# Whatever is under every law that the organisation is under.
EVERY_LAW = Governed(others=True)
