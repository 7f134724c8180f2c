"""What stands in the way of anonymisation."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "AnonymisationError",
    "AttackError",
    "DriftedError",
    "HierarchyError",
    "MalformedRecipeError",
    "NoPopulationError",
    "NoRecodingError",
    "NothingAllowedError",
    "NothingLeftError",
    "StillAtRiskError",
    "TooFewBasketsError",
    "TooManyNodesError",
    "TreatmentError",
    "UnknownRecipeError",
    "VaultError",
]


class AnonymisationError(ComplianceError):
    """A table cannot be anonymised so."""


class HierarchyError(AnonymisationError):
    sentence = "The hierarchy of “{column}” cannot be used: {reason}."


class MalformedRecipeError(AnonymisationError):
    sentence = "The anonymisation plan cannot be read at “{place}”: {reason}."


class NoPopulationError(AnonymisationError):
    sentence = (
        "“{model}” compares the table with the population that its people were drawn from. "
        "Name the dataset that holds the population."
    )


class TreatmentError(AnonymisationError):
    sentence = "The column “{column}” cannot be treated so: {reason}."


class VaultError(AnonymisationError):
    sentence = "The vault stays closed: {reason}."


class AttackError(AnonymisationError):
    sentence = "The attack cannot be carried out: {reason}."


class NoRecodingError(AnonymisationError):
    sentence = (
        "No recoding meets the criteria with at most {allowed:,} of {rows:,} rows suppressed. "
        "Lower the criteria, allow higher levels, or allow more suppression."
    )


class TooFewBasketsError(AnonymisationError):
    sentence = (
        "Only {persons:,} people have bought anything, fewer than k = {k}. Lower k, or take in "
        "more people."
    )


class NothingAllowedError(AnonymisationError):
    sentence = (
        "None of the {checked:,} choices of levels that were tried, of {nodes:,}, meets all "
        "criteria within the suppression limit. Allow more suppression, higher levels or more "
        "time, or ask for less."
    )


class NothingLeftError(AnonymisationError):
    sentence = (
        "All of the {rows:,} rows would be suppressed, and nothing was handed on. Lower the "
        "criteria, or allow higher levels."
    )


class StillAtRiskError(AnonymisationError):
    sentence = "The output did not pass its own check, and was not handed on. {reason}"


class TooManyNodesError(AnonymisationError):
    sentence = (
        "There are {nodes:,} choices of levels, and at most {most:,} can be shown at once. Use "
        "fewer columns or levels, or search for the best one alone."
    )


class UnknownRecipeError(AnonymisationError):
    sentence = "There is no recipe named “{name}”. Known: {known}."


class DriftedError(AnonymisationError):
    sentence = (
        "The data are not what they were when the recipe was made, and nothing was handed on. "
        "{alarms} Look at them; then make a new plan, or accept the drift."
    )
