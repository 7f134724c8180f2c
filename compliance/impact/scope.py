"""What an assessment is about, gathered out of all that is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from compliance.errors import UnknownImpactError
from compliance.i18n import mark
from compliance.register.nouns import Record
from compliance.rules.nouns import Holding, Knowledge

# Kinds of records that belong to an activity, and the field by which it names them.
_POINTERS = {
    "recipient": "recipients",
    "processor": "processors",
    "transfer": "transfers",
    "sharing": "",
    "adm_system": "automated_decisions",
    "retention_rule": "retention_rules",
    "notice": "notices",
}
_BY_DATA = ("transfer", "sharing", "retention_rule")  # whatever the activity names
_ONLY_NAMED = ("adm_system", "notice")  # whatever they are about


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One processing and what it touches.

    Attributes:
        knowledge: all of it.
        activity: its record; None where only datasets are named.
        holdings: the datasets concerned.
        outputs: what was anonymised or invented from them.
        records: of the register, those that belong to it, by kind.
        missing: datasets named that are not there any more.
    """

    knowledge: Knowledge
    activity: Record | None
    holdings: tuple[Holding, ...]
    outputs: tuple[Holding, ...]
    records: Mapping[str, tuple[Record, ...]]
    missing: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The datasets by name."""
        return tuple(str(holding.dataset.name) for holding in self.holdings)

    def of(self, kind: str) -> tuple[Record, ...]:
        """The records of a kind that belong to it."""
        return self.records.get(kind, ())

    @property
    def is_discovered(self) -> bool:
        """Whether somebody looked at every dataset; false where there is none."""
        return bool(self.holdings) and all(h.discovery is not None for h in self.holdings)


def scope_of(knowledge: Knowledge, activity: str, datasets: Sequence[str]) -> Scope:
    """The scope of an assessment; what is gone since is told in `missing`.

    Args:
        activity: a record's id, or empty.
        datasets: by name; () takes those of the activity.
    """
    record = knowledge.register.record("activity", activity) if activity else None
    wanted = list(datasets) or list(datasets_of(record))
    holdings = tuple(h for h in knowledge.holdings if h.dataset.name in wanted)
    found = {str(h.dataset.name) for h in holdings}
    missing = [name for name in wanted if name not in found]
    if activity and record is None:
        missing.append(activity)
    return Scope(
        knowledge=knowledge,
        activity=record,
        holdings=holdings,
        outputs=tuple(_made_from(knowledge, found)),
        records={kind: _of_kind(knowledge, kind, record, wanted) for kind in _POINTERS},
        missing=tuple(missing),
    )


def scope_or_refuse(knowledge: Knowledge, activity: str, datasets: Sequence[str]) -> Scope:
    """The same, for something new.

    Raises:
        UnknownImpactError: the activity or a dataset is not there, or nothing is named.
    """
    known = [record.id for record in knowledge.register.of("activity")]
    if activity and knowledge.register.record("activity", activity) is None:
        raise UnknownImpactError(what="activity", given=activity[:80], known=_listed(known))
    names = [str(holding.dataset.name) for holding in knowledge.holdings]
    for name in datasets:
        if name not in names:
            raise UnknownImpactError(what="dataset", given=name[:80], known=_listed(names))
    if not activity and not datasets:
        raise UnknownImpactError(
            what="subject", given="", known=mark("Name an activity or datasets")
        )
    return scope_of(knowledge, activity, datasets)


def datasets_of(activity: Record | None) -> tuple[str, ...]:
    """The datasets that a record names."""
    if activity is None:
        return ()
    named = [v for field, v in activity.values.items() if field in ("dataset", "datasets")]
    return tuple(dict.fromkeys(name for value in named for name in texts_of(value)))


def texts_of(value: object) -> tuple[str, ...]:
    """A value of a record as texts; () where nothing is recorded."""
    if value is None or value == "":
        return ()
    if isinstance(value, list | tuple):
        return tuple(str(each) for each in value)
    return ("yes" if value else "no",) if isinstance(value, bool) else (str(value),)


def _of_kind(
    knowledge: Knowledge, kind: str, activity: Record | None, datasets: Sequence[str]
) -> tuple[Record, ...]:
    """The records of a kind that the activity names, and where they count, that its data name.

    Whoever gets data for another activity is no recipient of this one, so where the activity
    names its own, only they count; what leaves or is kept counts by the data.
    """
    field = _POINTERS[kind]
    is_settled = activity is not None and (kind in _ONLY_NAMED or field in activity.values)
    by_data = kind in _BY_DATA or not is_settled
    pointed = () if activity is None else texts_of(activity.values.get(field))
    return tuple(
        record
        for record in knowledge.register.of(kind)
        if not record.is_removed
        and (
            record.id in pointed
            or (by_data and set(datasets_of(record)) & set(datasets))
            or (activity is not None and activity.id in texts_of(record.values.get("activities")))
        )
        and not _has_ended(record, knowledge.at.date())
    )


def _has_ended(record: Record, today: date) -> bool:
    """Whether a movement is over."""
    ended = texts_of(record.values.get("ended_at"))
    return bool(ended) and ended[0][:10] <= today.isoformat()


def _made_from(knowledge: Knowledge, names: set[str]) -> Iterator[Holding]:
    """What was anonymised from these datasets, or was invented from them."""
    ids = {h.dataset.id for h in knowledge.holdings if h.dataset.name in names}
    invented = {edge.made.id for edge in knowledge.edges if _name(edge.origin.id) in names}
    for holding in knowledge.holdings:
        done = holding.anonymised
        is_output = done is not None and (done.dataset_id in ids or _name(done.dataset_id) in names)
        if is_output or (holding.synthetic and holding.dataset.id in invented):
            yield holding


def _name(dataset_id: str) -> str:
    """The dataset's name; an id is name@version."""
    return dataset_id.rpartition("@")[0]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return mark("Known are {shown}").format(shown=shown) if names else mark("None is known yet")
