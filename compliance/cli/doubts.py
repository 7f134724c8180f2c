"""What is doubtful of a request, on the command line: which there are, and what each is."""

from __future__ import annotations

from argparse import Namespace

from compliance.cli import requests
from compliance.cli.results import Result
from compliance.errors import RequestInputError
from compliance.plain import to_plain
from compliance.workspace import Workspace


def doubts(workspace: Workspace, asked: Namespace) -> Result:
    """Decide doubtful matches and mentions, or say which there are."""
    each = [*asked.yes, *asked.no, *asked.undecided]
    if asked.mentions is not None and each:
        raise RequestInputError(field="A decision", problem="is said of all mentions, or of each")
    said: dict[str, bool | None] = dict.fromkeys(asked.yes, True)
    said |= dict.fromkeys(asked.no, False) | dict.fromkeys(asked.undecided)
    if both := len(each) - len(set(each)):
        problem = f"cannot be both the person and somebody else ({both} are)"
        raise RequestInputError(field="A match", problem=problem)
    if asked.mentions is not None:
        said = dict.fromkeys(_open_mentions(workspace, asked.id), asked.mentions == "yes")
    if not said:
        return _doubtful(workspace, asked)
    workspace.rights.requests.steps.doubts(asked.id, said)
    return requests.show(workspace, asked)


def _open_mentions(workspace: Workspace, id_: str) -> set[str]:
    open_ = {one.id for one in workspace.rights.requests.look(id_).open_mentions}
    if not open_:
        raise RequestInputError(field="A doubtful mention", problem="is left undecided nowhere")
    return open_


def _doubtful(workspace: Workspace, asked: Namespace) -> Result:
    """The request, with each doubtful match and mention, why it is, and where; masked."""
    area = workspace.rights.requests
    shown = requests.show(workspace, asked)
    if not area.can_be_read(asked.id) or area.find(asked.id).request.searched_on is None:
        return shown
    found = area.look(asked.id)
    area.was_read(asked.id, "matches and mentions, masked")
    return {
        **shown,
        "doubtful_matches": [
            {
                "id": one.id,
                "said": _word(found.decided.get(one.id)),
                "rows": len(one.rows),
                "people": one.people,
                "why": one.doubt,
            }
            for one in found.matches
            if one.is_doubtful
        ],
        "doubtful_mentions": [
            {
                "id": one.id,
                "said": _word(one.said),
                "kind": one.kind.value,
                "shown": one.shown,
                "why": one.why,
                "places": [dict(to_plain(place)) for place in one.places],
            }
            for one in area.doubtful_mentions(found)
        ],
    }


def _word(said: bool | None) -> str:  # noqa: FBT001 - an answer
    return "undecided" if said is None else "yes" if said else "no"


def retention(workspace: Workspace, asked: Namespace) -> Result:
    """For how long it stays readable who asked; what is over is swept where that is wanted."""
    sweeping = workspace.rights.requests.sweeping
    if asked.days is not None:
        sweeping.set_days(asked.days)
    swept = sweeping.sweep() if asked.sweep else ()
    return {"days": sweeping.days(), "swept": list(swept)}
