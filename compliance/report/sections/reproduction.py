"""How to run a federated run again, and what its engine was checked against."""

from __future__ import annotations

from compliance.report import wording
from compliance.report.nouns import FederatedEvidence
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table
from compliance.report.texts import texts

# Of the trail's entry: what stands elsewhere in the report.
_UNTOLD = frozenset({"records", "run", "rounds", "of", "sites", "noise_multiplier", "model"})


def to_reproduction(evidence: FederatedEvidence) -> Plain:
    """Facts, calls with versions, the plan line by line, and the published figures."""
    run, dataset = evidence.run, evidence.dataset
    said = texts()["federated"]
    return {
        "facts": [
            fact("Dataset", f"{dataset.name}, version {dataset.version}", fill=Fill.NAME),
            fact("Its reference", dataset.id, fill=Fill.NAME),
            fact("Its SHA-256", dataset.sha256, fill=Fill.CODE),
            fact("Desk", f"Privacy Desk {evidence.desk_version}"),
            fact("Seed", str(run.plan.seed)),
            fact("Last model's hash", wording.recorded(_last_hash(evidence)), fill=Fill.CODE),
            *_entry(evidence),
        ],
        "says": said["secret"] if run.plan.privacy else said["exact"],
        "calls": _calls(evidence),
        "calls_say": ""
        if run.libraries
        else "The run did not record its versions; these are those of the time of this report.",
        "plan": evidence.plan.rstrip("\n").split("\n"),
        "published": _published(),
    }


def _last_hash(evidence: FederatedEvidence) -> str:
    rounds = evidence.run.outcome.rounds
    return rounds[-1].model_hash if rounds else ""


def _entry(evidence: FederatedEvidence) -> list[Plain]:
    """What the trail's entry on the end of the run tells."""
    told = [
        f"{name.replace('_', ' ')} {value}"
        for name, value in sorted(evidence.facts.items())
        if name not in _UNTOLD and isinstance(value, str | int | float)
    ]
    return [fact("Its entry in the trail", "; ".join(told), fill=Fill.NAME)] if told else []


def _calls(evidence: FederatedEvidence) -> Plain | None:
    headings = [
        heading("Library", 1.6),
        heading("What is called", 4),
        heading("What for", 2.6),
    ]
    has_noise = evidence.run.plan.privacy is not None
    rows: list[list[Cell]] = [
        [
            stacked(each["library"], evidence.libraries.get(each["library"], "not recorded")),
            each["call"],
            each["does"],
        ]
        for each in texts()["federated"]["calls"]
        if has_noise or each["library"] == "numpy"
    ]
    return table(headings, rows)


def _published() -> Plain | None:
    headings = [
        heading("Setting", 3.6),
        heading("Published", 2.8),
        heading("Source", 2.4, Fill.NAME),
        heading("Checked by", 2.2, Fill.NAME),
    ]
    rows: list[list[Cell]] = [
        [each["what"], each["says"], each["source"], each["where"]]
        for each in texts()["federated"]["published"]
    ]
    return table(headings, rows)
