"""Who signs the reports of this desk, and whether a report is what this desk signed."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import rfc8785
from sqlalchemy import Connection

from compliance.errors import FileMissingError, SignerError, TrailError, WorkspaceError
from compliance.i18n import translate as _
from compliance.register.nouns import Organisation
from compliance.report.examining import examine
from compliance.report.nouns import Report
from compliance.report.signatures import Aspect, Checked, Holds, Opened, Signature, Statement
from compliance.report.signing import (
    Signatory,
    from_pem,
    from_pkcs12,
    from_token,
    roots_from,
    self_made,
    sign,
    signature_of,
    time_stamper,
)
from compliance.storage import records, tables
from compliance.trail import read_checkpoint
from compliance.workspace import trails
from compliance.workspace.desk import Desk

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

_OWN = "report-signing.pem"
_NOBODY = "Privacy Desk"


def signed(desk: Desk, pdf: bytes, organisation: Organisation) -> tuple[bytes, Signature]:
    """`pdf` signed by whom the settings name or, where they name nobody, by the desk itself.

    Raises:
        SignerError: the signer cannot be used.
    """
    at = desk.clock().astimezone(UTC).replace(microsecond=0)
    by = _signatory(desk, organisation, at)
    return sign(pdf, by, at), signature_of(by, at)


def check(desk: Desk, path: Path, trusted: Path | None = None) -> Checked:
    """Whether signature, evidence and trail of the report at `path` agree.

    Args:
        trusted: certificates (PEM) that may vouch for a signer whom this desk does not know.

    Raises:
        FileMissingError, NotAReportError: it cannot be read.
        SignerError: `trusted` holds no certificate.
    """
    roots = roots_from(_bytes(trusted)) if trusted else ()
    return check_bytes(desk, _bytes(path), path.name, roots)


def check_bytes(desk: Desk, data: bytes, name: str, roots: Sequence[Certificate] = ()) -> Checked:
    """As `check`, for a file that was handed over and is kept nowhere.

    Args:
        name: of the file, for errors.

    Raises:
        NotAReportError: it cannot be read.
    """
    with desk.database.reading() as connection:
        opened = examine(data, name, _known(connection), roots)
        sha256 = hashlib.sha256(data).hexdigest()
        said = _built(connection, opened.original)
        return Checked(
            sha256=sha256,
            statements=(
                *opened.statements,
                *_of_evidence(opened, said),
                *_of_trail(desk, connection, opened, said, sha256),
            ),
            signature=opened.signature,
        )


def _signatory(desk: Desk, organisation: Organisation, at: datetime) -> Signatory:
    settings = desk.settings
    found = _named(desk, organisation, at)
    if not settings.time_stamp_url:
        return found
    return Signatory(signer=found.signer, clock=time_stamper(settings.time_stamp_url))


def _named(desk: Desk, organisation: Organisation, at: datetime) -> Signatory:
    settings = desk.settings
    if settings.signer.startswith("pkcs11:"):
        return from_token(settings.signer, settings.signer_password)
    if settings.signer:
        try:
            data = Path(settings.signer).expanduser().read_bytes()
        except OSError:
            raise SignerError(reason="its file cannot be read") from None
        return from_pkcs12(data, settings.signer_password)
    return _own(desk, organisation, at)


def _own(desk: Desk, organisation: Organisation, at: datetime) -> Signatory:
    """The desk's own key with a self-made certificate, made anew when it is about to end."""
    path = desk.settings.home / _OWN
    try:
        if path.exists():
            own = from_pem(path.read_bytes())
            if own.certificate.not_valid_after > at:
                return own
        _write(path, self_made(organisation.name.strip() or _NOBODY, at))
        return from_pem(path.read_bytes())
    except OSError:
        reason = f"its {_OWN} cannot be read or made; ask for the right to"
        raise WorkspaceError(home=desk.settings.home, reason=reason) from None


def _write(path: Path, pem: bytes) -> None:
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    with suppress(FileExistsError):
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    partial.write_bytes(pem)
    partial.replace(path)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise FileMissingError(name=path.name) from None


def _known(connection: Connection) -> tuple[str, ...]:
    """The fingerprints of all certificates with which this desk signed."""
    kept = records.every(connection, tables.SIGNATURE, Signature)
    return tuple({signature.fingerprint for signature in kept})


def _built(connection: Connection, original: str) -> Mapping[str, Any] | None:
    """What the trail said when this file was built, and where; None: it says nothing of it."""
    for report in records.every(connection, tables.REPORT, Report):
        if original and original in (report.unsigned, report.sha256):
            number = records.entry_of(connection, tables.REPORT, id=report.id)
            line = records.line(connection, number or 0)
            if line is not None:
                said = msgspec.json.decode(line.body, type=dict[str, Any])
                return {"number": number, **said.get("facts", {})}
    return None


def _of_evidence(opened: Opened, said: Mapping[str, Any] | None) -> list[Statement]:
    """Whether the evidence inside is whole, and that of the pages."""
    evidence = opened.attached.get("evidence.json")
    if evidence is None:
        return [_stated(Aspect.EVIDENCE, Holds.NO, _("No evidence is attached."))]
    try:
        whole = rfc8785.dumps(msgspec.json.decode(evidence)) == evidence
    except (msgspec.DecodeError, RecursionError, rfc8785.CanonicalizationError):
        whole = False
    if not whole:
        says = _("The evidence inside is not as a report writes it: it was changed.")
        return [_stated(Aspect.EVIDENCE, Holds.NO, says)]
    if said is None or "evidence" not in said:
        says = _("The evidence inside is well formed; whether it is the original cannot be told.")
        return [_stated(Aspect.EVIDENCE, Holds.UNKNOWN, says)]
    same = hashlib.sha256(evidence).hexdigest() == said["evidence"]
    says = (
        _("The evidence inside is that of which the trail holds the hash.")
        if same
        else _("The evidence inside is not that of which the trail holds the hash.")
    )
    return [_stated(Aspect.EVIDENCE, Holds.YES if same else Holds.NO, says)]


def _of_trail(
    desk: Desk, connection: Connection, opened: Opened, said: Mapping[str, Any] | None, sha256: str
) -> list[Statement]:
    """Whether the trail tells of this file, and still begins as the report saw it."""
    if said is None:
        says = _("The trail of this desk knows no such report: another desk made it, or nobody.")
        return [_stated(Aspect.TRAIL, Holds.UNKNOWN, says)]
    same = said["sha256"] == sha256
    says = (
        _("Entry {n} of the trail holds the hash of this very file.")
        if same
        else _("Entry {n} of the trail is on this report, but on another signature of it.")
    )
    return [
        _stated(Aspect.TRAIL, Holds.YES if same else Holds.NO, says.format(n=said["number"])),
        *_of_checkpoint(desk, connection, opened),
    ]


def _of_checkpoint(desk: Desk, connection: Connection, opened: Opened) -> list[Statement]:
    try:
        text = opened.attached["checkpoint.json"].decode()
        seen = read_checkpoint("checkpoint.json", text)
    except (KeyError, UnicodeDecodeError, TrailError):
        says = _("No checkpoint of the trail is attached, or it was changed.")
        return [_stated(Aspect.TRAIL, Holds.NO, says)]
    found = trails.verify_since(desk, connection, seen)
    if found.problems:
        return [_stated(Aspect.TRAIL, Holds.NO, says) for says in found.problems]
    says = _("The trail is whole and still begins with the {n} entries that the report saw.")
    return [_stated(Aspect.TRAIL, Holds.YES, says.format(n=seen.entries))]


def _stated(about: Aspect, holds: Holds, says: str) -> Statement:
    return Statement(about=about, holds=holds, says=says)
