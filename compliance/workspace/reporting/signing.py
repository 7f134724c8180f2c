"""Who signs the reports of this desk."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from compliance.errors import SignerError, WorkspaceError
from compliance.register.nouns import Organisation
from compliance.report.examining import examine
from compliance.report.nouns.signatures import Aspect, Holds, Signature
from compliance.report.seals import Trust
from compliance.report.signatories import (
    Signatory,
    common_name,
    from_pem,
    from_pkcs12,
    from_token,
    name_of,
    self_made,
)
from compliance.report.signing import noted, sign, unfit
from compliance.workspace.desk import Desk

FILE = "report-signing.pem"
_NOBODY = "Privacy Desk"


def signed(desk: Desk, pdf: bytes, organisation: Organisation) -> tuple[bytes, Signature]:
    """`pdf` signed by whom the settings name or, where they name nobody, by the desk itself.

    What was signed is checked as anybody would check it, so that no report is kept that fails.

    Raises:
        SignerError: the signer cannot be used.
        WorkspaceError: the desk's own key cannot.
    """
    at, url = desk.clock().astimezone(UTC).replace(microsecond=0), desk.settings.time_stamp_url
    with closing(_signatory(desk, organisation, at)) as by:
        found = sign(pdf, by, at, url)
        signature = noted(by.certificate, at, is_time_stamped=bool(url))
    _check(found, signature)
    return found, signature


def _check(signed: bytes, signature: Signature) -> None:
    at = signature.at or datetime.now(UTC)
    opened = examine(signed, "report.pdf", Trust(at=at, known=frozenset({signature.fingerprint})))
    holds = {statement.about: statement.holds for statement in opened.statements}
    if holds[Aspect.SIGNATURE] is not Holds.YES or holds[Aspect.SIGNER] is not Holds.YES:
        raise SignerError(reason="what its key signs cannot be checked with its certificate")
    if signature.is_time_stamped and holds[Aspect.TIME] is Holds.NO:
        raise SignerError(reason="the time-stamp authority gives no genuine time stamp")


def _signatory(desk: Desk, organisation: Organisation, at: datetime) -> Signatory:
    settings = desk.settings
    if settings.signer.startswith("pkcs11:"):
        return from_token(settings.signer, settings.signer_password)
    if settings.signer:
        try:
            data = Path(settings.signer).expanduser().read_bytes()
        except OSError:
            raise SignerError(reason="its file cannot be read") from None
        return from_pkcs12(data, settings.signer_password)
    return _own(desk.settings.home / FILE, common_name(organisation.name) or _NOBODY, at)


def _own(path: Path, name: str, at: datetime) -> Signatory:
    """The desk's own key with a self-made certificate in the organisation's name.

    Both are made anew where the certificate does not hold at `at`, or names another: nobody else
    vouches for it, and every certificate that signed a report stays in the records.
    """
    try:
        if not path.exists():
            _make(path, self_made(name, at))
        own = _read(path)
        if name_of(own.certificate) == name and not unfit(own.certificate, at):
            return own
        _make(path, self_made(name, at), is_renewed=True)
        return _read(path)
    except OSError:
        reason = f"its {FILE} cannot be read or made; ask for the right to"
        raise WorkspaceError(home=path.parent, reason=reason) from None


def _read(path: Path) -> Signatory:
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        reason = f"its {FILE} can be read by others than the desk; delete it, so that a new one is"
        raise WorkspaceError(home=path.parent, reason=f"{reason} made")
    try:
        return from_pem(path.read_bytes())
    except SignerError:
        reason = f"its {FILE} is damaged; restore it from the backup, or delete it"
        raise WorkspaceError(home=path.parent, reason=reason) from None


def _make(path: Path, pem: bytes, *, is_renewed: bool = False) -> None:
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    partial.touch(mode=0o600)
    partial.write_bytes(pem)
    if is_renewed:
        partial.replace(path)
        return
    # A link appears whole or not at all, and never replaces the key of a faster process.
    with suppress(FileExistsError):
        path.hardlink_to(partial)
    partial.unlink()
