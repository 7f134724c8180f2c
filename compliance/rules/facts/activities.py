"""A processing activity as rules see it: what its record says, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.i18n import mark
from compliance.register.nouns import Record
from compliance.rules.facts import screening
from compliance.rules.facts.datasets import computed as dataset_facts
from compliance.rules.facts.datasets import is_behind_keys, using
from compliance.rules.facts.joining import Computed, day, listed, texts
from compliance.rules.facts.screening import Activity
from compliance.rules.nouns import Assessed, Knowledge

PROVIDED = frozenset(
    {
        *("ropa_fields", "dpia_trigger", "dpia_id", "dpia_completed_at", "lia_id", "lia_outcome"),
        *("lia_signed_at", "pipia_trigger", "ripd_trigger"),
        *("ca_significant_risk", "va_dpa_trigger", "protective_techniques"),
    }
)

_UNSCREENED = mark(
    "nobody has said yet whether it needs an assessment, and the desk cannot tell all of it"
)


def activity_of(record: Record, known: Knowledge) -> Activity:
    """An activity with its datasets and systems, as far as they are on record."""
    names = set(texts(record.values.get("datasets")))
    held = tuple(h for h in known.holdings if h.dataset.name in names)
    systems = set(texts(record.values.get("automated_decisions")))
    return Activity(
        record=record,
        holdings=held,
        systems=tuple(one for one in _of(known, "adm_system") if one.id in systems),
        is_whole=len(held) == len(names) > 0,
    )


def unrecorded(known: Knowledge) -> tuple[Record, ...]:
    """A stand-in for each dataset with personal data that no activity on record uses.

    The data are there, so they are processed, though nobody wrote down what for.
    """
    role = {"role": "controller"} if known.organisation.name else {}
    return tuple(
        Record(
            kind="activity",
            id=f"use of {holding.dataset.name}",
            name=mark("Use of {name}, not on record").format(name=holding.dataset.name),
            values={"datasets": (str(holding.dataset.name),), **role},
        )
        for holding in known.holdings
        if holding.discovery is not None
        and holding.discovery.personal
        and not using("activity", holding.dataset.name, known.register)
    )


def computed(record: Record, known: Knowledge) -> Computed:
    """All that follows from what the desk knows of it."""
    activity = activity_of(record, known)
    drawn: dict[str, object] = {}
    unknown: dict[str, str] = {}
    for part in (_basics, _assessments, _screening, _chinese, _other_laws):
        more, why = part(activity, known)
        drawn |= more
        unknown |= why
    joined: dict[str, tuple[object, ...]] = {
        fact: listed(drawn.pop(fact))
        for fact in ("dpia_trigger", "pipia_trigger", "ca_significant_risk", "va_dpa_trigger")
        if fact in drawn
    }
    joined["ropa_fields"] = ropa_fields(record, known)
    joined["protective_techniques"] = techniques(activity, known)
    return Computed(drawn=drawn, joined=joined, unknown=unknown)


_Part = tuple[dict[str, object], dict[str, str]]


def _basics(activity: Activity, _known: Knowledge) -> _Part:
    """What any activity must have is absent where neither it nor its datasets have it."""
    said = [holding.dataset.description for holding in activity.holdings]
    drawn: dict[str, object] = {}
    bases = {one.legal_basis for one in said}
    if len(bases) == 1 or not any(bases):
        basis = next(iter(bases), None)
        drawn["lawful_basis"] = basis.value if basis else None
    if not any(one.purpose for one in said):
        drawn["purposes"] = ()
    return drawn, {}


def _of(known: Knowledge, kind: str) -> tuple[Record, ...]:
    return tuple(record for record in known.register.of(kind) if not record.is_removed)


def _newest(record: Record, known: Knowledge, kind: str) -> Assessed | None:
    """The assessment of a kind that is about an activity; one that is finished before others."""
    found = [one for one in known.impacts if one.activity == record.id and one.kind == kind]
    found.sort(key=lambda one: (one.completed is not None, not one.is_outdated, one.completed))
    return found[-1] if found else None


def _assessments(activity: Activity, known: Knowledge) -> _Part:
    """The assessments that are on record, here or elsewhere."""
    record = activity.record
    found: dict[str, object] = {}
    drafts: dict[str, str] = {}
    for kind, id_, completed in (
        ("dpia", "dpia_id", "dpia_completed_at"),
        ("lia", "lia_id", "lia_signed_at"),
    ):
        made = _newest(record, known, kind)
        if made is not None and made.completed is not None and not made.is_outdated:
            found |= {id_: made.id, completed: made.completed}
            found |= {"lia_outcome": made.facts["outcome"]} if "outcome" in made.facts else {}
        elif made is not None:
            why = mark("is outdated") if made.is_outdated else mark("is a draft")
            drafts[completed] = mark("the assessment on record {why}").format(why=why)
    elsewhere = next(
        (one for one in _of(known, "dpia") if one.values.get("activity") == record.id), None
    )
    if elsewhere is not None and "dpia_id" not in found:
        approved = day(elsewhere.values.get("approved_at"))
        found |= {"dpia_id": elsewhere.id} | ({"dpia_completed_at": approved} if approved else {})
    # Every assessment that anybody made here would be known.
    return {"dpia_id": None, **found}, drafts


def _screening(activity: Activity, _known: Knowledge) -> _Part:
    found = screening.screen(activity)
    if found.needs is None:
        return {}, {"dpia_trigger": _UNSCREENED}
    return {"dpia_trigger": found.criteria if found.needs else ()}, {}


def _facts_of(activity: Activity, known: Knowledge, fact: str) -> list[object]:
    """What one fact is of each of its datasets; None where it is not known."""
    found: list[object] = []
    for holding in activity.holdings:
        made = dataset_facts(holding, known)
        found.append({**made.drawn, **made.facts, **made.joined}.get(fact))
    return found


def _chinese(activity: Activity, known: Knowledge) -> _Part:
    """What asks for an assessment under PIPL Art. 55, where people in China are concerned."""
    values = activity.record.values
    concerned = _facts_of(activity, known, "cn_personal_info")
    if activity.is_whole and all(one is False for one in concerned):
        return {"pipia_trigger": ()}, {}
    if True not in concerned:
        return {}, {"pipia_trigger": mark("no column tells whether people in China are concerned")}
    triggers = []
    if any(_facts_of(activity, known, "sensitive_cn")):
        triggers.append("sensitive")
    if activity.systems:
        triggers.append("automated_decision")
    if values.get("processors") or values.get("recipients"):
        triggers.append("entrust_provide_publish")
    if any(one.values.get("origin") == "CN" for one in transfers_of(activity.record, known)):
        triggers.append("export")
    if triggers or "pipia_trigger" in values:
        return {"pipia_trigger": tuple(triggers)}, {}
    return {}, {"pipia_trigger": _UNSCREENED}


def _other_laws(activity: Activity, known: Knowledge) -> _Part:
    """What asks for an assessment in California, Virginia and Brazil."""
    values = activity.record.values
    found: dict[str, object] = {}
    unknown: dict[str, str] = {}
    sensitive = _facts_of(activity, known, "sensitive_ca")
    shared = [
        one
        for one in _of(known, "sharing")
        if set(texts(one.values.get("datasets"))) & {h.dataset.name for h in activity.holdings}
    ]
    risks = []
    if any(one.values.get("kind") in ("sale", "share") for one in shared):
        risks.append("selling_or_sharing")
    if any(sensitive):
        risks.append("sensitive")
    if any(one.values.get("ca_significant_decision") is True for one in activity.systems):
        risks.append("adm_significant_decision")
    virginian = []
    if values.get("purpose_type") == "direct_marketing":
        virginian.append("targeted_advertising")
    if any(one.values.get("kind") == "sale" for one in shared):
        virginian.append("sale")
    if any(sensitive):
        virginian.append("sensitive_data")
    for fact, triggers in (("ca_significant_risk", risks), ("va_dpa_trigger", virginian)):
        if triggers or fact in values:
            found[fact] = tuple(triggers)
        else:
            unknown[fact] = _UNSCREENED
    if any(_facts_of(activity, known, "sensitive_br")):
        found["ripd_trigger"] = True
    return found, unknown


def techniques(activity: Activity, known: Knowledge) -> tuple[str, ...]:
    """What protects people in its datasets, and in what was made from them, as the desk did it."""
    held, names = activity.holdings, {h.dataset.name for h in activity.holdings}
    made = [
        h
        for h in known.holdings
        if h.anonymised is not None and h.anonymised.dataset_id.rpartition("@")[0] in names
    ]
    runs = [run for h in held for run in h.runs]
    is_there = {
        "differential_privacy": any(h.releases or h.synthetic for h in held)
        or any(run.plan.privacy is not None for run in runs),
        "federated_learning": bool(runs),
        "anonymisation": any(h.k_missing == 0 for h in (*held, *made)),
        "pseudonymisation": any(h.vaults for h in (*held, *made))
        or (activity.is_whole and all(is_behind_keys(h) for h in held)),
    }
    return tuple(technique for technique, found in is_there.items() if found)


def transfers_of(record: Record, known: Knowledge) -> tuple[Record, ...]:
    """The transfers that an activity names, and those of its datasets."""
    named = set(texts(record.values.get("transfers")))
    uses = set(texts(record.values.get("datasets")))
    return tuple(
        one
        for one in _of(known, "transfer")
        if one.id in named or uses & set(texts(one.values.get("datasets")))
    )


def ropa_fields(record: Record, known: Knowledge) -> tuple[str, ...]:
    """Which parts of the record of processing are filled, or do not apply to it.

    Source: GDPR Art. 30(1), (2).
    """
    if known.register.record("activity", record.id) is None:
        return ()
    values, who = record.values, known.organisation
    held = [h for h in known.holdings if h.dataset.name in texts(values.get("datasets"))]
    is_named = bool(who.name and who.contact)
    is_joint = values.get("role") == "joint_controller"
    moved = transfers_of(record, known)
    filled: Mapping[str, object] = {
        "controller_name_contact": is_named,
        "joint_controller_representative_dpo": (
            bool(values.get("joint_controllers")) or not is_joint
        )
        and bool(who.officer or who.contact),
        "purposes": values.get("purposes"),
        "categories_of_subjects": values.get("categories_of_subjects")
        or (held and all(h.dataset.description.data_subjects for h in held)),
        "categories_of_data": values.get("categories_of_data")
        or (held and all(h.discovery is not None for h in held)),
        "recipients": "recipients" in values or "processors" in values,
        "third_country_transfers": "transfers" in values or moved,
        "art49_safeguard_documentation": ("transfers" in values or moved)
        and all(_is_documented(one) for one in moved),
        "erasure_time_limits": values.get("retention_rules")
        or (held and all(h.dataset.description.retention_months for h in held)),
        "security_measures": values.get("security_measures") or values.get("security_notes"),
        "processor_and_controller_contacts": is_named and values.get("controllers"),
        "categories_of_processing": values.get("categories_of_processing"),
    }
    return tuple(part for part, is_there in filled.items() if is_there)


def _is_documented(transfer: Record) -> bool:
    """Whether a transfer without a safeguard stands in the record with what was assessed.

    Art. 30(1)(e) asks that only of the last of the derogations of Art. 49(1).
    """
    if transfer.values.get("derogation") != "compelling_legitimate_interests":
        return True
    return transfer.values.get("assessment_in_ropa") is True
