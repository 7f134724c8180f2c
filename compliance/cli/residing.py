"""Where data lie and go, from the command line."""

from __future__ import annotations

import argparse
from argparse import Namespace

from compliance.cli import typed
from compliance.cli.adding import Kinds, group, named, verb
from compliance.cli.results import Result
from compliance.countries import code_of, name_of
from compliance.errors import MovementFactError
from compliance.plain import to_plain
from compliance.rules.nouns import Flow, Form, Judgement, Whereabouts
from compliance.rules.residency import Movement, to_facts
from compliance.workspace import Workspace
from compliance.workspace.governing.residing import Move

FORMS = {
    "rows": None,
    "anonymous": Form.ANONYMOUS,
    "statistics": Form.NOISY,
    "updates": Form.UPDATES,
    "noisy-updates": Form.PROTECTED_UPDATES,
}
_NOISY = (Form.NOISY, Form.PROTECTED_UPDATES)


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    where = verb(kinds, "residency", _residency, "where data lie and go, and what laws say of it")
    named(where, is_needed=False)
    inner = group(kinds, "move", "check a movement before it happens, or record it")
    check = verb(inner, "check", _check, "what each law would say of a movement; stores nothing")
    record = verb(inner, "record", _record, "register a movement that every law lets go")
    for added in (check, record):
        added.add_argument("name", nargs="+", help="the datasets that would move")
        added.add_argument("--to", required=True, metavar="CC", help="the country it goes to")
        added.add_argument("--recipient", default="", metavar="R", help="who would get it")
        added.add_argument("--mechanism", default="", metavar="M", help="what it would rest on")
        added.add_argument(
            "--fact",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="what else is so, as dpf_status=active; once for each",
        )
    check.add_argument(
        "--form", choices=list(FORMS), default="rows", help="what would move; else the rows"
    )
    check.add_argument("--epsilon", metavar="E", help="the ε of the noise, where there is some")


def _residency(workspace: Workspace, asked: Namespace) -> Result:
    found = workspace.governance.residency.whereabouts()
    if asked.name is not None:
        found = of_dataset(found, workspace.dataset(asked.name).name)
    return {
        "copies": [to_plain(copy) | {"name": name_of(copy.country)} for copy in found.copies],
        "flows": [flow_line(flow, said) for flow, said in found.flows],
        "counters": [to_plain(counter) for counter in found.counters],
        "unplaced": list(found.unplaced),
    }


def of_dataset(found: Whereabouts, name: str) -> Whereabouts:
    """What of it is about one dataset."""
    return Whereabouts(
        copies=tuple(copy for copy in found.copies if copy.dataset == name),
        flows=tuple(pair for pair in found.flows if name in pair[0].dataset.split(", ")),
        counters=found.counters,
        unplaced=tuple(one for one in found.unplaced if one == name),
    )


def flow_line(flow: Flow, said: tuple[Judgement, ...]) -> Result:
    """A movement with what each law says of it; without what was typed of it."""
    return {
        "id": flow.id,
        "dataset": flow.dataset,
        "from": flow.origin,
        "to": flow.destination,
        "recipient": flow.recipient,
        "form": str(flow.form),
        "people": flow.people,
        "sensitive_people": flow.sensitive_people,
        "mechanism": flow.mechanism,
        "source": flow.source,
        "judgements": [to_plain(one) for one in said],
    }


def movement(found: Movement) -> Result:
    """What would be said of a movement."""
    return {
        "answer": str(found.answer),
        "may_go": found.may_go,
        "flows": [flow_line(flow, said) for flow, said in found.flows],
        "counters": [to_plain(counter) for counter in found.counters],
        "asked": list(found.asked),
    }


def _check(workspace: Workspace, asked: Namespace) -> Result:
    return movement(workspace.governance.residency.check_move(_move(asked, FORMS[asked.form])))


def _record(workspace: Workspace, asked: Namespace) -> Result:
    stored = workspace.governance.residency.record_move(_move(asked, None))
    return {"id": stored.id, "name": stored.name, "values": to_plain(stored.values)}


def _move(asked: Namespace, form: Form | None) -> Move:
    facts = to_facts(typed.once(_pair(text) for text in asked.fact))
    if form in _NOISY and asked.epsilon is not None:
        facts["epsilon"] = float(typed.number("ε", asked.epsilon))
    return Move(
        names=tuple(dict.fromkeys(asked.name)),
        destination=code_of(asked.to) or asked.to,
        recipient=asked.recipient,
        form=form,
        mechanism=asked.mechanism,
        facts=facts,
    )


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise MovementFactError(given=name[:40], fact="a fact", reason="write NAME=VALUE")
    return name, value
