"""The reports as wholes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from compliance.i18n import mark, speaking
from compliance.i18n import translate as _
from compliance.impact.nouns import ImpactKind
from compliance.lineage.nouns import NodeKind
from compliance.report import wording
from compliance.report.canonical import in_order, to_checkpoint_json, to_evidence_json
from compliance.report.glyphs import printable_all
from compliance.report.nouns import (
    AnonymisationEvidence,
    AnyEvidence,
    CertificateEvidence,
    Document,
    Evidence,
    FederatedEvidence,
    ImpactEvidence,
    LetterEvidence,
    LogEvidence,
    ProcessingEvidence,
    ReleaseEvidence,
    ReportKind,
    SummaryEvidence,
)
from compliance.report.sections.attacks import to_attacks
from compliance.report.sections.budgets import to_approved, to_budgets, to_extract
from compliance.report.sections.checks import to_checks
from compliance.report.sections.costs import to_cost
from compliance.report.sections.cover import (
    to_anonymisation_cover,
    to_cover,
    to_federated_cover,
    to_impact_cover,
    to_release_cover,
)
from compliance.report.sections.coverage import how_it_ran, to_coverage, what_went_wrong
from compliance.report.sections.datasets import to_datasets
from compliance.report.sections.disclosures import to_audit_stamp, to_fields, to_hazards
from compliance.report.sections.duties import to_duties
from compliance.report.sections.exhibits import exhibits, to_exhibits
from compliance.report.sections.fairness import to_fairness
from compliance.report.sections.feared import to_feared
from compliance.report.sections.findings import to_earlier, to_findings
from compliance.report.sections.impacts import (
    to_action_plan,
    to_annex,
    to_assessed,
    to_decision,
    to_opinions,
    to_parts,
    to_screening,
)
from compliance.report.sections.learnt import to_federated_summary
from compliance.report.sections.management import to_management
from compliance.report.sections.opinion import to_decision as to_decided
from compliance.report.sections.outcomes import to_outcome
from compliance.report.sections.packages import to_package
from compliance.report.sections.plans import to_plan_facts
from compliance.report.sections.processing import to_processing
from compliance.report.sections.quality import (
    comparison_in_words,
    to_comparison,
    to_curves,
    to_sites,
    to_sites_chart,
)
from compliance.report.sections.rechecks import to_rechecks
from compliance.report.sections.recodings import to_asked
from compliance.report.sections.releases import to_release, to_releases
from compliance.report.sections.reproduction import to_reproduction
from compliance.report.sections.requests import to_certificate, to_letter, to_log
from compliance.report.sections.results import to_results
from compliance.report.sections.risks import to_risks
from compliance.report.sections.rounds import to_rounds
from compliance.report.sections.runs import sites_left, to_dropped, to_run_facts, to_runs
from compliance.report.sections.scope import to_scope
from compliance.report.sections.summary import to_summary
from compliance.report.sections.tags import to_tags
from compliance.report.sections.theorems import to_theorem
from compliance.report.sections.traceability import to_traceability
from compliance.report.sections.travelled import to_travelled
from compliance.report.sections.verdicts import to_release_summary
from compliance.report.sections.yardsticks import to_yardstick
from compliance.report.texts import texts
from compliance.report.typesetting import typeset
from compliance.rights.nouns import Package

_TITLES = {
    ReportKind.AUDIT: mark("Privacy audit report"),
    ReportKind.RELEASE: mark("Release report"),
    ReportKind.FEDERATED: mark("Federated learning report"),
    ReportKind.ANONYMISATION: mark("Anonymisation report"),
    ReportKind.DPIA: mark("Data-protection impact assessment"),
    ReportKind.REQUEST: mark("Letter on a request"),
    ReportKind.REQUEST_LOG: mark("Log of requests"),
    ReportKind.ERASURE: mark("Certificate of erasure"),
    ReportKind.ROPA: mark("Record of processing activities"),
    ReportKind.SUMMARY: mark("Management summary"),
}
_LIA_TITLE = mark("Legitimate-interest assessment")
_HEADER_WIDTH = 60


def build(kind: ReportKind, evidence: AnyEvidence, language: str = "") -> Document:
    """The report of `kind` on `evidence` as PDF: the same evidence gives the same bytes.

    It is written in `language`, by itself that of the session; what is attached stays as it is
    recorded, in English.

    The PDF is tagged and archival and carries the evidence, a checkpoint of the trail and, of a
    release, its disclosure, or of a run or an anonymisation, its plan as attachments. Long tables
    are cut where the page says so; the attachment is always whole.

    Raises:
        TypeError: the evidence is not for a report of this kind.
        KeyError: there is no such language.
    """
    with speaking(language):
        return _build(kind, evidence)


def _build(kind: ReportKind, gathered: AnyEvidence) -> Document:
    evidence = in_order(gathered)
    attached = {
        "evidence": to_evidence_json(evidence),
        "checkpoint": to_checkpoint_json(evidence.trail, evidence.gathered_at),
    }
    if isinstance(evidence, ReleaseEvidence):
        attached["disclosure"] = evidence.published.encode()
    if isinstance(evidence, FederatedEvidence | AnonymisationEvidence):
        attached["plan"] = evidence.plan.encode()
    told = hashlib.sha256(attached["evidence"]).hexdigest()
    return typeset(
        f"{kind}.typ",
        to_content(kind, evidence) | {"evidence": told},
        attached=attached,
        at=evidence.gathered_at,
    )


def build_package(package: Package, language: str = "") -> Document:
    """The readable part of what a person gets: the same package gives the same bytes.

    It holds the person's data and nothing is attached; it is handed out and never stored.

    Raises:
        KeyError: there is no such language.
    """
    with speaking(language):
        content = printable_all(_of_package(package))
        return typeset("package.typ", content, attached={}, at=package.made_at)


def _of_package(package: Package) -> dict[str, Any]:
    said = texts()["package"]
    author = package.sender.name.strip()
    request = _("Request {request}").format(request=package.request)
    return {
        "title": said["titles"][package.right.value],
        "about": said["about"],
        "keywords": said["keywords"],
        "author": author,
        "running": wording.shortened(author or request, _HEADER_WIDTH),
        "gathered": wording.when(package.made_at),
        "stamp": _("Made on {day}").format(day=wording.day(package.made_at)),
        "footing": _("Request {request}, for the person who asked").format(request=package.request),
        "said": said,
        **to_package(package),
    }


def to_content(kind: ReportKind, evidence: AnyEvidence) -> dict[str, Any]:
    """All that the pages show, as plain values in which every character has a glyph."""
    author = evidence.organisation.name.strip()
    name = author or _("Organisation not recorded")
    return {
        "title": _title(kind, evidence),
        "about": texts()[kind]["about"],
        "keywords": texts()[kind]["keywords"],
        "author": printable_all(author),
        "organisation": printable_all(name),
        "running": printable_all(wording.shortened(name, _HEADER_WIDTH)),
        "gathered": wording.when(evidence.gathered_at),
        "texts": texts(),
        **printable_all(_sections(kind, evidence)),
    }


def _title(kind: ReportKind, evidence: AnyEvidence) -> str:
    if isinstance(evidence, ImpactEvidence) and evidence.impact.kind is ImpactKind.LIA:
        return _(_LIA_TITLE)
    if isinstance(evidence, LetterEvidence):
        return _(evidence.letter.title)
    return _(_TITLES[kind])


def _sections(kind: ReportKind, evidence: AnyEvidence) -> dict[str, Any]:
    wanted, told = _TOLD[kind]
    if not isinstance(evidence, wanted):
        raise TypeError(f"{type(evidence).__name__} is no evidence for a report of kind {kind}")
    return told(evidence)


def _audit(evidence: Evidence) -> dict[str, Any]:
    found = exhibits(evidence)
    lineage = [edge for edge in evidence.lineage if edge.made.kind is not NodeKind.REPORT]
    reports = {edge.made.key for edge in evidence.lineage if edge.made.kind is NodeKind.REPORT}
    return {
        "cover": to_cover(evidence),
        "summary": to_summary(evidence),
        "scope": to_scope(evidence),
        "results": to_results(evidence),
        "findings": to_findings(evidence, found),
        "earlier": to_earlier(evidence),
        "decided": to_decided(evidence),
        "datasets": to_datasets(evidence),
        "releases": to_releases(evidence),
        "budgets": to_budgets(evidence),
        "approved": to_approved(evidence),
        "runs": to_runs(evidence),
        "duties": to_duties(evidence),
        "tags": to_tags(evidence),
        "exhibits": to_exhibits(found),
        "trail": to_traceability(lineage, evidence.trail, evidence.gathered_at),
        "reports": len(reports),
        "glossary": _glossary(ReportKind.AUDIT),
    }


def _release(evidence: ReleaseEvidence) -> dict[str, Any]:
    return {
        "cover": to_release_cover(evidence),
        "summary": to_release_summary(evidence),
        "release": to_release(evidence.release),
        "fields": to_fields(evidence.disclosure),
        "hazards": to_hazards(evidence.disclosure),
        "yardsticks": [to_yardstick(found) for found in evidence.disclosure.yardsticks],
        "audit": to_audit_stamp(evidence.disclosure),
        "budget": to_extract(evidence.budget, evidence.release),
        "trail": to_traceability(evidence.lineage, evidence.trail, evidence.gathered_at),
        "glossary": _glossary(ReportKind.RELEASE),
    }


def _federated(evidence: FederatedEvidence) -> dict[str, Any]:
    run, outcome = evidence.run, evidence.run.outcome
    paid = run.plan.privacy is not None
    return {
        "cover": to_federated_cover(evidence),
        "summary": to_federated_summary(evidence),
        "facts": to_run_facts(run),
        "plan": to_plan_facts(run.plan, outcome),
        "dropped": to_dropped(outcome),
        "metric_says": texts()["federated"]["metrics"][outcome.metric],
        "comparison": to_comparison(run),
        "comparison_says": comparison_in_words(run),
        "curves": to_curves(outcome),
        "rounds": to_rounds(outcome),
        "travelled": to_travelled(run.plan, outcome),
        "fairness": to_fairness(outcome),
        "sites": to_sites(outcome),
        "sites_left": sites_left(outcome),
        "sites_chart": to_sites_chart(outcome),
        "theorem": to_theorem(evidence),
        "budget": to_extract(evidence.budget, run) if paid else None,
        "coverage": to_coverage(evidence),
        "how_it_ran": how_it_ran(evidence),
        "troubles": what_went_wrong(run.plan),
        "again": to_reproduction(evidence),
        "trail": to_traceability(evidence.lineage, evidence.trail, evidence.gathered_at),
        "glossary": _glossary(ReportKind.FEDERATED),
    }


def _anonymisation(evidence: AnonymisationEvidence) -> dict[str, Any]:
    done = evidence.done
    return {
        "cover": to_anonymisation_cover(evidence),
        "summary": to_outcome(evidence),
        "asked": to_asked(evidence),
        "risks": to_risks(done),
        "attacks": to_attacks(done),
        "cost": to_cost(done),
        "checks": to_checks(evidence),
        "again": to_rechecks(evidence),
        "trail": to_traceability(evidence.lineage, evidence.trail, evidence.gathered_at),
        "glossary": _glossary(ReportKind.ANONYMISATION),
    }


def _impact(evidence: ImpactEvidence) -> dict[str, Any]:
    return {
        "cover": to_impact_cover(evidence),
        "summary": to_assessed(evidence),
        "screening": to_screening(evidence),
        "parts": to_parts(evidence),
        "risks": to_feared(evidence),
        "plan": to_action_plan(evidence),
        "opinions": to_opinions(evidence),
        "decision": to_decision(evidence),
        "annex": to_annex(evidence),
        "trail": to_traceability(evidence.lineage, evidence.trail, evidence.gathered_at),
        "glossary": _glossary(ReportKind.DPIA),
    }


def _glossary(kind: ReportKind) -> list[dict[str, str]]:
    """The terms of all reports, or those of them that this kind shares, and its own."""
    said = texts()[kind]
    shared = said.get("shared_glossary")
    terms = [t for t in texts()["glossary"]["terms"] if shared is None or t["term"] in shared]
    terms += said.get("glossary", ())
    return sorted(terms, key=lambda item: wording.in_order(item["term"]))


# By kind, what its report stands on, and what it says.
_TOLD: Mapping[ReportKind, tuple[type[AnyEvidence], Callable[[Any], dict[str, Any]]]] = {
    ReportKind.AUDIT: (Evidence, _audit),
    ReportKind.RELEASE: (ReleaseEvidence, _release),
    ReportKind.FEDERATED: (FederatedEvidence, _federated),
    ReportKind.ANONYMISATION: (AnonymisationEvidence, _anonymisation),
    ReportKind.DPIA: (ImpactEvidence, _impact),
    ReportKind.REQUEST: (LetterEvidence, to_letter),
    ReportKind.REQUEST_LOG: (LogEvidence, to_log),
    ReportKind.ERASURE: (CertificateEvidence, to_certificate),
    ReportKind.ROPA: (ProcessingEvidence, to_processing),
    ReportKind.SUMMARY: (SummaryEvidence, to_management),
}


def stands_on(kind: ReportKind) -> type[AnyEvidence]:
    """What evidence a report of `kind` is made of."""
    return _TOLD[kind][0]
