"""What reports on requests stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from compliance.lineage.nouns import Edge
from compliance.register.nouns import Organisation
from compliance.rights.nouns import Erasure, Letter, Outcome, RequestLog, Right
from compliance.trail.nouns import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterEvidence:
    """What a letter to a person says; it names a request and nobody.

    Attributes:
        organisation: who writes.
        letter: the letter.
        right, outcome: what was asked, and decided; None: nothing yet.
        trail: verified when the evidence was gathered.
        desk_version: of Privacy Desk.
        gathered_at: when, UTC.
    """

    organisation: Organisation
    letter: Letter
    right: Right
    outcome: Outcome | None
    trail: Verification
    desk_version: str
    gathered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvidence:
    """What the log of requests says; nothing about anybody.

    Attributes:
        organisation: who is accountable.
        log: the requests.
        laws: id → what the law is called.
        trail: verified when the evidence was gathered.
        desk_version: of Privacy Desk.
        gathered_at: when, UTC.
    """

    organisation: Organisation
    log: RequestLog
    laws: Mapping[str, str]
    trail: Verification
    desk_version: str
    gathered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateEvidence:
    """What the certificate of an erasure says; nothing about anybody.

    Attributes:
        organisation: who erased.
        request: for which request this copy is.
        erasure: what was done.
        lineage: the edges that touch the versions concerned.
        trail: verified when the evidence was gathered.
        desk_version: of Privacy Desk.
        gathered_at: when, UTC.
    """

    organisation: Organisation
    request: str
    erasure: Erasure
    lineage: tuple[Edge, ...]
    trail: Verification
    desk_version: str
    gathered_at: datetime
