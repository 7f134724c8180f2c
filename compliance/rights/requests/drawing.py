"""A request as a record of the register, so that rules judge how it was dealt with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from compliance.i18n import mark
from compliance.register.nouns import Origin, Record
from compliance.rights.nouns import Request, Step
from compliance.rights.requests.laws import Provision, provision_of, retention_of

# What the log shows of every request (11 CCR 7101(b)); see `log.py`.
LOG_FIELDS = (
    *("request_date", "nature", "manner", "response_date", "response_nature"),
    "denial_basis_if_denied",
)
_ERASURE_GROUNDS = (
    *("no_longer_necessary", "consent_withdrawn", "objection", "unlawful"),
    *("legal_obligation", "child_online_service"),
)


def to_record(request: Request, datasets: Mapping[str, str]) -> Record:
    """What rules ask of a request, or of a complaint.

    Args:
        datasets: the name of each dataset version that the request names, by id.
    """
    provision = provision_of(request.law, request.right)
    is_complaint = provision.kind == "complaint"
    values = _complaint(request) if is_complaint else _request(request, provision, datasets)
    return Record(
        kind=provision.kind,
        id=request.id,
        name=f"{provision.title} {request.id}",
        values=values,
        origin=Origin.DRAWN,
    )


def _complaint(request: Request) -> dict[str, object]:
    return {
        "law": request.law,
        "received_at": _day(request.received_on),
        "about": "rights",
        "acknowledged_at": _day(request.confirmed_on or request.answered_on),
        "outcome_told_at": _day(request.answered_on),
    }


def _request(
    request: Request, provision: Provision, datasets: Mapping[str, str]
) -> dict[str, object]:
    values: dict[str, object] = {
        "law": request.law,
        "received_at": _day(request.received_on),
        "country": request.country or None,
        "confirmed_at": _day(request.confirmed_on),
        "prior_requests_12m": 0,
        "fee_charged": 0,
        "extended": request.extension is not None,
        "extension_notice_at": _day(request.extension.told_at if request.extension else None),
        "responded_at": _day(request.answered_on),
        "effective_at": None,
        "log_fields": LOG_FIELDS,
        "log_retention_months": retention_of(request.law).months,
    }
    if provision.name:
        values["right"] = provision.name
    if request.extension:
        values["extension_reason"] = request.extension.reason
    if request.pauses:
        values["pauses"] = tuple(
            {"since": _day(one.since), "until": _day(one.until), "reason": one.reason}
            for one in request.pauses
        )
    values |= _identity(request) | _search(request, datasets) | _outcome(request, provision)
    facts = {k: v for k, v in request.facts.items() if v is not None and not isinstance(v, Mapping)}
    return values | facts


def _identity(request: Request) -> dict[str, object]:
    doubt = request.facts.get("identity_doubt_reason")
    return {"identity_info_requested": bool(doubt)}


def _search(request: Request, datasets: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    if request.searched_on is not None:
        names = sorted({datasets[id_] for id_ in request.found if id_ in datasets})
        found["datasets"] = tuple(names)
        found["search_scope_record"] = mark(
            "searched on {searched_on}; rows found in {found} dataset versions"
        ).format(searched_on=request.searched_on.isoformat(), found=len(request.found))
    if request.changed:
        changed = {datasets[id_] for id_ in request.changed if id_ in datasets}
        found["datasets_changed"] = tuple(sorted(changed))
    return found


def _outcome(request: Request, provision: Provision) -> dict[str, object]:
    if request.step is Step.WITHDRAWN or (request.decision is None and not request.is_open):
        return {"outcome": "withdrawn"}
    decision = request.decision
    if decision is None or request.answered_on is None:
        return {}
    found: dict[str, object] = {
        "outcome": decision.outcome.name.lower(),
        "recipients_not_notified": request.recipients - request.told_recipients,
    }
    if ground := provision.refusals.get(decision.ground):
        found["refusal_reason"] = ground.reason or decision.ground
    elif decision.outcome.name != "FULFILLED":
        found["refusal_reason"] = "exemption"  # rows that an exception of the law keeps
    if decision.ground in _ERASURE_GROUNDS and decision.ground in provision.grounds:
        found["erasure_ground"] = decision.ground
    return found


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
