"""Federated plans, runs and secure sums that cannot be."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "CheckpointError",
    "DeploymentError",
    "DivergedError",
    "MalformedPlanError",
    "MissingPersonError",
    "NoFeaturesError",
    "PlanError",
    "SecureQuestionError",
    "SecureSumError",
    "SecureTermsError",
    "ShareError",
    "TargetError",
    "TooFewSitesError",
    "TooFewSurvivorsError",
    "TooManySitesError",
    "UntestableError",
]


class PlanError(ComplianceError):
    """A federated plan cannot be run."""


class MalformedPlanError(PlanError):
    sentence = "The federated plan cannot be read at “{place}”: {reason}."


class TargetError(PlanError):
    sentence = "The target “{column}” {reason}. Choose a column with {needed}."


class UntestableError(PlanError):
    sentence = "“{subject}” cannot be tested: {reason}."


class TooFewSitesError(PlanError):
    sentence = (
        "{sites} site(s) of “{column}” can train; at least 2 are needed. "
        "A site needs at least {minimum} records."
    )


class TooManySitesError(PlanError):
    sentence = "Column “{column}” gives {sites:,} sites; at most {limit:,} are taken."


class NoFeaturesError(PlanError):
    sentence = (
        "No column is left to learn from: direct identifiers, free text, the target and the site "
        "column are set aside. Name the columns under “features”."
    )


class MissingPersonError(PlanError):
    sentence = (
        "The task “{task}” is about people, and nothing says whose row is whose. "
        "Name the column that tells people apart in the dataset's description."
    )


class DivergedError(PlanError):
    sentence = (
        "Training went astray in round {round}: the model is no longer a number. "
        "Lower the learning rate and start again."
    )


class SecureSumError(ComplianceError):
    """Sites' numbers cannot be summed unseen; sites are counted from 1."""


class SecureTermsError(SecureSumError):
    sentence = "Secure aggregation cannot be done so: {reason}."


class TooFewSurvivorsError(SecureSumError):
    sentence = (
        "Only {left} site(s) are left in the round, but secure aggregation needs {threshold}. "
        "Nothing was opened. Start the round again when more sites can be reached."
    )


class ShareError(SecureSumError):
    sentence = (
        "Keys or shares of site {site} were lost or changed on the way, so what was aggregated "
        "cannot be opened. Start the round again; if it happens again, look at that site's "
        "connection."
    )


class SecureQuestionError(SecureSumError):
    sentence = (
        "Site {site} was asked for {asked}, and refuses: that could show one site's numbers. "
        "Start the round again; if it happens again, look at the server."
    )


class CheckpointError(PlanError):
    sentence = "The run cannot be taken up again: {reason}. Start it anew."


class DeploymentError(PlanError):
    sentence = "The federation cannot be deployed or run: {reason}."
