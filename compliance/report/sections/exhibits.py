"""The evidence index: every part of the evidence with its label, hash and place in the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.i18n import meant
from compliance.i18n import translate as _
from compliance.lineage.nouns import NodeKind
from compliance.report import wording
from compliance.report.canonical import hash_of, to_evidence
from compliance.report.nouns import Evidence
from compliance.report.sections.plans import title_of as run_title
from compliance.report.tables import Fill, Plain, heading, table
from compliance.report.wording import count
from compliance.rules.nouns import Verdict

MOST_PRINTED = 300
_TITLE_WIDTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One piece of evidence.

    Attributes:
        label: E1, E2, …
        what: for people.
        place: its path in evidence.json, or the file that is hashed; empty: it is no part of one.
        sha256: of that.
        entry: of the trail that it was written with; 0: none is on record.
        about: the subjects that it is on, as (kind, id).
    """

    label: str
    what: str
    place: str
    sha256: str
    entry: int
    about: frozenset[tuple[str, str]]


def exhibits(evidence: Evidence) -> tuple[Exhibit, ...]:
    """All pieces of evidence, the same order for the same evidence."""
    entries = {edge.made.key: edge.entry for edge in evidence.lineage}
    found = [*_of_duties(evidence), *_of_desk(evidence), *_of_data(evidence, entries)]
    plain = to_evidence(evidence)
    return tuple(
        Exhibit(
            label=f"E{number}",
            what=what,
            place=place,
            sha256=sha256 or hash_of(_at(plain, place)),
            entry=entry,
            about=frozenset(about),
        )
        for number, (what, place, sha256, entry, about) in enumerate(found, start=1)
    )


def to_exhibits(found: Sequence[Exhibit]) -> Plain:
    """The index as a table, cut where it is very long."""
    headings = [
        heading(meant("of an exhibit", "No."), fill=Fill.NUMBER),
        heading(_("What it is"), 3.2, Fill.NAME),
        heading(_("Where it stands"), 2.2, Fill.NAME),
        heading(_("SHA-256"), 3.4, Fill.CODE),
        heading(_("Entry"), fill=Fill.NUMBER),
    ]
    rows = [
        [
            one.label,
            wording.abridged(one.what, _TITLE_WIDTH),
            one.place,
            one.sha256,
            count(one.entry) if one.entry else "–",
        ]
        for one in found[:MOST_PRINTED]
    ]
    return {
        "table": table(headings, rows),
        "labels": [one.label for one in found[:MOST_PRINTED]],
        "left": max(len(found) - MOST_PRINTED, 0),
    }


def references(found: Sequence[Exhibit]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The labels on each subject, by its kind and id."""
    labels: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in found[:MOST_PRINTED]:
        for subject in sorted(one.about):
            labels[subject].append(one.label)
    return {subject: tuple(some) for subject, some in labels.items()}


def subject_of(verdict: Verdict) -> tuple[str, str]:
    """What a verdict is on, as exhibits name it."""
    return (verdict.entity, verdict.subject_id)


_Found = tuple[str, str, str, int, set[tuple[str, str]]]


def _of_duties(evidence: Evidence) -> Iterator[_Found]:
    when = wording.stamp(evidence.assessment.assessed_at)
    yield (
        _("Assessment of {when} (UTC), every verdict").format(when=when),
        "assessment",
        "",
        0,
        set(),
    )
    standards = evidence.audited.standards
    if standards is not None:
        rules = _("Rules in force: {edition}").format(edition=standards.edition)
        yield rules, "rules export", standards.sha256, 0, set()
    if evidence.audited.findings:
        yield _("Findings on record"), "audited.findings", "", 0, {("finding", "")}


def _of_desk(evidence: Evidence) -> Iterator[_Found]:
    trail = {("trail", ""), ("audit_log", "")}
    yield _("The trail as it was verified"), "trail", "", evidence.trail.entries, trail
    yield _("Who is accountable"), "organisation", "", 0, {("org", "")}
    if evidence.lineage:
        yield _("Lineage"), "lineage", "", 0, set()
    for number, budget in enumerate(evidence.budgets):
        what = _("Budget and ledger of {people}").format(people=budget.population)
        yield what, f"budgets[{number}]", "", 0, {("population", budget.population)}


def _of_data(evidence: Evidence, entries: Mapping[str, int]) -> Iterator[_Found]:
    for number, held in enumerate(evidence.datasets):
        place, data = f"datasets[{number}]", held.dataset
        about = {("dataset", str(data.name))}
        named = _("{dataset}, version {version}").format(dataset=data.name, version=data.version)
        entry = _entry(entries, NodeKind.DATASET, data.id)
        what = _("{dataset}: its description").format(dataset=named)
        yield what, f"{place}.dataset", "", entry, about
        yield _("{dataset}: its rows").format(dataset=named), "", data.sha256, entry, about
        if held.discovery is not None:
            labels = _("{dataset}: its labels").format(dataset=named)
            told = _entry(entries, NodeKind.LABELS, data.id)
            yield labels, f"{place}.discovery", "", told, about
        for n, release in enumerate(held.releases):
            what = _("Release {id}").format(id=release.id)
            on = {("release", release.id)}
            told = _entry(entries, NodeKind.RELEASE, release.id)
            yield what, f"{place}.releases[{n}]", "", told, on
        for n, run in enumerate(held.runs):
            what = _("{title} ({id})").format(title=run_title(run.plan), id=run.id)
            told = _entry(entries, NodeKind.RUN, run.id)
            yield what, f"{place}.runs[{n}]", "", told, {("run", run.id)}
        for n, done in enumerate(held.anonymised):
            what = _("Anonymisation {id}").format(id=done.id)
            told = _entry(entries, NodeKind.DATASET, done.made)
            yield what, f"{place}.anonymised[{n}]", "", told, about


def _entry(entries: Mapping[str, int], kind: NodeKind, id_: str) -> int:
    """The entry of the trail with which a thing was made; 0: the lineage at hand has none."""
    return entries.get(f"{kind}:{id_}", 0)


def _at(plain: Any, place: str) -> Any:
    """The part of plain evidence at `place`, such as `datasets[0].runs[2]`."""
    for step in place.replace("]", "").replace("[", ".").split("."):
        plain = plain[int(step)] if step.isdigit() else plain[step]
    return plain
