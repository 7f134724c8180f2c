"""What people are told, agree to, ask for and complain of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from dateutil.relativedelta import relativedelta

from compliance.i18n import mark
from compliance.register.nouns import Record
from compliance.rules.facts.joining import Computed, day, listed, texts
from compliance.rules.facts.tables import data
from compliance.rules.nouns import Knowledge

_USED = "processing_after_withdrawal"

PROVIDED: Mapping[str, frozenset[str]] = {
    "notice": frozenset(),
    "complaint": frozenset(),
    "consent": frozenset({_USED, "asked_again_before_deadline", "below_digital_age"}),
    "request": frozenset(
        {
            *("extended", "pauses_without_reason", "refusals_without_reason"),
            *("responded_or_informed_at", "prior_requests_12m", "log_fields", "outcome"),
        }
    ),
}

_REFUSED = ("refused", "partly_refused")
# Which field of a request holds what its log must show (11 CCR 7101(b)).
_LOGGED = {
    "request_date": "received_at",
    "nature": "right",
    "manner": "manner",
    "response_date": "responded_at",
    "response_nature": "outcome",
}


def nothing(_record: Record, _known: Knowledge) -> Computed:
    """Of a kind of record of which all is recorded and nothing computed."""
    return Computed()


def consent(record: Record, known: Knowledge) -> Computed:
    """What became of a consent after it was withdrawn, and before it was given."""
    values = record.values
    facts: dict[str, object] = {}
    drawn: dict[str, object] = {}
    unknown: dict[str, str] = {}
    withdrawn = day(values.get("withdrawn_at"))
    summed_up = next((one for one in known.consents if one.id == record.id), None)
    if summed_up is not None:  # there the rows of whoever withdrew are left out, and counted
        if (used := summed_up.values.get(_USED)) is not None:
            facts[_USED] = used
    elif withdrawn is not None:
        if _was_used_after(record, withdrawn, known):
            facts[_USED] = True
        else:
            unknown[_USED] = mark("the desk sees only what was done in it")
    opted_out, given = day(values.get("prior_opt_out_at")), day(values.get("given_at"))
    if opted_out is not None and given is not None:
        facts["asked_again_before_deadline"] = opted_out < given < opted_out + _wait()
    age = values.get("subject_age")
    if isinstance(age, int):
        drawn["below_digital_age"] = age < data("thresholds")["digital_age"]["value"]
    return Computed(facts=facts, drawn=drawn, unknown=unknown)


def _was_used_after(record: Record, withdrawn: date, known: Knowledge) -> bool:
    """Whether the desk used a dataset for the purpose, as it was before the withdrawal.

    A version that came in before the withdrawal still holds whoever withdrew.
    """
    activity = known.register.record("activity", str(record.values.get("purpose_id", "")))
    if activity is None or activity.values.get("lawful_basis") != "consent":
        return False
    names = texts(activity.values.get("datasets"))
    return any(
        holding.dataset.added_at.date() <= withdrawn < used.date()
        for holding in known.holdings
        if holding.dataset.name in names
        for used in (
            *(release.released_at for release in holding.releases),
            *(run.started_at for run in holding.runs),
        )
    )


Asked = Mapping[str, tuple[date, ...]]


def asked_by(known: Knowledge) -> Asked:
    """The days on which each person asked for something, by reference of the person."""
    found: dict[str, list[date]] = defaultdict(list)
    for record in known.register.of("request"):
        who, at = record.values.get("subject_ref"), day(record.values.get("received_at"))
        if who and at is not None and not record.is_removed:
            found[str(who)].append(at)
    return {who: tuple(days) for who, days in found.items()}


def request(record: Record, _known: Knowledge, asked: Asked) -> Computed:
    """How a request was handled, as far as its dates and answers tell.

    Args:
        asked: see `asked_by`.
    """
    values = record.values
    is_told = day(values.get("extension_notice_at")) is not None
    drawn: dict[str, object] = {"extended": is_told}
    # An extension that nobody was told of is none (GDPR Art. 12(3)).
    is_claimed = values.get("extended") is True and not is_told
    refused = {"extended": mark("no notice of the extension is on record")} if is_claimed else {}
    facts: dict[str, object] = {}
    unknown: dict[str, str] = {}
    if "pauses" in values:
        facts["pauses_without_reason"] = sum(not _reason(one) for one in listed(values["pauses"]))
    else:
        drawn["pauses_without_reason"] = 0  # it never stood still
    if "responded_at" in values and not values["responded_at"]:
        drawn["outcome"] = "open"
    answered, outcome = day(values.get("responded_at")), values.get("outcome")
    if outcome in _REFUSED:
        facts["refusals_without_reason"] = int(not values.get("refusal_reason"))
    elif outcome is not None or answered is None:
        drawn["refusals_without_reason"] = 0
    else:
        unknown["refusals_without_reason"] = mark("how it was answered is not recorded")
    told = [one for f in ("responded_at", "extension_notice_at") if (one := day(values.get(f)))]
    if told:
        drawn["responded_or_informed_at"] = min(told)
    elif "responded_at" in values:
        drawn["responded_or_informed_at"] = None
    _before(record, asked, drawn)
    logged = tuple(part for part, field in _LOGGED.items() if values.get(field))
    is_explained = outcome not in _REFUSED or values.get("refusal_reason")
    more = ("denial_basis_if_denied",) if outcome and is_explained else ()
    joined = {"log_fields": (*logged, *more)}
    return Computed(facts=facts, drawn=drawn, joined=joined, unknown=unknown, refused=refused)


def _before(record: Record, asked: Asked, drawn: dict[str, object]) -> None:
    """How many requests the same person made in the twelve months before."""
    who, at = record.values.get("subject_ref"), day(record.values.get("received_at"))
    if not who or at is None:
        return
    since = at - _wait()
    others = sum(since <= then <= at for then in asked[str(who)])
    drawn["prior_requests_12m"] = others - 1  # itself


def _reason(pause: object) -> str:
    """Why a clock stood still; empty where nobody said so."""
    if isinstance(pause, Mapping):
        return str(pause.get("reason") or "").strip()
    return str(getattr(pause, "reason", "") or "").strip()


def _wait() -> relativedelta:
    return relativedelta(months=data("thresholds")["wait_months"]["value"])
