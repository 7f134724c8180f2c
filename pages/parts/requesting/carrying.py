"""Doing on the data what was decided; what cannot be undone asks first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

import streamlit as st

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.register import kind_of
from compliance.rights.nouns import Correction, ErasurePlan, Question, Request, Right, Seen
from compliance.workspace import Workspace
from compliance.workspace.requesting.clocks import Clocked
from pages.parts import language, outputs, reading, wording
from pages.parts.approving import asking
from pages.parts.guiding import stage

_Way = Callable[[Workspace, Request], None]
_AS_ASKED = ""


def carry_out(workspace: Workspace, found: Clocked) -> None:
    """The form of the right that is asked for."""
    _WAYS[found.request.right](workspace, found.request)


def package(workspace: Workspace, request: Request) -> None:
    """What the person gets: looked at in counts, made, and handed out once."""
    fulfilling = workspace.rights.fulfilling
    outputs.remark(
        _(
            "A readable PDF and the same as JSON and CSV, other people's data left out. It is "
            "handed out once and not kept."
        )
    )
    label, key = _("Look at what it will hold"), f"requests_outline_{request.id}"
    was_read = partial(workspace.rights.requests.was_read, request.id, "outline of the package")
    if reading.asked(label, key, was_read):
        with outputs.explained(_("Not looked at")):
            outline = fulfilling.outline(request.id)
            outputs.table(
                [
                    {
                        _("Dataset"): one.name,
                        _("Rows"): one.rows,
                        _("Of them restricted"): one.restricted,
                        _("Columns"): len(one.columns),
                        _("Left out of others' data"): one.withheld,
                    }
                    for one in outline.extracts
                ],
                key="requests_outline",
                alt=_("The package holds {rows} rows of {n} datasets").format(
                    rows=outline.rows, n=len(outline.extracts)
                ),
            )
            for element in outline.elements:
                for missing in element.missing:
                    st.markdown(f"- :material/help: {wording.escaped(missing)}")
    if st.button(_("Make the package"), type="primary", key="requests_package"):
        with outputs.explained(_("Not made")):
            handed = fulfilling.package(request.id)
            st.success(
                _("Made: {rows} rows of {n} datasets. Download it now; it is not kept.").format(
                    rows=handed.rows, n=handed.datasets
                ),
                icon=":material/check_circle:",
            )
            st.download_button(
                _("Download the package"),
                data=handed.data,
                file_name=f"{request.id}.zip",
                mime="application/zip",
                key="requests_package_download",
                icon=":material/download:",
            )


def _erase(workspace: Workspace, request: Request) -> None:
    outputs.remark(
        _(
            "Out of every version and every copy made from it; then everything is looked at "
            "again. What was published or trained before cannot be taken back, and is named."
        )
    )
    until = st.date_input(
        _("Backups hold it until, if known"), None, key=f"requests_backups_{request.id}"
    )
    if st.button(_("Erase …"), type="primary", key="requests_erase", icon=":material/delete:"):
        _ask_to_erase(workspace, request, until if isinstance(until, date) else None)


@language.dialog(mark("Erase this person?"), width="large")
def _ask_to_erase(workspace: Workspace, request: Request, until: date | None) -> None:
    with outputs.explained(_("It cannot be erased")):
        plan = workspace.rights.erasing.plan([request.id])
        takes = _undecided(plan) if plan.undecided else None
        if takes is not None:
            plan = workspace.rights.erasing.plan([request.id], doubtful_mentions=takes)
        _planned(plan)
        is_open = bool(plan.undecided)
        need = None if is_open else workspace.access.approving.for_erasure(plan, until)
        if asking.may_go(workspace, need, "requests") and st.button(
            asking.label(_("Erase for ever"), need),
            type="primary",
            key="requests_erase_now",
            disabled=is_open,
        ):
            bar = st.progress(0.0, _("It begins"))
            steps = workspace.rights.erasing.erase([request.id], until, doubtful_mentions=takes)
            for step in steps:
                bar.progress(step.share or 0.0, _(step.doing))
            st.session_state["requests_told"] = _("Erased, and looked at again")
            st.rerun()


def _undecided(plan: ErasurePlan) -> bool | None:
    """What becomes of mentions on which nobody decided; None: nobody said."""
    st.warning(
        _(
            "{n} mentions in texts may be of somebody else, and nobody has decided. Close this and "
            "decide them one by one, or say here what becomes of all of them."
        ).format(n=sum(plan.undecided.values())),
        icon=":material/help:",
    )
    return st.radio(
        _("Undecided mentions"),
        [True, False],
        index=None,
        format_func=lambda goes: _("all go") if goes else _("all stay"),
        horizontal=True,
        key="requests_undecided",
    )


def _planned(plan: ErasurePlan) -> None:
    removed = sum(len(cut.removed) for cut in plan.cuts)
    blanked = sum(cut.blanked_rows for cut in plan.cuts)
    st.markdown(
        _(
            "**{removed} rows go**, {blanked} rows lose what tells who it is, in {n} dataset "
            "versions. This cannot be undone."
        ).format(removed=removed, blanked=blanked, n=len(plan.cuts))
    )
    if plan.cuts:
        outputs.table(
            [
                {
                    _("Version"): cut.dataset_id,
                    _("Rows that go"): len(cut.removed),
                    _("Rows that lose cells"): cut.blanked_rows,
                    _("Rows that are kept"): len(cut.kept),
                    _("Why kept"): cut.why_kept or "–",
                }
                for cut in plan.cuts
            ],
            key="requests_cuts",
            alt=_("What becomes of the rows of each dataset version"),
        )
    if plan.beyond:
        st.markdown(_("Out of reach:"))
    for one in plan.beyond:
        where = f"{_(one.what)} {wording.escaped(one.id)}"
        said = wording.about(where, wording.escaped(_(one.why)))
        st.markdown(f"- {said}")


def _restrict(workspace: Workspace, request: Request) -> None:
    outputs.remark(
        _(
            "Every dataset concerned gets a new version without the person's rows. The version "
            "before keeps them: they are only stored, and found for access, correction and "
            "erasure. Lifting the restriction brings them back."
        )
    )
    if st.button(_("Restrict the rows"), type="primary", key="requests_restrict"):
        _done(_("Restricted"), lambda: workspace.rights.fulfilling.restrict(request.id))


def _object(workspace: Workspace, request: Request) -> None:
    field = kind_of("request").field("purpose_type")
    choices = dict(field.choices) if field else {}
    said = request.purpose or _("everything")
    purpose = st.selectbox(
        _("Kind of purpose objected to"),
        [_AS_ASKED, *choices],
        format_func=lambda one: _(choices[one]) if one else _("as asked: {it}").format(it=said),
        key=f"requests_objected_{request.id}",
        help=_("An objection to direct marketing is absolute: nothing is weighed (Art. 21(3))."),
    )
    if st.button(_("Stop the use"), type="primary", key="requests_object"):
        fulfilling = workspace.rights.fulfilling
        _done(_("Stopped"), lambda: fulfilling.object_to(request.id, purpose or ""))


def _opt_out(workspace: Workspace, request: Request) -> None:
    outputs.remark(_("The person's rows are kept out of sale, sharing and whatever hands them on."))
    if st.button(_("Opt out"), type="primary", key="requests_opt_out"):
        _done(_("Opted out"), lambda: workspace.rights.fulfilling.opt_out(request.id))


def _rectify(workspace: Workspace, request: Request) -> None:
    outputs.remark(
        _("Choose what is wrong; values are masked. Corrections make new versions of the datasets.")
    )
    with outputs.explained(_("It cannot be looked at")):
        was_read = partial(workspace.rights.requests.was_read, request.id, "values, masked")
        reading.once(f"requests_values_{request.id}", was_read)
        seen = {
            one.hash + one.dataset + one.column: one for one in _correctable(workspace, request)
        }
        wrong = st.multiselect(
            _("What is wrong"),
            list(seen),
            format_func=lambda id_: _in_words(seen[id_]),
            key=f"requests_wrong_{request.id}",
            placeholder=_("choose values"),
        )
        in_texts = st.checkbox(
            _("Also where free texts mention the old value"), key=f"requests_texts_{request.id}"
        )
        right = {
            id_: st.text_input(
                _("Right value of {column} in {dataset}").format(
                    column=seen[id_].column, dataset=seen[id_].dataset
                ),
                key=f"requests_right_{request.id}_{place}",
                autocomplete="off",
            )
            for place, id_ in enumerate(wrong)
        }
        if st.button(_("Correct"), type="primary", key="requests_rectify", disabled=not wrong):
            corrections = [
                Correction(
                    dataset=seen[id_].dataset,
                    column=seen[id_].column,
                    seen=seen[id_].hash,
                    value=value.strip(),
                    is_in_texts=in_texts,
                )
                for id_, value in right.items()
            ]
            _done(
                _("Corrected"),
                lambda: workspace.rights.fulfilling.rectify(request.id, corrections),
            )


def _correctable(workspace: Workspace, request: Request) -> list[Seen]:
    return [one for one in workspace.rights.fulfilling.seen(request.id) if not one.refused]


def _in_words(seen: Seen) -> str:
    return f"{seen.dataset} · {seen.column}: {stage.veiled(seen.masked)} ({seen.rows})"


def _review(workspace: Workspace, request: Request) -> None:
    fulfilling = workspace.rights.fulfilling
    systems = {one.id: one.name for one in fulfilling.systems(request.id)}
    if not systems:
        _by_people(workspace, request)
        return
    system = st.selectbox(
        _("Decision looked at again"),
        list(systems),
        format_func=lambda id_: systems[id_],
        key=f"requests_system_{request.id}",
    )
    said = {one.id: _answered(one, request) for one in fulfilling.questions()}
    if st.button(_("Record the review"), type="primary", key="requests_review"):
        _done(_("Recorded"), lambda: fulfilling.review(request.id, system or "", said))


def _answered(question: Question, request: Request) -> str:
    return st.selectbox(
        _(question.asks),
        list(question.choices),
        format_func=lambda choice: _(question.choices[choice]),
        help=_(question.help),
        key=f"requests_review_{request.id}_{question.id}",
    )


def _by_people(workspace: Workspace, request: Request) -> None:
    what = st.text_input(
        _("What was done"),
        key=f"requests_done_{request.id}",
        placeholder=_("no names of people"),
    )
    if st.button(_("It is done"), type="primary", key="requests_carry_out"):
        steps = workspace.rights.requests.steps
        _done(_("Carried out"), lambda: steps.carry_out(request.id, what))


def _done(told: str, does: Callable[[], object]) -> None:
    with outputs.explained(_("Not done")):
        does()
        st.session_state["requests_told"] = told
        st.rerun()


_WAYS: Mapping[Right, _Way] = {
    Right.ACCESS: package,
    Right.PORTABILITY: package,
    Right.RECTIFICATION: _rectify,
    Right.ERASURE: _erase,
    Right.RESTRICTION: _restrict,
    Right.OBJECTION: _object,
    Right.OPT_OUT: _opt_out,
    Right.REVIEW: _review,
    Right.COMPLAINT: _by_people,
}
