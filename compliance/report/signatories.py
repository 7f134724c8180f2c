"""Who signs reports: a certificate with its key, made here, from a file or on a token."""

from __future__ import annotations

import stringprep
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from compliance.errors import MissingGroupError, SignerError
from compliance.plain import one_line

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers import Signer

VALID_FOR = timedelta(days=5 * 365)
_SLACK = timedelta(days=1)  # clocks of readers may be behind
_NAME_BYTES = 64  # RFC 5280, ub-common-name; the library counts bytes
_SHOWN_CHARACTERS = 100
_ONE_AT_A_TOKEN = threading.Lock()  # a process is logged in to a token once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signatory:
    """Who signs: a certificate with its key.

    Attributes:
        signer: pyHanko's.
        close: to be called when nothing more is signed.
    """

    signer: Signer
    close: Callable[[], None] = lambda: None

    @property
    def certificate(self) -> Certificate:
        found = self.signer.signing_cert
        if found is None:
            raise SignerError(reason="it holds no certificate")
        return found


def name_of(certificate: Certificate) -> str:
    """Whom `certificate` names, fit to be shown on one line."""
    said = certificate.subject.native
    name = said.get("common_name") or said.get("organization_name") or "no name"
    return one_line(str(name if isinstance(name, str) else name[0]))[:_SHOWN_CHARACTERS]


def common_name(name: str) -> str:
    """`name` as far as a certificate can hold it; empty where it can hold nothing of it.

    Names in certificates have characters of Unicode 3.2 only, and run in one direction (RFC 4518):
    of a name in two scripts that do not, the longer part is kept.
    """
    kept = "".join(c for c in one_line(name) if c.isprintable() and _fits(c))
    backward = [stringprep.in_table_d1(c) for c in kept]
    parts = (
        kept,
        "".join(c for c, is_backward in zip(kept, backward, strict=True) if not is_backward),
        "".join(c for c, is_so in zip(kept, backward, strict=True) if is_so or c == " "),
    )
    fit = [part for part in map(_cut, parts) if part and _fits(part)]
    return max(fit, key=len, default="")


def _cut(text: str) -> str:
    cut = " ".join(text.split()).encode()[:_NAME_BYTES]
    return cut.decode("utf-8", "ignore").strip()


def _fits(text: str) -> bool:
    from asn1crypto.x509 import Name

    try:
        return bool(Name.build({"common_name": text}).hashable)
    except ValueError:
        return False


def self_made(name: str, at: datetime) -> bytes:
    """A new key with a certificate that names `name`, as PEM; nobody else vouches for it.

    Args:
        name: as `common_name` gives it.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
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
        .not_valid_before(at - _SLACK)
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
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator import registry

    der = serialization.Encoding.DER
    try:
        key = serialization.load_pem_private_key(pem, None)
        first, *others = x509.load_pem_x509_certificates(pem)
        same = first.public_key() == key.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SignerError(reason="its file holds no key with a certificate") from None
    if not same:
        raise SignerError(reason="its certificate is not that of its key")
    plain = key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    store: Any = cast("Any", registry).SimpleCertificateStore()
    try:
        own = Certificate.load(first.public_bytes(der))
        own.subject.hashable  # noqa: B018 - read now, so that an unfit name is told now
        for each in others:
            store.register(Certificate.load(each.public_bytes(der)))
    except ValueError:
        reason = "its certificate has a name that certificates must not have (RFC 4518)"
        raise SignerError(reason=reason) from None
    return Signatory(
        signer=SimpleSigner(
            signing_cert=own,
            signing_key=PrivateKeyInfo.load(plain),
            cert_registry=store,
        )
    )


def from_pkcs12(data: bytes, password: str) -> Signatory:
    """Who signs with the key and the certificate in a PKCS#12 file (.p12, .pfx).

    Raises:
        SignerError: it is none, or the password is another.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        found = pkcs12.load_pkcs12(data, password.encode() or None)
    except (ValueError, UnsupportedAlgorithm):
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

    The token is held until `close` is called: another thread waits that long.

    Args:
        address: `pkcs11:token=…;object=…?module-path=…` (RFC 7512).
        pin: the token's.

    Raises:
        SignerError: the address says too little, or the token refuses.
        MissingGroupError: tokens need more to be installed.
    """
    try:
        import pkcs11  # noqa: F401 - asked for before all that needs it
    except ImportError:
        raise MissingGroupError(what="Signing with a token", group="pkcs11") from None
    path, _, query = address.removeprefix("pkcs11:").partition("?")
    said = _pairs(path, ";") | _pairs(query, "&")
    if not all(said.get(name) for name in ("module-path", "token", "object")):
        raise SignerError(reason="its address names no module-path, token and object (RFC 7512)")
    with ExitStack() as held:
        _ONE_AT_A_TOKEN.acquire()
        held.callback(_ONE_AT_A_TOKEN.release)
        signer = _signer_on(said["module-path"], said["token"], said["object"], pin, held)
        return Signatory(signer=signer, close=held.pop_all().close)


def _signer_on(module: str, token: str, label: str, pin: str, held: ExitStack) -> Signer:
    """A key on a token; `held` closes its session."""
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    try:
        session = open_pkcs11_session(
            module, token_criteria=TokenCriteria(label=token), user_pin=pin or None
        )
        held.callback(session.close)
        signer = PKCS11Signer(session, cert_label=label, key_label=label)
        kind = signer.signing_cert.public_key.algorithm  # read now: a missing one is told now
    except (PKCS11Error, RuntimeError, OSError, ValueError, LookupError, TypeError):
        reason = "its token cannot be opened; is it there, is the PIN right?"
        raise SignerError(reason=reason) from None
    signer.use_raw_mechanism = kind == "ec"  # few tokens hash for ECDSA themselves
    return signer


def _pairs(text: str, between: str) -> dict[str, str]:
    """`name=value` pairs, percent-decoded; a plus is a plus there."""
    parts = (part.partition("=") for part in text.split(between))
    return {name: unquote(value) for name, _, value in parts}


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
