"""Whoever has the file or the database in hand changes the trail; an auditor kept a checkpoint.

    attacker ──changes, removes, moves, adds, replaces; recomputes hashes, tiles, the head──▶ trail
                                                                                              │
    auditor ◀──verdict── verifier ◀──a checkpoint from before the attack, and the trail ──────┘

A thousand exports and a thousand databases are tampered with, each in a way drawn by chance from a
fixed seed, each change checked to change something. Every one must be found. What the attacker
cannot do is sign: the last attacks write history wholly anew, and only the checkpoint tells.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from compliance.register.nouns import Organisation
from compliance.settings import Settings
from compliance.storage import tables
from compliance.trail import Head, Line, hash_of, record, signer
from compliance.trail.tiles import Tiling
from compliance.trail.verify_trail import NotReadableError, examine
from compliance.workspace.desk import Desk
from compliance.workspace.trails import trails
from tests.postgresql import on_both
from tests.trail_cases import BEGUN, BY, exported, kept, seen, trail

ENTRIES = 60
SEEDS = range(10)
EACH = 100
FORGER = signer(BY.origin, b"\x0c" * 32)

Rows = list[Line]


# --- exports


def edited(line: Line, chance: random.Random) -> str:
    """The body with another subject."""
    said = json.loads(line.body) | {"subject": f"other {chance.random()}"}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def a_change(rows: Rows, chance: random.Random) -> Rows:
    at = chance.randrange(len(rows))
    return [*rows[:at], rows[at]._replace(body=edited(rows[at], chance)), *rows[at + 1 :]]


def a_change_with_its_hash(rows: Rows, chance: random.Random) -> Rows:
    at = chance.randrange(len(rows))
    body = edited(rows[at], chance)
    return [*rows[:at], Line(at + 1, body, hash_of(body)), *rows[at + 1 :]]


def a_removal(rows: Rows, chance: random.Random) -> Rows:
    at = chance.randrange(len(rows))
    return rows[:at] + rows[at + chance.randint(1, 5) :]


def a_move(rows: Rows, chance: random.Random) -> Rows:
    first, second = chance.sample(range(len(rows)), 2)
    moved = list(rows)
    moved.insert(second, moved.pop(first))
    return moved


def an_insertion(rows: Rows, chance: random.Random) -> Rows:
    at = chance.randrange(len(rows))
    body = edited(rows[at], chance)
    line = chance.choice([Line(0, body, hash_of(body)), rows[at]])
    place = chance.randrange(len(rows) + 1)
    return [*rows[:place], line, *rows[place:]]


def a_copy_over_another(rows: Rows, chance: random.Random) -> Rows:
    first, second = chance.sample(range(len(rows)), 2)
    return [*rows[:first], rows[second], *rows[first + 1 :]]


def history_written_anew(rows: Rows, chance: random.Random) -> Rows:
    """From some entry on, with every hash after it recomputed; perhaps shorter, or longer."""
    at = chance.randrange(len(rows))
    anew, length = rows[:at], at + 1 + chance.randrange(ENTRIES)
    head = Head(entries=at, hash=rows[at - 1].hash if at else "0" * 64)
    for number in range(at, length):
        subject = f"other {chance.random()}"
        anew.append(record(head, at=BEGUN, actor="x", act="y.z", subject=subject, facts={}))
        head = Head(entries=number + 1, hash=anew[-1].hash)
    return anew


def the_newest_removed(rows: Rows, chance: random.Random) -> Rows:
    return rows[: chance.randrange(len(rows))]


OF_ENTRIES = [a_change, a_change_with_its_hash, a_removal, a_move, an_insertion]
OF_ENTRIES += [a_copy_over_another, history_written_anew, the_newest_removed]


def said_by(data: bytes) -> object:
    """All that an export says, whatever its line ends; None where it is no export."""
    try:
        return [json.loads(row) for row in data.decode().replace("\r", "\n").split("\n") if row]
    except ValueError:
        return None


def bytes_changed(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def tampered_export(rows: Rows, chance: random.Random) -> bytes:
    """The export changed; at times the attacker signs a new end, or takes an older, honest one."""
    whole = exported(rows).encode()
    how = chance.randrange(4)
    if how == 0:
        return bytes_changed(whole, chance)
    changed = chance.choice(OF_ENTRIES)(rows, chance)
    if how == 1:
        return exported(changed, FORGER).encode()
    top = whole.decode().split("\n")[0]
    if how == 2:
        top = exported(rows[: chance.randrange(len(rows))]).split("\n")[0]
    return "\n".join([top, *exported(changed).split("\n")[1:]]).encode()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_thousand_tampered_exports_are_all_found(tmp_path: Path, seed: int) -> None:
    chance, rows = random.Random(seed), trail(ENTRIES)
    checkpoint, path = kept(tmp_path / "c.json", seen(rows)), tmp_path / "e.jsonl"
    honest, tried, missed = said_by(exported(rows).encode()), 0, []
    path.write_bytes(exported(rows).encode())
    assert examine(path, checkpoint).code == 0

    while tried < EACH:
        data = tampered_export(rows, chance)
        if said_by(data) == honest:
            continue  # nothing was changed
        tried += 1
        path.write_bytes(data)
        if is_taken_for_whole(path, checkpoint):
            missed.append(data)

    assert missed == []


def is_taken_for_whole(path: Path, checkpoint: Path) -> bool:
    try:
        return examine(path, checkpoint).code != 2
    except NotReadableError:
        return False


# --- the database

HELD = 300  # more than a tile
Attack = Callable[[Connection, random.Random], object]


def run(connection: Connection, statement: str, **values: object) -> None:
    """One that changes at least one row, or is a slip of the test."""
    assert connection.execute(text(statement), values).rowcount > 0, statement


def lines_in(connection: Connection) -> Rows:
    query = text("select number, body, hash from trail order by number")
    return [Line(*row) for row in connection.execute(query)]


def stored_anew(connection: Connection, rows: Rows) -> None:
    """All of the trail replaced, with head and tiles that fit it."""
    connection.execute(text("delete from trail"))
    lines = [{"n": n, "b": line.body, "h": line.hash} for n, line in enumerate(rows, start=1)]
    if lines:
        connection.execute(text("insert into trail values (:n, :b, :h)"), lines)
    last = rows[-1].hash if rows else "0" * 64
    run(connection, "update trail_head set entries = :n, hash = :h", n=len(rows), h=last)
    connection.execute(text("delete from trail_tile"))
    tiling = Tiling()
    for tile in (tile for line in rows for tile in tiling.add(line.leaf)):
        row = "insert into trail_tile values (:level, :place, :root, :hashes)"
        run(connection, row, **tile._asdict())


def entries_attacked(connection: Connection, chance: random.Random) -> None:
    stored_anew(connection, chance.choice(OF_ENTRIES)(lines_in(connection), chance))


def one_row_changed(connection: Connection, chance: random.Random) -> None:
    line = chance.choice(lines_in(connection))
    at = chance.randrange(len(line.body))
    body = line.body[:at] + chr((ord(line.body[at]) + 1) % 128 or 1) + line.body[at + 1 :]
    hash_ = chance.choice([line.hash, hash_of(body)])
    run(
        connection,
        "update trail set body = :b, hash = :h where number = :n",
        b=body, h=hash_, n=line.place,
    )  # fmt: skip


def one_hash_changed(connection: Connection, chance: random.Random) -> None:
    run(
        connection,
        "update trail set hash = :h where number = :n",
        h=hash_of(str(chance.random())),
        n=chance.randint(1, HELD),
    )


def rows_removed(connection: Connection, chance: random.Random) -> None:
    first = chance.randint(1, HELD)
    last = first + chance.randrange(9)
    run(connection, "delete from trail where number between :a and :b", a=first, b=last)


def the_tail_removed_with_all_it_stored(connection: Connection, chance: random.Random) -> None:
    stays = chance.randrange(HELD)
    connection.execute(text("delete from organisation where entry > :n"), {"n": stays})
    stored_anew(connection, lines_in(connection)[:stays])


def two_rows_swapped(connection: Connection, chance: random.Random) -> None:
    first, second = chance.sample(range(1, HELD + 1), 2)
    for old, new in ((first, -1), (second, first), (-1, second)):
        run(connection, "update trail set number = :new where number = :old", new=new, old=old)


def a_row_set_apart(connection: Connection, chance: random.Random) -> None:
    run(
        connection,
        "update trail set number = :new where number = :old",
        new=HELD + chance.randint(1, 99),
        old=chance.randint(1, HELD),
    )


def the_head_edited(connection: Connection, chance: random.Random) -> None:
    if chance.random() < 0.5:
        entries = chance.choice([n for n in range(2 * HELD) if n != HELD])
        run(connection, "update trail_head set entries = :n", n=entries)
    else:
        run(connection, "update trail_head set hash = :h", h=hash_of(str(chance.random())))


def the_head_removed(connection: Connection, _: random.Random) -> None:
    run(connection, "delete from trail_head")


def a_tile_edited(connection: Connection, chance: random.Random) -> None:
    column = chance.choice(["root", "hashes"])
    found = bytearray(connection.execute(text(f"select {column} from trail_tile")).scalar())  # noqa: S608
    found[chance.randrange(len(found))] ^= chance.randint(1, 255)
    run(connection, f"update trail_tile set {column} = :v", v=bytes(found))  # noqa: S608


def a_tile_removed(connection: Connection, _: random.Random) -> None:
    run(connection, "delete from trail_tile")


def a_tile_moved_or_added(connection: Connection, chance: random.Random) -> None:
    place = chance.randint(1, 99)
    if chance.random() < 0.5:
        run(connection, "update trail_tile set place = :p", p=place)
    else:
        copy = "insert into trail_tile select level, :p, root, hashes from trail_tile"
        run(connection, copy, p=place)


def a_record_attacked(connection: Connection, chance: random.Random) -> None:
    positions = connection.execute(text("select position from organisation")).scalars()
    run(connection, chance.choice(OF_RECORDS), p=chance.choice(list(positions)))


OF_RECORDS = [
    "update organisation set record = record || ' ' where position = :p",
    "update organisation set entry = entry % 300 + 1 where position = :p",
    "delete from organisation where position = :p",
    """insert into organisation (record, entry)
       select record, entry from organisation where position = :p""",
]
ATTACKS: list[Attack] = [
    *(entries_attacked, entries_attacked, one_row_changed, one_hash_changed, rows_removed),
    *(the_tail_removed_with_all_it_stored, two_rows_swapped, a_row_set_apart),
    *(the_head_edited, the_head_removed, a_tile_edited, a_tile_removed, a_tile_moved_or_added),
    a_record_attacked,
]


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """Three hundred acts, every third with a record, in batches."""
    found = Desk(settings)
    with found.acts() as acts:
        for number in range(HELD):
            with acts.act("organisation.describe", f"act {number}") as act:
                if number % 3 == 0:
                    act.store(tables.ORGANISATION, Organisation(name=f"name {number}"))
    return found


@pytest.fixture
def defenceless(desk: Desk) -> Iterator[Connection]:
    """A transaction without triggers, as an administrator begins it; it is undone at the end."""
    with desk.database.writing() as connection:
        if connection.dialect.name == "sqlite":
            query = text("select name from sqlite_master where type = 'trigger'")
            for name in list(connection.execute(query).scalars()):
                connection.execute(text(f"drop trigger {name}"))
        else:
            for table in tables.METADATA.tables:
                connection.execute(text(f"alter table {table} disable trigger user"))
        yield connection
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("BEGIN")


@on_both
def test_a_thousand_tampered_databases_are_all_found(
    desk: Desk, defenceless: Connection, tmp_path: Path
) -> None:
    """Whether triggers were dropped is told as well, but here it does not count."""
    with desk.database.reading() as connection:
        checkpoint = kept(tmp_path / "c.json", trails.signed(desk, connection))
    wanted = 900 if defenceless.dialect.name == "sqlite" else 100
    honest, tried, missed = state_of(defenceless), 0, []

    assert problems_in(desk, defenceless, checkpoint) == []
    for seed in count():
        chance, attack = random.Random(seed), ATTACKS[seed % len(ATTACKS)]
        defenceless.execute(text("savepoint honest"))
        attack(defenceless, chance)
        if state_of(defenceless) != honest:
            tried += 1
            found = problems_in(desk, defenceless, checkpoint)
            missed += [] if found else [(seed, attack)]
        defenceless.execute(text("rollback to savepoint honest"))
        if tried == wanted:
            break

    assert missed == []
    assert state_of(defenceless) == honest
    assert seed < 1.1 * wanted, "nearly every attack changes something"


def problems_in(desk: Desk, connection: Connection, checkpoint: Path) -> list[str]:
    found = trails.verify_files(desk, connection, checkpoint=checkpoint)
    return [problem for problem in found.problems if "triggers" not in problem]


def state_of(connection: Connection) -> list[object]:
    return [
        connection.execute(text(f"select * from {table} order by 1, 2")).all()  # noqa: S608
        for table in ("trail", "trail_head", "trail_tile", "organisation")
    ]


@on_both
def test_triggers_that_were_dropped_are_told(desk: Desk, defenceless: Connection) -> None:
    with desk.database.reading() as connection:
        assert trails.verify(connection).ok

    assert "triggers were removed from trail" in trails.verify(defenceless).problems[0]


@on_both
def test_without_a_checkpoint_the_newest_could_be_removed_unseen(
    desk: Desk, defenceless: Connection
) -> None:
    """The attack itself works; it is the checkpoint that finds it."""
    the_tail_removed_with_all_it_stored(defenceless, random.Random(1))

    assert [p for p in trails.verify(defenceless).problems if "triggers" not in p] == []
