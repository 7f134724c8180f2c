"""What one person is looked for in: every version of every dataset, and how copies were made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from compliance.anonymise.nouns import TreatmentKind
from compliance.anonymise.nouns.record import Anonymised, AnonymisedBaskets
from compliance.anonymise.treatments import pseudonym
from compliance.countries import code_of
from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.discovery import discover
from compliance.discovery.nouns import Label
from compliance.privacy.nouns.synthesis import Synthesis
from compliance.register.nouns import Organisation
from compliance.rights.tracing import (
    Column,
    Copy,
    Layout,
    Prose,
    View,
    layout_of,
    plain_name,
    point_to_each_other,
)
from compliance.storage import records, tables
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.keys import key_in
from compliance.workspace.recent import Recent

_KEPT_BYTES = 2**29
_LABELS_KEPT = 256
_MOST_COUNTRIES = 40
_ID_TYPES = ("customer_id", "person_id", "employee_id")
_PSEUDONYM_LENGTH = 20

Skipped = dict[str, str]


class _Kept:
    """What was worked out for a desk's tables, by their hashes."""

    def __init__(self) -> None:
        self.columns: Recent[Column | Prose] = Recent(_KEPT_BYTES, lambda column: column.nbytes)
        self.labels: Recent[tuple[Label, ...]] = Recent(_LABELS_KEPT, lambda _: 1)


def gathered(
    desk: Desk, connection: Connection, versions: str
) -> tuple[tuple[View, ...], Mapping[str, str]]:
    """All that is searched, oldest first, and what is not, with why."""
    kept = desk.kept("tracing", _Kept)
    skipped: Skipped = {}
    found = _real(connection, _versions(connection, versions), skipped)
    said = {one.id: _labels(desk, connection, kept, one) for one in found}
    keys = _keys(found, said)
    copies = _copies(desk, connection, kept, keys, skipped)
    company = records.latest(connection, tables.ORGANISATION, Organisation)
    home = (company.country,) if company is not None and company.country else ()
    views = []
    for dataset in found:
        table, copy = desk.table(dataset), copies.get(dataset.id)
        layout = layout_of(dataset, said[dataset.id], keys[dataset.population])
        if copy is not None and layout.key in copy.altered:
            layout = replace(layout, key=None)
        regions = _regions(dataset, table, layout, home)
        views.append(View(dataset, table, layout, kept.columns.get, regions, copy))
    point_to_each_other(views)
    for view in views:
        if view.owners is None and view.copy is None and not view.layout.holders:
            skipped[view.id] = _NOBODYS
    _told_of_strangers(views, skipped)
    return tuple(views), skipped


def carry_labels(desk: Desk, rewritten: Mapping[str, str]) -> None:
    """Let contents without whoever was erased have the labels that were seen before.

    Args:
        rewritten: hashes, after by before.
    """
    kept = desk.kept("tracing", _Kept)
    kept.labels.rename(rewritten)


_NOBODYS = (
    "No column of it says whose its rows are; only its texts were searched. Name the column that "
    "tells people apart, and the population, in its description."
)
_INVENTED = "Its rows were invented under a privacy budget; none of them is anybody's."
_ELSEWHERE = (
    "It is kept elsewhere, so its rows are not here: look for the person where it lies, and record "
    "there what was done."
)
_COUNTED = "It was anonymised; none of its rows can be tied to one person."
_KEYLESS = "It was pseudonymised with a key that is not here any more; nobody is found in it."


def _versions(connection: Connection, versions: str) -> list[Dataset]:
    if versions == "newest":
        return list(datasets.newest_whole(connection))
    stored = [one.id for one in records.every(connection, tables.DATASET, Dataset)]
    found = [datasets.version(connection, id_) for id_ in stored]
    if versions == "all":
        return found
    return [one for one in found if datasets.whole(connection, one) is one]


def _real(connection: Connection, found: Sequence[Dataset], skipped: Skipped) -> list[Dataset]:
    """Those whose rows are about real people."""
    invented = {one.made for one in records.every(connection, tables.SYNTHESIS, Synthesis)}
    skipped |= {one.id: _INVENTED for one in found if one.id in invented}
    skipped |= {one.id: _ELSEWHERE for one in datasets.newest(connection) if one.kept}
    return [one for one in found if one.id not in invented and one.kept is None]


def _labels(desk: Desk, connection: Connection, kept: _Kept, dataset: Dataset) -> tuple[Label, ...]:
    """What the columns hold: as on record, or as it is seen now where nobody has looked.

    What was said of another version holds as long as its columns are the same.
    """
    for version in (dataset.version, *range(_latest(connection, dataset), 0, -1)):
        other = replace(dataset, id=f"{dataset.name}@{version}")
        known = labels.latest(connection, other)
        if known is not None and {one.column for one in known.labels} == set(dataset.column_names):
            return known.labels
    place = (dataset.sha256, *dataset.column_names)
    return kept.labels.get(place, lambda: discover(desk.table(dataset), dataset.columns))


def _latest(connection: Connection, dataset: Dataset) -> int:
    return datasets.find(connection, dataset.name).version


def _keys(
    found: Sequence[Dataset], said: Mapping[str, Sequence[Label]]
) -> Mapping[str, frozenset[str]]:
    """By population, the plain names of the columns that tell its people apart."""
    keys: dict[str, set[str]] = defaultdict(set)
    for dataset in found:
        if dataset.description.unit:
            keys[dataset.population].add(plain_name(dataset.description.unit))
    for dataset in found:
        if dataset.population not in keys and (name := _likely_key(dataset, said[dataset.id])):
            keys[dataset.population].add(plain_name(name))
    return defaultdict(frozenset, {who: frozenset(names) for who, names in keys.items()})


def _likely_key(dataset: Dataset, said: Sequence[Label]) -> ColumnName | None:
    """The column that by its meaning tells people apart, where nobody has said which does."""
    names = [one.column for one in said if one.semantic_type in _ID_TYPES]
    own = [n for n in names if dataset.column(n).distinct == dataset.rows > 1]
    return (own or names)[0] if len(own) == 1 or len(names) == 1 else None


def _copies(
    desk: Desk,
    connection: Connection,
    kept: _Kept,
    keys: Mapping[str, frozenset[str]],
    skipped: Skipped,
) -> Mapping[str, Copy]:
    """By version, how it was made from another."""
    found = {}
    for done in records.every(connection, tables.ANONYMISED, Anonymised):
        origin = datasets.version(connection, done.dataset_id)
        said = _labels(desk, connection, kept, origin)
        layout = layout_of(origin, said, keys[origin.population])
        makers = _makers(desk, done, said)
        treated = {one.column for one in done.plan.treatments if one.kind is not TreatmentKind.KEEP}
        found[done.made] = Copy(
            origin=origin.id,
            altered=frozenset(treated | set(done.plan.columns)),
            pseudonyms=makers or {},
            kinds={column: layout.kind_of(column) for column in makers or ()},
        )
        if not makers:
            skipped[done.made] = _COUNTED if makers is not None else _KEYLESS
    for baskets in records.every(connection, tables.BASKETS, AnonymisedBaskets):
        altered = frozenset({baskets.plan.person, baskets.plan.item})
        found[baskets.made] = Copy(origin=baskets.dataset_id, altered=altered)
        skipped[baskets.made] = _COUNTED
    return found


def _makers(
    desk: Desk, done: Anonymised, said: Sequence[Label]
) -> Mapping[ColumnName, Callable[[str], str]] | None:
    """By column, what makes its pseudonyms; None where their key is gone."""
    kinds = (TreatmentKind.PSEUDONYM, TreatmentKind.VAULT)
    treated = [one for one in done.plan.treatments if one.kind in kinds]
    path = desk.settings.home / "pseudonyms.key"
    if not treated:
        return {}
    if not path.exists():
        return None
    key = key_in(path)
    types = {label.column: label.semantic_type for label in said}
    return {
        one.column: partial(
            _pseudonym,
            key=key,
            type_=str(one.settings.get("type") or types.get(one.column, one.column)),
            length=int(one.settings.get("length", _PSEUDONYM_LENGTH)),
            prefix=str(one.settings.get("prefix", "")),
        )
        for one in treated
    }


def _pseudonym(value: str, *, key: bytes, type_: str, length: int, prefix: str) -> str:
    return prefix + pseudonym(value, type_, key, length)


def _regions(
    dataset: Dataset, table: Table, layout: Layout, home: tuple[str, ...]
) -> tuple[str, ...]:
    """In whose telephone networks its numbers are dialled."""
    said = dataset.description.region
    found = [said] if said else []
    if layout.country is not None:
        texts = table.codes(layout.country).texts()
        countries = map(code_of, texts) if len(texts) <= _MOST_COUNTRIES else ()
        found += [code for code in countries if code]
    return tuple(dict.fromkeys((*found, *home)))


def _told_of_strangers(views: Sequence[View], skipped: Skipped) -> None:
    """Tell where a table looks as if it were about people of another population."""
    keys: dict[str, set[str]] = defaultdict(set)
    for view in views:
        if view.layout.key is not None:
            keys[plain_name(view.layout.key)].add(view.space)
    for view in views:
        key = view.layout.key
        if key is None or view.dataset.description.population or view.is_of_people:
            continue
        if len(keys[plain_name(key)]) > 1:
            place = f"{view.id}, {key}"
            skipped[place] = (
                "People elsewhere have such keys too, but nobody has said that they are the same "
                "people; give the datasets one population if they are."
            )
