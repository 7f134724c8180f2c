"""Signatures on reports: PAdES, with a certificate of the desk's own or the organisation's."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, unquote

from compliance.errors import MissingGroupError, SignerError
from compliance.report.signatures import Signature

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers import Signer
    from pyhanko.sign.timestamps import TimeStamper

FIELD = "Seal"
VALID_FOR = timedelta(days=5 * 365)
_FIELD_SAYS = "Seal of the report"
_NAME_CHARACTERS = 64  # RFC 5280, ub-common-name


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signatory:
    """Who signs: a certificate with its key, and whom to ask for the time.

    Attributes:
        signer: pyHanko's.
        clock: a time-stamp authority (RFC 3161); None: the signer's own clock.
    """

    signer: Signer
    clock: TimeStamper | None = None

    @property
    def certificate(self) -> Certificate:
        found = self.signer.signing_cert
        if found is None:
            raise SignerError(reason="it holds no certificate")
        return found


def self_made(name: str, at: datetime) -> bytes:
    """A new key with a certificate that names `name`, as PEM; nobody else vouches for it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:_NAME_CHARACTERS])])
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))  # clocks of readers may be behind
        .not_valid_after(at + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)


def from_pem(pem: bytes) -> Signatory:
    """Who signs with the key and the certificate in `pem`.

    Raises:
        SignerError: they are not there, or not of one another.
    """
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator import registry

    der = serialization.Encoding.DER
    try:
        key = serialization.load_pem_private_key(pem, None)
        first, *others = x509.load_pem_x509_certificates(pem)
    except (ValueError, TypeError):
        raise SignerError(reason="its file holds no key with a certificate") from None
    if first.public_key() != key.public_key():
        raise SignerError(reason="its certificate is not that of its key")
    plain = key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    store: Any = cast("Any", registry).SimpleCertificateStore()
    for each in (first, *others):
        store.register(Certificate.load(each.public_bytes(der)))
    return Signatory(
        signer=SimpleSigner(
            signing_cert=Certificate.load(first.public_bytes(der)),
            signing_key=PrivateKeyInfo.load(plain),
            cert_registry=store,
        )
    )


def from_pkcs12(data: bytes, password: str) -> Signatory:
    """Who signs with the key and the certificate in a PKCS#12 file (.p12, .pfx).

    Raises:
        SignerError: it is none, or the password is another.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        found = pkcs12.load_pkcs12(data, password.encode() or None)
    except ValueError:
        reason = "its PKCS#12 file cannot be read, or the password is another"
        raise SignerError(reason=reason) from None
    if found.key is None or found.cert is None:
        raise SignerError(reason="its PKCS#12 file holds no key with a certificate")
    pem = serialization.Encoding.PEM
    key = found.key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = [each.certificate for each in (found.cert, *found.additional_certs)]
    return from_pem(key + b"".join(each.public_bytes(pem) for each in chain))


def from_token(address: str, pin: str) -> Signatory:
    """Who signs with a key on a PKCS#11 token, such as a smart card; the key never leaves it.

    Args:
        address: `pkcs11:token=…;object=…?module-path=…` (RFC 7512).
        pin: the token's.

    Raises:
        SignerError: the address says too little, or the token refuses.
    """
    from pkcs11.exceptions import PKCS11Error

    try:
        from pkcs11.exceptions import PKCS11Error
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ImportError:
        raise MissingGroupError(what="Signing with a token", group="pkcs11") from None

    path, _, query = address.removeprefix("pkcs11:").partition("?")
    said = {name: unquote(value) for name, _, value in (p.partition("=") for p in path.split(";"))}
    module = parse_qs(query).get("module-path", [""])[0]
    if not (module and said.get("token") and said.get("object")):
        raise SignerError(reason="its address names no module-path, token and object (RFC 7512)")
    token = TokenCriteria(label=said["token"])
    try:
        session = open_pkcs11_session(module, token_criteria=token, user_pin=pin or None)
        signer = PKCS11Signer(session, cert_label=said["object"], key_label=said["object"])
        signer.signing_cert  # noqa: B018 - read now, so that a missing one is told now
    except (PKCS11Error, RuntimeError, OSError, ValueError, LookupError):
        reason = "its token cannot be opened; is it there, is the PIN right?"
        raise SignerError(reason=reason) from None
    return Signatory(signer=signer)


def sign(pdf: bytes, by: Signatory, at: datetime) -> bytes:
    """`pdf` with a signature behind it; what was there before stays as it is, byte by byte.

    The file stays tagged (PDF/UA-1) and archival (PDF/A-3a).

    Raises:
        SignerError: the token or the time-stamp authority does not answer.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.timestamps import TimestampRequestError

    writer: Any = IncrementalPdfFileWriter(BytesIO(pdf + b"\n"))
    # pyHanko would write the metadata anew, without what PDF/UA says there.
    writer._update_meta = lambda *_, **__: None
    signer: Any = PdfSigner(
        PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            name=_named(by.certificate),
        ),
        by.signer,
        timestamper=by.clock,
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
    try:
        signed: bytes = signer.sign_pdf(writer).getvalue()
    except TimestampRequestError:
        raise SignerError(reason="the time-stamp authority does not answer") from None
    except SigningError:
        raise SignerError(
            reason="its key refuses to sign; is its certificate for signatures?"
        ) from None
    return signed


def signature_of(by: Signatory, at: datetime) -> Signature:
    """What is noted of a signature made by `by`."""
    return noted(by.certificate, at, is_time_stamped=by.clock is not None)


def noted(certificate: Certificate, at: datetime, *, is_time_stamped: bool) -> Signature:
    """A signature with `certificate`, as it is kept and shown."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_der_x509_certificate

    der = certificate.dump()
    return Signature(
        signer=_named(certificate),
        fingerprint=hashlib.sha256(der).hexdigest(),
        certificate=load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode(),
        is_self_made=certificate.self_signed in ("yes", "maybe"),
        at=at,
        is_time_stamped=is_time_stamped,
    )


def time_stamper(address: str) -> TimeStamper:
    """A time-stamp authority (RFC 3161) that is reached over HTTP."""
    from pyhanko.sign.timestamps import HTTPTimeStamper

    return HTTPTimeStamper(address)


def roots_from(pem: bytes) -> Sequence[Certificate]:
    """The certificates in `pem`.

    Raises:
        SignerError: there is none.
    """
    from asn1crypto.x509 import Certificate
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise SignerError(reason="the file of trusted certificates holds none (PEM)") from None
    return [Certificate.load(each.public_bytes(Encoding.DER)) for each in found]


def _named(certificate: Certificate) -> str:
    said = certificate.subject.native
    name = said.get("common_name") or said.get("organization_name") or "no name"
    return str(name if isinstance(name, str) else name[0])
