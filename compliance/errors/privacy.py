"""Questions, budgets and releases that are refused."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "BadBoundsError",
    "BadConditionError",
    "BudgetBelowSpentError",
    "BudgetExceededError",
    "CapExceededError",
    "JoinError",
    "MalformedQueryError",
    "MissingUnitError",
    "NotANumberColumnError",
    "NothingInventedError",
    "NothingPublishedError",
    "NothingToAttackError",
    "OutOfReachError",
    "PrivacyParameterError",
    "QueryError",
    "ReservationEndedError",
    "SecondBudgetError",
    "TooManyGroupsError",
]


class QueryError(ComplianceError):
    """A query cannot be asked."""


class MalformedQueryError(QueryError):
    sentence = "The query cannot be read at “{place}”: {reason}."


class MissingUnitError(QueryError):
    sentence = (
        "Say whose privacy is protected: the column that tells one person from another "
        "(“unit” in a query file). {hint}"
    )


class BadBoundsError(QueryError):
    sentence = (
        "{statistic}: {reason}. Bounds come from what you know, not from looking at the data."
    )


class NotANumberColumnError(QueryError):
    sentence = "{statistic} needs numbers, but column “{column}” holds {type}."


class BadConditionError(QueryError):
    sentence = (
        "The condition cannot be read: {reason}. Write a comparison such as: Quantity > 0 "
        "(several may be joined with “and”)."
    )


class TooManyGroupsError(QueryError):
    sentence = (
        "The groups would be {groups:,}; at most {limit:,} are taken. "
        "Group by fewer columns, or list the public keys you need."
    )


class JoinError(QueryError):
    sentence = "“{dataset}” cannot be joined: {reason}."


class OutOfReachError(QueryError):
    sentence = (
        "No ε up to {limit} makes {statistic} that exact. Allow a wider margin, group more "
        "coarsely, or narrow the bounds."
    )


class NothingToAttackError(QueryError):
    sentence = (
        "There is nothing to attack: the question asks for no count or sum, or nobody counts in "
        "it. Add a count, or loosen the filter."
    )


class PrivacyParameterError(ComplianceError):
    sentence = "{name} cannot be {given}: {reason}."


class BudgetExceededError(ComplianceError):
    """A release or a run asks for more privacy loss than is left."""

    sentence = (
        "Not enough privacy budget: this asks for ε = {asked} (δ = {delta}). Spent so far: "
        "ε = {spent} of {total}{period}. At most ε = {left} is left for one more release at "
        "this δ. Lower ε, or ask for a larger budget."
    )


class CapExceededError(ComplianceError):
    """An actor's release or run asks for more than that actor's part of the budget."""

    sentence = (
        "“{actor}” may spend ε = {cap} of this budget and has spent {spent}: at most ε = {left} is "
        "left for one more release at this δ, and this asks for ε = {asked} (δ = {delta}); lower "
        "ε, or have the cap raised."
    )


class ReservationEndedError(ComplianceError):
    """Drawn too late: the value was thrown away unseen, and the budget is as it was."""

    sentence = (
        "The release took too long: its place in the budget was kept until {ended}. Nothing was "
        "published and nothing is spent. Ask again."
    )


class BudgetBelowSpentError(ComplianceError):
    sentence = (
        "The budget cannot be set to ε = {asked} (δ = {delta}): more than that is spent already. "
        "What was published cannot be taken back."
    )


class SecondBudgetError(ComplianceError):
    sentence = (
        "The people in {name} have spent privacy budget as “{before}”. As “{after}” they would get "
        "a second budget, so the population stays as it is."
    )


class NothingPublishedError(ComplianceError):
    """A release went through, was paid for and is stored, but no group may be shown."""

    sentence = (
        "No group reached the threshold of {threshold} people, so nothing can be published. The "
        "answer “none” has cost ε = {spent} as well and is stored as {release}. Group more "
        "coarsely, list the keys that are public, or ask without groups."
    )


class NothingInventedError(ComplianceError):
    sentence = (
        "No row could be invented, so there is no new dataset. The attempt {synthesis} is paid "
        "for. Ask for a larger ε, or for fewer and coarser columns."
    )
