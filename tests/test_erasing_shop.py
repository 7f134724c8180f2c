"""People erased from shops whose truth is known: all of them, and nobody else."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from compliance.rights.erasing import MARK
from compliance.rights.nouns import Erasure
from compliance.workspace import Workspace
from compliance.workspace.data import datasets
from compliance.workspace.tracing.persons import Index
from tests.erasing_cases import ask, email, erase
from tests.tracing_shop import Row, Truth, add_shared, build


def contents(workspace: Workspace) -> dict[str, pa.Table]:
    """The content of every dataset version."""
    with workspace._desk.database.reading() as connection:
        every = datasets.every_version(connection)
    return {one.id: workspace._desk.table(one).whole() for one in every}


def decided(
    workspace: Workspace,
    people: Mapping[str, set[Row]],
    cells: Mapping[str, set[Row]] | None = None,
) -> dict[str, dict[str, bool]]:
    """What an officer who knows the truth says of doubtful matches and mentions.

    Args:
        people: by e-mail address, the rows that are theirs.
        cells: the rows of others in which they stand; None: in none, as far as is known.
    """
    said = {}
    with workspace._desk.database.reading() as connection:
        index = Index(workspace._desk, connection)
        for mail, own in people.items():
            doubts: dict[str, bool] = {}
            while open_ := index.trace([email(mail)], doubts).open_doubts:
                for match in open_:
                    rows = {(match.dataset_id, row) for row in match.rows}
                    doubts[match.id] = rows <= own
            stands = (cells or {}).get(mail, set())
            for mention in index.trace([email(mail)], doubts).open_mentions:
                doubts[mention.id] = (mention.dataset_id, mention.row) in stands
            said[mail] = doubts
    return said


def erase_all(
    workspace: Workspace,
    people: Mapping[str, set[Row]],
    cells: Mapping[str, set[Row]] | None = None,
) -> Erasure:
    """Erase those with these e-mail addresses in one batch."""
    said = decided(workspace, people, cells)
    ids = [
        ask(workspace, f"R-{nth:05}", [email(mail)], doubts=said[mail])
        for nth, mail in enumerate(people)
    ]
    return erase(workspace, ids)


def only_they_went(
    before: Mapping[str, pa.Table],
    after: Mapping[str, pa.Table],
    rows: Iterable[Row],
    cells: Iterable[Row],
) -> None:
    """`rows` went, `cells` lost something, and all else is as it was."""
    went, redacted = _by_version(rows), _by_version(cells)
    assert before.keys() == after.keys()
    for id_, table in before.items():
        stays = [row for row in range(table.num_rows) if row not in went[id_]]
        now = after[id_].to_pylist()
        was = table.take(pa.array(stays, pa.int64())).to_pylist()
        assert len(now) == len(was), id_
        changed = {row for row, a, b in zip(stays, was, now, strict=True) if a != b}
        assert changed == redacted[id_] - went[id_], id_


def _by_version(rows: Iterable[Row]) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for id_, row in rows:
        found[id_].add(row)
    return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Truth]:
    from compliance.settings import Settings

    home = tmp_path_factory.mktemp("shop") / "desk"
    workspace = Workspace(Settings.from_environment({}, home=home))
    return workspace, build(workspace, 400, 1_600)


def test_all_rows_and_mentions_of_people_go_and_nobody_elses(
    shop: tuple[Workspace, Truth],
) -> None:
    workspace, truth = shop
    keys = random.Random(3).sample(sorted(truth.people), 25)
    mails = {str(truth.people[key]["email"]): key for key in keys}
    before = contents(workspace)
    done = erase_all(
        workspace,
        {mail: truth.rows[key] for mail, key in mails.items()},
        {mail: truth.mentions[key] for mail, key in mails.items()},
    )
    after = contents(workspace)
    gone = {row for key in keys for row in truth.rows[key]}
    sure = {row for key in keys for row in truth.mentions[key]}
    named = {row for key in keys for row in truth.named[key]}
    assert len(gone) > 200
    assert len(sure) > 10
    # Of a name that several people bear it is left to the officer whom a text means.
    alone = {
        row
        for key in keys
        for row in truth.named[key]
        if sum(p["full_name"] == truth.people[key]["full_name"] for p in truth.people.values()) == 1
    }
    changed = {
        (id_, row)
        for id_, row in sure | named
        if any(MARK in str(cell) for cell in _now(before, after, gone, id_, row).values())
    }
    assert sure - gone <= changed
    assert alone - gone <= changed
    only_they_went(before, after, gone, changed | sure)
    assert (done.left, done.rescanned) == (0, len(before))


def _now(
    before: Mapping[str, pa.Table],
    after: Mapping[str, pa.Table],
    gone: set[Row],
    id_: str,
    row: int,
) -> dict[str, object]:
    """A row as it is now; empty where it went."""
    if (id_, row) in gone:
        return {}
    place = row - sum(one < row for version, one in gone if version == id_)
    assert before[id_].num_rows > place
    found: dict[str, object] = after[id_].slice(place, 1).to_pylist()[0]
    return found


def test_in_shops_of_others_all_of_a_person_goes(workspace: Workspace, shared_data: Path) -> None:
    people = add_shared(workspace, shared_data)
    draw = random.Random(5)
    mails = [
        mail
        for table in ("bike customers", "Customer")
        for mail in draw.sample(sorted(m for m, (of, _) in people.items() if of == table), 10)
    ]
    before = contents(workspace)
    done = erase_all(workspace, {mail: people[mail][1] for mail in mails})
    gone = {row for mail in mails for row in people[mail][1]}
    assert len(gone) > 300
    only_they_went(before, contents(workspace), gone, ())
    assert done.left == 0
    assert workspace.verify_trail().problems == ()
