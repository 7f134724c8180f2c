"""What the tests on signatures share: certificates, an authority for time stamps, small reports."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import report_samples as samples
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.tsp import TimeStampReq
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from pyhanko.sign.timestamps import DummyTimeStamper

from compliance.plain import alone
from compliance.report import build
from compliance.report.examining import examine
from compliance.report.nouns import ReportKind
from compliance.report.nouns.signatures import Aspect, Checked, Holds, Opened
from compliance.report.seals import Trust
from compliance.report.signatories import Signatory, common_name, from_pem, self_made
from compliance.report.signing import sign

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
PASSWORD = "correct horse"  # noqa: S105 - of files made here
_ALL_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
    *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


@dataclass(frozen=True)
class Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def whole_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + self.pem

    @property
    def asn1(self) -> tuple[Certificate, PrivateKeyInfo]:
        der = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return Certificate.load(self.certificate.public_bytes(Encoding.DER)), PrivateKeyInfo.load(
            der
        )

    @property
    def signatory(self) -> Signatory:
        return from_pem(self.whole_pem)

    def to_pkcs12(self, *others: Holder, password: str = PASSWORD) -> bytes:
        more = [other.certificate for other in others]
        locked = BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(
            b"seal", self.key, self.certificate, more, locked
        )


def holder(
    name: str,
    issuer: Holder | None = None,
    *,
    usages: tuple[str, ...] = ("digital_signature", "content_commitment"),
    since: datetime = AT - YEAR,
    until: datetime = AT + YEAR,
    is_authority: bool = False,
    key: Any = None,
    for_time: bool = False,
) -> Holder:
    """A new certificate that names `name`, by `issuer` or by itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    public = key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if usages:
        told = dict.fromkeys(_ALL_USAGES, False) | dict.fromkeys(usages, True)
        builder = builder.add_extension(x509.KeyUsage(**told), critical=True)
    if for_time:
        stamping = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return Holder(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


@cache
def authority() -> Holder:
    """A certification authority."""
    usages = ("key_cert_sign", "crl_sign")
    return holder("Root of trust", usages=usages, is_authority=True, until=AT + 20 * YEAR)


@cache
def stamping() -> Holder:
    """A time-stamp authority; pyHanko's stand-in for one knows only RSA."""
    key = rsa.generate_private_key(65537, 2048)
    return holder("Clock of the state", key=key, usages=("digital_signature",), for_time=True)


@cache
def own() -> Signatory:
    """A desk's own certificate."""
    return from_pem(self_made(common_name("Nordlicht Versand GmbH"), AT))


@cache
def unsigned() -> bytes:
    """A small report: the audit of a workspace that holds almost nothing."""
    return build(ReportKind.AUDIT, samples.bare()).pdf


@cache
def signed() -> bytes:
    """The same, signed by the desk."""
    return sign(unsigned(), own(), AT)


def examined(data: bytes, **trust: Any) -> Opened:
    return examine(data, "report.pdf", Trust(**{"at": AT, **trust}))


def found(checked: Opened | Checked, about: Aspect) -> list[Holds]:
    """What was found on one aspect, in order."""
    return [said.holds for said in checked.statements if said.about is about]


def says(checked: Opened | Checked) -> str:
    return "\n".join(f"{said.about}: {said.says}" for said in checked.statements)


@contextmanager
def stamper(
    *,
    at: datetime | None = AT,
    waits: float = 0.0,
    drips: bool = False,
    answer: bytes | None = None,
    status: int = 200,
) -> Iterator[str]:
    """The address of a time-stamp authority on this machine.

    Args:
        waits: seconds before it answers; `drips`: one byte of a header in each of these.
        answer: what it says instead of a time stamp.
    """
    certificate, key = stamping().asn1

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            if drips:
                self.drip()
                return
            time.sleep(waits)
            body = answer
            if body is None:
                made: Any = DummyTimeStamper(certificate, key, fixed_dt=at)
                body = made.request_tsa_response(asked).dump()
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(body)

        def drip(self) -> None:
            self.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
            while not ended.wait(waits):
                self.wfile.write(b"x")

        def log_message(self, *_: object) -> None:
            pass

    ended = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            ended.set()
            server.shutdown()
            thread.join()


def countersigned(pdf: bytes, by: Holder, *, visible: bool = False, field: str = "Office") -> bytes:
    """`pdf` with one more signature, as a regulator's own tools add it."""
    from pyhanko.sign.fields import SigFieldSpec

    box = (100, 500, 400, 700) if visible else None
    return _signed(pdf, by, AT, SigFieldSpec(field, box=box))


@dataclass(frozen=True)
class Token:
    """A PKCS#11 token in software, with a key and its certificate."""

    address: str
    pin: str
    holder: Holder


def token(folder: Path, module: str, name: str, kind: Any) -> Token:
    """A new token in the store of SoftHSM that the environment names."""
    from pkcs11.util.x509 import decode_x509_certificate

    tool = ["softhsm2-util", "--module", module, "--pin", "4711"]
    init = ["--init-token", "--free", "--label", name, "--so-pin", "0815"]
    subprocess.run([*tool, *init], check=True, capture_output=True)
    made = holder(f"Card of {name}", key=kind)
    key = folder / f"{name}.pem"
    key.write_bytes(made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    put = ["--import", str(key), "--token", name, "--label", "seal", "--id", "01"]
    subprocess.run([*tool, *put], check=True, capture_output=True)
    _put_certificate(module, name, decode_x509_certificate(made.asn1[0].dump()))
    path = f"pkcs11:token={name};object=seal?module-path={module}"
    return Token(path, "4711", made)


def _put_certificate(module: str, name: str, attributes: Any) -> None:
    import pkcs11

    lib = pkcs11.lib(module)
    lib.reinitialize()
    with lib.get_token(token_label=name).open(rw=True, user_pin="4711") as session:
        more = {pkcs11.Attribute.LABEL: "seal", pkcs11.Attribute.ID: b"\x01"}
        session.create_object(attributes | more | {pkcs11.Attribute.TOKEN: True})


def dated(pdf: bytes, by: Holder, at: datetime, *, hashed: str = "sha256") -> bytes:
    """`pdf` signed as somebody signs who asks nothing: at any time, with any certificate."""
    from pyhanko.sign.fields import SigFieldSpec

    return _signed(pdf + b"\n", by, at, SigFieldSpec("Seal"), hashed=hashed)


def _signed(pdf: bytes, by: Holder, at: datetime, field: Any, hashed: str = "sha256") -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    told = PdfSignatureMetadata(
        field_name=field.sig_field_name, md_algorithm=hashed, subfilter=SigSeedSubFilter.PADES
    )
    signer: Any = PdfSigner(told, by.signatory.signer, new_field_spec=field)
    begin = signer.init_signing_session

    def at_that_time(*args: Any, **settings: Any) -> Any:
        session = begin(*args, **settings)
        session.system_time = at
        return session

    signer.init_signing_session = at_that_time
    written = IncrementalPdfFileWriter(BytesIO(pdf))
    return bytes(alone(lambda: signer.sign_pdf(written)).getvalue())


def stuffed(pdf: bytes) -> bytes:
    """`pdf` with something more within its signature, where the signature covers nothing."""
    from asn1crypto.cms import CMSAttribute

    def add(signer: Any) -> None:
        signer["unsigned_attrs"] = [CMSAttribute({"type": "1.2.3.4", "values": []})]

    return _with_other_envelope(pdf, add)


def twin(pdf: bytes) -> bytes:
    """`pdf` with the other one of the two signatures that a key on P-256 can make of one hash."""
    from cryptography.hazmat.primitives.asymmetric.utils import (
        decode_dss_signature,
        encode_dss_signature,
    )

    def turn(signer: Any) -> None:
        r, s = decode_dss_signature(signer["signature"].native)
        order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
        signer["signature"] = encode_dss_signature(r, order - s)

    return _with_other_envelope(pdf, turn)


def _with_other_envelope(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    from asn1crypto.cms import ContentInfo

    begin = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", begin)
    content = ContentInfo.load(bytes.fromhex(pdf[begin:end].decode()), strict=False)
    change(content["content"]["signer_infos"][0])
    written = content.dump(force=True).hex().encode()
    return pdf[:begin] + written.ljust(end - begin, b"0") + pdf[end:]
