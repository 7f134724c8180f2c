"""Corrections stored: new versions of all datasets concerned, in one act."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

import pyarrow as pa

from compliance.dataset import Intake
from compliance.dataset.nouns import Dataset
from compliance.discovery.labels import masked
from compliance.errors import CorrectionError
from compliance.i18n import mark
from compliance.rights.fulfilling import (
    Changed,
    Stored,
    changed,
    digest_of,
    others_columns,
    said_right,
    seen_in,
    whole,
)
from compliance.rights.nouns import Corrected, Correction, Seen
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Act, Desk
from compliance.workspace.fulfilling.gathering import Case
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.mending.rows import table_of, taken_in
from compliance.workspace.restricting import versions
from compliance.workspace.restricting.rows import places

STEP = mark("rectified")
LONGEST_LIST = 1_000


def seen(case: Case, salt: bytes) -> tuple[Seen, ...]:
    """Every value of the person in the newest versions, by dataset and column."""
    found: list[Seen] = []
    for stored in case.newest:
        rows = case.rows(stored.dataset.id)
        others = others_columns(stored, rows, case.via(stored.dataset.id))
        found += seen_in(stored, rows, salt, masked, others)
    return tuple(found)


def correct(
    desk: Desk,
    act: Act,
    case: Case,
    corrections: Sequence[Correction],
    salt: bytes,
    undo: ExitStack,
) -> Corrected:
    """Store what is right, as part of `act`.

    Rows that are only stored are corrected too, and stay out of the version that is used.

    Args:
        undo: takes files away again where the act does not come to its end.

    Raises:
        CorrectionError, UnknownColumnError: it cannot be so; nothing is stored.
    """
    if len(corrections) > LONGEST_LIST:
        reason = f"at most {LONGEST_LIST:,} values are corrected at once"
        raise CorrectionError(column="any", dataset="any", reason=reason)
    by_name: dict[str, list[Correction]] = {}
    for one in corrections:
        by_name.setdefault(one.dataset, []).append(one)
    newest = {str(stored.dataset.name): stored for stored in case.newest}
    for name in by_name:
        if name not in newest:
            reason = "none of its rows is settled to be the person's"
            raise CorrectionError(column="any", dataset=name[:80], reason=reason)
    if not by_name:
        reason = "nothing is to change"
        raise CorrectionError(column="any", dataset="any", reason=reason)
    done: dict[str, Changed] = {}
    for name, wanted in by_name.items():
        _check_own(case, newest[name], wanted)
        done[name] = changed(newest[name], case.rows(newest[name].dataset.id), wanted, salt)
    spoken = [pair for one in done.values() for pair in one.spoken]
    cells = {name: one.cells for name, one in done.items()}
    texts: dict[str, int] = {}
    ready = []
    for stored in (one for one in case.stored if one.is_newest and not one.origin):
        name = str(stored.dataset.name)
        made, texts[name] = _with_texts(case, stored, done.get(name), spoken)
        if made is not None:
            ready.append((stored.dataset, made, _intake(stored, made)))
    out = {
        str(one.name): places(desk, act.connection, datasets.find(act.connection, one.name))
        for one, *_ in ready
    }
    stored_ = [_store(desk, act, case, *one, undo) for one in ready]
    apart = versions.moved(desk, act, undo, carried=out)
    return Corrected(
        made=(*stored_, *apart.versions),
        cells=cells,
        texts={name: count for name, count in texts.items() if count},
        before=digest_of(salt, [value for one in done.values() for value in one.before]),
        after=digest_of(salt, [value for one in done.values() for value in one.after]),
    )


def _with_texts(
    case: Case, stored: Stored, done: Changed | None, spoken: Sequence[tuple[str, str]]
) -> tuple[Changed | None, int]:
    """What is stored of a dataset, with its texts put right; None where nothing of it changes."""
    if not spoken:
        return done, 0
    id_ = stored.dataset.id
    mentions = [m for m in case.trace.own_mentions if m.dataset_id == id_]
    content = whole(stored) if done is None else done.content
    content, count, columns = said_right(stored, content, case.rows(id_), mentions, spoken)
    if done is None and not count:
        return None, 0
    before = done or Changed(content=content, cells=0, columns=())
    return replace(before, content=content, columns=(*before.columns, *columns)), count


def _check_own(case: Case, stored: Stored, wanted: Sequence[Correction]) -> None:
    others = others_columns(stored, case.rows(stored.dataset.id), case.via(stored.dataset.id))
    for one in wanted:
        if why := others.get(stored.dataset.column(one.column).name):
            reason = f"it may be somebody else's: {why}"
            raise CorrectionError(column=one.column, dataset=stored.dataset.name, reason=reason)


def _intake(stored: Stored, done: Changed) -> Intake:
    """The corrected rows, ready to be stored; refused where cleaning would change them again."""
    dataset = stored.dataset
    intake = taken_in(done.content, dataset)
    names = {column.name for column in intake.columns}
    cleaning = tuple(s for s in dataset.cleaning if s.column is None or s.column in names)
    kept = (
        table_of(intake).arrow(list(dataset.column_names))
        if names == set(dataset.column_names)
        else None
    )
    if kept is None or not _same(kept, done.content):
        reason = "the column cannot hold the value; it would be stored as something else"
        raise CorrectionError(column=done.columns[0], dataset=dataset.name, reason=reason)
    return replace(intake, sources=dataset.sources, cleaning=cleaning)


def _same(one: pa.Table, other: pa.Table) -> bool:
    return bool(
        one.num_rows == other.num_rows
        and one.column_names == other.column_names
        and one.replace_schema_metadata(None).equals(other.replace_schema_metadata(None))
    )


def _store(
    desk: Desk,
    act: Act,
    case: Case,
    before: Dataset,
    done: Changed,
    intake: Intake,
    undo: ExitStack,
) -> str:
    now = datasets.whole(act.connection, datasets.find(act.connection, before.name))
    if now.id != before.id:
        reason = "somebody stored another version meanwhile; look again"
        raise CorrectionError(column=done.columns[0], dataset=before.name, reason=reason)
    datasets.check_left(act.connection, before, case.left[before.id])
    reach = versions.barring(desk, act, before, case.rows(before.id))
    path = desk.datasets_folder / f"{intake.sha256}.parquet"
    if not path.exists():
        undo.callback(path.unlink, missing_ok=True)
    known = labels.known(act.connection, before)
    stored = datasets.store(desk, act, intake, before.name, before.description)
    how = lineage_steps.rectified(before, stored, done.columns)
    act.link(datasets.dataset_node(before), datasets.dataset_node(stored), STEP, how)
    if known is not None:
        # A corrected value is of the same kind as the wrong one, so what columns mean stays.
        kept = replace(known, dataset_id=stored.id, discovered_at=act.at)
        labels.keep(act, stored, kept)
    versions.follow(desk, act, stored, reach)
    return stored.id
