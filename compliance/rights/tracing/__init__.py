"""One person, found everywhere by linked identifiers: in columns, texts, versions and copies."""

from compliance.rights.tracing.columns import Column
from compliance.rights.tracing.finding import find, may_be_decided
from compliance.rights.tracing.layout import Layout, layout_of, plain_name
from compliance.rights.tracing.namesakes import Namesakes
from compliance.rights.tracing.prose import Prose
from compliance.rights.tracing.views import Copy, View, point_to_each_other

__all__ = [
    "Column",
    "Copy",
    "Layout",
    "Namesakes",
    "Prose",
    "View",
    "find",
    "layout_of",
    "may_be_decided",
    "plain_name",
    "point_to_each_other",
]
