"""Impact assessments, from the command line."""

from __future__ import annotations

import argparse
from argparse import Namespace
from datetime import date
from pathlib import Path

from compliance.cli import arguments, impact_results, typed
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.errors import FileMissingError
from compliance.i18n import mark
from compliance.impact import (
    measures,
    method,
    standing,
    templates,
    weighed,
)
from compliance.impact.nouns import (
    Decision,
    Gauge,
    ImpactKind,
    Measure,
    Opinion,
    Outcome,
    Voice,
)
from compliance.plain import to_json, to_plain
from compliance.workspace import Workspace

_HOLDS = {"yes": True, "no": False, "unknown": None}


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    inner = group(kinds, "impact", "assess the impact of processing, from facts")
    verb(inner, "templates", _templates, "templates, questions, feared events and measures")
    _beginning(inner)
    show = verb(inner, "show", _show, "one assessment, whole; what is missing, what changed")
    show.add_argument("id", help="the assessment")
    show.add_argument("--history", action="store_true", help="list its versions instead")
    verb(inner, "list", _list, "all assessments, and whether they are outdated")
    _filling(inner)
    _judging(inner)
    for name, does, says in (
        ("submit", _submit, "hand it on for review"),
        ("validate", _validate, "sign it: it stands on the facts as they are"),
        ("redraw", _redraw, "draw it again from what is known now"),
    ):
        verb(inner, name, does, says).add_argument("id", help="the assessment")
    out = verb(inner, "export", _export, "write one assessment to a file, as JSON")
    out.add_argument("id", help="the assessment")
    out.add_argument("--out", type=arguments.path, required=True, metavar="F", help="which file")
    read = verb(inner, "import", _import, "keep an exported assessment as its next version")
    read.add_argument("path", type=arguments.path, help="the file")


def _beginning(inner: Kinds[argparse.ArgumentParser]) -> None:
    begin = verb(inner, "begin", _begin, "begin an assessment with the answers that facts give")
    begin.add_argument("datasets", nargs="*", metavar="DATASET", help="the datasets concerned")
    begin.add_argument(
        "--activity", default="", metavar="ID", help="a processing activity on record"
    )
    begin.add_argument("--kind", choices=[*map(str, ImpactKind)], default="dpia", help="else dpia")
    begin.add_argument("--template", default="", metavar="T", help="which answers to propose")
    begin.add_argument("--title", default="", help="what it is called; left out: by its subject")
    screen = verb(inner, "screen", _screen, "whether an activity needs an assessment")
    screen.add_argument("activity", help="an activity, or an assessment whose criterion is decided")
    screen.add_argument("--criterion", metavar="ID", help="a criterion of the assessment to decide")
    screen.add_argument("--holds", choices=[*_HOLDS], default="unknown", help="else unknown")
    screen.add_argument("--why", default="", help="the reason")


def _filling(inner: Kinds[argparse.ArgumentParser]) -> None:
    answer = verb(inner, "answer", _answer, "answer a question, or take over what stands there")
    answer.add_argument("id", help="the assessment")
    answer.add_argument(
        "--question",
        required=True,
        metavar="Q",
        help="its id; EVENT.threats, .impacts or .sources of a feared event",
    )
    said = answer.add_mutually_exclusive_group(required=True)
    said.add_argument("--text", help="the answer; empty takes it back")
    said.add_argument("--accept", action="store_true", help="take over what stands there")
    gauge = verb(inner, "gauge", _gauge, "gauge a feared event, or add one of your own")
    gauge.add_argument("id", help="the assessment")
    gauge.add_argument("--event", required=True, metavar="EVENT", help="its id, or a new name")
    gauge.add_argument("--add", action="store_true", help="add the event first")
    for scale in ("severity", "likelihood"):
        gauge.add_argument(f"--{scale}", choices=[*map(str, Gauge)], help="how much")
    gauge.add_argument("--after", action="store_true", help="with the measures; else without")
    gauge.add_argument("--accept", action="store_true", help="take over the gauges that were drawn")
    gauge.add_argument("--why", default="", help="the reason")
    measure = verb(inner, "measure", _measure, "plan a measure, or change one of the plan")
    measure.add_argument("id", help="the assessment")
    measure.add_argument("--what", help="the id of a known measure, or words")
    measure.add_argument("--event", action="append", default=[], help="which it reduces; repeat")
    measure.add_argument("--owner", help="who does it")
    measure.add_argument("--due", type=_day, metavar="YYYY-MM-DD", help="by when")
    measure.add_argument("--done", action="store_true", help="it is done")
    measure.add_argument("--place", type=arguments.count, metavar="N", help="of the plan, from 1")


def _judging(inner: Kinds[argparse.ArgumentParser]) -> None:
    opinion = verb(inner, "opinion", _opinion, "record what somebody said, or why not asked")
    opinion.add_argument("id", help="the assessment")
    opinion.add_argument(
        "--of", required=True, choices=[voice.name.lower() for voice in Voice], help="who"
    )
    opinion.add_argument("--by", default="", help="name or group")
    opinion.add_argument("--text", default="", help="what they said")
    opinion.add_argument("--reason", default="", help="why they were not asked")
    opinion.add_argument("--at", type=_day, metavar="YYYY-MM-DD", help="when; else today")
    decide = verb(inner, "decide", _decide, "record what comes of it")
    decide.add_argument("id", help="the assessment")
    decide.add_argument(
        "--decision", choices=[one.name.lower() for one in Decision], help="of a DPIA"
    )
    decide.add_argument("--outcome", choices=[*map(str, Outcome)], help="of a LIA")
    decide.add_argument("--because", default="", help="the reasons")
    decide.add_argument(
        "--consulted", type=_day, metavar="YYYY-MM-DD", help="when the authority was (Art. 36)"
    )


def _templates(_: Workspace, __: Namespace) -> Result:
    said = method()
    return {
        "templates": [{"id": t.id, "title": t.title, "about": t.about} for t in templates()],
        "questions": [
            {"kind": str(kind), "id": q.id, "title": q.title, "required": q.required}
            for kind in ImpactKind
            for q in said.questions(kind)
        ],
        "criteria": [{"id": c.id, "ref": c.ref, "title": c.title} for c in said.criteria],
        "events": [{"id": e.id, "title": e.title, "required": e.required} for e in said.events],
        "measures": [
            {"id": m.id, "title": m.title, "reduces": list(m.reduces), "ref": m.ref}
            for m in measures()
        ],
        "as_of": said.as_of,
    }


def _begin(workspace: Workspace, asked: Namespace) -> Result:
    made = workspace.governance.impacts.begin(
        ImpactKind(asked.kind),
        asked.template,
        activity=asked.activity,
        datasets=asked.datasets,
        title=asked.title,
    )
    return impact_results.whole(made)


def _list(workspace: Workspace, _: Namespace) -> Result:
    area = workspace.governance.impacts
    knowledge = area.knowledge()
    rows = [
        {
            "id": one.id,
            "kind": str(one.kind),
            "title": one.title,
            "version": one.version,
            "status": str(standing(one, knowledge)),
            "changed": len(area.changed_in(one, knowledge)),
        }
        for one in area.list()
    ]
    needs = [
        {"activity": id_, "need": str(found.need), "because": found.because}
        for id_, found in area.needs().items()
    ]
    return {"assessments": rows, "without_assessment": needs}


def _show(workspace: Workspace, asked: Namespace) -> Result:
    area = workspace.governance.impacts
    if asked.history:
        versions = [
            {
                "version": v.version,
                "status": str(v.status),
                "at": v.at and v.at.isoformat(),
                "by": v.actor,
            }
            for v in area.history(asked.id)
        ]
        return {"id": asked.id, "versions": versions}
    found = area.one(asked.id)
    changed = area.changed_in(found, area.knowledge())
    return impact_results.whole(found) | {"changed": list(changed)}


def _screen(workspace: Workspace, asked: Namespace) -> Result:
    area = workspace.governance.impacts
    if asked.criterion is None:
        return {"activity": asked.activity} | impact_results.screened(area.screen(asked.activity))
    said = {asked.criterion: (_HOLDS[asked.holds], asked.why)}
    made = area.screen_by_hand(asked.activity, said)
    return {"id": made.id, "version": made.version} | impact_results.screened(
        weighed(made.screening)
    )


def _answer(workspace: Workspace, asked: Namespace) -> Result:
    text = None if asked.accept else asked.text
    made = workspace.governance.impacts.answer(asked.id, asked.question, text)
    return impact_results.state(made)


def _gauge(workspace: Workspace, asked: Namespace) -> Result:
    area = workspace.governance.impacts
    event = asked.event
    if asked.add:
        known = method().feared(event)
        made = area.fear(asked.id, "" if known else event, event=event if known else "")
        event = made.events[-1].id
        if not (asked.severity or asked.likelihood):
            return impact_results.state(made)
    made = area.gauge(
        asked.id,
        event,
        severity=Gauge(asked.severity) if asked.severity else None,
        likelihood=Gauge(asked.likelihood) if asked.likelihood else None,
        after=asked.after,
        why=asked.why,
        takes_over=asked.accept,
    )
    return impact_results.state(made)


def _measure(workspace: Workspace, asked: Namespace) -> Result:
    area = workspace.governance.impacts
    before = area.one(asked.id).measures
    place = None if asked.place is None else asked.place - 1
    old = before[place] if place is not None and place < len(before) else Measure(what="")
    made = area.plan(
        asked.id,
        Measure(
            what=asked.what if asked.what is not None else old.what,
            events=tuple(asked.event) or old.events,
            owner=asked.owner if asked.owner is not None else old.owner,
            due=asked.due or old.due,
            is_done=asked.done or old.is_done,
        ),
        place=place,
    )
    return impact_results.state(made) | {"plan": [to_plain(measure) for measure in made.measures]}


def _opinion(workspace: Workspace, asked: Namespace) -> Result:
    opinion = Opinion(
        of=Voice[asked.of.upper()],
        by=asked.by,
        text=asked.text,
        reason=asked.reason,
        at=asked.at,
    )
    return impact_results.state(workspace.governance.impacts.opinion(asked.id, opinion))


def _decide(workspace: Workspace, asked: Namespace) -> Result:
    made = workspace.governance.impacts.decide(
        asked.id,
        decision=Decision[asked.decision.upper()] if asked.decision else None,
        because=asked.because,
        consulted_at=asked.consulted,
        outcome=Outcome(asked.outcome) if asked.outcome else None,
    )
    return impact_results.state(made)


def _submit(workspace: Workspace, asked: Namespace) -> Result:
    return impact_results.state(workspace.governance.impacts.submit(asked.id))


def _validate(workspace: Workspace, asked: Namespace) -> Result:
    return impact_results.state(workspace.governance.impacts.validate(asked.id))


def _redraw(workspace: Workspace, asked: Namespace) -> Result:
    made, differences = workspace.governance.impacts.redraw(asked.id)
    return impact_results.state(made) | {
        "differences": [impact_results.difference(one) for one in differences]
    }


def _export(workspace: Workspace, asked: Namespace) -> Result:
    path = typed.destination(asked.out, workspace.settings)
    document = workspace.governance.impacts.export(asked.id)
    typed.write(path, to_json(document).encode())
    return {"path": str(path), "id": asked.id}


def _import(workspace: Workspace, asked: Namespace) -> Result:
    return impact_results.state(workspace.governance.impacts.read_in(_content(asked.path)))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise FileMissingError(name=path.name) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(mark("it is a day such as 2026-11-24")) from None
