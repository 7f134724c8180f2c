"""A duty as data, and the packs that duties come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

LawId = str  # EU_GDPR, CCPA, …; POLICY for what an organisation asks of itself
RuleId = str
Triple = tuple[Any, ...]  # fact, operator, and for most operators a value

POLICY: LawId = "POLICY"


def reference(law: LawId, name: str, article: str) -> str:
    """Law and article; a policy, or an article that names its law, stands for itself.

    Args:
        name: the law as people call it; empty: its id.
    """
    called = name or law
    return article if law == POLICY or article.startswith(called) else f"{called} {article}"


class Severity(StrEnum):
    """How much a breach would matter."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Level(StrEnum):
    """How a rule was checked against the law. Only `TEXT` was read in the law itself."""

    TEXT = "text"
    SECONDARY = "secondary"
    MEMORY = "memory"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Where a requirement was read, and how well that was checked.

    Attributes:
        level: in the law itself, in what others say of it, from memory; or the desk's own policy.
        source: the id of a source of the pack, or the source in words.
    """

    level: Level
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One duty, as data.

    Attributes:
        id: names it.
        law: the law's id, or POLICY for the desk's own.
        ref: the article.
        title: in a few words.
        requirement: in one sentence of our own.
        entity: the kind of subject that it looks at.
        when: triples that must all hold for it to apply.
        asserts: triples that must all hold for it to be met.
        severity: how much a breach would matter.
        verified: how well the requirement was checked, and where it was read.
        as_of: on which day.
        evidence: what an auditor would ask to see.
        params: what triples name: deadlines, numbers of days.
        fine_tier: the row of the pack's fines; None where none is known.
        effective_from: the first day on which it binds; None for always.
        effective_until: the last day on which it binds; None for no end in sight.
        remedy: what to do when it is not met; empty: what the failing triples say.
        page: the page of the desk where that is done; empty: the page of its kind of subject.
        stage: the stage of the life cycle that it belongs to, 1–10; 0: that of its kind of subject.
        notes: what a reader should know besides.
    """

    id: RuleId
    law: LawId
    ref: str
    title: str
    requirement: str
    entity: str
    when: tuple[Triple, ...]
    asserts: tuple[Triple, ...]
    severity: Severity
    verified: Verified
    as_of: str = ""
    evidence: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    fine_tier: str | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    remedy: str = ""
    page: str = ""
    stage: int = 0
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One triple of a rule, in words.

    Attributes:
        word: the fact.
        wanted: what is asked of it, so that it reads well after “is”.
        is_condition: it says when the rule applies; else it says when it is met.
    """

    word: str
    wanted: str
    is_condition: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A law that rules belong to.

    Attributes:
        name: in full.
        short: as people call it.
        applies: to whom, in words.
        authority: who watches over it.
        countries: where it is in force, ISO 3166-1 alpha-2; a region as `US-CA`.
        pending: a change that is under way.
        builds_on: the law whose duties are its own too; empty: none.
        but_not: rules of that law that it does not keep, or sets anew.
    """

    name: str
    short: str
    applies: str = ""
    authority: str = ""
    countries: tuple[str, ...] = ()
    pending: str = ""
    builds_on: LawId = ""
    but_not: tuple[RuleId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A kind of subject.

    Attributes:
        name: for people.
        page: where what is wrong with such a subject is mended.
        stage: of the life cycle, 1–10.
        must_exist: whoever holds personal data has one, so where none is on record its rules are
            not assessed; of other kinds there may simply be none.
    """

    name: str
    page: str
    stage: int
    must_exist: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A set of rules with all that they name.

    Attributes:
        id: names it.
        title: for people.
        version: of the pack.
        as_of: the day on which all of it was checked, ISO date.
        rules: in the order of the file.
        laws: by id.
        entities: kinds of subject, by name.
        words: how the evidence names each fact; `entity.fact` wins over `fact`.
        values: how it names choices and lists.
        planned: facts ending in `_at` that may lie ahead; what else lies ahead cannot be so.
        countries: facts that hold the code of a country.
        disabled: rules that a pack switched off, with the reason.
        parts: id and version of each pack that was joined, the base first.
        lists: what `in_list` names, by name.
        sources: by id, in words.
        fines: by tier, in words and numbers.
        extends: the packs that this one adds to.
    """

    id: str
    title: str
    version: str
    as_of: str
    rules: tuple[Rule, ...]
    laws: Mapping[LawId, Law] = field(default_factory=dict)
    entities: Mapping[str, Entity] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    fines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    extends: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    planned: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    disabled: Mapping[RuleId, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()

    @property
    def edition(self) -> str:
        """Which rules these are: id and version of each part."""
        return " + ".join(self.parts) or f"{self.id} {self.version}"

    def law_name(self, law: LawId) -> str:
        """A law as people call it; its id where the pack does not know it."""
        found = self.laws.get(law)
        return found.short if found else law

    def reference(self, law: LawId, article: str) -> str:
        """Law and article, as people call them; see `reference`."""
        return reference(law, self.law_name(law), article)

    def rule(self, id_: RuleId) -> Rule | None:
        """The rule of that id; None where there is none."""
        return next((rule for rule in self.rules if rule.id == id_), None)
