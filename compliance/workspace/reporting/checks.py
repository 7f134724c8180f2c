"""Whether a report is what this desk, or one that is trusted here, made and signed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import rfc8785
from sqlalchemy import Connection

from compliance import __version__
from compliance.errors import FileMissingError, NotAReportError, TrailError
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.examining import MOST_BYTES, examine
from compliance.report.nouns import Report
from compliance.report.nouns.signatures import Aspect, Checked, Holds, Opened, Signature, Statement
from compliance.report.rebuilding import agrees
from compliance.report.seals import Trust
from compliance.report.signatories import roots_from
from compliance.storage import records, tables
from compliance.trail import Seen, Verdict, check_signature, read_checkpoint
from compliance.trail.nouns import Verification
from compliance.workspace.desk import Desk
from compliance.workspace.trails import keys as trail_keys
from compliance.workspace.trails import trails

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

_EVIDENCE, _CHECKPOINT = "evidence.json", "checkpoint.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the desk's own records say of a report.

    Attributes:
        is_exact: they know this very file, and not only what it was before it was signed.
        entry: the number of the trail's entry on it; 0 where there is none.
        facts: of that entry.
    """

    is_exact: bool
    entry: int
    facts: Mapping[str, Any]


def check(desk: Desk, path: Path, trusted: Path | None = None) -> Checked:
    """Whether signatures, time, evidence, pages and trail of the report at `path` agree.

    Args:
        trusted: certificates (PEM) that may vouch for signers and for time-stamp authorities.

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
    at = desk.clock()
    with desk.database.reading() as connection:
        trust = Trust(known=_known(connection), roots=roots, at=at)
        opened = examine(data, name, trust)
        told, found = _told(connection, opened), _trail(desk, connection, opened)
        evidence = _of_evidence(opened, told)
        statements = (
            *_with_time(connection, opened, told, found),
            evidence,
            _of_pages(opened, told, evidence),
            *_of_trail(desk, connection, opened, told, found),
        )
    return Checked(
        sha256=hashlib.sha256(data).hexdigest(),
        statements=statements,
        signatures=opened.signatures,
    )


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise NotAReportError(name=path.name, reason="it is a folder")
        if not path.is_file():
            raise FileMissingError(name=path.name)
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError:
        raise FileMissingError(name=path.name) from None


def _known(connection: Connection) -> frozenset[str]:
    """The fingerprints of all certificates with which this desk signed."""
    kept = records.every(connection, tables.SIGNATURE, Signature)
    return frozenset(signature.fingerprint for signature in kept)


def _told(connection: Connection, opened: Opened) -> _Told | None:
    """What was recorded when this report was built; None: nothing."""
    sha256 = hashlib.sha256(opened.report).hexdigest()
    unsigned = hashlib.sha256(opened.report[: opened.unsigned]).hexdigest()
    every = records.every(connection, tables.REPORT, Report)
    exact = [report for report in every if report.sha256 == sha256]
    found = [*exact, *(report for report in every if report.unsigned == unsigned)]
    if not found:
        return None
    entry = records.entry_of(connection, tables.REPORT, id=found[0].id) or 0
    line = records.line(connection, entry)
    said: dict[str, Any] = msgspec.json.decode(line.body) if line else {}
    facts = said.get("facts", {})
    if said.get("act") != "report.build" or facts.get("report") != found[0].id:
        entry, facts = 0, {}
    return _Told(is_exact=bool(exact), entry=entry, facts=facts)


# ------------------------------------------------------------------------------- time


def _with_time(
    connection: Connection, opened: Opened, told: _Told | None, found: Verification
) -> Iterator[Statement]:
    """On the signatures; where the trail knows the file, it confirms when it was signed."""
    first = True
    for statement in opened.statements:
        is_open = statement.about is Aspect.TIME and statement.holds is Holds.UNKNOWN
        confirmed = first and is_open and told and told.is_exact and told.entry
        yield _confirmed(connection, opened, told, found) if confirmed and told else statement
        first = first and statement.about is not Aspect.TIME


def _confirmed(
    connection: Connection, opened: Opened, told: _Told, found: Verification
) -> Statement:
    at = opened.signatures[0].at
    when = wording.when(at) if at else ""
    if found.warnings and not _is_in_order(connection, told.entry):
        says = _(
            "It says that it was signed on {when}, but the clock of this desk was set back before "
            "or after: entry {n} of the trail is not in the order of time."
        )
        return _stated(Aspect.TIME, Holds.UNKNOWN, says.format(when=when, n=told.entry))
    says = _("It was signed on {when}, as entry {n} of the trail says.")
    return _stated(Aspect.TIME, Holds.YES, says.format(when=when, n=told.entry))


def _is_in_order(connection: Connection, entry: int) -> bool:
    """Whether no entry before it is later, and none after it earlier."""
    own = records.line(connection, entry)
    if own is None:
        return False
    at = _time_of(own.body)
    for line in records.lines_after(connection, 0):
        other = _time_of(line.body)
        if (line.place < entry and other > at) or (line.place > entry and other < at):
            return False
    return True


def _time_of(body: str) -> datetime:
    return datetime.fromisoformat(msgspec.json.decode(body)["at"])


# ------------------------------------------------------------------------------- evidence


def _of_evidence(opened: Opened, told: _Told | None) -> Statement:
    """Whether the evidence inside is whole, and is that which was recorded."""
    evidence = opened.attached.get(_EVIDENCE)
    if doubled := sorted(opened.doubled & {_EVIDENCE, _CHECKPOINT}):
        says = _("Two files inside have the name {name}: nobody can say which one counts.")
        return _stated(Aspect.EVIDENCE, Holds.NO, says.format(name=doubled[0]))
    if evidence is None:
        says = _("No evidence is attached.")
    elif not _is_canonical(evidence):
        says = _("The evidence inside is not as a report writes it: it was changed.")
    elif not _is_of_one_trail(opened):
        says = _("The evidence and the checkpoint inside are of two different moments or trails.")
    else:
        return _of_recorded(evidence, told)
    return _stated(Aspect.EVIDENCE, Holds.NO, says)


def _of_recorded(evidence: bytes, told: _Told | None) -> Statement:
    about = Aspect.EVIDENCE
    if told is None or not told.entry:
        says = _("The evidence inside is well formed; whether it is the original cannot be told.")
        return _stated(about, Holds.UNKNOWN, says)
    if "evidence" not in told.facts:  # before reports were signed, it had no hash of its own
        says = _("The trail has no hash of the evidence alone, but one of the file that holds it.")
        return _stated(about, Holds.YES if told.is_exact else Holds.UNKNOWN, says)
    if hashlib.sha256(evidence).hexdigest() == told.facts["evidence"]:
        says = _("The evidence inside is that of which the trail holds the hash.")
        return _stated(about, Holds.YES, says)
    says = _("The evidence inside is not that of which the trail holds the hash.")
    return _stated(about, Holds.NO, says)


def _is_canonical(evidence: bytes) -> bool:
    try:
        plain = msgspec.json.decode(evidence)
        return isinstance(plain, dict) and rfc8785.dumps(plain) == evidence
    except (msgspec.DecodeError, RecursionError, ValueError, rfc8785.CanonicalizationError):
        return False


def _is_of_one_trail(opened: Opened) -> bool:
    """Whether the checkpoint says the same of the trail as the evidence."""
    trail = msgspec.json.decode(opened.attached[_EVIDENCE]).get("trail")
    seen = _checkpoint(opened)
    if not isinstance(trail, dict) or seen is None:
        return seen is None  # told of under the trail
    said = (trail.get("entries"), trail.get("root"), trail.get("head"))
    return said == (seen.entries, seen.root, seen.head)


def _of_pages(opened: Opened, told: _Told | None, evidence: Statement) -> Statement:
    """Whether the pages say what the evidence says."""
    about = Aspect.PAGES
    if told is not None and told.entry:
        says = _("The pages are those that this desk made of the evidence, as entry {n} says.")
        return _stated(about, Holds.YES, says.format(n=told.entry))
    if evidence.holds is Holds.NO:
        says = _("The pages cannot be compared with the evidence.")
        return _stated(about, Holds.UNKNOWN, says)
    if not opened.is_sealed:
        says = _("The pages are not compared: nobody trusted here stands for the evidence.")
        return _stated(about, Holds.UNKNOWN, says)
    found = agrees(opened)
    if found is None:
        says = _("This desk ({version}) cannot make the pages anew from the evidence to compare.")
        return _stated(about, Holds.UNKNOWN, says.format(version=__version__))
    if found:
        says = _("Made anew from the evidence, the pages are the same to the byte.")
        return _stated(about, Holds.YES, says)
    says = _("Made anew from the evidence, the pages came out otherwise: they do not agree.")
    return _stated(about, Holds.NO, says)


# ------------------------------------------------------------------------------- trail


def _checkpoint(opened: Opened) -> Seen | None:
    try:
        return read_checkpoint(_CHECKPOINT, opened.attached[_CHECKPOINT].decode())
    except (KeyError, UnicodeDecodeError, TrailError):
        return None


def _trail(desk: Desk, connection: Connection, opened: Opened) -> Verification:
    """Whether the desk's own trail is whole, read once through; it still says what it said."""
    seen = _checkpoint(opened)
    if seen is None or _is_foreign(desk, connection, seen):
        return trails.verify(connection)
    return trails.verify_since(desk, connection, seen)


def _is_foreign(desk: Desk, connection: Connection, seen: Seen) -> bool:
    return seen.origin != trail_keys.signer_of(desk, connection).origin


def _of_trail(
    desk: Desk,
    connection: Connection,
    opened: Opened,
    told: _Told | None,
    found: Verification,
) -> Iterator[Statement]:
    """Whether the trail tells of this report, and still begins as the report saw it."""
    about, seen = Aspect.TRAIL, _checkpoint(opened)
    yield from (_stated(about, Holds.NO, says) for says in found.problems)
    if told is None:
        yield _of_stranger(seen, is_foreign=not seen or _is_foreign(desk, connection, seen))
        return
    if not told.entry:
        says = _("The records know this report, but the trail has no entry on it.")
        yield _stated(about, Holds.NO, says)
    elif told.is_exact:
        says = _("Entry {n} of the trail holds the hash of this very file.")
        yield _stated(about, Holds.YES, says.format(n=told.entry))
    else:
        says = _("Entry {n} of the trail is on this report, but on another signature of it.")
        yield _stated(about, Holds.NO, says.format(n=told.entry))
    if seen is None:
        says = _("No checkpoint of the trail is attached, or it was changed.")
        yield _stated(about, Holds.NO, says)
    elif _is_foreign(desk, connection, seen) and seen.origin:
        says = _("The checkpoint inside is that of another desk.")
        yield _stated(about, Holds.NO, says)
    elif not found.problems:
        says = _("The trail is whole and still begins with the {n} entries that the report saw.")
        yield _stated(about, Holds.YES, says.format(n=seen.entries))


def _of_stranger(seen: Seen | None, *, is_foreign: bool) -> Statement:
    """On a report that the records of this desk do not know."""
    about = Aspect.TRAIL
    if not is_foreign:
        says = _("It says that it is of this desk, but its trail knows no such report.")
        return _stated(about, Holds.NO, says)
    verdict = Verdict()
    if seen is not None:
        check_signature(seen, verdict)
    if seen is None or verdict.problems:
        says = _("No checkpoint of the trail is attached, or it was changed.")
        return _stated(about, Holds.NO, says)
    says = _("The trail of this desk knows no such report: another desk made it, or nobody.")
    return _stated(about, Holds.UNKNOWN, says)


def _stated(about: Aspect, holds: Holds, says: str) -> Statement:
    return Statement(about=about, holds=holds, says=says)
