"""Mentions in texts that may be of somebody else, as an officer looks at them: masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from compliance.dataset.nouns import ColumnName, Dataset
from compliance.dataset.table import Codes
from compliance.discovery.labels import masked
from compliance.rights.nouns import IdentifierKind, Mention, Trace
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk

_AROUND = 60  # characters of the text on both sides


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a mention stands.

    Attributes:
        dataset, version: which.
        row: its number; the first is 1.
        column: which.
    """

    dataset: str
    version: int
    row: int
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """One mention that an officer decides on.

    Attributes:
        id: names it; see `Mention`.
        kind: by what the person seems to be mentioned.
        why: why it is doubtful.
        said: whether it is the person; None: nobody has said.
        places: where it stands: in every version in which the text is the same.
        shown: what stands there, masked.
        around: the text about it, masked but for words in small letters.
    """

    id: str
    kind: IdentifierKind
    why: str
    said: bool | None
    places: tuple[Standing, ...]
    shown: str = field(repr=False)
    around: str = field(repr=False)


def doubtful(desk: Desk, found: Trace) -> tuple[Doubtful, ...]:
    """Each doubtful mention of a trace once, those that are undecided first."""
    by_id: dict[str, list[Mention]] = {}
    for mention in found.mentions:
        if mention.is_doubtful:
            by_id.setdefault(mention.id, []).append(mention)
    with desk.database.reading() as connection:
        ids = {one.dataset_id for one in found.mentions if one.is_doubtful}
        versions = {id_: datasets.version(connection, id_) for id_ in sorted(ids)}
    coded: dict[tuple[str, str], tuple[Codes, Sequence[str]]] = {}
    made = []
    for id_, mentions in by_id.items():
        first = mentions[0]
        where = (first.dataset_id, first.column)
        if where not in coded:
            column = desk.table(versions[first.dataset_id]).codes(ColumnName(first.column))
            coded[where] = (column, column.texts())
        codes, texts = coded[where]
        text = texts[codes.codes[first.row]]
        made.append(
            Doubtful(
                id=id_,
                kind=first.kind,
                why=first.doubt,
                said=found.decided.get(id_),
                places=tuple(_standing(versions[one.dataset_id], one) for one in mentions),
                shown=masked(text[first.start : first.end]),
                around=_around(text, first),
            )
        )
    return tuple(sorted(made, key=lambda one: one.said is not None))


def _standing(dataset: Dataset, mention: Mention) -> Standing:
    return Standing(
        dataset=str(dataset.name),
        version=dataset.version,
        row=mention.row + 1,
        column=mention.column,
    )


def _around(text: str, mention: Mention) -> str:
    """What stands about it, each word that may be a name or number masked."""
    before = text[max(0, mention.start - _AROUND) : mention.start]
    after = text[mention.end : mention.end + _AROUND]
    said = f"{_plain(before)} [{masked(text[mention.start : mention.end])}] {_plain(after)}"
    return " ".join(said.split())


def _plain(text: str) -> str:
    return " ".join(word if _is_plain(word) else "…" for word in text.split())


def _is_plain(word: str) -> bool:
    """Names, codes and addresses begin large, hold digits or have signs inside."""
    bare = word.strip(".,;:!?()\"'")
    return not bare or (bare.isascii() and bare.isalpha() and bare.islower())
