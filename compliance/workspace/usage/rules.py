"""What stands against a use of a dataset: consents that it needs, and wishes of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from compliance.anonymise.nouns.record import Anonymised, AnonymisedBaskets
from compliance.dataset.nouns import Dataset, LegalBasis
from compliance.plain import one_line
from compliance.privacy.nouns.synthesis import Synthesis
from compliance.register import activity_id
from compliance.register.nouns import Recorded
from compliance.rights.consents import applying
from compliance.rights.nouns import Barrier, ConsentFile, Purpose
from compliance.storage import records, tables
from compliance.workspace.consenting import barriers
from compliance.workspace.consenting import files as consent_files
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a dataset.

    Attributes:
        purpose: what for, in words; empty: nobody has recorded it.
        asked: the purposes to which people have to have agreed, all of them.
        consents: the register of consents; None where nothing is needed of it.
        wishes: whose rows are kept out, by barrier; keyed hashes.
        at: the moment of the use, UTC.
        refusal: why nothing may be used; empty: that depends on the rows.
    """

    purpose: str
    at: datetime
    asked: tuple[Purpose, ...] = ()
    consents: ConsentFile | None = None
    wishes: Mapping[Barrier, tuple[str, ...]] = field(default_factory=dict)
    refusal: str = ""

    @property
    def is_free(self) -> bool:
        """Nothing can stand against any row."""
        return not (self.asked or self.wishes or self.refusal)


def use_of(
    desk: Desk, connection: Connection, dataset: Dataset, purpose: str, *, is_handed_on: bool
) -> Use:
    """What stands against using `dataset` for `purpose`; see `usage.usable`."""
    at = desk.clock()
    said = purpose or dataset.description.purpose
    if tells_nobody(connection, dataset):
        return Use(purpose=said, at=at)
    known = consent_files.purposes(connection)
    asked = _asked(dataset, purpose, known)
    names = _names(connection, said, asked)
    wishes = applying(barriers.wishes(connection), names, is_handed_on=is_handed_on)
    basis = dataset.description.legal_basis
    needs = asked if purpose or basis is None or basis is LegalBasis.CONSENT else ()
    consents = consent_files.newest(connection) if needs else None
    return Use(
        purpose=", ".join(one.title for one in asked) or said,
        at=at,
        asked=needs,
        consents=consents,
        wishes=wishes,
        refusal=_refusal(dataset, needs, consents),
    )


def on_record(connection: Connection) -> frozenset[str]:
    """What purposes are called on record, in small letters: a wish can be about one of these."""
    said = [one.description.purpose for one in datasets.newest(connection)]
    for purpose in consent_files.purposes(connection).values():
        said += [purpose.id, purpose.title, purpose.kind]
    for one in records.newest_by(connection, tables.REGISTER, Recorded, "id").values():
        if one.record.kind == "activity" and not one.record.is_removed:
            said += [one.record.id, *map(str, _listed(one.record.values.get("purposes")))]
    return frozenset(one.casefold() for one in said if one)


def _asked(dataset: Dataset, purpose: str, known: Mapping[str, Purpose]) -> tuple[Purpose, ...]:
    """The purposes that a use is for: as asked, else what the dataset is for.

    A purpose that names a dataset is what it is for only where its basis is consent, or where
    nobody has recorded what it is for.
    """
    said = (purpose or dataset.description.purpose).casefold()
    called = tuple(
        one for one in known.values() if said and said in (one.id.casefold(), one.title.casefold())
    )
    is_of_consent = dataset.description.legal_basis is LegalBasis.CONSENT
    if purpose or called or (said and not is_of_consent):
        return called
    return tuple(one for one in known.values() if dataset.name in one.datasets)


def _names(connection: Connection, said: str, asked: tuple[Purpose, ...]) -> frozenset[str]:
    """What the purpose of a use may be called: its words, ids and kinds; none where unknown."""
    names = {said.casefold()} if said else set()
    for one in asked:
        names |= one.names
    if said:
        names |= _kinds_by_activity(connection, said)
    return frozenset(names)


def _kinds_by_activity(connection: Connection, said: str) -> set[str]:
    """The ids and kinds of purpose that activities of the register give to a purpose in words."""
    found: dict[str, Recorded] = {
        one.record.id: one
        for one in records.every(connection, tables.REGISTER, Recorded, kind="activity")
    }
    names: set[str] = set()
    for one in found.values():
        values, id_ = one.record.values, one.record.id.casefold()
        told = {str(p).casefold() for p in _listed(values.get("purposes"))} | {id_}
        is_same = said.casefold() in told or activity_id(said) == id_
        if is_same and not one.record.is_removed:
            names |= {id_, str(values.get("purpose_type") or "").casefold()} - {""}
    return names


def _listed(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def tells_nobody(connection: Connection, dataset: Dataset) -> bool:
    """Whether a dataset was made so that nobody is found in it, of rows that could be used then."""
    if records.latest(connection, tables.ANONYMISED, Anonymised, made=dataset.id):
        return True
    baskets = records.every(connection, tables.BASKETS, AnonymisedBaskets)
    invented = records.every(connection, tables.SYNTHESIS, Synthesis)
    return dataset.id in {*(one.made for one in baskets), *(one.made for one in invented)}


def _refusal(dataset: Dataset, needs: tuple[Purpose, ...], consents: ConsentFile | None) -> str:
    if dataset.description.legal_basis is LegalBasis.CONSENT and not needs:
        return (
            "its basis is consent, and no purpose of the register of consents names it; define "
            f"one for it (consent purpose keep ID --dataset {one_line(dataset.name)}) and take "
            "in who agreed (consent import FILE --purpose ID)"
        )
    if needs and (consents is None or not consents.rows):
        return (
            f"it needs consent to “{needs[0].title}”, and nobody’s consent is on record; take in "
            f"who agreed (consent import FILE --purpose {needs[0].id})"
        )
    return ""
