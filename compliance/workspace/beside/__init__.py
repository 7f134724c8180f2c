"""Long work done in processes beside the server, so that nobody's page waits for another's work.

Python runs one thread at a time, so a report or a training in a thread of the server would slow
every page down. `through(workspace, crew)` is the same workspace, except that the verbs of
`long_work.yaml` are carried out by one of a few worker processes: on the same folder and records,
as the same actor, in the same language. What a verb gives or refuses comes back as if it had been
called here; progress comes back step by step, and closing it stops the work.
"""

from __future__ import annotations

from compliance.workspace.beside.crew import Crew
from compliance.workspace.beside.hands import LONG_WORK, through

__all__ = ["LONG_WORK", "Crew", "through"]
