"""Who signed a report, and what checking one found."""

from __future__ import annotations

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
        at: when it was made by the signer's clock, UTC.
        is_time_stamped: whether a time-stamp authority confirmed that time (RFC 3161).
    """

    signer: str
    fingerprint: str
    certificate: str
    is_self_made: bool
    at: datetime
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
    EVIDENCE = "evidence"
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
        signature: the last one on the file; None where there is none.
    """

    sha256: str
    statements: tuple[Statement, ...]
    signature: Signature | None

    @property
    def ok(self) -> bool:
        """Whether everything was checked and holds: what cannot be told is no yes."""
        return all(statement.holds is Holds.YES for statement in self.statements)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opened:
    """A PDF as read for checking.

    Attributes:
        statements: on the signature alone.
        signature: the last one; None where there is none.
        original: SHA-256 of the file before it was signed; empty where it was not.
        attached: the files inside, by name.
    """

    statements: tuple[Statement, ...]
    signature: Signature | None
    original: str
    attached: dict[str, bytes]
