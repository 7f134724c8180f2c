"""What a task makes of a table: examples, each somebody's and at some site."""

from __future__ import annotations

from compliance.federated.nouns import Task
from compliance.federated.tasks.examples import Examples, Source, Span
from compliance.federated.tasks.forecast import forecasts
from compliance.federated.tasks.profile import profiles
from compliance.federated.tasks.recommend import recommendations
from compliance.federated.tasks.response import responses

__all__ = ["Examples", "Source", "Span", "examples_of"]


def examples_of(source: Source) -> Examples:
    """The examples that the plan's task makes of the table.

    Raises:
        UnknownColumnError, MalformedPlanError, NoFeaturesError, MissingPersonError, TargetError,
            TooManySitesError: the plan does not fit the table.
    """
    match source.plan.task:
        case Task.RESPONSE:
            return responses(source)
        case Task.PROFILE:
            return profiles(source)
        case Task.RECOMMEND:
            return recommendations(source)
        case Task.FORECAST:
            return forecasts(source)
