"""The trail, reports, files to be written and the workspace itself."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "BackupError",
    "CannotWriteError",
    "GrantsError",
    "MissingGroupError",
    "NameModelError",
    "NotBackedUpError",
    "NotRestoredError",
    "NothingAnonymisedError",
    "NothingReleasedError",
    "NothingToReportError",
    "NothingTrainedError",
    "ReportChoiceError",
    "TrailError",
    "WorkStoppedError",
    "WorkspaceError",
]


class TrailError(ComplianceError):
    sentence = "{name} cannot be read as a {kind} of this trail. Give the file that was exported."


class NothingToReportError(ComplianceError):
    sentence = "There is nothing to report yet. Load a dataset first, or open the demo shop."


class NothingReleasedError(ComplianceError):
    sentence = "Nothing has been released from {dataset} yet. Publish a statistic first."


class NothingTrainedError(ComplianceError):
    sentence = "No federated run has been made on {dataset} yet. Train a model first."


class NothingAnonymisedError(ComplianceError):
    """No output was made from the dataset, and it is none itself."""

    sentence = "Nothing has been anonymised from {dataset} yet. Anonymise it first."


class ReportChoiceError(ComplianceError):
    sentence = (
        "A report of kind {kind} is not about one release or run, nor about one anonymised output. "
        "Leave that out, or build the report that is."
    )


class CannotWriteError(ComplianceError):
    sentence = "{name} cannot be written: {reason}."


class MissingGroupError(ComplianceError):
    sentence = (
        "{what} needs the optional group “{group}”, which is not installed. Install it with: "
        "pip install '.[{group}]' in the folder of Privacy Desk."
    )


class WorkspaceError(ComplianceError):
    sentence = "The workspace at {home} cannot be used: {reason}."


class GrantsError(ComplianceError):
    sentence = (
        "“{role}” cannot be given rights: the name of a role has small Latin letters, digits and _."
    )


class BackupError(ComplianceError):
    """A file is no backup, or not one that can be trusted."""

    sentence = "{name} cannot be used as a backup: {reason}."


class NotBackedUpError(ComplianceError):
    sentence = "No backup is made: {reason}."


class NotRestoredError(ComplianceError):
    sentence = "Nothing is restored: {reason}."


class WorkStoppedError(ComplianceError):
    """The process that did it ended before the work did."""

    sentence = (
        "The work was stopped before it ended, by this machine and not by you. Nothing of it was "
        "kept half-done. Look whether it is there already; if not, begin it again."
    )


class NameModelError(ComplianceError):
    sentence = (
        "The language model that PRIVACY_DESK_NAME_MODEL names is not installed on this machine. "
        "Install it, name another, or leave the setting empty."
    )
