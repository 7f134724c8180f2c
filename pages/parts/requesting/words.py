"""How requests are worded: rights, steps, clocks, what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.register import laws
from compliance.rights import Action, Ground, provision_of
from compliance.rights.nouns import (
    IdentifierKind,
    IdentityLevel,
    Outcome,
    Rejection,
    Request,
    Right,
    Step,
)
from compliance.rules.nouns import Running
from compliance.workspace.requesting.clocks import Clocked
from pages.parts import wording

RIGHTS = {
    Right.ACCESS: "Access",
    Right.PORTABILITY: "Portability",
    Right.RECTIFICATION: "Rectification",
    Right.ERASURE: "Erasure",
    Right.RESTRICTION: "Restriction",
    Right.OBJECTION: "Objection",
    Right.OPT_OUT: "Opt-out of sale or sharing",
    Right.REVIEW: "Review of an automated decision",
    Right.COMPLAINT: "Complaint",
}
KINDS = {
    IdentifierKind.EMAIL: "E-mail address",
    IdentifierKind.PHONE: "Telephone number",
    IdentifierKind.PERSON_KEY: "Customer number",
    IdentifierKind.NAME: "Full name",
    IdentifierKind.BIRTH_DATE: "Birth date",
    IdentifierKind.ADDRESS: "Address",
    IdentifierKind.USERNAME: "User name",
    IdentifierKind.NATIONAL_ID: "National number",
    IdentifierKind.CARD: "Payment card",
    IdentifierKind.OTHER: "Something else",
}
CHANNELS = {
    "form": "Form",
    "e-mail": "E-mail",
    "letter": "Letter",
    "phone": "Telephone",
    "agent": "Authorised agent",
}
LEVELS = {
    IdentityLevel.CONTACT: "Reached at a contact on record",
    IdentityLevel.KNOWLEDGE: "Knew what only that person knows",
    IdentityLevel.ACCOUNT: "Signed in to the account",
    IdentityLevel.DOCUMENT: "Showed a document",
}
REJECTIONS = {
    Rejection.MISMATCH: "It does not match what is on record",
    Rejection.EXPIRED: "It has expired",
    Rejection.UNREADABLE: "It cannot be read",
    Rejection.FORGED: "It is forged: the request cannot go on",
}
OUTCOMES = {
    Outcome.FULFILLED: "Fulfil it",
    Outcome.PARTLY_REFUSED: "Refuse it in part",
    Outcome.REFUSED: "Refuse it",
}
ACTIONS = {
    Action.CONFIRM: "Confirm receipt",
    Action.ASK_IDENTITY: "Ask for more proof",
    Action.REJECT_PROOF: "Reject a proof",
    Action.IDENTIFY: "Identify the person",
    Action.EXTEND: "Extend the time",
    Action.PAUSE: "Pause the clock",
    Action.RESUME: "Let the clock go on",
    Action.SEARCH: "Search all datasets",
    Action.DOUBT: "Decide doubtful matches",
    Action.DECIDE: "Decide",
    Action.CARRY_OUT: "Carry it out",
    Action.TELL: "Note who was told",
    Action.ANSWER: "Note the answer",
    Action.APPEAL: "Take in an appeal",
    Action.ANSWER_APPEAL: "Answer the appeal",
    Action.WITHDRAW: "Withdraw it",
    Action.CLOSE: "Close it",
}
_WAY = (
    *(Step.RECEIVED, Step.IDENTIFIED, Step.SEARCHED, Step.DECIDED),
    *(Step.CARRIED_OUT, Step.ANSWERED, Step.CLOSED),
)
_LATE, _SOON, _HALF = 100, 80, 50


def law_name(law: str) -> str:
    """The law as people call it."""
    return _(laws().get(law, law)).partition(" (")[0]


def title(request: Request) -> str:
    """What is asked for, as the law calls it."""
    return _(provision_of(request.law, request.right).title)


def clock_badge(found: Clocked) -> str:
    """How the clock of the answer stands, as icon, word and colour, in Markdown."""
    if found.due is None:
        return wording.badge(("timer_off", "gray"), _("no clock"))
    if found.days_left is None:
        until = provision_of(found.request.law, found.request.right).until
        if found.due.state is Running.MET:
            said = _("{done} in time").format(done=_(until))
            return wording.badge(("check_circle", "green"), said)
        return wording.badge(("error", "red"), _("{done} late").format(done=_(until)))
    if found.due.state is Running.PAUSED:
        return wording.badge(("pause_circle", "blue"), _("paused"))
    return wording.badge((_icon(found.alert), _colour(found.alert)), left(found))


def mark(found: Clocked) -> str:
    """How much of the time is used, in words that need no colour."""
    if found.due is None or found.days_left is None:
        return "–"
    if found.due.state is Running.PAUSED:
        return _("paused")
    if found.alert >= _LATE:
        return _("overdue")
    if found.alert:
        return _("{percent} % used").format(percent=found.alert)
    return _("in time")


def left(found: Clocked) -> str:
    """The days that are left."""
    days = found.days_left or 0
    if found.alert >= _LATE or days < 0:
        return _("overdue by {n} days").format(n=-days) if days else _("overdue")
    if days == 0:
        return _("due today")
    return _("{n} days left").format(n=days)


def alert_badge(percent: int, number: int) -> str:
    """How many requests have reached a mark, in Markdown."""
    said = {
        _LATE: _("{n} overdue"),
        _SOON: _("{n} with 80 % of the time used"),
        _HALF: _("{n} with 50 % of the time used"),
    }[percent].format(n=number)
    colour = _colour(percent) if number else "gray"
    return wording.badge((_icon(percent), colour), said)


def way(request: Request) -> str:
    """The steps as one line: those done, the one it stands at, those to come."""
    done = {Step.RECEIVED, *(event.step for event in request.history)}
    parts = []
    for step in _WAY:
        word = _(step.value)
        if step is request.step:
            parts.append(f":blue[:material/radio_button_checked: **{word}**]")
        elif step in done:
            parts.append(f":green[:material/check_circle: {word}]")
        else:
            parts.append(f":gray[:material/radio_button_unchecked: {word}]")
        if step is Step.RECEIVED and request.step is Step.IDENTITY_ASKED:
            parts.append(f":blue[:material/radio_button_checked: **{_('identity asked')}**]")
    if request.step is Step.WITHDRAWN:
        parts.append(f":blue[:material/undo: **{_('withdrawn')}**]")
    return "  →  ".join(parts)


def grounds(found: Mapping[str, Ground]) -> dict[str, str]:
    """Grounds of the law, each with its article, by id."""
    return {id_: wording.bracketed(_(one.words), _(one.article)) for id_, one in found.items()}


def ways_of(match: str, names: Mapping[str, str]) -> tuple[str, str]:
    """The dataset of a doubtful match, and by what it was tied to the person, from its id."""
    dataset, _sign, rest = match.partition(":")
    kinds = {kind.name.lower(): said for kind, said in KINDS.items()}
    said = []
    for tied in rest.partition(":")[0].split("+"):
        column, _tilde, kind = tied.rpartition("~")
        said.append(wording.bracketed(column, _(kinds.get(kind, kind))))
    return names.get(dataset, dataset), locales.joined(said, "words")


def people(matches: Iterable[str]) -> dict[str, int]:
    """By doubtful match, the number of the person whose rows these are, from its id."""
    numbers: dict[str, int] = {}
    found = {}
    for match in matches:
        who = match.rpartition(":")[2]
        whose = match if "~" in who else who
        found[match] = numbers.setdefault(whose, len(numbers) + 1)
    return found


def _colour(alert: int) -> str:
    return {_LATE: "red", _SOON: "orange", _HALF: "yellow"}.get(alert, "gray")


def _icon(alert: int) -> str:
    return {_LATE: "error", _SOON: "warning", _HALF: "hourglass_bottom"}.get(alert, "hourglass_top")
