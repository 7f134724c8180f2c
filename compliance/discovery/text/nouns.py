"""The nouns of free text; they lie with those of columns, which hold some of them."""

from compliance.discovery.nouns.text import Span, SpanType, TextFindings

__all__ = ["Span", "SpanType", "TextFindings"]
