"""Verbs about texts, images and anonymised tables: what was typed in, a plain result out."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

from compliance.anonymise import from_plan, to_plan
from compliance.anonymise.hierarchies import read_hierarchy, write_hierarchy
from compliance.anonymise.nouns import Attack, Measures, Plan, Utility
from compliance.anonymise.nouns.record import Anonymised, BasketPlan, ItemOrder, KeptRecipe
from compliance.cli import typed
from compliance.cli.results import Result
from compliance.cli.uses import not_used
from compliance.dataset.nouns import ColumnName
from compliance.discovery.nouns import Singling
from compliance.errors import (
    FileMissingError,
    FileTooLargeError,
    HierarchyError,
    MalformedRecipeError,
    UnknownColumnError,
)
from compliance.i18n import translate as _
from compliance.plain import ended, to_plain, to_yaml
from compliance.settings import MAX_FILE_BYTES
from compliance.workspace import Workspace
from compliance.workspace.anonymising.making import Step

SILENCE_S = 10
"""After so many seconds a step that goes on says how far it is."""

_End = TypeVar("_End")


def discover_text(workspace: Workspace, asked: Namespace) -> Result:
    """Where personal data stand in a text; written again without them where that is asked."""
    scanning = workspace.scanning
    for out in (asked.redact, asked.replace):
        if out is not None:
            typed.destination(out, workspace.settings, read=[asked.file])
    text = scanning.read_text(asked.file.name, _bytes(asked.file))
    spans = scanning.text(text)
    result: Result = {
        "spans": [
            {
                "start": span.start,
                "end": span.end,
                "type": str(span.type).upper(),
                "score": round(span.score, 3),
            }
            for span in spans
        ]
    }
    if asked.redact is not None:
        redacted = scanning.redact_text(text, spans)
        typed.write(asked.redact, redacted.encode("utf-8", "replace"))
    if asked.replace is not None:
        replaced = scanning.replace_text(text, spans, asked.locale)
        typed.write(asked.replace, replaced.encode("utf-8", "replace"))
    return result


def redact_image(workspace: Workspace, asked: Namespace) -> Result:
    """A copy of an image without text, faces and codes."""
    typed.destination(asked.out, workspace.settings, read=[asked.file])
    done = workspace.scanning.redact_image(_bytes(asked.file), only_personal=asked.only_personal)
    typed.write(asked.out, done.image)
    return {
        "boxes": [
            {
                "x": box.x,
                "y": box.y,
                "width": box.width,
                "height": box.height,
                "kind": str(box.kind),
                "score": round(box.score, 3),
                **({"page": box.page} if box.page else {}),
            }
            for box in done.boxes
        ],
        "readings": done.readings,
        "media_type": done.media_type,
    }


def risk(workspace: Workspace, asked: Namespace) -> Result:
    """How well a dataset protects the people in it."""
    measures = workspace.anonymisation.risk(
        asked.name,
        _columns(asked.quasi),
        _columns(asked.sensitive),
        population=asked.population,
        sampling_fraction=asked.sampling_fraction,
    )
    return measured(measures)


def singling_out(workspace: Workspace, asked: Namespace) -> Result:
    """Which columns, alone and together, single people out."""
    found = workspace.anonymisation.singling_out(asked.name, _columns(asked.quasi or ""))
    return {
        "each": [_singling(one) for one in found.each],
        "together": [_singling(one) for one in found.together],
        "examined": found.examined,
        "exhaustive": found.is_exhaustive,
    }


def propose(workspace: Workspace, asked: Namespace) -> Result:
    """A plan that fits a dataset, as a plan file has it."""
    plain = dict(from_plan(workspace.anonymisation.propose(asked.name)))
    if asked.out is not None:
        typed.destination(asked.out, workspace.settings)
        typed.write(asked.out, to_yaml(plain).encode())
    return plain


def hierarchy(workspace: Workspace, asked: Namespace) -> Result:
    """The hierarchy of one column of a plan, built or completed, in ARX's form."""
    typed.destination(asked.out, workspace.settings, read=[asked.plan])
    plan = to_plan(typed.yaml_in(asked.plan, MalformedRecipeError))
    files = _hierarchy_files(plan, asked.plan.parent)
    given = {column: read_hierarchy(_bytes(f), column).hierarchy for column, f in files.items()}
    prepared = workspace.anonymisation.prepared(asked.name, plan, given)
    if asked.column not in prepared.hierarchies:
        known = ", ".join(prepared.hierarchies)
        raise UnknownColumnError(column=asked.column[:80], dataset="the plan", known=known)
    grown = prepared.hierarchies[asked.column]
    workspace.anonymisation.hierarchy_was_taken(asked.name, grown)
    typed.write(asked.out, write_hierarchy(grown))
    groups = [len(set(level)) for level in grown.levels]
    unmapped = prepared.unmapped.get(asked.column, 0)
    return {"column": asked.column, "levels": groups, "completed": unmapped}


def anonymise(workspace: Workspace, asked: Namespace) -> Result:
    """Anonymise a dataset by a plan; the output becomes a dataset, and a file where asked."""
    plan = to_plan(typed.yaml_in(asked.plan, MalformedRecipeError))
    files = _hierarchy_files(plan, asked.plan.parent)
    if asked.out is not None:
        typed.destination(asked.out, workspace.settings, read=[asked.plan, *files.values()])
    read = {column: read_hierarchy(_bytes(file), column) for column, file in files.items()}
    hierarchies = {column: each.hierarchy for column, each in read.items()}
    steps = workspace.anonymisation.anonymise(asked.name, plan, hierarchies, asked.into)
    done = _ended(steps)
    if asked.out is not None:
        typed.write(asked.out, workspace.anonymisation.output(done))
    said = [f"“{column}”: {note}" for column, each in read.items() for note in each.notes]
    used = not_used(workspace.rights.consents.used(done.id))
    return anonymised(done) | used | {"notes": [*said, *done.proof.notes]}


def attack_table(workspace: Workspace, asked: Namespace) -> Result:
    """What attackers get out of a released table, such as an invented one."""
    siege = workspace.anonymisation.attack(
        asked.name, asked.released, _columns(asked.known), _columns(asked.sensitive)
    )
    not_tried = {str(kind): why for kind, why in siege.not_tried.items()}
    return {"attacks": [_attack(one) for one in siege.attacks], "not_tried": not_tried}


def baskets(workspace: Workspace, asked: Namespace) -> Result:
    """Make purchase histories safe to hand on."""
    given = asked.hierarchy
    if asked.out is not None:
        typed.destination(asked.out, workspace.settings, read=[given] if given else [])
    plan = BasketPlan(
        person=ColumnName(asked.person),
        item=ColumnName(asked.item),
        k=asked.k,
        m=asked.m,
        order=ItemOrder(asked.order),
        description=ColumnName(asked.description) if asked.description else None,
        may_suppress=not asked.keep_all,
    )
    hierarchy = read_hierarchy(_bytes(given), plan.item).hierarchy if given else None
    done = _ended(
        workspace.anonymisation.anonymise_baskets(asked.name, plan, asked.into, hierarchy)
    )
    if asked.out is not None:
        typed.write(asked.out, workspace.anonymisation.output(done))
    plain: Result = to_plain(done)
    told = ("id", "made", "before", "after", "losses", "rows", "sha256")
    return {"k": done.plan.k, "m": done.plan.m, **{name: plain[name] for name in told}}


def recipe_keep(workspace: Workspace, asked: Namespace) -> Result:
    """Keep how a dataset was anonymised last, for the next delivery."""
    done = workspace.anonymisation.latest(asked.name)
    return _recipe(workspace.anonymisation.keep_recipe(done, asked.recipe))


def recipe_list(workspace: Workspace, _: Namespace) -> Result:
    """All recipes, a line each."""
    return {"recipes": [_recipe(kept) for kept in workspace.anonymisation.recipes()]}


def recipe_apply(workspace: Workspace, asked: Namespace) -> Result:
    """Anonymise a dataset as a recipe has it, unless it drifted."""
    if asked.out is not None:
        typed.destination(asked.out, workspace.settings)
    steps = workspace.anonymisation.apply_recipe(
        asked.recipe, asked.name, asked.into, accept_drift=asked.accept_drift
    )
    done, changed = _ended(steps)
    if asked.out is not None:
        typed.write(asked.out, workspace.anonymisation.output(done))
    drift = [{**to_plain(each), "sentence": each.sentence} for each in changed]
    return {**anonymised(done), "drift": drift}


def reveal(workspace: Workspace, asked: Namespace) -> Result:
    """The originals behind pseudonyms; who asked and why is in the trail."""
    opened = workspace.anonymisation.reveal(asked.name, asked.column, asked.pseudonym, asked.reason)
    return {"originals": opened}


def measured(measures: Measures) -> Result:
    """What a table protects; l and t of the weakest sensitive column, then each by itself."""
    each = measures.sensitive.values()
    return {
        "k": measures.k,
        "l": min((one.distinct_l for one in each), default=None),
        "t": max((one.equal_t for one in each), default=None),
        "rows": measures.rows,
        "people": measures.people,
        "classes": measures.classes,
        "uniques": measures.uniques,
        "prosecutor": to_plain(measures.prosecutor),
        "journalist": to_plain(measures.journalist),
        "marketer": to_plain(measures.marketer),
        "sensitive": {column: to_plain(one) for column, one in measures.sensitive.items()},
        "population_uniques": dict(measures.population),
    }


def anonymised(done: Anonymised) -> Result:
    """What was made, what it costs, and what shows that it is safe."""
    found = done.proof.found
    return {
        "id": done.id,
        "dataset": done.made,
        "levels": dict(done.levels),
        "classes": found.classes,
        "suppressed": found.suppressed,
        "rows": done.proof.rows,
        "loss": {
            "kind": str(done.plan.loss),
            "value": getattr(found.losses, done.plan.loss.value),
            **to_plain(found.losses),
        },
        "optimal": found.optimal,
        "bound": found.bound,
        "nodes_checked": found.nodes_checked,
        "nodes": found.nodes,
        "before": measured(done.proof.before),
        "after": measured(done.proof.after),
        "attacks": {
            "before": [_attack(one) for one in done.proof.attacked_before.attacks],
            "after": [_attack(one) for one in done.proof.attacked_after.attacks],
        },
        "utility": [_use(use) for use in done.proof.utility],
        "checks": [to_plain(check) for check in done.proof.checks],
        "notes": list(done.proof.notes),
        "sha256": done.proof.sha256,
    }


def _recipe(kept: KeptRecipe) -> Result:
    return {
        "name": kept.recipe.name,
        "dataset": kept.dataset,
        "levels": dict(zip(kept.recipe.plan.columns, kept.recipe.levels, strict=False)),
        "k": kept.recipe.plan.k,
        "rows": kept.recipe.rows,
        "kept_at": kept.kept_at.isoformat(),
    }


def _attack(one: Attack) -> Result:
    return {**to_plain(one), "share": one.share, "risk": one.risk}


def _use(use: Utility) -> Result:
    return {**to_plain(use), "kept": use.kept}


def _singling(one: Singling) -> Result:
    return {**to_plain(one), "share": one.share}


def _hierarchy_files(plan: Plan, folder: Path) -> dict[ColumnName, Path]:
    """The files that `plan` names, beside the plan's own in `folder`.

    Raises:
        HierarchyError: one is not there.
    """
    wanted = {quasi.column: quasi.hierarchy for quasi in plan.quasi_identifiers}
    wanted |= {c.column: c.hierarchy for c in plan.criteria if c.column and c.hierarchy}
    found = {column: folder / name for column, name in wanted.items() if isinstance(name, str)}
    for column, path in found.items():
        try:
            reason = "a folder and no file" if path.is_dir() else "" if path.exists() else "missing"
        except (OSError, ValueError):
            reason = "no name of a file"
        if reason:
            named = str(wanted[column])[: typed.SHOWN_NAME]
            raise HierarchyError(
                column=column[:80], reason=f"“{named}”, beside the plan, is {reason}"
            )
    return found


def _ended(steps: Generator[Step, None, _End]) -> _End:
    """What `steps` end with; they go to standard error, for those who wait.

    But for the first: while the table is read, what does not fit it is refused, in one sentence.
    """
    said, told_at = "", time.monotonic()

    def tell(step: Step) -> None:
        nonlocal said, told_at
        is_late = time.monotonic() - told_at >= SILENCE_S
        if said and (step.doing != said or is_late):
            line = _(step.doing)
            if step.says and is_late:
                line = _("{doing}: {says}").format(doing=line, says=_(step.says))
            print(line, file=sys.stderr, flush=True)  # noqa: T201
            told_at = time.monotonic()
        said = step.doing

    return ended(steps, tell)


def _columns(text: str) -> list[ColumnName]:
    """The columns in `A,B`; a name with a comma in it stands in quotation marks."""
    import csv  # a column's name may hold anything

    try:
        rows = list(csv.reader([text], skipinitialspace=True))
    except csv.Error:
        return [ColumnName(text)]  # lines break within: one name, which no column has
    return [ColumnName(name) for name in (rows[0] if rows else []) if name]


def _bytes(path: Path) -> bytes:
    name = path.name[: typed.SHOWN_NAME]
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise FileTooLargeError(name=name, limit=f"{MAX_FILE_BYTES // 2**30} GB")
        if not path.is_file():
            raise FileMissingError(name=name)
        return path.read_bytes()
    except (OSError, ValueError):
        raise FileMissingError(name=name) from None
