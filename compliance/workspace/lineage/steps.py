"""What each act tells of its step: which column came from which, and the telling settings.

A setting is a name of a column, a number, a choice or a hash; never a value of the data.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from compliance.anonymise.nouns import Plan
from compliance.anonymise.nouns.record import Anonymised, AnonymisedBaskets
from compliance.dataset.nouns import Dataset
from compliance.federated.nouns import Run
from compliance.i18n import mark
from compliance.lineage import as_it_was, carried, chosen_by, how
from compliance.lineage.asking import (
    BOUNDS,
    MODEL,
    columns_of_answer,
    of_answer,
    of_look,
    of_one_dataset,
    of_run,
    of_synthesis,
)
from compliance.lineage.nouns import How, Parameter
from compliance.lineage.protecting import of_anonymised, of_baskets, of_erasure
from compliance.privacy.nouns import Price, Release
from compliance.privacy.nouns.planning import Proposal
from compliance.privacy.nouns.synthesis import Synthesis
from compliance.rights.nouns import Cut, Rewriting, Usable
from compliance.workspace.coding import keyed

_PUT_RIGHT = mark("put right")


def added(dataset: Dataset) -> How:
    """A file taken in: its columns as they were, or cleaned."""
    names = _names(dataset)
    cleaned: dict[str, list[str]] = {}
    for step in dataset.cleaning:
        if step.column in names:
            cleaned.setdefault(str(step.column), []).append(step.step)
    says = {column: "; ".join(dict.fromkeys(steps)) for column, steps in cleaned.items()}
    told: dict[str, Parameter] = {
        "sha256": dataset.sha256,
        "rows": dataset.rows,
        "files": len(dataset.sources),
    }
    return how(carried(names, says), names, names, told)


def filtered(dataset: Dataset, said: Usable) -> How:
    """The rows of a version that may be used; the others were left out by whose they are."""
    names, unit = _names(dataset), dataset.description.unit
    by = [str(unit)] if unit in names else []
    edges = (*map(as_it_was, names), *chosen_by(by, mark("rows that may not be used left out")))
    told: dict[str, Parameter] = {
        "purpose": said.purpose,
        "rows": said.rows,
        "people_left_out": said.people_left_out,
        **{f"left_out_{why.name.lower()}": rows for why, rows in said.left_out.items()},
    }
    return how(edges, names, names, told)


def remade(
    before: Dataset,
    after: Dataset,
    altered: Collection[str],
    by: Collection[str] = (),
    says: str = "",
) -> How:
    """A new version of the same dataset: columns left out, altered, or rows removed.

    Args:
        altered: the columns that hold something else than before.
        by: those by which rows were removed.
        says: what was done, in words.
    """
    names = _names(after)
    is_masking = says != _PUT_RIGHT
    edges = (
        *carried(names, dict.fromkeys(map(str, altered), says), masking=is_masking),
        *chosen_by(map(str, by), says),
    )
    gone = tuple(name for name in _names(before) if name not in names)
    told: dict[str, Parameter] = {"rows": after.rows, "rows_before": before.rows}
    return how(edges, _names(before), names, told | ({"left_out": gone} if gone else {}))


def rectified(before: Dataset, after: Dataset, corrected: Collection[str]) -> How:
    """A new version in which values of some columns were put right."""
    return remade(before, after, corrected, says=_PUT_RIGHT)


def restricted(before: Dataset, after: Dataset) -> How:
    """A new version with the rows that may be used now, chosen by whose they are."""
    unit = before.description.unit
    by = [unit] if unit is not None and unit in after.column_names else []
    return remade(before, after, (), by, "rows of restricted people moved out or back")


def anonymised(before: Dataset, after: Dataset, done: Anonymised, key: bytes) -> How:
    """A table made safe to hand on."""
    shown, found = _names(after), done.proof.found
    levels = {str(column): level for column, level in done.levels.items()}
    edges = of_anonymised(done.plan, levels, shown, suppressed=found.suppressed)
    told: dict[str, Parameter] = {
        "anonymised": done.id,
        "plan": keyed(key, done.plan),
        "method": str(done.plan.method),
        "quasi_identifiers": tuple(map(str, done.plan.columns)),
        "k": done.plan.k,
        "criteria": _criteria(done.plan),
        "rows_suppressed": found.suppressed,
        "output_sha256": done.proof.sha256,
        **{f"level of {column}": level for column, level in levels.items()},
    }
    return how(edges, _names(before), shown, told)


def baskets(before: Dataset, after: Dataset, done: AnonymisedBaskets) -> How:
    """Purchase histories made safe to hand on."""
    told: dict[str, Parameter] = {
        "baskets": done.id,
        "k": done.plan.k,
        "m": done.plan.m,
        "order": str(done.plan.order),
        "output_sha256": done.sha256,
    }
    return how(of_baskets(done.plan), _names(before), _names(after), told)


def synthesised(before: Dataset, after: Dataset, done: Synthesis, key: bytes) -> How:
    """Invented rows."""
    told: dict[str, Parameter] = {
        "synthesis": done.id,
        "plan": keyed(key, done.plan),
        "algorithm": str(done.plan.algorithm),
        **_priced(done.price),
    }
    return how(of_synthesis(done.plan), _names(before), _names(after), told)


def released(published: Release, dataset: Dataset, joined: str, key: bytes) -> How:
    """The answer to a question, as far as it comes from one of its datasets.

    Args:
        joined: the name under which the question joins the dataset; empty: it was asked itself.
    """
    query, names = published.query, _names(dataset)
    edges = of_one_dataset(of_answer(query), joined, query, names)
    told: dict[str, Parameter] = {
        "release": published.id,
        "query": keyed(key, query),
        "mechanism": str(query.mechanism),
        "by": tuple(map(str, query.by)),
        **_priced(published.price),
    }
    return how(edges, names, columns_of_answer(query), told)


def looked_at(proposal: Proposal, columns: Sequence[str], dataset: Dataset, joined: str) -> How:
    """Bounds looked for with noise."""
    names = _names(dataset)
    found = of_look(proposal.query, [str(column) for column in columns])
    edges = of_one_dataset(found, joined, proposal.query, names)
    told: dict[str, Parameter] = {"proposal": proposal.id, **_priced(proposal.price)}
    return how(edges, names, (BOUNDS,), told)


def trained(run: Run, features: Sequence[str], dataset: Dataset, key: bytes) -> How:
    """A model learnt at several sites."""
    names, plan = _names(dataset), run.plan
    unit = dataset.description.unit
    told: dict[str, Parameter] = {
        "run": run.id,
        "plan": keyed(key, plan),
        "task": str(plan.task),
        "model": str(plan.model),
        "strategy": str(plan.strategy),
        "rounds": len(run.outcome.rounds),
        "noise_multiplier": plan.privacy.noise_multiplier if plan.privacy else None,
        "secure": plan.secure,
    }
    return how(of_run(plan, features, unit, names), names, (MODEL,), told)


def erased(dataset: Dataset, cut: Cut | None, rewriting: Rewriting) -> How:
    """A version from which somebody was erased."""
    names = _names(dataset)
    unit = [name for name in (dataset.description.unit,) if name and cut and cut.removed]
    blanked = {str(c) for one in (cut.blanked if cut else ()) for c in one.columns}
    blanked |= {str(one.key) for one in (cut.blanked if cut else ()) if one.key}
    redacted = {str(one.column) for one in (cut.redacted if cut else ())}
    told: dict[str, Parameter] = {
        "before": rewriting.before,
        "after": rewriting.after,
        "rows": rewriting.rows,
        "removed": rewriting.removed,
        "blanked": rewriting.blanked,
        "kept": rewriting.kept,
    }
    return how(of_erasure([str(u) for u in unit], blanked, redacted), names, (), told)


def _names(dataset: Dataset) -> list[str]:
    return [str(name) for name in dataset.column_names]


def _criteria(plan: Plan) -> tuple[str, ...]:
    return tuple(
        f"{one.model} {one.value:g}" + (f" of {one.column}" if one.column else "")
        for one in plan.criteria
    )


def _priced(price: Price) -> Mapping[str, Parameter]:
    return {"epsilon": _number(price.epsilon), "delta": _number(price.delta)}


def _number(value: Decimal) -> str:
    """As it stands in the ledger: exact."""
    return str(value)
