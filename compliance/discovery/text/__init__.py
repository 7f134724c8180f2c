"""Find personal data inside free text, and take it out of it."""

from compliance.discovery.text.columns import scan_column
from compliance.discovery.text.finding import find_in_many, find_spans
from compliance.discovery.text.models import installed_model
from compliance.discovery.text.redaction import redact
from compliance.discovery.text.surrogates import LOCALES, Surrogates, pseudonymise

__all__ = [
    "LOCALES",
    "Surrogates",
    "find_in_many",
    "find_spans",
    "installed_model",
    "pseudonymise",
    "redact",
    "scan_column",
]
