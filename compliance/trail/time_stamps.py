"""Time stamps: somebody outside confirms that a checkpoint was there at a moment.

Source: RFC 3161. The certificate is that which came with the token: whether its holder is to be
believed is for whoever reads its name.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from compliance.errors import TimeStampError
from compliance.plain import alone

if TYPE_CHECKING:
    from asn1crypto.cms import SignedData
    from asn1crypto.tsp import TSTInfo
    from asn1crypto.x509 import Certificate

_HASH = "sha256"


class Stamp(NamedTuple):
    """What a token says.

    Attributes:
        at: when the authority saw the data, UTC.
        by: whose certificate it is.
        certificate: the SHA-256 of that certificate.
    """

    at: datetime
    by: str
    certificate: str


def request_stamp(address: str, data: bytes, wait_s: float) -> bytes:
    """A token over `data` from the authority at `address`, checked.

    Raises:
        TimeStampError: it does not answer, or with something else.
    """
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    if not address.startswith(("https://", "http://")):
        raise TimeStampError(reason="the address of the authority begins with https:// or http://")
    stamper: TimeStamper = RequestsHTTPTimeStamper(  # type: ignore[no-untyped-call]
        address, timeout=wait_s
    )
    digest = hashlib.new(_HASH, data).digest()
    try:
        token: bytes = alone(lambda: asyncio.run(stamper.async_timestamp(digest, _HASH)).dump())
    except OSError:
        raise TimeStampError(reason="the authority could not be reached, or refused") from None
    except (ValueError, TypeError, AttributeError, KeyError):
        raise TimeStampError(reason="the authority answered something else") from None
    read_stamp(token, data)
    return token


def read_stamp(token: bytes, data: bytes) -> Stamp:
    """What `token` confirms of `data`; its hash, its signature and its certificate are checked.

    Raises:
        TimeStampError: it is not about `data`, or not signed by who it says.
    """
    try:
        signed, said, certificate = _parts(token)
        at: datetime = said["gen_time"].native
        imprint = said["message_imprint"]
        name: str = imprint["hash_algorithm"]["algorithm"].native
        is_of_data = hashlib.new(name, data).digest() == imprint["hashed_message"].native
        by = str(certificate.subject.human_friendly)
        is_signed = _is_signed(signed, certificate)
        is_for_it = "time_stamping" in (certificate.extended_key_usage_value.native or ())
        since, until = certificate.not_valid_before, certificate.not_valid_after
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        raise TimeStampError(reason="it cannot be read") from None
    if not is_of_data:
        raise TimeStampError(reason="it is about something else")
    if not is_signed:
        raise TimeStampError(reason="it was changed, or was not signed by whom it names")
    if not is_for_it or not since <= at <= until:
        raise TimeStampError(reason="its certificate was not for time stamps, or not in force then")
    return Stamp(at, by, hashlib.sha256(certificate.dump()).hexdigest())


def _parts(token: bytes) -> tuple[SignedData, TSTInfo, Certificate]:
    from asn1crypto.cms import ContentInfo
    from pyhanko.sign.general import extract_certificate_info

    signed = ContentInfo.load(token, strict=True)["content"]
    found = extract_certificate_info(signed)
    return signed, signed["encap_content_info"]["content"].parsed, found.signer_cert


def _is_signed(signed: SignedData, certificate: Certificate) -> bool:
    from pyhanko.sign.general import extract_signer_info
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    by = extract_signer_info(signed)
    content = bytes(signed["encap_content_info"]["content"])
    digest = hashlib.new(by["digest_algorithm"]["algorithm"].native, content).digest()
    try:
        intact, valid = validate_sig_integrity(by, certificate, "tst_info", digest)
    except SignatureValidationError:
        return False
    return bool(intact and valid)
