"""The cover and the scope: who, what, when, by which means."""

from __future__ import annotations

from compliance.anonymise.nouns import AttackKind
from compliance.dataset.nouns import Dataset
from compliance.i18n import meant
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import (
    AnonymisationEvidence,
    AnyEvidence,
    Evidence,
    FederatedEvidence,
    ImpactEvidence,
    ReleaseEvidence,
)
from compliance.report.sections.attacks import QUESTIONS, question_in_words, question_of
from compliance.report.sections.impacts import signed_by, standing_of
from compliance.report.sections.outcomes import verdict_of
from compliance.report.sections.plans import title_of
from compliance.report.tables import Fill, Plain, fact
from compliance.report.texts import texts
from compliance.report.wording import count
from compliance.trail.nouns import Verification

_HASH_SHOWN = 16
_NAMES_SHOWN = 12


def to_cover(evidence: Evidence) -> Plain:
    """What stands on the first page."""
    about = [fact(_("Datasets covered"), names_of(evidence), fill=Fill.NAME)]
    return _cover(evidence, "statement", about)


def to_release_cover(evidence: ReleaseEvidence) -> Plain:
    """What stands on the first page of a release report."""
    release = evidence.release
    about = [
        fact(
            _("Release"),
            _("{title} ({id})").format(title=_(evidence.disclosure.title), id=release.id),
            fill=Fill.NAME,
        ),
        fact(_("Released"), wording.when(release.released_at)),
        fact(_("Computed from"), _version(evidence.dataset), fill=Fill.NAME),
    ]
    return _cover(evidence, "release", about)


def to_federated_cover(evidence: FederatedEvidence) -> Plain:
    """What stands on the first page of a federated report."""
    run = evidence.run
    about = [
        fact(
            _("Federated run"),
            _("{title} ({id})").format(title=title_of(run.plan), id=run.id),
            fill=Fill.NAME,
        ),
        fact(_("Started"), wording.when(run.started_at)),
        fact(_("Learnt from"), _version(evidence.dataset), fill=Fill.NAME),
    ]
    return _cover(evidence, "federated", about)


def to_anonymisation_cover(evidence: AnonymisationEvidence) -> Plain:
    """What stands on the first page of a report on an anonymisation."""
    done = evidence.done
    about = [
        fact(_("Anonymised from"), _version(evidence.dataset), fill=Fill.NAME),
        fact(_("Output"), _version(evidence.output), fill=Fill.NAME),
        fact(_("Its SHA-256"), done.proof.sha256, fill=Fill.CODE),
        fact(
            _("Made"),
            _("{when}, by {actor}").format(when=wording.when(done.made_at), actor=done.actor),
            fill=Fill.NAME,
        ),
        fact(_("Found"), verdict_of(evidence)["says"]),
        fact(
            _("Tested"),
            _("{when}, on the written output").format(when=wording.when(done.made_at)),
        ),
        *(
            fact(question_of(kind), question_in_words(done, kind))
            for kind in QUESTIONS
            if kind is not AttackKind.MEMBERSHIP
        ),
    ]
    return _cover(evidence, "anonymisation", about)


def to_impact_cover(evidence: ImpactEvidence) -> Plain:
    """What stands on the first page of a report on an impact assessment."""
    impact = evidence.impact
    signed = (
        _("{when}, by {actor}").format(
            when=wording.day(impact.validated_at), actor=signed_by(impact)
        )
        if impact.validated_at
        else _("not yet")
    )
    about = [
        fact(
            _("Assessment"),
            _("{title} ({id})").format(title=_(impact.title), id=impact.id),
            fill=Fill.NAME,
        ),
        fact(
            _("Version and status"),
            _("{version}, {standing}").format(
                version=impact.version, standing=_(standing_of(evidence))
            ),
        ),
        fact(_("Last written by"), wording.recorded(impact.actor), fill=Fill.NAME),
        fact(_("Validated"), signed, fill=Fill.NAME, missing=impact.validated_at is None),
        fact(_("About"), _about(evidence), fill=Fill.NAME),
        fact(_("SHA-256 of its facts"), evidence.stands_on, fill=Fill.CODE),
    ]
    return _cover(evidence, str(impact.kind), about)


def _about(evidence: ImpactEvidence) -> str:
    impact = evidence.impact
    activity = (
        [_("activity {activity}").format(activity=impact.activity)] if impact.activity else []
    )
    return wording.listed([*activity, *impact.datasets], _(wording.NOT_RECORDED))


def _cover(evidence: AnyEvidence, kind: str, about: list[Plain]) -> Plain:
    """Who is accountable, what the report is about, and what it stands on.

    Args:
        kind: of the statement on what the report is and is not.
    """
    who, statement = evidence.organisation, texts()[kind]
    return {
        "facts": [
            _person(_("Organisation"), who.name),
            _person(_("Country"), who.country),
            _person(_("Data protection officer"), who.officer),
            _person(_("Contact"), who.contact),
            *about,
            fact(_("Evidence gathered"), wording.when(evidence.gathered_at)),
            fact(
                _("Made with"),
                _("Privacy Desk {version}").format(version=evidence.desk_version),
            ),
            fact(_("Trail head"), _head(evidence.trail)),
            fact(meant("for whom", "For"), statement["readers"]),
        ],
        "is": statement["is"],
        "is_not": statement["is_not"],
    }


def _version(dataset: Dataset) -> str:
    return _("{dataset}, version {version}").format(dataset=dataset.name, version=dataset.version)


def _head(trail: Verification) -> str:
    """The hash of the last entry, cut short, and how many there are."""
    if not trail.entries:
        return _("no entries yet")
    entries = count(trail.entries, "entry", plural="entries")
    return _("{head}… ({entries})").format(head=trail.head[:_HASH_SHOWN], entries=entries)


def period(evidence: Evidence) -> str:
    """From the first dataset that is covered to the moment of the report."""
    until = wording.day(evidence.gathered_at)
    first = min((wording.to_utc(e.dataset.added_at) for e in evidence.datasets), default=None)
    since = wording.day(first) if first else until
    return until if since == until else _("{since} to {until}").format(since=since, until=until)


def names_of(evidence: Evidence) -> str:
    """The datasets covered, the first of many."""
    names = [e.dataset.name for e in evidence.datasets]
    more = len(names) - _NAMES_SHOWN
    shown = names[:_NAMES_SHOWN] + (
        [_("{more} more (section 6)").format(more=count(more))] if more > 0 else []
    )
    return wording.listed(shown)


def _person(name: str, value: str) -> Plain:
    return fact(name, wording.recorded(value), fill=Fill.NAME, missing=not value.strip())
