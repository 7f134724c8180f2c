"""Each signature on a PDF, and whether it is genuine and covers what it should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from compliance.plain import alone
from compliance.report.increments import additions
from compliance.report.nouns.signatures import Signature
from compliance.report.signing import noted

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seal:
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


def seal(found: Any, data: bytes, trust: Trust) -> Seal:
    """The signature `found` on `data`, checked."""
    from pyhanko.sign.validation.errors import SignatureValidationError

    own = found.signer_cert
    try:
        status = validated(found, [*trust.roots, own], trust.at)
    except SignatureValidationError:
        status = None
    stamp = status.timestamp_validity if status else None
    at = stamp.timestamp if stamp else found.self_reported_timestamp
    reach = _reach(found, data)
    return Seal(
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


def validated(found: Any, roots: Sequence[Certificate], at: datetime) -> Any:
    """pyHanko's status of a signature where `roots` are trusted to vouch at that time."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    return alone(
        lambda: validate_pdf_signature(
            found,
            ValidationContext(trust_roots=list(roots), moment=at, allow_fetching=False),
            ts_validation_context=ValidationContext(trust_roots=list(roots), allow_fetching=False),
            diff_policy=additions(),
            key_usage_settings=KeyUsageConstraints(
                key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False
            ),
        )
    )
