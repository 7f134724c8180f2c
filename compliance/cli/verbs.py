"""One function per verb: the workspace and what was typed in, a plain result out."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path

from compliance.cli import results, runs, typed, uses
from compliance.cli.results import Result
from compliance.dataset.nouns import ColumnName, Description
from compliance.discovery.nouns import IdentifierClass
from compliance.errors import CannotWriteError
from compliance.federated.nouns import Axis
from compliance.plain import to_plain
from compliance.privacy.nouns import Budget, Period
from compliance.register.nouns import Organisation
from compliance.report.nouns import Format, Report
from compliance.workspace import Workspace

ENDINGS = ", ".join(f".{shape}" for shape in Format)

Verb = Callable[[Workspace, Namespace], Result]


def demo(workspace: Workspace, _: Namespace) -> Result:
    """Build the demo shop."""
    return {"datasets": [results.dataset_line(dataset) for dataset in workspace.build_demo()]}


def organisation(workspace: Workspace, asked: Namespace) -> Result:
    """Show the organisation, or record what was typed."""
    said = {f.name: getattr(asked, f.name, None) for f in fields(Organisation)}
    if changes := {name: value for name, value in said.items() if value is not None}:
        workspace.set_organisation(replace(workspace.organisation(), **changes))
    return dict(to_plain(workspace.organisation()))


def dataset_add(workspace: Workspace, asked: Namespace) -> Result:
    """Store files, folders or a database table."""
    typed_ = typed.description(asked, Description())
    said = None if typed_ == Description() else typed_
    if asked.kept is not None:
        return results.dataset(workspace.keeping.add(asked.kept, asked.name, said))
    return results.dataset(workspace.add_places(asked.path, asked.name, said, table=asked.table))


def dataset_list(workspace: Workspace, _: Namespace) -> Result:
    """All datasets, a line each."""
    return {"datasets": [results.dataset_line(dataset) for dataset in workspace.datasets()]}


def dataset_show(workspace: Workspace, asked: Namespace) -> Result:
    """One dataset, whole."""
    return results.dataset(workspace.dataset(asked.name))


def dataset_describe(workspace: Workspace, asked: Namespace) -> Result:
    """Record what people know of a dataset."""
    before = workspace.dataset(asked.name).description
    return results.dataset(workspace.describe(asked.name, typed.description(asked, before)))


def discover(workspace: Workspace, asked: Namespace) -> Result:
    """Find the columns with personal data."""
    return results.labels(workspace.discover(asked.name))


def label(workspace: Workspace, asked: Namespace) -> Result:
    """Confirm or correct one label."""
    workspace.dataset(asked.name).column(asked.column)
    found = workspace.discovery(asked.name) or workspace.discover(asked.name)
    (before,) = (each for each in found.labels if each.column == asked.column)
    class_ = IdentifierClass(asked.identifier_class or before.identifier_class)
    decision = (asked.semantic_type or before.semantic_type, class_)
    return results.labels(workspace.decide_labels(asked.name, {asked.column: decision}))


def plan(workspace: Workspace, asked: Namespace) -> Result:
    """The smallest loss that makes the answer as exact as it must be."""
    query = typed.query(asked.query, workspace.dataset(asked.name).description)
    targets = [typed.target(text) for text in asked.within]
    delta = None if asked.delta is None else typed.number("δ", asked.delta)
    return results.planned(workspace.plan(asked.name, query, targets, delta))


def bounds(workspace: Workspace, asked: Namespace) -> Result:
    """Look for bounds with noise, and pay for the look."""
    query = typed.query(asked.query, workspace.dataset(asked.name).description)
    proposal = workspace.propose_bounds(
        asked.name, query, [ColumnName(c) for c in asked.column], _asked(workspace, asked)
    )
    return results.proposal(proposal, workspace.budget(proposal.population).left)


def synthesise(workspace: Workspace, asked: Namespace) -> Result:
    """Invent rows like the real ones, as a dataset of their own."""
    plan = typed.synthesis(asked.plan)
    done = workspace.synthesise(asked.name, plan, _asked(workspace, asked), asked.into)
    used = uses.not_used(workspace.rights.consents.used(done.id))
    return results.synthesis(done, workspace.budget(done.population).left) | used


def self_audit(workspace: Workspace, _: Namespace) -> Result:
    """Test the samplers and the claimed ε; `passed` decides the exit code."""
    return results.self_audit(workspace.self_audit())


def attack(workspace: Workspace, asked: Namespace) -> Result:
    """Attack an answer, exact and with noise."""
    query = typed.query(asked.query, workspace.dataset(asked.name).description)
    return results.trial(workspace.try_attacks(asked.name, query, _asked(workspace, asked)))


def error(workspace: Workspace, asked: Namespace) -> Result:
    """How wrong each number would be, and why."""
    query = typed.query(asked.query, workspace.dataset(asked.name).description)
    stand_in = None if asked.real else asked.stand_in
    budget_ = _asked(workspace, asked)
    return results.errors(query, workspace.compare_error(asked.name, query, budget_, stand_in))


def preview(workspace: Workspace, asked: Namespace) -> Result:
    """What a release would look like."""
    query = typed.query(asked.query, workspace.dataset(asked.name).description)
    seen = workspace.preview(asked.name, query, _asked(workspace, asked))
    used = uses.not_used([workspace.rights.consents.usable(asked.name)])
    return results.preview(query, seen) | used


def release(workspace: Workspace, asked: Namespace) -> Result:
    """Publish a statistic."""
    query = typed.query(asked.query, workspace.dataset(asked.name).description)
    epsilon = typed.number("ε", asked.epsilon)
    delta = None if asked.delta is None else typed.number("δ", asked.delta)
    published = workspace.release(asked.name, query, epsilon, delta)
    told = workspace.disclosure(asked.name, published.id) if asked.json else None
    used = uses.not_used(workspace.rights.consents.used(published.id))
    return results.release(published, workspace.budget(published.population).left, told) | used


def budget(workspace: Workspace, asked: Namespace) -> Result:
    """Show or decide the privacy budget of the people in a dataset."""
    population = workspace.dataset(asked.name).population
    if asked.total is not None or asked.period is not None or asked.cap:
        workspace.decide_budget(
            population,
            None if asked.total is None else typed.budget(asked.total),
            period=None if asked.period is None else Period(asked.period),
            caps=dict(typed.cap(text) for text in asked.cap),
        )
    return results.budget(workspace.budget(population), workspace.prices(population))


def federate(workspace: Workspace, asked: Namespace) -> Result:
    """Train across sites; a line per round goes to standard error."""
    plan = typed.plan(asked.plan)
    checked = workspace.governance.residency.before_training(
        asked.name, plan, is_accepted=asked.accept
    )
    for line in runs.movement_lines(checked):
        _tell(line)
    by = typed.flower(asked, _tell)
    last = ""
    with closing(workspace.federation.train(asked.name, plan, asked.resume, by)) as rounds:
        for done in rounds:
            last = done.model_hash
            _tell(runs.round_line(done, plan.rounds))
    stored = workspace.federation.runs(asked.name)
    # Somebody else may have finished another run meanwhile; one of the same model is as good.
    run = next(r for r in stored if r.outcome.rounds and r.outcome.rounds[-1].model_hash == last)
    used = uses.not_used(workspace.rights.consents.used(run.id))
    return (runs.run(run) if asked.json else runs.run_lines(run)) | used


def deploy(workspace: Workspace, asked: Namespace) -> Result:
    """Write the folder that server and sites of a federated run need."""
    made = workspace.federation.deploy(asked.name, typed.plan(asked.plan), typed.order(asked))
    return runs.deployment(made, asked.out)


def attack_run(workspace: Workspace, asked: Namespace) -> Result:
    """Attack a federated run, with noise and without; a line per finding goes to standard error."""
    with closing(workspace.federation.attack(asked.name, asked.run, asked.seed)) as findings:
        for finding in findings:
            _tell(runs.finding_line(finding))
    found = workspace.federation.attacks(asked.name)
    return runs.siege(next(siege for siege in found if siege.run_id == asked.run))


def sweep(workspace: Workspace, asked: Namespace) -> Result:
    """Try a federated plan with several values of one setting; nothing is stored or spent."""
    values = [float(typed.number("A value", text)) for text in asked.values.split(",")]
    plan, axis, seeds = typed.plan(asked.plan), Axis(asked.axis), range(1, asked.runs + 1)
    with closing(workspace.federation.sweep(asked.name, plan, axis, values, seeds)) as points:
        return runs.points(list(points))


def run_model(workspace: Workspace, asked: Namespace) -> Result:
    """Write the common model of a run to a file."""
    path = typed.destination(asked.out, workspace.settings)
    typed.write(path, workspace.federation.model(asked.name, asked.run))
    return {"path": str(path)}


def assess(workspace: Workspace, asked: Namespace) -> Result:
    """Check every duty."""
    return results.assessment(workspace.assess(names_of(asked)))


def disclosure(workspace: Workspace, asked: Namespace) -> Result:
    """What is told about a release: as a document, as lines for people, or into a file."""
    path = typed.destination(asked.out, workspace.settings) if asked.out else None
    if path is None:
        told = workspace.disclosure(asked.name, asked.release_id)
    else:
        told = workspace.proof.lineage.disclose(asked.name, asked.release_id)
        typed.write(path, results.disclosure_file(told))
        return {"path": str(path)} | results.disclosure_lines(told)
    return results.disclosure(told) if asked.json else results.disclosure_lines(told)


def _tell(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - progress


def _asked(workspace: Workspace, asked: Namespace) -> Budget:
    """The (ε, δ) typed; without δ a tenth of the total's."""
    population = workspace.dataset(asked.name).population
    delta = workspace.budget(population).total.delta / 10
    return Budget(
        epsilon=typed.number("ε", asked.epsilon),
        delta=delta if asked.delta is None else typed.number("δ", asked.delta),
    )


def names_of(asked: Namespace) -> list[str] | None:
    """The one dataset that was named; None means all."""
    return [asked.name] if asked.name else None


def format_of(path: Path) -> Format:
    """The format that the ending of a report's file says; PDF where it has none.

    Raises:
        CannotWriteError: no report is of that format.
    """
    ending = path.suffix.lower().removeprefix(".") or Format.PDF
    if ending not in list(Format):
        reason = f"a report's file ends in one of {ENDINGS}"
        raise CannotWriteError(name=path.name[: typed.SHOWN_NAME], reason=reason)
    return Format(ending)


def written(workspace: Workspace, built: Report, path: Path, shape: Format = Format.PDF) -> Result:
    """A report that was built, written to `path`."""
    typed.write(path, workspace.proof.reports.export(built, shape))
    return {"path": str(path), "sha256": built.sha256, "pages": built.pages}
