"""Scope, standards, population and tools of an audit."""

from __future__ import annotations

from collections import Counter

from compliance.i18n import mark, meant
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.nouns.audited import Standards
from compliance.report.sections.cover import names_of, period
from compliance.report.sections.duties import laws_of
from compliance.report.tables import Fill, Plain, fact, heading, table
from compliance.report.wording import count
from compliance.rules.nouns import POLICY, Level

_NAMES_SHOWN = 12
_LEVELS = {
    Level.TEXT: mark("read in the legal text"),
    Level.SECONDARY: mark("by what others say of the law"),
    Level.MEMORY: mark("from memory, not verified"),
    Level.POLICY: mark("the desk's own policy"),
}


def to_scope(evidence: Evidence) -> Plain:
    """What the report covers and what not, by which rules, on whom, with which tools."""
    return {
        "facts": _covered(evidence),
        "rules": _rules(evidence),
        "laws": _laws(evidence.audited.standards),
        "population": _population(evidence),
    }


def _covered(evidence: Evidence) -> list[Plain]:
    data = evidence.datasets
    releases, runs = sum(len(e.releases) for e in data), sum(len(e.runs) for e in data)
    return [
        fact(_("Period"), period(evidence)),
        fact(_("Datasets"), names_of(evidence), fill=Fill.NAME),
        fact(
            _("Made from them"),
            _("{releases}, {runs}").format(
                releases=count(releases, "release"), runs=count(runs, "federated run")
            ),
        ),
        fact(_("Duties"), laws_of(evidence)),
        fact(_("Trail"), count(evidence.trail.entries, "entry", plural="entries")),
        fact(_("Left out"), _left_out(evidence), fill=Fill.NAME),
    ]


def _left_out(evidence: Evidence) -> str:
    said = [_("Data that were never loaded into the desk.")]
    if left := evidence.audited.left_out:
        names = wording.enumerated(map(wording.abridged, left[:_NAMES_SHOWN]))
        if (more := len(left) - _NAMES_SHOWN) > 0:
            names = _("{ids} and {more} more").format(ids=names, more=count(more))
        said.append(_("By choice: {names}.").format(names=names))
    standards = evidence.audited.standards
    if standards and standards.switched_off:
        off = wording.enumerated(list(standards.switched_off)[:_NAMES_SHOWN])
        said.append(_("Rules that the organisation switched off: {rules}.").format(rules=off))
    return wording.run_on(said)


def _rules(evidence: Evidence) -> list[Plain]:
    """The standards: which edition of the rules, its hash, and how well they were checked."""
    standards = evidence.audited.standards
    if standards is None:
        return [
            fact(
                _("Rules in force"),
                wording.recorded(_(evidence.assessment.pack)),
                missing=not evidence.assessment.pack,
            )
        ]
    checked = wording.enumerated(
        _("{n} {how}").format(n=count(standards.levels[level]), how=_(_LEVELS[level]))
        for level in Level
        if standards.levels.get(level)
    )
    return [
        fact(_("Rules in force"), standards.edition, fill=Fill.NAME),
        fact(_("SHA-256 of their file"), standards.sha256, fill=Fill.CODE),
        fact(_("Checked on"), wording.recorded(standards.as_of)),
        fact(_("How they were checked"), wording.sentence(checked)),
    ]


def _laws(standards: Standards | None) -> Plain | None:
    if standards is None:
        return None
    headings = [
        heading(_("Law"), 1.3, Fill.NAME),
        heading(_("In full"), 3.2, Fill.NAME),
        heading(_("Applies to"), 4),
        heading(_("Rules"), fill=Fill.NUMBER),
    ]
    rows = [
        [
            _(law.short),
            _(law.name),
            wording.sentence(wording.recorded(_(law.applies))),
            count(standards.rules[id_]),
        ]
        for id_, law in standards.laws.items()
    ]
    if POLICY in standards.rules:
        policy = _("what the desk asks of those who use it")
        whom = _("Everybody who uses the desk.")
        rows.append([_("the desk's own policy"), policy, whom, count(standards.rules[POLICY])])
    return table(headings, rows)


def _population(evidence: Evidence) -> list[Plain]:
    """On whom and what was judged, and what was drawn of it."""
    verdicts = evidence.assessment.verdicts
    subjects = {(v.entity, v.subject_id) for v in verdicts if not v.is_aside}
    kinds = Counter(entity for entity, __ in subjects)
    idle = len({v.rule for v in verdicts if v.is_aside})
    rows = sum(held.dataset.rows for held in evidence.datasets)
    found = [
        fact(
            _("Subjects"),
            _("{subjects} of {kinds} on record, each judged by every rule for its kind").format(
                subjects=count(len(subjects), "subject"), kinds=count(len(kinds), "kind")
            ),
        ),
        fact(meant("in statistics", "Sampling"), _("none of subjects: all on record were judged")),
        fact(_("Rows"), _("{rows} in the versions that were judged").format(rows=count(rows))),
        fact(
            _("Labels"),
            _("proposed from all headers and up to 400 different values of each column"),
        ),
    ]
    if idle:
        without = _("{rules} found no subject on record; section 4 says which duties these are")
        found.append(fact(_("Without a subject"), without.format(rules=count(idle, "rule"))))
    return found
