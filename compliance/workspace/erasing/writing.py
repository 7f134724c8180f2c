"""The new content of every version that an erasure changes, written beside the old."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset, Sha256
from compliance.dataset.table import to_parquet
from compliance.rights.erasing import columns_of, commitment, rewritten
from compliance.rights.nouns import Cut, Erasure, ErasurePlan, Rewriting
from compliance.workspace.anonymising.making import Step
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.erasing.copies import Rewritten
from compliance.workspace.erasing.files import Journal


def writing_of(
    desk: Desk, connection: Connection, journal: Journal, plan: ErasurePlan
) -> Rewritten:
    """What is written, before anything is."""
    return Rewritten(
        desk=desk,
        journal=journal,
        versions={one.id: one for one in datasets.every_version(connection)},
        cuts={cut.dataset_id: cut for cut in plan.cuts},
        made={},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a version holds from now on, and what vouches for what it held."""

    rewriting: Rewriting
    commitment: Sha256


def made(
    writing: Rewritten, id_: str, begun: Erasure
) -> Generator[Step, None, tuple[Content, ...]]:
    """Write the new content of each version that changes; what was alike stays alike."""
    done: dict[Cut, Content] = {}
    found = []
    changing = [cut for cut in writing.cuts.values() if cut.changes]
    for at, cut in enumerate(changing):
        yield Step(doing="Writing the datasets without them", share=at / len(changing))
        dataset, alike = writing.versions[cut.dataset_id], replace(cut, dataset_id="")
        if dataset.sha256 != cut.before:
            continue  # somebody changed it meanwhile, which the switch will see
        if alike not in done:
            done[alike] = _content(writing, dataset, cut, begun)
        content = done[alike]
        rewriting = replace(content.rewriting, dataset_id=cut.dataset_id, erasure=id_)
        if rewriting.after != rewriting.before:
            writing.made[cut.dataset_id] = rewriting
            found.append(replace(content, rewriting=rewriting))
    return tuple(found)


def keys_gone(writing: Rewritten) -> Mapping[str, frozenset[str]]:
    """By version that changes, the keys of people of whom nothing is to be left in it.

    They never leave memory; with them it is looked again for people whom the request's own
    identifiers do not lead to any more.
    """
    found = {}
    for id_ in writing.made:
        dataset, cut = writing.versions[id_], writing.cuts[id_]
        unit = dataset.description.unit
        rows = {*cut.removed, *(row for one in cut.blanked if one.key for row in one.rows)}
        if unit is None or unit not in dataset.column_names or not rows:
            continue
        coded = writing.desk.table(dataset).codes(unit)
        texts = coded.texts()
        codes = {int(coded.codes[row]) for row in rows} - {-1}
        codes -= {int(coded.codes[row]) for row in cut.kept}
        found[id_] = frozenset(texts[code] for code in codes)
    return found


def _content(writing: Rewritten, dataset: Dataset, cut: Cut, begun: Erasure) -> Content:
    before = writing.desk.table(dataset).whole()
    after = rewritten(before, cut, secrets.token_bytes).combine_chunks()
    data = to_parquet(after)
    sha256 = Sha256(hashlib.sha256(data).hexdigest())
    folder = writing.desk.datasets_folder
    if sha256 != dataset.sha256:
        writing.journal.write(folder / f"{sha256}.parquet", data)
        writing.journal.condemn(folder / f"{dataset.sha256}.parquet")
    rewriting = Rewriting(
        dataset_id=cut.dataset_id,
        before=dataset.sha256,
        after=sha256,
        rows=after.num_rows,
        columns=columns_of(after, dataset.columns),
        removed=len(cut.removed),
        blanked=cut.blanked_rows,
        kept=len(cut.kept),
        why_kept=cut.why_kept,
        erasure=begun.id,
        at=begun.begun_at,
    )
    return Content(
        rewriting=rewriting, commitment=commitment(before, cut.rows, secrets.token_bytes)
    )
