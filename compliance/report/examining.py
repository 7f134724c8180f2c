"""A signed report, opened by somebody who trusts nothing in it."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from compliance.errors import NotAReportError
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.increments import adds_only_signatures, shows
from compliance.report.nouns.signatures import Aspect, Holds, Opened, Signature, Statement
from compliance.report.opening import read
from compliance.report.seals import Seal, Trust, seal, validated
from compliance.report.signatories import name_of
from compliance.report.signing import unfit

MOST_BYTES = 2**27
MOST_SIGNATURES = 20
_MOST_ATTACHED = 50
_CLOCKS_DIFFER = timedelta(days=1)

# What the reader stumbles over where a file is damaged on purpose. It promises no errors of its
# own for that.
_STUMBLES = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(RecursionError, AssertionError, NotImplementedError, OSError, MemoryError, zlib.error),
)


def examine(data: bytes, name: str, trust: Trust) -> Opened:
    """What the signatures on the PDF `data` say, and what is attached to it.

    Nothing is fetched: whether a certificate was revoked is not asked. What was added after the
    oldest signature is not read as part of the report: it may only be signatures that do not show.

    Args:
        name: of the file, for errors.

    Raises:
        NotAReportError: it is no PDF that can be read.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko_certvalidator.errors import PathError

    if why := _no_report(data):
        raise NotAReportError(name=name, reason=why)
    try:
        return _opened(data, trust)
    except (PdfError, PathError, *_STUMBLES):
        reason = (
            "it is encrypted" if b"/Encrypt" in data[-4096:] else "it is damaged; it cannot be read"
        )
        raise NotAReportError(name=name, reason=reason) from None


def _no_report(data: bytes) -> str:
    if not data:
        return "it is empty"
    if len(data) > MOST_BYTES:
        return f"it is larger than {MOST_BYTES // 2**20} MB"
    return "" if data.startswith(b"%PDF-") else "it is not a PDF"


def attached_to(data: bytes) -> dict[str, bytes]:
    """The files inside a PDF that this desk made, by name; nothing is checked."""
    return dict(_attached(read(data)))


def _opened(data: bytes, trust: Trust) -> Opened:
    whole = read(data)
    if whole.encrypted:
        raise ValueError("encrypted")
    found = whole.embedded_signatures[: MOST_SIGNATURES + 1]
    if len(found) > MOST_SIGNATURES:
        raise ValueError("too many signatures")
    if not found:
        says = _("It is not signed. Anybody may have changed it.")
        unsigned = Statement(about=Aspect.SIGNATURE, holds=Holds.NO, says=says)
        return _read(whole, data, len(data), (unsigned,), ())
    seals = [seal(each, data, trust) for each in found]
    report, base = data, whole
    if 0 < seals[0].reach < len(data):
        report = data[: seals[0].reach]
        base = read(report)
    statements = [
        *_of_first(seals[0], found, base, trust),
        *(said for seal in seals[1:] for said in _of_later(seal, trust)),
    ]
    unsigned_size = _unsigned_size(base, report)
    return _read(base, report, unsigned_size, statements, [seal.signature for seal in seals])


def _read(
    reader: Any,
    report: bytes,
    unsigned: int,
    statements: Sequence[Statement],
    signatures: Sequence[Signature],
) -> Opened:
    attached = list(_attached(reader))
    counted = Counter(name for name, _ in attached)
    return Opened(
        statements=tuple(statements),
        signatures=tuple(signatures),
        report=report,
        unsigned=unsigned,
        attached=dict(attached),
        doubled=frozenset(name for name, times in counted.items() if times > 1),
        language=str(reader.root.get("/Lang", "")).partition("-")[0],
    )


def _attached(reader: Any) -> Iterator[tuple[str, bytes]]:
    """The files inside, by name; those that the names of the document lead to at once."""
    names = list(reader.root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", []))
    for name, file in zip(names[:_MOST_ATTACHED:2], names[1:_MOST_ATTACHED:2], strict=False):
        try:
            yield str(name), bytes(file.get_object()["/EF"]["/F"].data)
        except zlib.error:
            yield str(name), b""


def _unsigned_size(reader: Any, report: bytes) -> int:
    """How many bytes there were before the oldest signature; 0 where that cannot be told.

    The end is looked for by the place that it names, as `%%EOF` may stand in a text.
    """
    place = int(reader.xrefs.get_startxref_for_revision(0))
    end = re.search(rb"startxref\s+%d\s+%%%%EOF" % place, report)
    return end.end() if end else 0


# ------------------------------------------------------------------------------- in words


def _of_first(seal: Seal, found: Sequence[Any], base: Any, trust: Trust) -> Iterator[Statement]:
    """On the signature of who made the report."""
    yield _of_content(seal, found, base)
    yield _of_signer(seal, trust)
    yield _of_time(seal, trust)


def _of_content(seal: Seal, found: Sequence[Any], base: Any) -> Statement:
    about = Aspect.SIGNATURE
    if not (seal.holds and len(base.embedded_signatures) == 1):
        says = _("The file was changed after it was signed, or its signature is not genuine.")
        return Statement(about=about, holds=Holds.NO, says=says)
    if seal.reaches_end:
        says = _("All of the file is as it was signed, and nothing was added behind.")
        return Statement(about=about, holds=Holds.YES, says=says)
    if len(found) == 1 or not adds_only_signatures(seal.status):
        says = _("The report is as it was signed, but something was added to the file after.")
        return Statement(about=about, holds=Holds.NO, says=says)
    if any(shows(each.sig_field) for each in found[1:]):
        says = _(
            "The report is as it was signed, but a signature was added after that shows on a page "
            "and may hide what stands there."
        )
        return Statement(about=about, holds=Holds.UNKNOWN, says=says)
    says = _("The report is as it was signed; after that, only further signatures were added.")
    return Statement(about=about, holds=Holds.YES, says=says)


def _of_later(seal: Seal, trust: Trust) -> Iterator[Statement]:
    """On a signature that somebody added."""
    name = seal.signature.signer
    if not seal.holds or not (seal.reaches_end or adds_only_signatures(seal.status)):
        says = _("A signature was added in the name of {name} that is not genuine.")
        yield Statement(about=Aspect.SIGNATURE, holds=Holds.NO, says=says.format(name=name))
        return
    says = _("{name} signed after that, and the file is as it was signed then.")
    yield Statement(about=Aspect.SIGNATURE, holds=Holds.YES, says=says.format(name=name))
    yield _of_signer(seal, trust)
    yield _of_time(seal, trust)


def _of_signer(seal: Seal, trust: Trust) -> Statement:
    """Who signed, and who vouches for that."""
    signature = seal.signature
    says, holds = _signer(seal, trust)
    told = says.format(name=signature.signer, fingerprint=signature.fingerprint)
    return Statement(about=Aspect.SIGNER, holds=holds, says=told)


def _signer(seal: Seal, trust: Trust) -> tuple[str, Holds]:
    signature, certificate = seal.signature, seal.found.signer_cert
    if signature.at is None or unfit(certificate, signature.at):
        says = _("{name} signed with a certificate that was not for that, or not at that time.")
        return says, Holds.NO
    if signature.fingerprint in trust.known:
        return _("It was signed by {name}, with a certificate of this desk."), Holds.YES
    is_stamped = seal.stamp is not None and _is_confirmed(seal, trust)
    moment = signature.at if is_stamped else trust.at
    if trust.roots and _is_vouched_for(seal.found, trust, moment):
        return _("It was signed by {name}, for whom a trusted certificate vouches."), Holds.YES
    if trust.roots and _is_vouched_for(seal.found, trust, signature.at):
        says = _(
            "It was signed in the name of {name}, whose certificate has ended since; nobody "
            "trusted here confirms that it was signed before."
        )
        return says, Holds.UNKNOWN
    says = _(
        "It was signed in the name of {name}, but nobody trusted here vouches for that. Compare "
        "the certificate's fingerprint with the signer: {fingerprint}."
    )
    return says, Holds.UNKNOWN


def _is_vouched_for(found: Any, trust: Trust, at: datetime) -> bool:
    from pyhanko.sign.validation.errors import SignatureValidationError

    try:
        return bool(validated(found, trust.roots, at).trusted)
    except SignatureValidationError:
        return False


def _is_confirmed(seal: Seal, trust: Trust) -> bool:
    """Whether a trusted authority confirms the time."""
    if not (seal.stamp.valid and seal.stamp.intact and trust.roots):
        return False
    stamp = validated(seal.found, trust.roots, trust.at).timestamp_validity
    return bool(stamp.trusted)


def _of_time(seal: Seal, trust: Trust) -> Statement:
    """When it was signed, and who says so."""
    says, holds = _time(seal, trust)
    at = seal.signature.at
    told = says.format(
        when=wording.when(at) if at else "",
        authority=name_of(seal.stamp.signing_cert) if seal.stamp else "",
    )
    return Statement(about=Aspect.TIME, holds=holds, says=told)


def _time(seal: Seal, trust: Trust) -> tuple[str, Holds]:
    at = seal.signature.at
    if at is None:
        return _("It does not say when it was signed."), Holds.NO
    if at > trust.at + _CLOCKS_DIFFER:
        return _("It says that it was signed on {when}, which is still to come."), Holds.NO
    if seal.stamp is None:
        return _("It says that it was signed on {when}; nobody else confirms that."), Holds.UNKNOWN
    if not (seal.stamp.valid and seal.stamp.intact):
        return _("The time stamp on it is not genuine."), Holds.NO
    if _is_confirmed(seal, trust):
        return _("{authority} confirms that it was signed on {when}."), Holds.YES
    says = _(
        "{authority} says that it was signed on {when}, but nobody trusted here vouches for that."
    )
    return says, Holds.UNKNOWN
