"""A signed report, opened by somebody who trusts nothing in it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from compliance.errors import NotAReportError
from compliance.i18n import translate as _
from compliance.report.signatures import Aspect, Holds, Opened, Signature, Statement
from compliance.report.signing import noted

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

MOST_BYTES = 2**28
_END = b"%%EOF"
_MOST_ATTACHED = 50


def examine(
    data: bytes, name: str, known: Sequence[str] = (), roots: Sequence[Certificate] = ()
) -> Opened:
    """What the signature on the PDF `data` says, and what is attached to it.

    Nothing is fetched: whether a certificate was revoked is not asked.

    Args:
        name: of the file, for errors.
        known: fingerprints (SHA-256 in hex) of certificates that are trusted as they are.
        roots: certificates that are trusted to vouch for others.

    Raises:
        NotAReportError: it is no PDF that can be read.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko_certvalidator.errors import PathError

    if len(data) > MOST_BYTES or not data.startswith(b"%PDF-"):
        raise NotAReportError(name=name, reason="it is not a PDF")
    damaged = NotAReportError(name=name, reason="it is damaged and cannot be read")
    try:
        return _opened(data, known, roots)
    except (PdfError, PathError):
        raise damaged from None
    except _WHAT_BROKEN_FILES_CAUSE:
        raise damaged from None


# What the reader stumbles over where a file is damaged on purpose. It promises no errors of its
# own for that.
_WHAT_BROKEN_FILES_CAUSE = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(RecursionError, AssertionError, NotImplementedError, OSError, zlib.error),
)


def attached_to(data: bytes) -> dict[str, bytes]:
    """The files inside a PDF that this desk made, by name; nothing is checked."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    return dict(_attached(PdfFileReader(BytesIO(data))))


def _opened(data: bytes, known: Sequence[str], roots: Sequence[Certificate]) -> Opened:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader: Any = PdfFileReader(BytesIO(data))
    signatures = reader.embedded_signatures
    attached = dict(_attached(reader))
    if not signatures:
        says = _("It is not signed. Anybody may have changed it.")
        unsigned = Statement(about=Aspect.SIGNATURE, holds=Holds.NO, says=says)
        original = hashlib.sha256(data).hexdigest()
        return Opened(statements=(unsigned,), signature=None, original=original, attached=attached)
    last = signatures[-1]
    statements, signature = _signature(last, data, known, roots)
    before = data.rfind(_END, 0, int(last.byte_range[1]))
    original = hashlib.sha256(data[: before + len(_END)]).hexdigest() if before >= 0 else ""
    return Opened(statements=statements, signature=signature, original=original, attached=attached)


def _signature(
    found: Any, data: bytes, known: Sequence[str], roots: Sequence[Certificate]
) -> tuple[tuple[Statement, ...], Signature]:
    """What one signature says: whether the file is as it was signed, and who signed it."""
    own = found.signer_cert
    alone = _validated(found, [own])
    whole, stamp = _is_whole(alone) and _is_sealed(found, data), alone.timestamp_validity
    at = stamp.timestamp if stamp else found.self_reported_timestamp
    signature = noted(own, at, is_time_stamped=stamp is not None)
    said = (
        _("Not one byte of the file was changed since it was signed.")
        if whole
        else _("The file was changed after it was signed, or its signature is not genuine.")
    )
    holds = Holds.YES if whole else Holds.NO
    return (
        Statement(about=Aspect.SIGNATURE, holds=holds, says=said),
        _signer(signature, is_vouched_for=bool(roots) and _validated(found, roots).bottom_line)
        if signature.fingerprint not in known
        else _known(signature),
    ), signature


def _is_whole(status: Any) -> bool:
    """Whether the signature covers the whole file, and nothing came after it."""
    from pyhanko.sign.validation import SignatureCoverageLevel

    covers = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return bool(status.bottom_line and covers)


def _is_sealed(found: Any, data: bytes) -> bool:
    """Whether the gap in the file that no signature covers holds this one and nothing else."""
    from asn1crypto.cms import ContentInfo

    _start, begin, end, _length = map(int, found.byte_range)
    written = ContentInfo.load(found.pkcs7_content, strict=False).dump().hex()
    gap = data[begin:end]
    return any(
        gap.startswith(b"<" + text.encode()) and not gap[len(text) + 1 : -1].strip(b"0")
        for text in (written, written.upper())
    )


def _validated(found: Any, roots: Sequence[Certificate]) -> Any:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    return validate_pdf_signature(
        found,
        ValidationContext(
            trust_roots=list(roots), moment=found.self_reported_timestamp, allow_fetching=False
        ),
        key_usage_settings=KeyUsageConstraints(
            key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False
        ),
    )


def _known(signature: Signature) -> Statement:
    says = _("It was signed by {name}, with a certificate of this desk.")
    return Statement(about=Aspect.SIGNER, holds=Holds.YES, says=says.format(name=signature.signer))


def _signer(signature: Signature, *, is_vouched_for: bool) -> Statement:
    if is_vouched_for:
        says = _("It was signed by {name}, for whom a trusted certificate vouches.")
        return Statement(
            about=Aspect.SIGNER, holds=Holds.YES, says=says.format(name=signature.signer)
        )
    says = _(
        "It was signed in the name of {name}, but nobody trusted here vouches for that. Compare "
        "the certificate's fingerprint with the signer: {fingerprint}."
    )
    told = says.format(name=signature.signer, fingerprint=signature.fingerprint)
    return Statement(about=Aspect.SIGNER, holds=Holds.UNKNOWN, says=told)


def _attached(reader: Any) -> Iterator[tuple[str, bytes]]:
    """The files inside, by name; those that the names of the document lead to at once."""
    names = list(reader.root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", []))
    for name, file in zip(names[:_MOST_ATTACHED:2], names[1:_MOST_ATTACHED:2], strict=False):
        yield str(name), bytes(file.get_object()["/EF"]["/F"].data)
