"""Who signed a report, and what checking one found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature on the PDF of a report (PAdES).

    Attributes:
        signer: whom its certificate names.
        fingerprint: SHA-256 of the certificate, in hex.
        certificate: the certificate itself, as PEM, so that it outlives its key.
        is_self_made: nobody but the signer vouches for the certificate.
        at: when it was made, UTC: by the time stamp where there is one, else by the signer's own
            clock; None where it does not say.
        is_time_stamped: whether it carries a time stamp (RFC 3161).
    """

    signer: str
    fingerprint: str
    certificate: str
    is_self_made: bool
    at: datetime | None
    is_time_stamped: bool


class Holds(StrEnum):
    """Whether something that was checked is so."""

    YES = "holds"
    NO = "fails"
    UNKNOWN = "cannot be told"


class Aspect(StrEnum):
    """What is checked of a report, in this order."""

    SIGNATURE = "signature"
    SIGNER = "signer"
    TIME = "time"
    EVIDENCE = "evidence"
    PAGES = "pages"
    TRAIL = "trail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one check found, in a sentence."""

    about: Aspect
    holds: Holds
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What checking a report found.

    Attributes:
        sha256: of the file.
        statements: one or more on every aspect.
        signatures: those on the file, the oldest first: that of who made the report.
    """

    sha256: str
    statements: tuple[Statement, ...]
    signatures: tuple[Signature, ...]

    @property
    def signature(self) -> Signature | None:
        """Of who made the report; None where it is not signed."""
        return self.signatures[0] if self.signatures else None

    @property
    def verdict(self) -> Holds:
        """Of all statements the worst: one that fails, else one that cannot be told."""
        found = {statement.holds for statement in self.statements}
        return next(h for h in (Holds.NO, Holds.UNKNOWN, Holds.YES) if h in found)

    @property
    def ok(self) -> bool:
        """Whether everything was checked and holds: what cannot be told is no yes."""
        return self.verdict is Holds.YES


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opened:
    """A PDF as read for checking.

    Attributes:
        statements: on the signatures alone.
        signatures: the oldest first.
        report: the bytes that the oldest signature is on and its own; the whole file where nobody
            signed after, or nobody at all.
        unsigned: how many of these were there before it was signed; 0 where that cannot be told.
        attached: the files inside `report`, by name.
        doubled: names that two of these files have.
        language: that `report` says it is written in, such as `en`; empty where it does not.
    """

    statements: tuple[Statement, ...]
    signatures: tuple[Signature, ...]
    report: bytes
    unsigned: int
    attached: Mapping[str, bytes]
    doubled: frozenset[str]
    language: str

    @property
    def is_sealed(self) -> bool:
        """Whether the oldest signature holds, and who made it is trusted."""
        first: dict[Aspect, Holds] = {}
        for statement in self.statements:
            first.setdefault(statement.about, statement.holds)
        return all(first.get(a) is Holds.YES for a in (Aspect.SIGNATURE, Aspect.SIGNER))
