"""The register, packs of rules, residency, findings, alarms, impact assessments, audits."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "AcknowledgementError",
    "ClockError",
    "ConsultationError",
    "FindingError",
    "ImpactError",
    "ImpactIncompleteError",
    "ImpactInputError",
    "ImpactOutdatedError",
    "MovementFactError",
    "MovementRefusedError",
    "NoMailServerError",
    "NothingAssessedError",
    "PackError",
    "RecordError",
    "RecordFieldError",
    "RecordFileError",
    "RecordInUseError",
    "RecordsRefusedError",
    "RemedyError",
    "ResidencyError",
    "SaidTwiceError",
    "ScheduleError",
    "UnknownAlarmError",
    "UnknownCountryError",
    "UnknownFindingError",
    "UnknownImpactError",
    "UnknownKindError",
    "UnknownLawError",
    "UnknownPackError",
    "UnknownRecordError",
    "UnknownRemedyError",
    "UnknownRuleError",
    "UnknownScheduleError",
    "UnsaidError",
]


class UnknownAlarmError(ComplianceError):
    sentence = "There is no alarm {alarm}. List them with: watch"


class UnknownFindingError(ComplianceError):
    sentence = (
        "There is no finding {finding}. Check every duty first; Decisions, or `finding list`, "
        "shows those on record."
    )


class AcknowledgementError(ComplianceError):
    sentence = "The alarm was not acknowledged: {reason}."


class UnknownRemedyError(ComplianceError):
    sentence = "There is no remedy {remedy} for finding {finding}. There are: {known}."


class RemedyError(ComplianceError):
    """A remedy cannot be tried or applied; nothing was changed."""

    sentence = "The remedy was not applied and nothing was changed: {reason}."


class UnsaidError(RemedyError):
    """A remedy asks something of which nothing can be supposed."""

    sentence = "{reason}."


class PackError(ComplianceError):
    """A pack of rules cannot be used; `line` is counted from 1."""

    sentence = "The rule pack “{name}” cannot be used. Line {line}: {problem}."


class UnknownRuleError(ComplianceError):
    sentence = "There is no rule “{rule}” in force. “rules list” names them all."


class UnknownLawError(ComplianceError):
    sentence = "There is no law “{law}” in the rules in force. Laws: {known}."


class UnknownPackError(ComplianceError):
    sentence = "There is no pack of your own called “{pack}”."


class ResidencyError(ComplianceError):
    """Data cannot be said to move so."""


class UnknownCountryError(ResidencyError):
    sentence = "“{given}” is no country. Use a two-letter code such as DE, GB, US or CN."


class MovementRefusedError(ResidencyError):
    """A law does not let data go, or nobody can say that it does."""

    sentence = "{what} may not go from {origin} to {destination}: {reason}."


class MovementFactError(ResidencyError):
    """What is said of a movement cannot be understood."""

    sentence = "“{given}” cannot be taken as {fact}: {reason}."


class ImpactError(ComplianceError):
    """An impact assessment cannot be made or changed so."""


class UnknownImpactError(ImpactError):
    """An assessment, template, question, feared event … of that name is not there."""

    sentence = "There is no {what} “{given}”. {known}."


class ImpactInputError(ImpactError):
    sentence = "{field} cannot be “{given}”: {reason}."


class ImpactIncompleteError(ImpactError):
    """It cannot be submitted or validated while parts that must be there are empty."""

    sentence = "The assessment cannot be {wanted} yet. Still missing: {missing}."


class ImpactOutdatedError(ImpactError):
    """What it was drawn from is not so any more."""

    sentence = (
        "What the assessment was drawn from has changed: {changed}. Redraw it, look at what is "
        "different, and validate then."
    )


class ConsultationError(ImpactError):
    """High risk is left, and nobody consulted the authority."""

    sentence = (
        "High risk is left for: {events}. GDPR Art. 36 asks to consult the authority before the "
        "processing starts. Record the day of the consultation, or decide to wait for it or to "
        "stop."
    )


class NothingAssessedError(ImpactError):
    sentence = "No impact assessment of {about} has been begun yet. Begin one first."


class ScheduleError(ComplianceError):
    """A schedule of audits cannot be kept."""

    sentence = "The schedule cannot be kept: {problem}."


class UnknownScheduleError(ComplianceError):
    """No schedule of that name."""

    sentence = "There is no schedule {name}. There are: {known}."


class NoMailServerError(ComplianceError):
    """People are to be told by e-mail, but no server is set."""

    sentence = (
        "No mail server is set, so nobody can be told by e-mail. Set PRIVACY_DESK_SMTP_URL and "
        "PRIVACY_DESK_MAIL_FROM, or leave the addresses out."
    )


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


class SaidTwiceError(ComplianceError):
    """Of two values for one thing, nobody knows which is meant."""

    sentence = "“{name}” is said twice; say it once."


class ClockError(ComplianceError):
    """A deadline cannot be counted."""

    sentence = "The deadline cannot be counted: {problem}."


class FindingError(ComplianceError):
    """What was asked of a finding cannot be."""

    sentence = "Finding {finding} stays as it is: {reason}."
