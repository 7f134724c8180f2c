"""Where people were found, put together: what goes from each dataset version, and what stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from compliance.dataset.nouns import ColumnName, Dataset
from compliance.rights.nouns import Blanking, Cut, Match, Mention, Redaction, Trace, Way

_Keeping = Mapping[str, tuple[str, Way]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One dataset version, as far as erasing has to know it.

    Attributes:
        dataset: which.
        blank: columns whose cells go where a row stays without the person.
        held: the legal hold that keeps all of it as it is; empty: there is none.
        stays: its rows stay without the person always, for they tell of nobody any more: it is an
            anonymised output, whose classes must not become smaller.
        classes: the quasi-identifiers of such an output; they are never blanked.
    """

    dataset: Dataset
    blank: tuple[ColumnName, ...] = ()
    held: str = ""
    stays: bool = False
    classes: tuple[ColumnName, ...] = ()


@dataclass(slots=True)
class _Found:
    removed: set[int] = field(default_factory=set)
    blanked: list[Blanking] = field(default_factory=list)
    redacted: set[Redaction] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    why: set[str] = field(default_factory=set)


class Cutter:
    """Collects what is done to each version, person by person; their order does not matter.

    Args:
        doubtful: doubtful mentions on which nobody decided go as well.

    Attributes:
        doubtful: how many such mentions stay.
    """

    def __init__(self, versions: Mapping[str, Version], *, doubtful: bool = False) -> None:
        self._versions, self._takes_doubtful = versions, doubtful
        self._found: dict[str, _Found] = defaultdict(_Found)
        self.doubtful = 0

    def add(self, trace: Trace, keeping: _Keeping) -> None:
        """Add one person.

        Args:
            keeping: by dataset name, the exception for which its rows are kept, and how.
        """
        for match in trace.settled:
            if match.dataset_id in self._versions:
                self._add_rows(match, keeping)
        for mention in trace.mentions:
            if mention.dataset_id in self._versions:
                is_doubted = mention.is_doubtful and not self._takes_doubtful
                self._add_mention(mention, goes=trace.decided.get(mention.id, not is_doubted))

    def cuts(self) -> tuple[Cut, ...]:
        """What is done, version by version; those of which nothing is said are left out."""
        cuts = [self._cut(id_, found) for id_, found in sorted(self._found.items())]
        return tuple(cut for cut in cuts if cut.changes or cut.kept)

    def _add_rows(self, match: Match, keeping: _Keeping) -> None:
        version, found = self._versions[match.dataset_id], self._found[match.dataset_id]
        why, way = keeping.get(version.dataset.name, ("", Way.REMOVED))
        if version.held:
            why, way = version.held, Way.KEPT
        if why:
            found.why.add(why)
        by = {ColumnName(one.column) for one in match.via}
        if version.stays and way is Way.REMOVED and not by & set(version.classes):
            way = Way.BLANKED
        if way is Way.KEPT:
            found.kept |= set(match.rows)
        elif way is Way.REMOVED:
            found.removed |= set(match.rows)
        else:
            found.blanked.append(_blanking(version, match.rows, by))

    def _add_mention(self, mention: Mention, *, goes: bool) -> None:
        version = self._versions[mention.dataset_id]
        if version.held:
            return
        if not goes:
            self.doubtful += 1
            return
        self._found[mention.dataset_id].redacted.add(
            Redaction(
                row=mention.row,
                column=ColumnName(mention.column),
                start=mention.start,
                end=mention.end,
            )
        )

    def _cut(self, id_: str, found: _Found) -> Cut:
        """What one person's exception keeps stays, even where another person's request removes it.

        A row that somebody keeps as it is also keeps its texts.
        """
        version = self._versions[id_]
        staying = found.kept | {row for one in found.blanked for row in one.rows}
        removed = found.removed - staying
        return Cut(
            dataset_id=id_,
            before=version.dataset.sha256,
            removed=tuple(sorted(removed)),
            blanked=tuple(sorted(_without(found.blanked, found.kept), key=lambda one: one.rows)),
            redacted=tuple(
                sorted(
                    (one for one in found.redacted if one.row not in removed | found.kept),
                    key=lambda one: (one.row, one.column, one.start, one.end),
                )
            ),
            kept=tuple(sorted(found.kept)),
            why_kept=", ".join(sorted(found.why)),
        )


def _blanking(version: Version, rows: tuple[int, ...], by: set[ColumnName]) -> Blanking:
    unit = version.dataset.description.unit
    names = version.dataset.column_names
    if version.stays:
        gone = (by | set(version.blank)) - set(version.classes)
        return Blanking(rows=rows, columns=tuple(c for c in names if c in gone))
    gone = (by | set(version.blank)) - ({unit} if unit else set())
    return Blanking(rows=rows, columns=tuple(c for c in names if c in gone), key=unit)


def _without(blanked: list[Blanking], kept: set[int]) -> list[Blanking]:
    """Each without rows that are kept as they are."""
    left = []
    for one in blanked:
        rows = tuple(row for row in one.rows if row not in kept)
        if rows:
            left.append(Blanking(rows=rows, columns=one.columns, key=one.key))
    return left
