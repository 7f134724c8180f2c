"""A dataset as rules see it: what it holds, how old it is, how it is protected, who may see it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from compliance.anonymise.nouns import TreatmentKind
from compliance.countries import is_country
from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Discovery, IdentifierClass, LegalClass
from compliance.i18n import mark
from compliance.register.nouns import Record, Register
from compliance.rules.facts import lineage
from compliance.rules.facts.accuracy import accuracy
from compliance.rules.facts.joining import Computed, listed, texts
from compliance.rules.facts.reach import has_people
from compliance.rules.facts.tables import data
from compliance.rules.nouns import Holding, Knowledge

PROVIDED = lineage.PROVIDED | frozenset(
    {
        *("discovered", "purpose", "legal_basis", "retention_months", "data_subjects", "region"),
        *("source", "unit", "special_condition", "refreshed", "anonymised", "k_missing"),
        *("contains_personal_data", "special_columns", "unconfirmed_columns", "direct_columns"),
        *("rare_columns", "new_kinds", "special_categories", "criminal_data", "sensitive_cn"),
        *("sensitive_ca", "sensitive_br", "cn_personal_info", "br_personal_data"),
        *("in_personal_data", "columns_without_purpose", "records_past_retention"),
        *("retention_rule_id", "rectifications_late", "storage_country", "pseudonymised"),
        *("label", "reidentification_test_id", "reidentification_test_result"),
        *("key_or_lookup_kept", "default_access", "public", "art9_condition"),
        *("deletion_trigger", "deleted_or_frozen", "security_measures", "people"),
    }
)

# An officer may know better: of another place, or of a test that was done elsewhere.
_DRAWN = (
    *("art9_condition", "storage_country", "criminal_data", "pseudonymised", "label"),
    *("reidentification_test_id", "reidentification_test_result", "last_quality_check_at"),
    *("retention_rule_id", "cn_personal_info", "br_personal_data", "in_personal_data"),
    "deleted_or_frozen",
)
_JOINED = (
    *("special_categories", "sensitive_cn", "sensitive_ca", "sensitive_br"),
    *("deletion_trigger", "security_measures"),
)
_KEYED = frozenset({TreatmentKind.PSEUDONYM, TreatmentKind.VAULT, TreatmentKind.FORMAT_PRESERVING})
_KEYS = ("customer_id", "person_id", "employee_id")
_NOT_LOOKED = mark("nobody has looked for personal data yet")
_RARE = mark("a few values seem to name people, and no officer has looked at them")
_NO_COUNTRIES = mark("no column tells the countries of all of its people")

_Part = tuple[dict[str, object], dict[str, str]]


def computed(holding: Holding, known: Knowledge) -> Computed:
    """All that follows from what the desk knows of a dataset."""
    facts: dict[str, object] = {}
    unknown: dict[str, str] = {}
    for part in (_described, _found, _purposes, _kept, _laws, _protected, _tested, accuracy):
        more, why = part(holding, known)
        facts |= more
        unknown |= why
    facts |= lineage.facts_of(holding, known)
    drawn: dict[str, object] = {"default_access": "need_to_know", "public": False}
    drawn |= {fact: facts.pop(fact) for fact in _DRAWN if fact in facts}
    joined = {fact: listed(facts.pop(fact)) for fact in _JOINED if fact in facts}
    return Computed(
        facts=facts,
        drawn=drawn,
        joined=joined,
        unknown=unknown,
    )


def record_of(name: str, register: Register) -> Record | None:
    """What people recorded of a dataset beyond its description; None where nobody did."""
    found = register.record("dataset", name)
    return None if found is None or found.is_removed else found


def using(kind: str, name: str, register: Register) -> tuple[Record, ...]:
    """The records of a kind that name a dataset."""
    return tuple(
        record
        for record in register.of(kind)
        if not record.is_removed and name in texts(record.values.get("datasets"))
    )


def kept_months(dataset: Dataset, register: Register) -> int | None:
    """For how many months rows are kept: as described, or as a retention rule says.

    None where nobody says so, and where the two differ.
    """
    said = dataset.description.retention_months
    ruled = {
        months
        for rule in using("retention_rule", dataset.name, register)
        if isinstance(months := rule.values.get("period_months"), int)
    }
    every = ruled | ({said} if said else set())
    return every.pop() if len(every) == 1 else None


def _described(holding: Holding, known: Knowledge) -> _Part:
    """What people said of it when they brought it."""
    dataset, said = holding.dataset, holding.dataset.description
    facts: dict[str, object] = {
        "discovered": holding.discovery is not None,
        "purpose": said.purpose,
        "legal_basis": said.legal_basis,
        "retention_months": said.retention_months,
        "data_subjects": said.data_subjects,
        "region": said.region,
        "source": said.source,
        "unit": said.unit,
        "special_condition": said.special_condition,
        "refreshed": dataset.version > 1,
        "anonymised": holding.k_missing is not None,
        "security_measures": tuple(
            measure
            for record in using("activity", dataset.name, known.register)
            for measure in texts(record.values.get("security_measures"))
        ),
    }
    if not facts["security_measures"]:
        del facts["security_measures"]
    unknown: dict[str, str] = {}
    if not said.special_condition:
        facts["art9_condition"] = None
    elif condition := condition_of(said.special_condition):
        facts["art9_condition"] = condition
    else:
        unknown["art9_condition"] = mark("what is recorded names none of the ten, or more than one")
    if is_country(said.region):
        facts["storage_country"] = said.region
    else:
        why = (
            mark("its home region is no country")
            if said.region
            else mark("nobody said where it lies")
        )
        unknown["storage_country"] = why
    return facts, unknown


def _found(holding: Holding, _known: Knowledge) -> _Part:
    """What discovery found in it."""
    discovery = holding.discovery
    if discovery is None:
        return {}, dict.fromkeys(("contains_personal_data", "special_categories"), _NOT_LOOKED)
    unknown: dict[str, str] = {}
    facts: dict[str, object] = {
        "special_columns": sum(label.special_category for label in discovery.personal),
        "special_categories": kinds_of(discovery, LegalClass.GDPR_SPECIAL, "special_categories"),
        "criminal_data": any(la.semantic_type == "criminal_record" for la in discovery.labels),
        "unconfirmed_columns": len(discovery.unconfirmed),
        "direct_columns": len(discovery.columns_of(IdentifierClass.DIRECT)),
        "rare_columns": len({found.column for found in discovery.open_rare}),
    }
    if discovery.personal or not discovery.open_rare:
        facts["contains_personal_data"] = bool(discovery.personal)
    else:
        unknown["contains_personal_data"] = _RARE
    if holding.changes is not None:
        open_ = {label.column for label in discovery.unconfirmed}
        open_ |= {found.column for found in discovery.open_rare}
        new = [kind for kind in holding.changes.new_kinds if kind.column in open_]
        facts["new_kinds"] = len(new)
    if holding.people is not None:
        facts["people"] = holding.people
    return facts, unknown


def kinds_of(discovery: Discovery, legal: LegalClass, words: str) -> tuple[str, ...]:
    """The kinds of data in the columns that a law has a class for, in the law's words.

    Source: `kinds_of_data.yaml`.
    """
    named: Mapping[str, str] = data("kinds_of_data")[words]
    return tuple(
        dict.fromkeys(
            named.get(label.semantic_type, label.semantic_type)
            for label in discovery.personal
            if legal in label.legal_classes
        )
    )


def _purposes(holding: Holding, known: Knowledge) -> _Part:
    """Personal columns for which nobody named a purpose: all of them, or none.

    An officer who counts more than the desk is believed.
    """
    if holding.discovery is None:
        return {}, {"columns_without_purpose": _NOT_LOOKED}
    name = holding.dataset.name
    purposes = [
        purpose
        for record in using("activity", name, known.register)
        for purpose in texts(record.values.get("purposes"))
    ]
    is_covered = bool(holding.dataset.description.purpose or purposes)
    count = 0 if is_covered else len(holding.discovery.personal)
    record = record_of(name, known.register)
    typed = record.values.get("columns_without_purpose") if record else None
    if isinstance(typed, int) and typed > count:
        return {"columns_without_purpose": typed}, {}
    return {"columns_without_purpose": count}, {}


def _kept(holding: Holding, known: Knowledge) -> _Part:
    """How long it is kept, and how many of its rows are past that."""
    dataset, rows = holding.dataset, holding.retained
    rules = using("retention_rule", dataset.name, known.register)
    months = kept_months(dataset, known.register)
    said = dataset.description.retention_months
    facts: dict[str, object] = {
        "retention_rule_id": rules[0].id if rules else (dataset.name if said else None)
    }
    record = record_of(dataset.name, known.register)
    if record is not None and record.values.get("legal_hold"):
        return {**facts, "records_past_retention": 0, "deletion_trigger": ()}, {}
    if months is None and (rules or said):
        why = mark("its retention rules and its description do not name one and the same time")
    elif months is None:
        why = mark("nobody said how long its rows are kept")
    elif rows is None:
        why = (
            mark("no column of dates tells how old its rows are")
            if holding.discovery
            else _NOT_LOOKED
        )
    elif rows.undated and not rows.past:
        why = mark("{undated:,} of its rows have no date in “{column}”").format(
            undated=rows.undated, column=rows.column
        )
    else:
        trigger = ("retention_ended",) if rows.past else ()
        facts |= {"records_past_retention": rows.past, "deletion_trigger": trigger}
        if rows.past:
            facts["deleted_or_frozen"] = False
        return facts, {}
    return facts, {"records_past_retention": why, "deletion_trigger": why}


def _laws(holding: Holding, known: Knowledge) -> _Part:
    """Which laws' terms its data fall under, by where its people live."""
    discovery = holding.discovery
    if discovery is None:
        return {}, {}
    facts: dict[str, object] = {}
    unknown: dict[str, str] = {}

    def say(fact: str, law: str, value: bool | tuple[str, ...]) -> None:  # noqa: FBT001
        here = _concerns(law, holding, known) if value else False
        if here is None:
            unknown[fact] = _NO_COUNTRIES
        else:
            facts[fact] = value if here else type(value)()

    personal = bool(discovery.personal)
    say("cn_personal_info", "CN_PIPL", personal)
    say("br_personal_data", "BR_LGPD", personal)
    say("in_personal_data", "IN_DPDP", personal)
    chinese = kinds_of(discovery, LegalClass.PIPL_SENSITIVE, "sensitive_cn")
    californian = kinds_of(discovery, LegalClass.CCPA_SENSITIVE, "sensitive_ca")
    # Art. 5(II) LGPD names what GDPR Art. 9 names, apart from details of wording.
    brazilian = kinds_of(discovery, LegalClass.GDPR_SPECIAL, "sensitive_br")
    say("sensitive_cn", "CN_PIPL", chinese)
    say("sensitive_ca", "CCPA", californian)
    say("sensitive_br", "BR_LGPD", brazilian)
    return facts, unknown


def _concerns(law: str, holding: Holding, known: Knowledge) -> bool | None:
    """Whether a law's data are in it: kept in its country, or of people there."""
    if holding.dataset.description.region in known.reach.get(law, ()):
        return True
    return has_people(law, holding, known)


def _protected(holding: Holding, _known: Knowledge) -> _Part:
    """Whether people are named in it, or stand behind a key."""
    discovery = holding.discovery
    if discovery is None:
        return {}, {"pseudonymised": _NOT_LOOKED}
    if is_behind_keys(holding):
        return {"pseudonymised": True}, {}
    return {}, {
        "pseudonymised": mark("people are named in it, and nobody said why they have to be")
    }


def is_behind_keys(holding: Holding) -> bool:
    """Whether nobody is named in a dataset: only keys point to people directly, if anything."""
    if holding.discovery is None:
        return False
    direct = holding.discovery.columns_of(IdentifierClass.DIRECT)
    kinds = {la.semantic_type for la in holding.discovery.labels if la.column in direct}
    return kinds <= set(_KEYS) or bool(_treatments(holding) & _KEYED)


def _tested(holding: Holding, _known: Knowledge) -> _Part:
    """What shows that it is anonymous, where it was made to be."""
    if holding.synthetic:
        return {"label": "synthetic"}, {}
    if holding.k_missing is None:
        return {"label": "raw", "reidentification_test_id": None}, {}
    facts: dict[str, object] = {"label": "anonymous", "k_missing": holding.k_missing}
    done = holding.anonymised
    if done is None:
        return facts, {}
    is_kept = not done.proof.failed and holding.k_missing == 0
    facts |= {
        "reidentification_test_id": done.id,
        "reidentification_test_result": "pass" if is_kept else "fail",
        # Keyed pseudonyms can be made again from the desk's key by whoever guesses a name.
        "key_or_lookup_kept": holding.vaults > 0 or bool(_treatments(holding) & _KEYED),
    }
    return facts, {}


def _treatments(holding: Holding) -> frozenset[TreatmentKind]:
    done = holding.anonymised
    return frozenset(each.kind for each in done.plan.treatments) if done else frozenset()


def condition_of(said: str) -> str | None:
    """Which condition of GDPR Art. 9(2) an officer's words name; None where they name none.

    Source: `conditions.yaml`.
    """
    text = said.strip().lower()
    found = {
        name
        for name, row in data("conditions")["conditions"].items()
        if text in (name, row["letter"], f"({row['letter']})")
        or re.search(rf"9\s*\(2\)\s*\(?{row['letter']}\b", text)
        or any(word in text for word in row["words"])
    }
    return found.pop() if len(found) == 1 else None
