"""Findings as a list of work: filtered, and one of them opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from compliance.errors import ComplianceError
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.rules.nouns import Finding, Level, Pack, Rule, Severity, Status
from compliance.workspace.mending.offering import Mending
from pages.parts import outputs, permitted, wording
from pages.parts.admitting import owners
from pages.parts.deciding import words

_ALL = ""
_NOBODY = mark("(nobody)")
_SHOWN = ("open", "overdue", "in progress", "waived", "closed")
_WORST_FIRST = {severity: place for place, severity in enumerate(Severity)}


def shown(mending: Mending, findings: Sequence[Finding], pack: Pack) -> Finding | None:
    """The list with its filters; the finding that is opened."""
    rules = {rule.id: rule for rule in pack.rules}
    wanted = _filtered(mending, findings, rules, pack)
    if not wanted:
        st.markdown(_("No finding fits. Choose other filters, or check every duty again."))
        return None
    outputs.table(
        [_row(mending, finding, rules.get(finding.rule), pack) for finding in wanted],
        key="decisions_worklist",
        alt=_("Findings with severity, duty, subject, article, status, owner and due date"),
    )
    _hand_out(mending, wanted)
    by_id = {finding.id: finding for finding in wanted}
    chosen = st.selectbox(
        _("Open a finding"),
        list(by_id),
        format_func=lambda id_: words.finding_line(by_id[id_]) if id_ in by_id else id_,
        key="decisions_finding",
    )
    return by_id.get(str(chosen), wanted[0])


def _law(rule: Rule | None, pack: Pack) -> str:
    return "–" if rule is None else _(pack.law_name(rule.law))


def _filtered(
    mending: Mending, findings: Sequence[Finding], rules: Mapping[str, Rule], pack: Pack
) -> list[Finding]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        show = st.selectbox(
            _("Show"), _SHOWN, format_func=lambda s: _(s).capitalize(), key="decisions_show"
        )
        laws = sorted({_law(rules.get(f.rule), pack) for f in findings})
        law = st.selectbox(
            _("Law"), [_ALL, *laws], format_func=lambda s: s or _("All laws"), key="decisions_law"
        )
        stages = sorted({finding.stage for finding in findings})
        stage = st.selectbox(
            _("Stage"),
            [0, *stages],
            format_func=lambda n: _("All stages") if not n else str(n),
            key="decisions_stage",
        )
        owners = sorted({finding.owner or _NOBODY for finding in findings})
        owner = st.selectbox(
            _("Owner"),
            [_ALL, *owners],
            format_func=lambda s: _(_NOBODY) if s == _NOBODY else s or _("Everybody"),
            key="decisions_owner",
        )
    kept = [
        finding
        for finding in findings
        if _fits(mending, finding, str(show))
        and law in (_ALL, _law(rules.get(finding.rule), pack))
        and stage in (0, finding.stage)
        and owner in (_ALL, finding.owner or _NOBODY)
    ]
    return sorted(kept, key=lambda f: (_WORST_FIRST[f.severity], f.due, f.title, f.subject))


def _fits(mending: Mending, finding: Finding, show: str) -> bool:
    is_waived = mending.is_waived(finding) and finding.status is not Status.CLOSED
    return {
        "open": finding.status is not Status.CLOSED and not is_waived,
        "overdue": mending.is_overdue(finding) and not is_waived,
        "in progress": finding.status is Status.IN_PROGRESS,
        "waived": is_waived,
        "closed": finding.status is Status.CLOSED,
    }[show]


def _row(mending: Mending, finding: Finding, rule: Rule | None, pack: Pack) -> dict[str, object]:
    status = _(str(finding.status))
    if mending.is_waived(finding):
        status = _("waived")
    elif mending.is_overdue(finding):
        status = f"{status}, {_('overdue')}"
    level = rule.verified.level if rule else Level.POLICY
    return {
        _("Severity"): _(str(finding.severity)),
        _("Due"): finding.due,
        _("Duty"): _(finding.title),
        _("On"): wording.subject(finding.subject),
        _("Status"): status,
        _("Owner"): finding.owner or "–",
        _("Article"): _(pack.reference(rule.law, rule.ref)) if rule else finding.rule,
        _("Read"): _(outputs.LEVEL_SHORT[level]),
        _("Stage"): finding.stage,
    }


def _hand_out(mending: Mending, wanted: Sequence[Finding]) -> None:
    """Give all of the list that nobody owns to somebody at once."""
    orphans = [f for f in wanted if not f.owner and f.status is not Status.CLOSED]
    if not orphans:
        return
    with (
        st.expander(_("{n} of these have no owner: hand them out").format(n=len(orphans))),
        st.form("decisions_handing", border=False),
    ):
        name = owners.name(_("Who mends them"), "", "decisions_owners")
        if st.form_submit_button(
            _("Hand out"), key="decisions_hand", **permitted.needs("finding.assign")
        ):
            try:
                for finding in orphans:
                    mending.assign(finding.id, name)
                st.rerun()
            except ComplianceError as refusal:
                st.error(wording.escaped(wording.refused(refusal)), icon=":material/block:")
