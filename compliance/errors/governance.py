"""The register, packs of rules, residency, findings, alarms, impact assessments, audits."""

from __future__ import annotations

from compliance.errors.base import ComplianceError


class RecordError(ComplianceError):
    """A record of the register cannot be kept."""


class UnknownKindError(RecordError):
    sentence = "There is no kind of record called “{kind}”. Kinds: {known}."


class UnknownRecordError(RecordError):
    sentence = "There is no {kind} with the id “{record}”. Known: {known}."


class RecordFieldError(RecordError):
    """What stands in a field cannot stand there; names the field, never what stood in it."""

    sentence = "{field} {problem}."


class RecordsRefusedError(RecordError):
    """All problems of what came in, the first twenty in words."""

    sentence = "Nothing was recorded. {problems}"


class RecordFileError(RecordError):
    sentence = "{name} cannot be read as records: {reason}."


class RecordInUseError(RecordError):
    sentence = "“{record}” is named by {users}. Take it out there first."
