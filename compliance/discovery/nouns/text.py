"""What is found inside a free text, and what a whole column of texts holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class SpanType(StrEnum):
    """What a piece of text says of a person. The values are used in records and exports."""

    PERSON = "person"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    LOCATION = "location"
    ORGANIZATION = "organization"
    DATE = "date"
    AGE = "age"
    NATIONALITY = "nationality"
    TITLE = "title"
    CREDIT_CARD = "credit_card"
    IBAN = "iban"
    BANK_ACCOUNT = "bank_account"
    CRYPTO = "crypto"
    NATIONAL_ID = "national_id"
    PASSPORT = "passport"
    DRIVER_LICENCE = "driver_licence"
    LICENCE_PLATE = "licence_plate"
    IP_ADDRESS = "ip_address"
    MAC_ADDRESS = "mac_address"
    URL = "url"
    USERNAME = "username"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """One find: the characters `start` to `end`, the latter not included, of a text.

    Attributes:
        start, end: offsets in characters (code points); 0 <= start < end.
        type: what stands there.
        score: 0-1; how sure that is. Not a probability: a number with a check digit has 0.95
            whatever its kind.
    """

    start: int
    end: int
    type: SpanType
    score: float

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("a span holds at least one character")
        if not 0 <= self.score <= 1:
            raise ValueError("a score lies between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFindings:
    """What the texts of one column hold.

    Attributes:
        texts: how many were looked at; missing values and empty texts are not counted.
        touched: in how many of them anything was found.
        counts: spans of each type, the most frequent first; types without any are not listed.
        touched_by_type: in how many texts each of these types stands.
        examples: up to three masked finds of each of these types.
    """

    texts: int
    touched: int
    counts: Mapping[SpanType, int]
    touched_by_type: Mapping[SpanType, int]
    examples: Mapping[SpanType, tuple[str, ...]]

    @property
    def share(self) -> float:
        """The share of texts in which anything was found; 0 where there are no texts."""
        return self.touched / self.texts if self.texts else 0.0
