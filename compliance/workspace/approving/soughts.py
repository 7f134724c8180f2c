"""Acts as a second person approves them: all that each depends on, and nothing else.

Of a dataset that is its version, not which of its rows may be used: whoever withdraws their
consent after an approval is left out of what is done, and that needs nobody's word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from compliance.access.nouns import Matter, Sought
from compliance.dataset.nouns import Dataset
from compliance.federated.nouns import Plan
from compliance.plain import to_plain
from compliance.privacy.nouns import Budget, Price
from compliance.privacy.nouns.question import Query
from compliance.privacy.nouns.synthesis import SynthesisPlan
from compliance.register.nouns import Record
from compliance.rights.nouns import ErasurePlan

TRANSFER = "transfer"


def of_release(
    dataset: Dataset, others: Mapping[str, Dataset], query: Query, asked: Budget
) -> Sought:
    """To publish the answer to `query`."""
    return _spending("release", dataset, asked, joined=_ids(others), query=to_plain(query))


def of_bounds(
    dataset: Dataset,
    others: Mapping[str, Dataset],
    query: Query,
    columns: Sequence[str],
    asked: Budget,
) -> Sought:
    """To look for contribution bounds, and for those of `columns`."""
    question = to_plain(query)
    said = list(columns)
    return _spending("bounds", dataset, asked, joined=_ids(others), query=question, columns=said)


def of_synthesis(dataset: Dataset, plan: SynthesisPlan, asked: Budget, new_name: str) -> Sought:
    """To invent rows as dataset `new_name`."""
    return _spending("synthesis", dataset, asked, plan=to_plain(plan), into=new_name)


def of_run(dataset: Dataset, plan: Plan, price: Price, resume: str | None) -> Sought:
    """To train with noise.

    Args:
        price: what all rounds of the plan cost.
        resume: the run that it goes on from.
    """
    return _spending("run", dataset, price, plan=to_plain(plan), resume=resume)


def of_erasure(plan: ErasurePlan, backups_until: object) -> Sought:
    """To erase those whom a plan is about, from the places that it lists.

    Only what is done to whom counts: another dataset that changed meanwhile is another matter.
    """
    cuts = {
        cut.dataset_id: [len(cut.removed), cut.blanked_rows, len(cut.redacted), len(cut.kept)]
        for cut in plan.cuts
    }
    return Sought(
        matter=Matter.ERASURE,
        subject=", ".join(plan.requests)[:200],
        facts={
            "requests": list(plan.requests),
            "versions": sum(cut.changes for cut in plan.cuts),
            "rows_removed": sum(len(cut.removed) for cut in plan.cuts),
            "rows_blanked": sum(cut.blanked_rows for cut in plan.cuts),
            "rows_kept": sum(len(cut.kept) for cut in plan.cuts),
            "places": cuts,
            "touched": {id_: list(found) for id_, found in plan.touched.items()},
            "beyond": sorted(f"{one.what} {one.id}" for one in plan.beyond),
            "doubtful": plan.doubtful,
            "backups_until": to_plain(backups_until),
        },
    )


def of_transfer(record: Record, newest: Mapping[str, Dataset]) -> Sought | None:
    """To have data go abroad as a record of the register says; None where it says no such thing.

    Args:
        newest: every dataset, by name.
    """
    destination, names = record.values.get("destination"), record.several("datasets")
    homes = {newest[name].description.region if name in newest else None for name in names}
    origins = {record.values["origin"]} if record.values.get("origin") else homes
    if record.kind != TRANSFER or record.is_removed or not destination or origins == {destination}:
        return None
    recipient = record.values.get("recipient") or record.values.get("processor")
    grounds = {f: v for f, v in record.values.items() if "mechanism" in f and v}
    return Sought(
        matter=Matter.TRANSFER,
        subject=record.id[:200],
        facts={
            "does": "transfer",
            "name": record.name,
            "datasets": sorted(newest[name].id if name in newest else name for name in names),
            "origins": sorted(str(origin) for origin in origins),
            "destinations": [destination],
            "recipient": recipient,
            "form": record.values.get("form"),
            "mechanism": ", ".join(str(grounds[field]) for field in sorted(grounds)),
        },
    )


def of_deployment(
    dataset: Dataset, plan: Plan, ways: Sequence[tuple[str, str]], host: str
) -> Sought:
    """To write the folder for sites abroad, by which updates go from one country to another.

    Args:
        ways: from which country to which.
    """
    return Sought(
        matter=Matter.TRANSFER,
        subject=str(dataset.name),
        facts={
            "does": "deployment",
            "name": f"federated plan on {plan.subject}",
            "datasets": [dataset.id],
            "ways": [list(way) for way in ways],
            "destinations": sorted({destination for _, destination in ways}),
            "recipient": host,
            "mechanism": "",
            "plan": to_plain(plan),
        },
    )


def _spending(does: str, dataset: Dataset, asked: Budget | Price, **facts: object) -> Sought:
    return Sought(
        matter=Matter.RELEASE,
        subject=str(dataset.name),
        facts={
            "does": does,
            "dataset": dataset.id,
            "people": dataset.population,
            "epsilon": _plain(asked.epsilon),
            "delta": _plain(asked.delta),
            **facts,
        },
    )


def _ids(others: Mapping[str, Dataset]) -> dict[str, str]:
    return {name: other.id for name, other in others.items()}


def _plain(number: Decimal) -> str:
    """The same text for the same number, however it was typed."""
    return f"{number.normalize():f}"
