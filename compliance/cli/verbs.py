"""One function per verb: the workspace and what was typed in, a plain result out."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from compliance.dataset.nouns import Dataset, Description, LegalBasis
from compliance.discovery.nouns import Discovery, IdentifierClass
from compliance.errors import (
    FileMissingError,
    LabelError,
    MalformedPlanError,
    MalformedQueryError,
    MissingUnitError,
    PrivacyParameterError,
    UnknownColumnError,
    WorkspaceError,
)
from compliance.federated import to_plan
from compliance.plain import to_plain
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget, BudgetState, Query, Release
from compliance.report.nouns import Organisation, Report, ReportKind
from compliance.rules.nouns import Assessment
from compliance.workspace import Workspace

Result = dict[str, Any]
Verb = Callable[[Workspace, Namespace], Result]

_RESERVED = ("statistic", "value", "margin", "relative", "clarity")


def demo(workspace: Workspace, _: Namespace) -> Result:
    """Build the demo shop."""
    return {"datasets": [_dataset_line(dataset) for dataset in workspace.build_demo()]}


def organisation(workspace: Workspace, asked: Namespace) -> Result:
    """Show the organisation, or record what was typed."""
    typed = {f.name: getattr(asked, f.name) for f in fields(Organisation)}
    if changes := {name: value for name, value in typed.items() if value is not None}:
        workspace.set_organisation(replace(workspace.organisation(), **changes))
    return dict(to_plain(workspace.organisation()))


def dataset_add(workspace: Workspace, asked: Namespace) -> Result:
    """Store files, folders or a database table."""
    description = _described(asked, Description())
    added = workspace.add_places(
        asked.path,
        asked.name,
        None if description == Description() else description,
        table=asked.table,
    )
    return _dataset(added)


def dataset_list(workspace: Workspace, _: Namespace) -> Result:
    """All datasets, a line each."""
    return {"datasets": [_dataset_line(dataset) for dataset in workspace.datasets()]}


def dataset_show(workspace: Workspace, asked: Namespace) -> Result:
    """One dataset, whole."""
    return _dataset(workspace.dataset(asked.name))


def dataset_describe(workspace: Workspace, asked: Namespace) -> Result:
    """Record what people know of a dataset."""
    before = workspace.dataset(asked.name).description
    return _dataset(workspace.describe(asked.name, _described(asked, before)))


def discover(workspace: Workspace, asked: Namespace) -> Result:
    """Find the columns with personal data."""
    return _labels(workspace.discover(asked.name))


def label(workspace: Workspace, asked: Namespace) -> Result:
    """Confirm or correct one label."""
    found = workspace.discovery(asked.name) or workspace.discover(asked.name)
    before = found.label(asked.column)
    if before is None:
        known = ", ".join(la.column for la in found.labels[:12])
        raise UnknownColumnError(column=asked.column[:80], dataset=asked.name, known=known)
    try:
        class_ = IdentifierClass(asked.identifier_class or before.identifier_class)
    except ValueError:
        known = ", ".join(IdentifierClass)
        raise LabelError(given=asked.identifier_class, kind="class", known=known) from None
    decision = (asked.semantic_type or before.semantic_type, class_)
    return _labels(workspace.decide_labels(asked.name, {asked.column: decision}))


def preview(workspace: Workspace, asked: Namespace) -> Result:
    """What a release would look like."""
    query = _query(workspace, asked)
    total = workspace.budget(workspace.dataset(asked.name).population).total
    delta = total.delta / 10 if asked.delta is None else _number("δ", asked.delta)
    budget_ = Budget(epsilon=_number("ε", asked.epsilon), delta=delta)
    seen = workspace.preview(asked.name, query, budget_)
    return {
        "asked": to_plain(budget_),
        "table": [
            _keyed(query, row.keys)
            | {
                "statistic": row.statistic,
                "margin": row.margin,
                "relative": row.relative,
                "clarity": str(row.clarity),
            }
            for row in seen.rows
        ],
        "curve": [to_plain(point) for point in seen.curve],
        "withheld_groups": seen.withheld_groups,
        "threshold": seen.threshold,
        "attacker_percent": seen.attacker_percent,
        "dropped": to_plain(seen.dropped),
    }


def release(workspace: Workspace, asked: Namespace) -> Result:
    """Publish a statistic."""
    query = _query(workspace, asked)
    delta = None if asked.delta is None else _number("δ", asked.delta)
    published = workspace.release(asked.name, query, _number("ε", asked.epsilon), delta)
    left = workspace.budget(published.population).left
    return {
        "id": published.id,
        "values": [
            _keyed(query, value.keys)
            | {"statistic": value.statistic, "value": value.value, "margin": value.margin}
            for value in published.values
        ],
        "spent": _price(published.price),
        "left": _price(left),
        "dropped": to_plain(published.dropped),
        "mechanism": str(query.mechanism),
        "disclosure": _disclosure(published),
    }


def budget(workspace: Workspace, asked: Namespace) -> Result:
    """Show or decide the privacy budget of the people in a dataset."""
    population = workspace.dataset(asked.name).population
    if asked.total is not None:
        epsilon, _, delta = asked.total.partition(",")
        total = Budget(epsilon=_number("ε", epsilon), delta=_number("δ", delta or "0"))
        return _budget(workspace.decide_budget(population, total))
    return _budget(workspace.budget(population))


def federate(workspace: Workspace, asked: Namespace) -> Result:
    """Train across sites; a line per round goes to standard error."""
    plan = to_plan(_yaml(asked.plan, MalformedPlanError))
    with closing(workspace.train(asked.name, plan)) as rounds:
        for done in rounds:
            line = f"round {done.round}/{plan.rounds}  loss {done.loss:.4f}  AUC {done.metric:.4f}"
            print(line, file=sys.stderr)  # noqa: T201 - progress
    run = workspace.runs(asked.name)[0]
    last = run.outcome.rounds[-1]
    return {
        "id": run.id,
        "rounds": [to_plain(done) for done in run.outcome.rounds],
        "final": {"loss": last.loss, "metric": last.metric, "epsilon": last.epsilon},
        "baselines": to_plain(run.outcome.baselines),
        "sites": [to_plain(site) for site in run.outcome.sites],
        "sites_left_out": run.outcome.sites_left_out,
        "features": list(run.outcome.features),
    }


def assess(workspace: Workspace, asked: Namespace) -> Result:
    """Check every duty."""
    return _assessment(workspace.assess([asked.name] if asked.name else None))


def trail_list(workspace: Workspace, asked: Namespace) -> Result:
    """The newest entries, newest first."""
    return {"entries": [to_plain(entry) for entry in workspace.entries(max(asked.count, 1))]}


def trail_verify(workspace: Workspace, asked: Namespace) -> Result:
    """Whether the trail is whole."""
    found = workspace.verify_trail(asked.checkpoint)
    return {
        "entries": found.entries,
        "root": found.root,
        "head": found.head,
        "ok": found.ok,
        "problems": list(found.problems),
    }


def trail_checkpoint(workspace: Workspace, asked: Namespace) -> Result:
    """Write a checkpoint to a file."""
    _write(asked.out, workspace.checkpoint_trail().encode())
    return {"path": str(asked.out)}


def trail_export(workspace: Workspace, asked: Namespace) -> Result:
    """Write the whole trail to a file."""
    text = workspace.export_trail()
    _write(asked.out, text.encode())
    return {"path": str(asked.out), "entries": text.count("\n")}


def lineage_show(workspace: Workspace, asked: Namespace) -> Result:
    """The lineage of one dataset."""
    return {
        "edges": [
            {
                "from": edge.origin.title,
                "from_kind": str(edge.origin.kind),
                "step": edge.step,
                "to": edge.made.title,
                "to_kind": str(edge.made.kind),
                "entry": edge.entry,
                "at": edge.at.isoformat(),
            }
            for edge in workspace.lineage([asked.name])
        ]
    }


def report(workspace: Workspace, asked: Namespace) -> Result:
    """Build a report as PDF."""
    names = [asked.name] if asked.name else None
    return _written(workspace, workspace.build_report(ReportKind(asked.kind), names), asked.out)


def audit(workspace: Workspace, asked: Namespace) -> Result:
    """Discover, assess and report in one unattended go."""
    names = [asked.name] if asked.name else [str(d.name) for d in workspace.datasets()]
    for name in names:
        if workspace.discovery(name) is None:
            workspace.discover(name)
    built = workspace.build_report(ReportKind.AUDIT, [asked.name] if asked.name else None)
    assessment = workspace.assess([asked.name] if asked.name else None)
    return _written(workspace, built, asked.out) | _assessment(assessment)


def _described(asked: Namespace, before: Description) -> Description:
    typed = {f.name: getattr(asked, f.name) for f in fields(Description)}
    changes = {name: value for name, value in typed.items() if value is not None}
    if "legal_basis" in changes:
        changes["legal_basis"] = LegalBasis(changes["legal_basis"])
    return replace(before, **changes)


def _dataset_line(dataset: Dataset) -> Result:
    return {
        "id": dataset.id,
        "name": dataset.name,
        "version": dataset.version,
        "rows": dataset.rows,
        "columns": len(dataset.columns),
        "sha256": dataset.sha256,
    }


def _dataset(dataset: Dataset) -> Result:
    return {
        "id": dataset.id,
        "name": dataset.name,
        "version": dataset.version,
        "rows": dataset.rows,
        "columns": [
            {"name": c.name, "type": str(c.type), "missing": c.missing, "distinct": c.distinct}
            for c in dataset.columns
        ],
        "sha256": dataset.sha256,
        "cleaning": [to_plain(step) for step in dataset.cleaning],
        "description": to_plain(dataset.description),
        "population": dataset.population,
        "sources": [to_plain(source) for source in dataset.sources],
    }


def _labels(found: Discovery) -> Result:
    return {
        "columns": [
            {
                "name": la.column,
                "semantic_type": la.semantic_type,
                "identifier_class": str(la.identifier_class),
                "confidence": la.confidence,
                "evidence": list(la.evidence),
                "special_category": la.special_category,
                "status": str(la.status),
            }
            for la in found.labels
        ]
    }


def _query(workspace: Workspace, asked: Namespace) -> Query:
    dataset = workspace.dataset(asked.name)
    try:
        return to_query(_yaml(asked.query, MalformedQueryError))
    except MissingUnitError:
        recorded = dataset.description.unit
        hint = f"The dataset's record says: {recorded}." if recorded else "None is on record yet."
        raise MissingUnitError(hint=hint) from None


def _yaml(path: Path, error: type[MalformedQueryError | MalformedPlanError]) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise FileMissingError(name=path.name) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise error(place=path.name, reason="it is no YAML") from None


def _number(name: str, typed: str) -> Decimal:
    try:
        return Decimal(typed.strip())
    except InvalidOperation:
        reason = "it is a number such as 0.5 or 1e-6"
        raise PrivacyParameterError(name=name, given=f"“{typed[:20]}”", reason=reason) from None


def _keyed(query: Query, keys: tuple[str, ...]) -> Result:
    names = [f"key_{column}" if column in _RESERVED else str(column) for column in query.by]
    return dict(zip(names, keys, strict=True))


def _price(price: Any) -> Result:
    return {
        "epsilon": float(price.epsilon),
        "delta": float(price.delta),
        "rho": None if price.rho is None else float(price.rho),
    }


def _disclosure(published: Release) -> Result:
    query = published.query
    return {
        "dataset": published.dataset_id,
        "population": published.population,
        "privacy_unit": query.unit,
        "neighbouring": "one person added or removed, with all rows",
        "max_groups": query.groups_per_unit,
        "max_rows_per_group": query.max_rows_per_group,
        "group_keys": "public" if query.has_public_keys else "private, over a threshold",
        "epsilon": str(published.price.epsilon),
        "delta": str(published.price.delta),
        "events": to_plain(published.events),
        "libraries": dict(published.libraries),
        "released_at": published.released_at.isoformat(),
        "not_protected": "the numbers under “dropped” are exact and not for publication",
    }


def _budget(state: BudgetState) -> Result:
    return {
        "population": state.population,
        "decided": state.is_decided,
        "total": {"epsilon": float(state.total.epsilon), "delta": float(state.total.delta)},
        "spent": _price(state.spent) | {"share": round(state.share_spent, 6)},
        "left": _price(state.left),
        "entries": [to_plain(spend) for spend in state.spends],
    }


def _assessment(assessment: Assessment) -> Result:
    return {
        "verdicts": [
            {
                "rule": v.rule,
                "law": v.law,
                "article": v.article,
                "subject": v.subject,
                "state": str(v.state),
                "evidence": v.evidence,
                "severity": str(v.severity),
                "remedy": v.remedy,
            }
            for v in assessment.verdicts
        ],
        "score": assessment.score,
    }


def _written(workspace: Workspace, built: Report, path: Path) -> Result:
    _write(path, workspace.report_pdf(built))
    return {"path": str(path), "sha256": built.sha256, "pages": built.pages}


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError:
        reason = "the file cannot be written there; check the folder and its rights"
        raise WorkspaceError(home=path.parent, reason=reason) from None
