"""Signatures on reports: PAdES, with a certificate of the desk's own or the organisation's."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from compliance.errors import SignerError
from compliance.plain import alone
from compliance.report.nouns.signatures import Signature
from compliance.report.signatories import Signatory, name_of

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

FIELD = "Seal"
_FIELD_SAYS = "Seal of the report"
_FOR_SIGNATURES = {"digital_signature", "non_repudiation"}
_TROUBLES = (ValueError, TypeError, LookupError, NotImplementedError, OSError)


def sign(pdf: bytes, by: Signatory, at: datetime, time_stamp_url: str = "") -> bytes:
    """`pdf` with a signature behind it; what was there before stays as it is, byte by byte.

    The file stays tagged (PDF/UA-1) and archival (PDF/A-3a). Readers are told that nothing but
    further signatures may be added (DocMDP).

    Args:
        time_stamp_url: of a time-stamp authority (RFC 3161); empty: nobody confirms the time.

    Raises:
        SignerError: the certificate is not for that, or not now; the token or the authority does
            not answer.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.timestamps import TimestampRequestError

    if why := unfit(by.certificate, at):
        raise SignerError(reason=why)
    writer: Any = IncrementalPdfFileWriter(BytesIO(pdf + b"\n"))
    # pyHanko would write the metadata anew, without what PDF/UA says there.
    writer._update_meta = lambda *_, **__: None
    signer = _signer(by, at, time_stamp_url)
    troubles: tuple[type[Exception], ...] = (SigningError, *_TROUBLES, *_of_tokens())
    try:
        signed: bytes = alone(lambda: signer.sign_pdf(writer).getvalue())
    except TimestampRequestError:
        raise SignerError(reason="the time-stamp authority gives no time stamp") from None
    except troubles:
        reason = "its key refuses to sign; is its certificate for signatures?"
        raise SignerError(reason=reason) from None
    return signed


def _signer(by: Signatory, at: datetime, time_stamp_url: str) -> Any:
    """What signs as of `at`."""
    from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    from compliance.report.time_stamping import Authority

    kind = by.certificate.public_key.algorithm
    signer: Any = PdfSigner(
        PdfSignatureMetadata(
            field_name=FIELD,
            # Ed25519 goes with SHA-512 alone (RFC 8419).
            md_algorithm="sha512" if kind == "ed25519" else "sha256",
            subfilter=SigSeedSubFilter.PADES,
            name=name_of(by.certificate),
            certify=True,
            docmdp_permissions=MDPPerm.FILL_FORMS,
        ),
        by.signer,
        timestamper=Authority(time_stamp_url) if time_stamp_url else None,
        new_field_spec=SigFieldSpec(
            FIELD,
            # Invisible, and marked as outside the page: otherwise PDF/A asks for a picture of it.
            invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
            readable_field_name=_FIELD_SAYS,
        ),
    )
    begin = signer.init_signing_session

    def at_that_time(*args: Any, **settings: Any) -> Any:
        session = begin(*args, **settings)
        session.system_time = at
        return session

    signer.init_signing_session = at_that_time
    return signer


def unfit(certificate: Certificate, at: datetime) -> str:
    """Why nobody should sign with `certificate` at that time; empty: somebody may."""
    if at < certificate.not_valid_before:
        return f"its certificate begins only on {certificate.not_valid_before:%Y-%m-%d}"
    if at > certificate.not_valid_after:
        return f"its certificate ended on {certificate.not_valid_after:%Y-%m-%d}"
    usage = certificate.key_usage_value
    if usage is not None and not _FOR_SIGNATURES & usage.native:
        return "its certificate is not for signatures"
    return ""


def noted(certificate: Certificate, at: datetime | None, *, is_time_stamped: bool) -> Signature:
    """A signature with `certificate`, as it is kept and shown."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_der_x509_certificate

    der = certificate.dump()
    return Signature(
        signer=name_of(certificate),
        fingerprint=hashlib.sha256(der).hexdigest(),
        certificate=load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode(),
        is_self_made=certificate.self_signed in ("yes", "maybe"),
        at=at.astimezone(UTC) if at else None,
        is_time_stamped=is_time_stamped,
    )


def _of_tokens() -> tuple[type[Exception], ...]:
    """What tokens raise, where they can be used at all."""
    try:
        from pkcs11.exceptions import PKCS11Error
    except ImportError:
        return ()
    return (PKCS11Error,)
