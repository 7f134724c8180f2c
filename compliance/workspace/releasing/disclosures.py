"""What is told about a release, put together from the records. Nothing is written."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from compliance import __version__
from compliance.dataset.nouns import Dataset
from compliance.errors import NothingReleasedError, UnknownReleaseError
from compliance.i18n import mark
from compliance.lineage.nouns import How, Node, NodeKind
from compliance.plain import to_json
from compliance.privacy.disclosure import disclose, to_document
from compliance.privacy.disclosure.stamps import to_stamp
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.disclosure import Act, Disclosure, OtherDataset, Surroundings
from compliance.register.nouns import Organisation
from compliance.storage import records, tables
from compliance.storage.acts import lines_on
from compliance.trail import Line, to_entry
from compliance.trail.nouns import Entry
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.releasing import budgets, probing, releases

_SHOWN_RELEASES = 20


def of(desk: Desk, name: str, release_id: str | None) -> Disclosure:
    """The disclosure of a release from dataset `name`: that named, or the newest.

    Raises:
        NothingReleasedError, UnknownReleaseError: there is no such release.
    """
    with desk.database.reading() as connection:
        release = chosen(connection, [datasets.find(connection, name)], release_id)
        return make(desk, connection, release)


def hand_out(desk: Desk, name: str, release_id: str | None) -> Disclosure:
    """The same for somebody who takes it away; that, and the hash of it, is in the trail.

    Raises:
        NothingReleasedError, UnknownReleaseError: there is no such release.
    """
    told = of(desk, name, release_id)
    sha256 = hashlib.sha256(to_json(to_document(told)).encode()).hexdigest()
    with desk.act("release.disclose", name) as act:
        id_ = f"disclosure-{secrets.token_hex(6)}"
        node = Node(kind=NodeKind.DISCLOSURE, id=id_, title=mark("Disclosure"))
        release = Node(kind=NodeKind.RELEASE, id=told.release_id, title=told.title)
        how = How(parameters={"release": told.release_id, "sha256": sha256})
        act.link(release, node, mark("disclosed"), how)
        act.facts |= {"release": told.release_id, "disclosure": id_, "sha256": sha256}
    return told


def chosen(connection: Connection, wanted: Sequence[Dataset], release_id: str | None) -> Release:
    """The release named, or the newest, of any version of these datasets.

    Raises:
        NothingReleasedError, UnknownReleaseError: there is no such release.
    """
    found = [release for dataset in wanted for release in releases.of(connection, dataset)]
    names = " and ".join(dataset.name for dataset in wanted[:2])
    where = names if len(wanted) <= 2 else f"these {len(wanted)} datasets"
    if not found:
        raise NothingReleasedError(dataset=where)
    if release_id is None:
        return max(found, key=lambda release: release.released_at)
    for release in found:
        if release.id == release_id:
            return release
    known = ", ".join(release.id for release in found[:_SHOWN_RELEASES])
    raise UnknownReleaseError(release=release_id[:80], dataset=where, known=known)


def make(desk: Desk, connection: Connection, release: Release) -> Disclosure:
    """The disclosure of `release` as things stand now."""
    return disclose(release, _surroundings(desk, connection, release))


def _surroundings(desk: Desk, connection: Connection, release: Release) -> Surroundings:
    dataset = datasets.version(connection, release.dataset_id)
    who = records.latest(connection, tables.ORGANISATION, Organisation) or Organisation()
    audits, at = probing.self_audits(connection), desk.clock()
    others = (other for other in datasets.newest(connection) if other.name != dataset.name)
    return Surroundings(
        dataset=dataset,
        curator=who.name,
        country=who.country,
        budget=budgets.state(connection, release.population, at),
        acts=acts(connection, {dataset.name, release.population}),
        others=tuple(
            OtherDataset(name=o.name, population=o.population, unit=o.description.unit)
            for o in others
        ),
        releases=releases.of(connection, dataset),
        audit=to_stamp(audits[0]) if audits else None,
        desk_version=__version__,
        at=at.replace(microsecond=0),
    )


def acts(connection: Connection, subjects: set[str]) -> tuple[Act, ...]:
    """The entries on these subjects, oldest first; damaged ones are left to `trail verify`."""
    entries = (_entry(line) for line in lines_on(connection, sorted(subjects)))
    return tuple(
        Act(
            entry=entry.number,
            at=entry.at,
            actor=entry.actor,
            act=entry.act,
            subject=entry.subject,
            facts=entry.facts,
        )
        for entry in entries
        if entry is not None and entry.subject in subjects
    )


def _entry(line: Line) -> Entry | None:
    try:
        return to_entry(line)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
