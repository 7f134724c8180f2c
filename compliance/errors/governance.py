"""The register, packs of rules, residency, findings, alarms, impact assessments, audits."""

from __future__ import annotations

from compliance.errors.base import ComplianceError


class UnknownAlarmError(ComplianceError):
    sentence = "There is no alarm {alarm}. List them with: watch"


class AcknowledgementError(ComplianceError):
    sentence = "The alarm was not acknowledged: {reason}."


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
