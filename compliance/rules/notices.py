"""What people are told of an audit: counts, rules and articles; no names, no data, no datasets.

Subject and text are in the language spoken; the fields, which machines read, are the same in all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rules.nouns.audit import Audit, Change, NotifyWhen
from compliance.rules.nouns.verdict import State

_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message.

    Attributes:
        subject: one line.
        text: plain text.
        fields: the same for machines.
    """

    subject: str
    text: str
    fields: dict[str, object]


def is_worth_telling(audit: Audit, when: NotifyWhen) -> bool:
    """Whether people are to be told of `audit`."""
    if when is NotifyWhen.ALWAYS:
        return True
    if when is NotifyWhen.WORSE:
        return bool(audit.difference.opened or audit.overdue)
    return not audit.difference.is_empty or bool(audit.overdue)


def notice(audit: Audit) -> Notice:
    """The message about `audit`. It names duties, never what they were looked at on."""
    found = audit.difference
    subject = _("Privacy Desk: {opened} findings opened, {closed} closed, score {score}").format(
        opened=locales.number(len(found.opened)),
        closed=locales.number(len(found.closed)),
        score=_score(found.score_after),
    )
    lines = [
        _("Audit of {moment}").format(moment=locales.moment(audit.at)),
        _("Score: {before} before, {now} now").format(
            before=_score(found.score_before), now=_score(found.score_after)
        ),
        _("Findings on record: {open}, overdue: {overdue}").format(
            open=locales.number(audit.open), overdue=locales.number(audit.overdue)
        ),
        _("Duties not assessed: {n}").format(
            n=locales.number(audit.counts.get(State.NOT_ASSESSED, 0))
        ),
        *_part(_("Opened"), found.opened),
        *_part(_("Closed"), found.closed),
        "",
        _("Open the desk for subjects and evidence; this message names neither data nor people."),
    ]
    return Notice(subject=subject, text="\n".join(lines) + "\n", fields=_fields(audit))


def trail_notice(what: str, said: Sequence[str], at: datetime) -> Notice:
    """The message about the trail itself: what was found, in sentences that name no data."""
    lines = [locales.moment(at), *(f"- {_(one)}" for one in said[:_MOST])]
    lines += ["", _("Open the desk, page Trail; this message names neither data nor people.")]
    fields: dict[str, object] = {
        "kind": "privacy-desk-trail",
        "at": at.isoformat(),
        "what": what,
        "said": list(said[:_MOST]),
    }
    subject = _("Privacy Desk: {what}").format(what=_(what))
    return Notice(subject=subject, text="\n".join(lines) + "\n", fields=fields)


def _fields(audit: Audit) -> dict[str, object]:
    found = audit.difference
    return {
        "kind": "privacy-desk-audit",
        "audit": audit.id,
        "at": audit.at.isoformat(),
        "score": {"before": found.score_before, "after": found.score_after},
        "findings": {"open": audit.open, "overdue": audit.overdue},
        "verdicts": {state.value: count for state, count in audit.counts.items()},
        "opened": _rows(found.opened),
        "closed": _rows(found.closed),
    }


def _rows(changes: Sequence[Change]) -> list[dict[str, object]]:
    first = {change.rule: change for change in changes}
    return [
        {
            "rule": rule,
            "article": first[rule].reference,
            "severity": first[rule].severity.value,
            "subjects": count,
        }
        for rule, count in Counter(change.rule for change in changes).most_common()
    ]


def _part(heading: str, changes: Sequence[Change]) -> list[str]:
    rows = _rows(changes)
    if not rows:
        return []
    said = [
        f"- {r['rule']} ({_(str(r['article']))}), {_(str(r['severity']))}: {r['subjects']}"
        for r in rows
    ]
    more = len(said) - _MOST
    rest = [_("- and {n} more rules").format(n=more)] if more > 0 else []
    return ["", _("{name}:").format(name=heading), *said[:_MOST], *rest]


def _score(score: float | None) -> str:
    if score is None:
        return _("none")
    return _("{score} of 100").format(score=locales.formatted(score, "g"))
