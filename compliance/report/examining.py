"""A signed report, opened by somebody who trusts nothing in it."""

from __future__ import annotations

import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from compliance.errors import NotAReportError
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.signatories import name_of
from compliance.report.signatures import Aspect, Holds, Opened, Signature, Statement
from compliance.report.signing import noted, unfit

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

MOST_BYTES = 2**27
MOST_SIGNATURES = 20
_MOST_UNFOLDED = 2**26  # of one stream of the file
_MOST_UNFOLDED_IN_ALL = 2**28
_MOST_ATTACHED = 50
_KEYS_OF_FORMS = {"/AcroForm", "/Perms", "/Extensions", "/Version", "/Annots"}
_CLOCKS_DIFFER = timedelta(days=1)

# What it logs quotes the file, and all of it is told here.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL + 1)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL + 1)

# What the reader stumbles over where a file is damaged on purpose. It promises no errors of its
# own for that.
_STUMBLES = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(RecursionError, AssertionError, NotImplementedError, OSError, MemoryError, zlib.error),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom the reader trusts.

    Attributes:
        known: fingerprints (SHA-256 in hex) of certificates that are trusted as they are.
        roots: certificates that are trusted to vouch for others.
        at: now.
    """

    known: frozenset[str] = frozenset()
    roots: Sequence[Certificate] = ()
    at: datetime


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
    return dict(_attached(_reader(data)))


def _opened(data: bytes, trust: Trust) -> Opened:
    whole = _reader(data)
    if whole.encrypted:
        raise ValueError("encrypted")
    found = whole.embedded_signatures[: MOST_SIGNATURES + 1]
    if len(found) > MOST_SIGNATURES:
        raise ValueError("too many signatures")
    if not found:
        says = _("It is not signed. Anybody may have changed it.")
        unsigned = Statement(about=Aspect.SIGNATURE, holds=Holds.NO, says=says)
        return _read(whole, data, len(data), (unsigned,), ())
    seals = [_seal(each, data, trust) for each in found]
    report, base = data, whole
    if 0 < seals[0].reach < len(data):
        report = data[: seals[0].reach]
        base = _reader(report)
    statements = [
        *_of_first(seals[0], found, base, trust),
        *(said for seal in seals[1:] for said in _of_later(seal, trust)),
    ]
    unsigned_size = _unsigned_size(base, report)
    return _read(base, report, unsigned_size, statements, [seal.signature for seal in seals])


def _reader(data: bytes) -> Any:
    from pyhanko.pdf_utils.decode_limits import (
        DecodeLimits,
        DocumentDecodeBudget,
        StreamDecodeLimits,
    )
    from pyhanko.pdf_utils.reader import PdfFileReader

    limits = DecodeLimits(
        per_stream=StreamDecodeLimits(max_output_size=_MOST_UNFOLDED),
        document_budget=DocumentDecodeBudget(base_allowance=_MOST_UNFOLDED_IN_ALL, max_ratio=1),
    )
    return PdfFileReader(BytesIO(data), decode_limits=limits)


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


def adds_only_itself(report: bytes) -> bool:
    """Whether the only signature on `report` was all that was added to the file it is on.

    Whoever signs can put other pages over those that were there. So of what was there, only lists
    of forms and of what lies on a page may differ, and what now lies there must not show.
    """
    reader = _reader(report)
    xrefs, trailer = reader.xrefs, reader.trailer
    if _written(trailer.flatten(0).raw_get("/Root")) != _written(trailer.raw_get("/Root")):
        return False
    added = set().union(*map(xrefs.explicit_refs_in_revision, range(1, xrefs.total_revisions)))
    changed = [each for each in added if not xrefs.get_introducing_revision(each)]
    pairs = [(reader.get_object(each, revision=0), reader.get_object(each)) for each in changed]
    return all(_differ_in_forms_alone(old, new) for old, new in pairs)


def _differ_in_forms_alone(old: Any, new: Any) -> bool:
    if not isinstance(old, dict) or not isinstance(new, dict) or hasattr(new, "data"):
        return False
    keys = (old.keys() | new.keys()) - _KEYS_OF_FORMS
    if any(_entry(old, key) != _entry(new, key) for key in keys):
        return False
    there = {_written(each) for each in _raw(old.get("/Annots", ()))}
    laid = [each for each in _raw(new.get("/Annots", ())) if _written(each) not in there]
    return all(_is_hidden_seal(each.get_object()) for each in laid)


def _is_hidden_seal(annotation: Any) -> bool:
    return annotation.get("/FT") == "/Sig" and not _shows(annotation)


def _entry(found: Any, key: str) -> bytes:
    return _written(found.raw_get(key) if key in found else None)


def _raw(found: Any) -> list[Any]:
    return [found.raw_get(place) for place in range(len(found))] if found else []


def _written(found: Any) -> bytes:
    to = BytesIO()
    if found is not None:
        found.write_to_stream(to, None)
    return to.getvalue()


# ------------------------------------------------------------------------------- each signature


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seal:
    """One signature on the file.

    Attributes:
        found, status: pyHanko's; the status is None where it cannot be checked at all.
        holds: whether it is genuine and covers all bytes up to `reach`.
        reach: where what it covers ends; 0 where it leaves out more than itself.
        reaches_end: whether that is the end of the file.
        stamp: what pyHanko says of its time stamp; None: it has none.
    """

    found: Any
    status: Any
    holds: bool
    reach: int
    reaches_end: bool
    stamp: Any
    signature: Signature


def _seal(found: Any, data: bytes, trust: Trust) -> _Seal:
    from pyhanko.sign.validation.errors import SignatureValidationError

    own = found.signer_cert
    try:
        status = _validated(found, [*trust.roots, own], trust.at)
    except SignatureValidationError:
        status = None
    stamp = status.timestamp_validity if status else None
    at = stamp.timestamp if stamp else found.self_reported_timestamp
    reach = _reach(found, data)
    return _Seal(
        found=found,
        status=status,
        holds=bool(status and status.intact and status.valid and reach and _is_plain(found)),
        reach=reach,
        reaches_end=reach == len(data),
        stamp=stamp,
        signature=noted(own, _aware(at), is_time_stamped=stamp is not None),
    )


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def _reach(found: Any, data: bytes) -> int:
    """Where what the signature covers ends; 0 where it leaves out more than itself.

    What no signature covers is a gap that must hold this one and nothing else, filled with zeros.
    """
    from asn1crypto.cms import ContentInfo

    if len(found.byte_range) != 4:
        return 0
    start, begin, end, length = map(int, found.byte_range)
    if start or not 0 < begin < end < end + length <= len(data):
        return 0
    written = ContentInfo.load(found.pkcs7_content, strict=False).dump().hex()
    gap = data[begin:end]
    if gap[:1] + gap[-1:] != b"<>" or gap[len(written) + 1 : -1].strip(b"0"):
        return 0
    digits = gap[1 : len(written) + 1].decode("latin-1")
    return end + length if digits in (written, written.upper()) else 0


def _is_plain(found: Any) -> bool:
    """Whether the signature is of one signer by SHA-256 or stronger, and holds no more than that.

    What it does not cover of itself may be a time stamp, and nothing else.
    """
    signed = found.signed_data
    loose = found.signer_info["unsigned_attrs"].native or []
    digests = {each["algorithm"] for each in signed["digest_algorithms"].native}
    return (
        len(signed["signer_infos"]) == 1
        and digests == {found.signer_info["digest_algorithm"]["algorithm"].native}
        and digests <= {"sha256", "sha384", "sha512"}
        and {each["type"] for each in loose} <= {"signature_time_stamp_token"}
        and len(loose) <= 1
        and not signed["crls"].native
    )


def _validated(found: Any, roots: Sequence[Certificate], at: datetime) -> Any:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    return validate_pdf_signature(
        found,
        ValidationContext(trust_roots=list(roots), moment=at, allow_fetching=False),
        ts_validation_context=ValidationContext(trust_roots=list(roots), allow_fetching=False),
        diff_policy=_additions(),
        key_usage_settings=KeyUsageConstraints(
            key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False
        ),
    )


@cache
def _additions() -> Any:
    """What may be added: signatures, and what readers add to these; no forms are filled in.

    A signature that shows is told apart after that (`_shows`), as it is allowed by the standard.
    """
    from pyhanko.sign.diff_analysis import (
        DEFAULT_DIFF_POLICY,
        FormUpdatingRule,
        SigFieldCreationRule,
        SigFieldModificationRule,
        StandardDiffPolicy,
    )

    rule: Any = SigFieldCreationRule
    created = rule(allow_new_visible_after_certify=True)
    forms = FormUpdatingRule(field_rules=[created, SigFieldModificationRule()])
    policy: Any = StandardDiffPolicy(DEFAULT_DIFF_POLICY.global_rules, forms)
    return policy


# ------------------------------------------------------------------------------- in words


def _of_first(seal: _Seal, found: Sequence[Any], base: Any, trust: Trust) -> Iterator[Statement]:
    """On the signature of who made the report."""
    yield _of_content(seal, found, base)
    yield _of_signer(seal, trust)
    yield _of_time(seal, trust)


def _of_content(seal: _Seal, found: Sequence[Any], base: Any) -> Statement:
    about = Aspect.SIGNATURE
    if not (seal.holds and len(base.embedded_signatures) == 1):
        says = _("The file was changed after it was signed, or its signature is not genuine.")
        return Statement(about=about, holds=Holds.NO, says=says)
    if seal.reaches_end:
        says = _("All of the file is as it was signed, and nothing was added behind.")
        return Statement(about=about, holds=Holds.YES, says=says)
    if len(found) == 1 or not _adds_only_signatures(seal.status):
        says = _("The report is as it was signed, but something was added to the file after.")
        return Statement(about=about, holds=Holds.NO, says=says)
    if any(_shows(each.sig_field) for each in found[1:]):
        says = _(
            "The report is as it was signed, but a signature was added after that shows on a page "
            "and may hide what stands there."
        )
        return Statement(about=about, holds=Holds.UNKNOWN, says=says)
    says = _("The report is as it was signed; after that, only further signatures were added.")
    return Statement(about=about, holds=Holds.YES, says=says)


def _of_later(seal: _Seal, trust: Trust) -> Iterator[Statement]:
    """On a signature that somebody added."""
    name = seal.signature.signer
    if not seal.holds or not (seal.reaches_end or _adds_only_signatures(seal.status)):
        says = _("A signature was added in the name of {name} that is not genuine.")
        yield Statement(about=Aspect.SIGNATURE, holds=Holds.NO, says=says.format(name=name))
        return
    says = _("{name} signed after that, and the file is as it was signed then.")
    yield Statement(about=Aspect.SIGNATURE, holds=Holds.YES, says=says.format(name=name))
    yield _of_signer(seal, trust)
    yield _of_time(seal, trust)


def _adds_only_signatures(status: Any) -> bool:
    from pyhanko.sign.diff_analysis import ModificationLevel

    level = status.modification_level
    return bool(status.docmdp_ok) and level is not None and level <= ModificationLevel.FORM_FILLING


def _shows(field: Any) -> bool:
    """Whether a signature's field takes room on a page; where that is not plain, it does."""
    kids = field.get("/Kids")
    widgets = [each.get_object() for each in kids] if kids else [field]
    boxes = [[float(side) for side in widget.get("/Rect", (0, 0, 0, 0))] for widget in widgets]
    return any(len(box) != 4 or (box[0] != box[2] and box[1] != box[3]) for box in boxes)


def _of_signer(seal: _Seal, trust: Trust) -> Statement:
    """Who signed, and who vouches for that."""
    signature = seal.signature
    says, holds = _signer(seal, trust)
    told = says.format(name=signature.signer, fingerprint=signature.fingerprint)
    return Statement(about=Aspect.SIGNER, holds=holds, says=told)


def _signer(seal: _Seal, trust: Trust) -> tuple[str, Holds]:
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
        return bool(_validated(found, trust.roots, at).trusted)
    except SignatureValidationError:
        return False


def _is_confirmed(seal: _Seal, trust: Trust) -> bool:
    """Whether a trusted authority confirms the time."""
    if not (seal.stamp.valid and seal.stamp.intact and trust.roots):
        return False
    stamp = _validated(seal.found, trust.roots, trust.at).timestamp_validity
    return bool(stamp.trusted)


def _of_time(seal: _Seal, trust: Trust) -> Statement:
    """When it was signed, and who says so."""
    says, holds = _time(seal, trust)
    at = seal.signature.at
    told = says.format(
        when=wording.when(at) if at else "",
        authority=name_of(seal.stamp.signing_cert) if seal.stamp else "",
    )
    return Statement(about=Aspect.TIME, holds=holds, says=told)


def _time(seal: _Seal, trust: Trust) -> tuple[str, Holds]:
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
