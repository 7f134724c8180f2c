"""What a task makes of a table: examples, each somebody's and at some site."""

from __future__ import annotations

from compliance.errors import MalformedPlanError
from compliance.federated.nouns import Task
from compliance.federated.tasks.examples import Examples, Source
from compliance.federated.tasks.response import responses

__all__ = ["Examples", "Source", "examples_of"]


def examples_of(source: Source) -> Examples:
    """The examples that the plan's task makes of the table.

    Raises:
        UnknownColumnError, MalformedPlanError, NoFeaturesError, TargetError: the plan does not
            fit the table.
    """
    match source.plan.task:
        case Task.RESPONSE:
            return responses(source)
        case _:
            raise MalformedPlanError(place="task", reason=f"{source.plan.task} comes later")
