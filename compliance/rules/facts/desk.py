"""Facts from what the desk itself holds: datasets, budgets, runs, the trail."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.discovery.nouns import IdentifierClass
from compliance.federated.nouns import Run, Sight
from compliance.privacy.nouns import BudgetState
from compliance.register.nouns import Organisation
from compliance.rules.nouns import Holding, Subject


def organisation_subject(organisation: Organisation) -> Subject:
    """The controller."""
    return Subject(
        entity="organisation",
        name=organisation.name or "The organisation",
        facts={"name": organisation.name, "contact": organisation.contact},
    )


def dataset_subject(holding: Holding) -> Subject:
    """A dataset. What only discovery can tell is unknown until it has run."""
    dataset, discovery, changes = holding.dataset, holding.discovery, holding.changes
    k_missing = holding.k_missing
    said = dataset.description
    facts: dict[str, object] = {
        "discovered": discovery is not None,
        "purpose": said.purpose,
        "legal_basis": said.legal_basis,
        "retention_months": said.retention_months,
        "data_subjects": said.data_subjects,
        "region": said.region,
        "source": said.source,
        "unit": said.unit,
        "special_condition": said.special_condition,
        "refreshed": dataset.version > 1,
        "anonymised": k_missing is not None,
    }
    if discovery is not None:
        facts |= {
            "contains_personal_data": bool(discovery.personal),
            "special_columns": sum(label.special_category for label in discovery.personal),
            "unconfirmed_columns": len(discovery.unconfirmed),
            "direct_columns": len(discovery.columns_of(IdentifierClass.DIRECT)),
            "rare_columns": len({found.column for found in discovery.open_rare}),
        }
    if discovery is not None and changes is not None:
        open_ = {label.column for label in discovery.unconfirmed}
        open_ |= {found.column for found in discovery.open_rare}
        new = [kind for kind in changes.new_kinds if kind.column in open_]
        facts["new_kinds"] = len(new)
    if k_missing is not None:
        facts["k_missing"] = k_missing
    return Subject(entity="dataset", name=dataset.name, facts=facts)


def population_subject(budget: BudgetState) -> Subject:
    """The people who share a privacy budget."""
    return Subject(
        entity="population",
        name=budget.population,
        facts={"budget_decided": budget.is_decided, "share_spent": float(budget.share_spent)},
    )


def run_subject(run: Run, dataset: Subject) -> Subject:
    """A federated run, with what is known of the data that it learnt from."""
    facts: dict[str, object] = {
        "sites_left_out": run.outcome.sites_left_out,
        "smallest_site": min((site.rows for site in run.outcome.sites), default=None),
        "has_noise": run.plan.privacy is not None,
        **_left_sites(run),
    }
    if "contains_personal_data" in dataset.facts:
        facts["contains_personal_data"] = dataset.facts["contains_personal_data"]
    name = f"{run.plan.subject} model of {dataset.name}, {run.started_at:%Y-%m-%d %H:%M}"
    return Subject(entity="run", name=name, facts=facts)


def _left_sites(run: Run) -> dict[str, object]:
    """What left the sites: its names, how much, and of how many sites a row could be read.

    Unknown where the run is of an earlier version; rows also where that was not looked at.
    """
    up = [one for done in run.outcome.rounds for one in done.sent if one.is_up]
    if not up:
        return {}
    facts: dict[str, object] = {
        "leaves_site": sorted({one.name for one in up}),
        "bytes_left_sites": sum(one.bytes * one.copies for one in up),
        "is_protected": Sight.of(run.plan) not in (Sight.EACH_UPDATE, Sight.EACH_SUM),
    }
    looked = [done.readable for done in run.outcome.rounds if done.readable is not None]
    return facts | {"rows_readable": max(looked)} if looked else facts


def trail_subject(problems: Sequence[str]) -> Subject:
    """The trail itself."""
    return Subject(entity="trail", name="The trail", facts={"trail_whole": not problems})
