"""Proof that stands up outside: the trail as a log, lineage, signed reports."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "AnchorError",
    "BrokenTrailError",
    "EventFileError",
    "ForeignNameError",
    "NoSuchEntryError",
    "NoSuchFormatError",
    "NotAReportError",
    "NotProvableError",
    "ProofError",
    "SignerError",
    "TimeStampError",
    "UnknownAnchorError",
    "UnknownNodeError",
]


class ProofError(ComplianceError):
    """Something that should prove what was done cannot be made or read."""


class SignerError(ProofError):
    sentence = "Reports cannot be signed with what was set: {reason}."


class NotAReportError(ProofError):
    sentence = "{name} is no report of Privacy Desk: {reason}."


class NoSuchFormatError(ProofError):
    sentence = (
        "This report cannot be had as {shape}: it was built before there was that format. Build it "
        "anew."
    )


class BrokenTrailError(ProofError):
    sentence = "Entries of the trail or of its tree are missing. Verify the trail: it says which."


class NoSuchEntryError(ProofError):
    sentence = "The trail has no entry {number}: it has {entries}. Name one from 1 to {entries}."


class NotProvableError(ProofError):
    sentence = "The trail does not go on from that checkpoint, so no proof can be made. {reason}"


class UnknownNodeError(ProofError):
    sentence = (
        "The lineage has no “{given}”, or several. Name a dataset, or one thing by its whole id, "
        "as lineage show tells them."
    )


class EventFileError(ProofError):
    sentence = "{name} is not taken in, and nothing of it: line {line}: {reason}."


class ForeignNameError(ProofError):
    sentence = (
        "“{given}” does not say what a name of another system means: {reason}. Write "
        "NAMESPACE/NAME=DATASET."
    )


class AnchorError(ProofError):
    sentence = "The anchor “{name}”: {reason}."


class UnknownAnchorError(ProofError):
    sentence = "There is no anchor “{name}”. Anchors are: {known}."


class TimeStampError(ProofError):
    sentence = "The time stamp is not taken: {reason}."
