"""Why a mention may be of somebody else, and what beside it shows that it is the person's.

“30 23125 581” is the number of a whole household; beside it “Julia Hahn” leaves one person of whom
both are true. What stands together is judged as what fits a row together is (`ways`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from compliance.dataset.nouns import ColumnName
from compliance.i18n import mark
from compliance.rights.nouns import IdentifierKind
from compliance.rights.tracing import normalising
from compliance.rights.tracing.kinds import certain_from, told_apart
from compliance.rights.tracing.knowing import Known
from compliance.rights.tracing.linking import Code, Linked
from compliance.rights.tracing.prose import Place, Prose
from compliance.rights.tracing.resolving import Person, way_of
from compliance.rights.tracing.views import View

ID_LENGTH = 12
_BESIDE = 60  # characters between two things that are said of one person
_PARTED = re.compile(r"[;\n]|[.!?]\s+(?=[^\W\d_])")
_EASED = (IdentifierKind.PHONE, IdentifierKind.NAME, IdentifierKind.ADDRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that the person is known by, in a text.

    Attributes:
        place, kind: where, and what.
        doubt: why somebody else may be meant, in one sentence without values; empty: nobody is.
        known: which identifier; None: one of the person's own records, such as an order.
        unless_of: what stands beside it settles the doubt, unless a row is of one of these keys.
            None: nothing does.
    """

    place: Place
    kind: IdentifierKind
    doubt: str = ""
    known: Known | None = None
    unless_of: frozenset[str] | None = None

    def doubt_in(self, owner: str) -> str:
        """The doubt, in a row of the person with the key `owner`; "" where it has none."""
        is_settled = self.unless_of is not None and owner not in self.unless_of
        return "" if is_settled else self.doubt


def eased(
    view: View, views: Sequence[View], prose: Prose, found: Iterable[Finding], linked: Linked
) -> list[Finding]:
    """`found`, each doubtful one with whether what stands beside it leaves the person alone.

    Args:
        views: all that is searched, for what others are called.
    """
    by_text: dict[int, list[Finding]] = defaultdict(list)
    for one in found:
        by_text[one.place.text].append(one)
    return [
        _eased(view, views, prose, one, together, linked)
        for together in by_text.values()
        for one in together
    ]


def id_of(view: View, column: ColumnName, row: int, finding: Finding, code: Code) -> str:
    """Names a doubtful mention by what the cell says and whose row it is, keyed.

    Not by the row's number, which changes where rows before it go.
    """
    text = view.column((column,), IdentifierKind.OTHER).texts[finding.place.text]
    names = [view.column((name,), IdentifierKind.OTHER) for name in view.layout.records]
    where = (str(finding.place.start), str(finding.place.end))
    of_row = [view.owner(row), *(name.text_at(row) for name in names)]
    plain = "\x1f".join(("mention", view.dataset.name, column, finding.kind, *where, text, *of_row))
    return f"m-{code(plain)[:ID_LENGTH]}"


def _eased(
    view: View,
    views: Sequence[View],
    prose: Prose,
    one: Finding,
    together: Sequence[Finding],
    linked: Linked,
) -> Finding:
    if not one.doubt or one.known is None or one.kind not in _EASED:
        return one
    text = prose.texts[one.place.text]
    beside = {
        other.known
        for other in together
        if other.known is not None
        and other.kind is not one.kind
        and _is_beside(text, one.place, other.place)
    }
    said = {one.known, *beside}
    way = way_of(said)
    is_enough = beside and way is not None and way[1] >= certain_from()
    if not is_enough or linked.bearers(view.space, said):
        return one
    others = linked.bearers(view.space, {one.known})
    if len(others) > told_apart() or _is_one_named(views, text, others, linked):
        return one
    return replace(one, unless_of=frozenset(p.key for p in others if p.space == view.space))


def _is_beside(text: str, one: Place, other: Place) -> bool:
    first, last = sorted((one, other), key=lambda place: place.start)
    between = text[first.end - 1 : last.start]  # a full stop after a name counts as a part of it
    return len(between) <= _BESIDE and not _PARTED.search(between)


def _is_one_named(
    views: Sequence[View], text: str, others: Sequence[Person], linked: Linked
) -> bool:
    """Whether a word of a name of one of `others`, which is none of the person's, stands there."""
    kind = IdentifierKind.NAME
    own = {word for one in linked.knowledge.of(kind) for word in normalising.name_words(one.value)}
    plain = normalising.folded(text)
    here = set(re.findall(r"\w+", plain))
    words = {
        word
        for other in others
        for view in views
        if view.space == other.space and view.is_of_people
        for name in view.values(kind, view.of_person(other.key))
        for word in normalising.name_words(name)
    }
    return any(
        word in here or (normalising.is_east_asian(word) and word in plain) for word in words - own
    )


def shared_by(linked: Linked, space: str) -> Mapping[Known, str]:
    """What is true of others, too, each with that as a sentence."""
    found: dict[Known, str] = {}
    for known in linked.shared(space):
        people = len(linked.bearers(space, {known}))
        others = (
            mark("Somebody else has")
            if people == 1
            else mark("{people:,} others have").format(people=people)
        )
        found[known] = mark("{others} the same {kind}.").format(others=others, kind=known.kind)
    return found
