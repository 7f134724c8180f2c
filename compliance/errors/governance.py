"""The register, packs of rules, residency, findings, alarms, impact assessments, audits."""

from __future__ import annotations

from compliance.errors.base import ComplianceError


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
