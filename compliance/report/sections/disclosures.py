"""What is told about a release: the registry's fields, the hazards, the self-audit."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns.disclosure import Disclosure, Field, Hazard, HazardState, Origin
from compliance.report import wording
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table, toned
from compliance.report.texts import texts
from compliance.report.wording import count

_TIERS = (1, 2, 3)
_ABOUT_RECORD = 0
_TONES = {HazardState.GUARDED: "good", HazardState.EXPOSED: "bad", HazardState.NOT_KNOWN: "warn"}
_VERIFIED = {
    "read": mark("a source was read for this theme"),
    "summary": mark("only summaries of the source were read"),
    "reasoned": mark("follows from the definition"),
}
_FROM = {Origin.MISSING: mark("nobody"), Origin.INAPPLICABLE: "–"}
_NAMES = {"url_slug": mark("Address in the registry")}


def to_fields(disclosure: Disclosure) -> Plain:
    """One table per tier, and how much of it is told."""
    schema = disclosure.schema
    return {
        "tiers": [_tier(tier, disclosure.of_tier(tier)) for tier in _TIERS],
        "record": _table(disclosure.of_tier(_ABOUT_RECORD)),
        "says": _says(disclosure),
        "schema": [
            fact(
                _("Schema"),
                _("{repository}, {path}").format(repository=schema.repository, path=schema.path),
                fill=Fill.NAME,
            ),
            fact(_("At commit"), schema.commit, fill=Fill.CODE),
            fact(_("Verified"), _(schema.verified)),
        ],
    }


def to_hazards(disclosure: Disclosure) -> Plain:
    """One table per level of the pyramid, then where the themes come from."""
    levels = dict.fromkeys(hazard.level for hazard in disclosure.hazards)
    return {
        "says": hazards_in_words(disclosure),
        "levels": [
            {
                "title": texts()["hazards"]["levels"][level],
                "table": _judged([h for h in disclosure.hazards if h.level == level]),
            }
            for level in levels
        ],
        "sources": _sources(disclosure.hazards),
    }


def hazards_in_words(disclosure: Disclosure) -> str:
    """How many hazards are in which state."""
    counts = {state: len(disclosure.in_state(state)) for state in HazardState}
    told = [
        _("{n} {things}").format(n=count(number), things=_(state.value))
        for state, number in counts.items()
    ]
    return _("Of {hazards}: {told}.").format(
        hazards=count(sum(counts.values()), "hazard"), told=wording.listed(told)
    )


def to_audit_stamp(disclosure: Disclosure) -> Plain:
    """Date, result and versions of the newest self-audit; that there is none, where there is."""
    audit = disclosure.audit
    if audit is None:
        return {"tone": "warn", "says": _("No self-audit on record."), "facts": []}
    versions = [f"{name} {version}" for name, version in sorted(audit.libraries.items())]
    return {
        "tone": "good" if audit.passed else "bad",
        "says": _("Passed.") if audit.passed else _("Did not pass."),
        "facts": [
            fact(_("Date"), wording.when(audit.at)),
            fact(_("Result"), wording.sentence(_(audit.says)), fill=Fill.NAME),
            fact(
                _("Versions audited"),
                wording.listed(
                    [
                        _("Privacy Desk {version}").format(version=audit.desk_version),
                        *versions,
                    ]
                ),
                fill=Fill.NAME,
            ),
        ],
    }


def _tier(tier: int, fields: Sequence[Field]) -> Plain:
    missing = sum(field.origin is Origin.MISSING for field in fields)
    applying = sum(field.origin is not Origin.INAPPLICABLE for field in fields)
    told = _("{n} of {fields} told").format(
        n=count(applying - missing), fields=count(applying, "field")
    )
    return {
        "title": _("Tier {tier}: {title}").format(
            tier=tier, title=texts()["disclosure"]["tiers"][tier]
        ),
        "says": _("{told}; {n} not recorded.").format(told=told, n=count(missing))
        if missing
        else wording.sentence(told),
        "table": _table(fields),
    }


def _says(disclosure: Disclosure) -> str:
    missing = [_name(field) for field in disclosure.missing]
    if not missing:
        return _("Every field is told.")
    return _("Not recorded by anybody: {fields}.").format(fields=wording.listed(missing))


def _table(fields: Sequence[Field]) -> Plain | None:
    headings = [
        heading(_("Field"), 2.4),
        heading(_("What is told"), 6.4),
        heading(_("From"), 1.2),
    ]
    rows: list[list[Cell]] = [
        [stacked(_name(field), _group(field)), _value(field), _origin(field)] for field in fields
    ]
    return table(headings, rows)


def _name(field: Field) -> str:
    name = field.path.rpartition(".")[2].replace("_", " ")
    return _(_NAMES.get(field.path, wording.capital(name)))


def _group(field: Field) -> str:
    groups = field.path.split(".")[:-1]
    return wording.enumerated(_(group.replace("_", " ")) for group in groups)


def _value(field: Field) -> Cell:
    if field.origin is Origin.MISSING:
        return toned(_(wording.NOT_RECORDED), "warn")
    return _(field.value or field.origin.value)


def _origin(field: Field) -> str:
    return _(_FROM.get(field.origin, field.origin.value))


def _judged(hazards: Sequence[Hazard]) -> Plain | None:
    headings = [
        heading(_("Hazard"), 2.2),
        heading(_("State"), 1.3),
        heading(_("What decided"), 3.6),
        heading(_("What to do"), 2.8),
    ]
    rows: list[list[Cell]] = [
        [_(h.title), toned(_(h.state.value), _TONES[h.state]), _(h.evidence), _(h.to_do)]
        for h in hazards
    ]
    return table(headings, rows)


def _sources(hazards: Sequence[Hazard]) -> Plain | None:
    headings = [
        heading(_("Hazard"), 2.4),
        heading(_("The theme comes from"), 5, Fill.NAME),
        heading(_("Read"), 2),
    ]
    rows: list[list[Cell]] = [
        [_(h.title), wording.joined(h.sources), _(_VERIFIED.get(h.verified, h.verified))]
        for h in hazards
    ]
    return table(headings, rows)
