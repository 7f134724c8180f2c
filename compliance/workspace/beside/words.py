"""What server and worker say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from compliance.access.nouns import Actor
from compliance.errors import ComplianceError


@dataclass(frozen=True, slots=True)
class Call:
    """Do this.

    Attributes:
        way: the verb, by its way from the workspace.
        given, named: with what.
        actor: in whose hands.
        language: which the words of the work are in.
        times_cleared: how often the server has forgotten what it had in memory, because people
            were erased; a worker that knows another number forgets, too.
    """

    way: str
    given: tuple[object, ...]
    named: Mapping[str, object]
    actor: Actor
    language: str
    times_cleared: int


@dataclass(frozen=True, slots=True)
class Next:
    """Go on to the next step."""


@dataclass(frozen=True, slots=True)
class Close:
    """Stop here."""


class Said(Enum):
    """What a reply is."""

    VALUE = auto()  # and the work is over
    PROGRESS = auto()  # steps will come, one for each `Next`
    STEP = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of it.

    Attributes:
        said: what `value` is.
        refusal: instead of a value.
        has_cleared: rows were erased, so that everybody must forget what is in memory.
        is_last: this worker ends now: it has grown too large.
    """

    said: Said
    value: object = None
    refusal: ComplianceError | None = None
    has_cleared: bool = False
    is_last: bool = False
