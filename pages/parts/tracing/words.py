"""What the Lineage page says of marks, tags and steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.lineage.nouns import ColumnSubkind, Hop, Node, NodeKind, Place, Step, Tag
from pages.parts import outputs, wording
from pages.parts.tracing.graph import Mark

SIGNS: Mapping[Mark, str] = {
    Mark.LOST: "✗",
    Mark.PERSONAL: "◆",
    Mark.STOPPED: "■",
    Mark.NONE: "○",
}

_TELLING = (NodeKind.LABELS, NodeKind.REPORT, NodeKind.DISCLOSURE, NodeKind.ERASURE)


def mark(found: Mark) -> str:
    """A sign and its words."""
    return f"{SIGNS[found]} {_(str(found))}"


def tags(some: Iterable[Tag]) -> str:
    """What makes a column personal data."""
    said = {
        wording.bracketed(tag.semantic_type, _(outputs.CLASS_WORDS[tag.identifier_class]))
        for tag in some
    }
    return locales.joined(sorted(said), "words")


def origin(step: Step) -> str:
    """From what a step made something: the first thing, and how many more."""
    title, more = _(step.origins[0].title), len(step.origins) - 1
    return _("{title} and {n} more").format(title=title, n=outputs.count(more)) if more else title


def how(hop: Hop) -> str:
    """By which transformation values came, and whether it hides them."""
    column = hop.column
    if column is None:
        return _("tells of it") if hop.edge.made.kind in _TELLING else _("columns not told")
    said = (
        _("directly")
        if column.subkind is ColumnSubkind.IDENTITY
        else _(str(column.subkind).replace("_", " ").lower())
    )
    if column.how:
        said = wording.about(said, _(column.how))
    return said if not column.masking else f"{said} · {_('masking')}"


def place(at: Place, nodes: Mapping[str, Node]) -> str:
    """A column of a thing, or the whole of it."""
    title = _(nodes[at.node].title) if at.node in nodes else at.node
    return f"{title} · {_('any column') if at.column == '*' else at.column}" if at.column else title


def path(
    hops: Sequence[Hop], nodes: Mapping[str, Node], marks: Mapping[Place, Mark]
) -> list[dict[str, object]]:
    """A way as the rows of a table."""
    return [
        {
            _("From"): place(hop.origin, nodes),
            _("Step"): _(hop.edge.step),
            meant("of a step", "To"): place(hop.made, nodes),
            _("Transformation"): how(hop),
            _("Personal data"): mark(marks.get(hop.made, Mark.NONE)),
            _("When"): outputs.moment(hop.edge.at),
            _("Entry of the trail"): hop.edge.entry,
        }
        for hop in hops
    ]
