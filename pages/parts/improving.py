"""The loop of improvement on the overview: found, in hand, tested again, scored."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.rules.nouns import Applied, Stage, State
from compliance.rules.nouns.improvement import Improvement, Loop
from pages.parts import navigation, outputs, wording

FULL_SCORE = 100
_SHOWN = 4


def loop(found: Improvement) -> None:
    """Findings, who has them, how many are gone, the score; what is due, and what was mended."""
    whole = found.whole
    outputs.remark(
        _("What is found is taken in hand, tested again, and shows in the score.")
        if found.since is None
        else _(
            "What is found is taken in hand, tested again, and shows in the score. "
            "Compared with {at}."
        ).format(at=outputs.moment(found.since))
    )
    with st.container(horizontal=True):
        outputs.fact(
            meant("of findings", "Found"),
            str(whole.open),
            _("{n} overdue").format(n=whole.overdue) if whole.overdue else _("open findings"),
        )
        outputs.fact(
            _("In hand"),
            str(whole.owned),
            _("{n} without owner").format(n=whole.open - whole.owned),
        )
        outputs.fact(_("Tested again"), str(whole.closed), _("found mended"))
        outputs.fact(_("Score"), _score(whole.score), _change(whole))
    _next_and_last(found)


def warnings(found: Improvement) -> None:
    """Movements that a duty stands against, with the way there."""
    if found.transfers:
        names = locales.joined(found.transfers[:_SHOWN], "words") + (
            " …" if len(found.transfers) > _SHOWN else ""
        )
        words = _("Movements between countries with a duty that is not met ({n}): {names}").format(
            n=len(found.transfers), names=wording.escaped(names)
        )
        _warning("public", _("residency"), words, "residency")


def _warning(icon: str, word: str, says: str, page: str) -> None:
    what, where = st.columns([4, 1], vertical_alignment="center")
    what.markdown(f"{wording.badge((icon, 'orange'), word)} {says}")
    with where:
        navigation.link(page)


def stages(found: Improvement, ring: Sequence[Stage]) -> None:
    """The ten stages: what was counted, how their duties stand, what is open, and the trend."""
    has_past = any(len(one.scores) > 1 for one in found.stages)
    rows = [_row(stage) for stage in ring]
    if found.assessed_at is not None:
        rows = [
            row | _counted(one, has_past=has_past)
            for row, one in zip(rows, found.stages, strict=True)
        ]
    trend = st.column_config.LineChartColumn(
        _("Trend"), y_min=0, y_max=FULL_SCORE, width="small", help=_("Past scores, 0 to 100")
    )
    outputs.table(
        rows,
        key="overview_stages",
        alt=_("The ten stages of the life cycle with their duties, open findings and scores"),
        column_config={_("Trend"): trend} if has_past else {},
    )


def _row(stage: Stage) -> dict[str, object]:
    return {
        _("Stage"): f"{stage.number} {_(stage.title)}",
        _("Stands"): _(str(stage.progress)),
        _("What was counted"): _(stage.says),
    }


def _counted(one: Loop, *, has_past: bool) -> dict[str, object]:
    """What the checks of all duties say of a stage."""
    duties = one.duties
    row: dict[str, object] = {
        _("Score"): _score(one.score),
        _("Change"): _signed(one.change),
    }
    if has_past:
        row[_("Trend")] = [score for _when, score in one.scores]
    return row | {
        _("Met"): duties[State.MET],
        _("Not met"): duties[State.NOT_MET],
        _("Not assessed"): duties[State.NOT_ASSESSED],
        _("Open"): one.open,
        _("Overdue"): one.overdue,
        _("Closed"): one.closed,
    }


def _next_and_last(found: Improvement) -> None:
    """What is due next, and what the last remedies did."""
    left, right = st.columns([3, 2])
    with left:
        st.header(_("Due next"))
        _upcoming(found)
    with right:
        st.header(_("Last remedies"))
        if not found.applied:
            st.markdown(_("No remedy has been applied yet. Each finding offers some."))
            navigation.link("decisions")
        for applied in found.applied:
            _remedy(applied, found.rules.get(applied.finding, ""))


def _upcoming(found: Improvement) -> None:
    if not found.upcoming:
        st.markdown(_("Nothing has a last day."))
        return
    outputs.table(
        [
            {
                _("Until"): locales.day(one.day) + (f" · {_('late')}" if one.is_late else ""),
                _("What"): _(one.what),
                _("On"): wording.subject(one.subject),
                _("Owner"): one.owner or "–",
            }
            for one in found.upcoming
        ],
        key="overview_due",
        alt=_("What is due next, the earliest first"),
    )


def _remedy(applied: Applied, duty: str) -> None:
    """One remedy: what was predicted, and what came of it."""
    predicted, actual = applied.remedy.predicted, applied.actual
    came = {turn for turn in predicted.turns if turn in actual.turns}
    st.markdown(
        f"**{wording.escaped(_(applied.remedy.what))}**  \n"
        + (f"{wording.escaped(_(duty))} · " if duty else "")
        + outputs.moment(applied.applied_at)
    )
    outputs.remark(
        _("Verdicts that turned as predicted: {n} of {m}. Score predicted {p}, found {a}.").format(
            n=len(came),
            m=len(predicted.turns),
            p=_score(predicted.score_after),
            a=_score(actual.score_after),
        )
    )


def _score(score: float | None) -> str:
    return "–" if score is None else locales.formatted(score, "g")


def _change(whole: Loop) -> str:
    if whole.score is None:
        return _("not checked yet")
    if whole.change is None:
        return _("of 100")
    if not whole.change:
        return _("of 100, as before")
    return _("of 100, {change} since").format(change=_signed(whole.change))


def _signed(change: float | None) -> str:
    """+3.5, −2, 0; – where it cannot be said."""
    if change is None:
        return "–"
    return wording.change(change, "+g") if change else "0"
