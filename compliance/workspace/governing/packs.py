"""Packs of rules, as the workspace offers them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import Connection

from compliance.errors import UnknownPackError, UnknownRuleError
from compliance.rules.nouns import KeptPack, Pack, PackChange, Rule
from compliance.rules.pack import Part, desk_pack, join, read_part, shipped, to_pack_file
from compliance.storage import records, tables
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded


@guarded
class Packs:
    """The rules in force: look, check, bring in one's own, go back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def in_force(self) -> Pack:
        """The rules of the desk with those that the organisation brought in.

        Raises:
            PackError: a kept pack does not fit the rules of the desk any more.
        """
        with self._desk.database.reading() as connection:
            return in_force(connection)

    def rule(self, id_: str) -> Rule:
        """One rule in force.

        Raises:
            UnknownRuleError: there is none of that id.
        """
        if found := self.in_force().rule(id_):
            return found
        raise UnknownRuleError(rule=id_[:60])

    def kept(self) -> tuple[KeptPack, ...]:
        """The organisation's own packs in force, by id."""
        with self._desk.database.reading() as connection:
            return _kept(connection)

    def versions(self) -> tuple[KeptPack, ...]:
        """Everything that was kept or removed, newest first."""
        with self._desk.database.reading() as connection:
            return records.every(connection, tables.PACK, KeptPack)[::-1]

    def check(self, data: bytes, name: str) -> PackChange:
        """What the pack in `data` would change; nothing is kept.

        Raises:
            PackError: it cannot be used, with the line.
        """
        with self._desk.database.reading() as connection:
            return _check(connection, read_part(data, name))

    def keep(self, data: bytes, name: str) -> PackChange:
        """Bring in the pack in `data`; the version of it from before gives way.

        Raises:
            PackError: it cannot be used, with the line; nothing is kept.
        """
        part = read_part(data, name)
        with self._desk.act("rules.keep", part.id) as act:
            change = _check(act.connection, part)
            kept = KeptPack(
                id=part.id,
                version=part.version,
                title=part.title,
                text=data.decode(),
                sha256=hashlib.sha256(data).hexdigest(),
                kept_at=act.at,
                actor=act.actor,
            )
            act.store(tables.PACK, kept, id=part.id)
            act.facts |= {
                "version": part.version,
                "sha256": kept.sha256,
                "added": len(change.added),
                "changed": len(change.changed),
                "switched_off": len(change.switched_off),
                "removed": len(change.removed),
            }
        return change

    def remove(self, id_: str) -> None:
        """Take a pack out of force; what it replaced and switched off is in force again.

        Raises:
            UnknownPackError: there is none of that id.
            PackError: another pack extends it.
        """
        with self._desk.act("rules.remove", id_) as act:
            found = {pack.id: pack for pack in _kept(act.connection)}
            if id_ not in found:
                raise UnknownPackError(pack=id_[:60])
            _joined(tuple((p.id, p.text) for p in found.values() if p.id != id_))
            removed = replace(found[id_], is_removed=True, kept_at=act.at, actor=act.actor)
            act.store(tables.PACK, removed, id=id_)
            act.facts["version"] = removed.version

    def to_file(self) -> str:
        """All rules in force as one file."""
        return to_pack_file(self.in_force())


def in_force(connection: Connection) -> Pack:
    """The rules of the desk with those that the organisation brought in.

    Raises:
        PackError: a kept pack does not fit the rules of the desk any more.
    """
    return _joined(tuple((pack.id, pack.text) for pack in _kept(connection)))


def hash_of(connection: Connection) -> str:
    """SHA-256 of the file of all rules in force, as `Packs.to_file` gives it."""
    return _hash(tuple((pack.id, pack.text) for pack in _kept(connection)))


@lru_cache(maxsize=8)
def _hash(kept: tuple[tuple[str, str], ...]) -> str:
    return hashlib.sha256(to_pack_file(_joined(kept)).encode()).hexdigest()


def _kept(connection: Connection) -> tuple[KeptPack, ...]:
    found = records.newest_by(connection, tables.PACK, KeptPack, "id")
    return tuple(pack for _, pack in sorted(found.items()) if not pack.is_removed)


@lru_cache(maxsize=8)
def _joined(kept: tuple[tuple[str, str], ...]) -> Pack:
    """The rules of the desk with kept packs, by id and text."""
    if not kept:
        return desk_pack()
    return join([*shipped(), *(_part(id_, text) for id_, text in kept)])


def _part(id_: str, text: str) -> Part:
    return read_part(text.encode(), id_)


def _check(connection: Connection, part: Part) -> PackChange:
    if part.id in {one.id for one in shipped()}:
        raise part.lined.refusal(("id",), f"“{part.id}” is a pack of the desk; choose another id")
    kept = _kept(connection)
    _check_version(connection, part)
    now = in_force(connection)
    others = [_part(pack.id, pack.text) for pack in kept if pack.id != part.id]
    return _change(part, now, join([*shipped(), *others, part]))


def _check_version(connection: Connection, part: Part) -> None:
    """One version is one text: what an assessment names can always be found again."""
    for pack in records.every(connection, tables.PACK, KeptPack, id=part.id):
        if (
            pack.version == part.version
            and _part(pack.id, pack.text).lined.plain != part.lined.plain
        ):
            problem = f"version {part.version} was kept before with another text; raise the version"
            raise part.lined.refusal(("version",), problem)


def _change(part: Part, now: Pack, then: Pack) -> PackChange:
    before, after = _by_id(now.rules), _by_id(then.rules)
    both = [id_ for id_ in after if id_ in before]
    return PackChange(
        id=part.id,
        version=part.version,
        title=part.title,
        edition=then.edition,
        added=tuple(id_ for id_ in after if id_ not in before),
        changed=tuple(id_ for id_ in both if before[id_] != after[id_]),
        switched_off=tuple(id_ for id_ in then.disabled if id_ not in now.disabled),
        removed=tuple(id_ for id_ in before if id_ not in after),
    )


def _by_id(rules: Sequence[Rule]) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules}
