"""How to run a federated run again, and what its engine was checked against."""

from __future__ import annotations

from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import FederatedEvidence
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table
from compliance.report.texts import texts

# Of the trail's entry: what stands elsewhere in the report.
_UNTOLD = frozenset(
    {
        "records",
        "run",
        "rounds",
        "of",
        "sites",
        "noise_multiplier",
        "model",
    }
)


def to_reproduction(evidence: FederatedEvidence) -> Plain:
    """Facts, calls with versions, the plan line by line, and the published figures."""
    run, dataset = evidence.run, evidence.dataset
    said = texts()["federated"]
    return {
        "facts": [
            fact(
                _("Dataset"),
                _("{dataset}, version {version}").format(
                    dataset=dataset.name, version=dataset.version
                ),
                fill=Fill.NAME,
            ),
            fact(_("Its reference"), dataset.id, fill=Fill.NAME),
            fact(_("Its SHA-256"), dataset.sha256, fill=Fill.CODE),
            fact(
                _("Desk"),
                _("Privacy Desk {version}").format(version=evidence.desk_version),
            ),
            fact(_("Seed"), str(run.plan.seed)),
            fact(_("Last model's hash"), wording.recorded(_last_hash(evidence)), fill=Fill.CODE),
            *_entry(evidence),
        ],
        "says": said["secret"] if run.plan.privacy else said["exact"],
        "calls": _calls(evidence),
        "calls_say": ""
        if run.libraries
        else _("The run did not record its versions; these are those of the time of this report."),
        "plan": evidence.plan.rstrip("\n").split("\n"),
        "published": _published(),
    }


def _last_hash(evidence: FederatedEvidence) -> str:
    rounds = evidence.run.outcome.rounds
    return rounds[-1].model_hash if rounds else ""


def _entry(evidence: FederatedEvidence) -> list[Plain]:
    """What the trail's entry on the end of the run tells."""
    told = [
        f"{_(name.replace('_', ' '))} {value}"
        for name, value in sorted(evidence.facts.items())
        if name not in _UNTOLD and isinstance(value, str | int | float)
    ]
    return [fact(_("Its entry in the trail"), wording.joined(told), fill=Fill.NAME)] if told else []


def _calls(evidence: FederatedEvidence) -> Plain | None:
    headings = [
        heading(_("Library"), 1.6),
        heading(_("What is called"), 4),
        heading(_("What for"), 2.6),
    ]
    has_noise = evidence.run.plan.privacy is not None
    rows: list[list[Cell]] = [
        [
            stacked(
                each["library"], evidence.libraries.get(each["library"], _(wording.NOT_RECORDED))
            ),
            each["call"],
            each["does"],
        ]
        for each in texts()["federated"]["calls"]
        if has_noise or each["library"] == "numpy"
    ]
    return table(headings, rows)


def _published() -> Plain | None:
    headings = [
        heading(_("Setting"), 3.6),
        heading(_("Published"), 2.8),
        heading(_("Source"), 2.4, Fill.NAME),
        heading(_("Checked by"), 2.2, Fill.NAME),
    ]
    rows: list[list[Cell]] = [
        [each["what"], each["says"], each["source"], each["where"]]
        for each in texts()["federated"]["published"]
    ]
    return table(headings, rows)
