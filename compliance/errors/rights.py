"""Requests, people looked for, erasures, consents."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "ConsentFileError",
    "ConsentRefusedError",
    "CorrectionError",
    "ErasedMeanwhileError",
    "ErasingBusyError",
    "ErasingError",
    "FulfilmentError",
    "HeldError",
    "HoldError",
    "LetterError",
    "NotUsableError",
    "NothingToLookForError",
    "PurposeError",
    "RequestFileError",
    "RequestInputError",
    "RequestStepError",
    "RightsError",
    "SealedError",
    "SignalError",
    "TellingError",
    "TooManyPeopleError",
    "TracingError",
    "UndecidedMentionsError",
    "UnknownErasureError",
    "UnknownHoldError",
    "UnknownMatchError",
    "UnknownPurposeError",
    "UnknownRequestError",
]


class RightsError(ComplianceError):
    """A request or a consent cannot be dealt with so."""


class SealedError(RightsError):
    """It cannot be read any more who a request is about."""

    sentence = (
        "It cannot be read any more who request {request} is about: its key was destroyed when it "
        "was closed, or its file is missing. Open a new request if the person asks again."
    )


class UnknownRequestError(RightsError):
    sentence = "There is no request {request}. “request list” names those on record."


class RequestStepError(RightsError):
    """The step does not come next; nothing was changed."""

    sentence = "Request {request} cannot be {wanted} now: {reason}. Nothing was changed."


class RequestInputError(RightsError):
    """What is said of a request cannot be so."""

    sentence = "{field} {problem}."


class RequestFileError(RightsError):
    """A file of requests; nothing of it was taken in."""

    sentence = "Nothing was taken in from {name}. {problems}"


class HeldError(RightsError):
    """A legal hold stands against erasing."""

    sentence = (
        "Request {request} cannot erase rows of {datasets}: legal hold {hold} keeps them. Decide "
        "to keep those datasets, or have the hold lifted first."
    )


class HoldError(RightsError):
    """A legal hold cannot be placed or lifted so."""


class UnknownHoldError(HoldError):
    sentence = "There is no hold {hold} that stands. “hold list” names them all."


class SignalError(RightsError):
    """A signal of a browser cannot be carried out."""


class FulfilmentError(RightsError):
    """What was asked cannot be carried out so; nothing was changed."""

    sentence = "Request {request} cannot be dealt with so: {reason}."


class ErasingError(RightsError):
    """Somebody cannot be erased so; nothing was changed."""

    sentence = "Nothing was erased: {reason}."


class UndecidedMentionsError(ErasingError):
    """Texts mention the person or somebody alike, and nobody said whom; nothing was changed."""

    sentence = (
        "Nothing was erased: {mentions} of {requests} may be of somebody else, and nobody has "
        "decided. Look at them with “request doubts {request}” and say of each yes or no; or let "
        "all of them go with --doubtful-mentions, or stay with --no-doubtful-mentions."
    )


class CorrectionError(RightsError):
    """A value cannot be corrected so; nothing was changed."""

    sentence = "Column {column} of {dataset} was not corrected: {reason}. Nothing was changed."


class TellingError(RightsError):
    """Somebody cannot be marked as told so."""

    sentence = "{who} was not marked as told: {reason}."


class LetterError(RightsError):
    """A letter cannot be written yet."""

    sentence = "There is no {letter} on request {request}: {reason}."


class ErasedMeanwhileError(ErasingError):
    """What was made holds somebody who was erased while it was made; nothing was stored."""

    sentence = (
        "Nothing was stored: somebody was erased from “{dataset}” while it was being read. Do it "
        "once more."
    )


class UnknownErasureError(ErasingError):
    sentence = "There is no erasure {erasure}. “erasure list” names those on record."


class TracingError(RightsError):
    """A person cannot be looked for so, or a match cannot be decided so."""


class NothingToLookForError(TracingError):
    """No identifier is one by which anybody can be looked for."""

    sentence = (
        "Nobody can be looked for by {kinds} as given. Give an e-mail address, a telephone number "
        "with its country code, a customer number, or a full name with the birth date."
    )


class UnknownMatchError(TracingError):
    sentence = (
        "There is no doubtful match or mention of that name for request {request} any more. Look "
        "again; what was found may have changed."
    )


class TooManyPeopleError(TracingError):
    """A match holds so many people that nobody can say that it is one of them."""

    sentence = (
        "The match fits {people:,} people, who cannot be told apart by what was given. Ask for "
        "another identifier, such as the e-mail address or the birth date."
    )


class ConsentFileError(RightsError):
    """A file of consents cannot be taken in."""

    sentence = "{name} cannot be taken in: {reason}. Nothing was recorded."


class ConsentRefusedError(RightsError):
    """A consent or a withdrawal cannot be recorded."""

    sentence = "This cannot be recorded: {reason}."


class PurposeError(RightsError):
    """A purpose cannot be defined so."""

    sentence = "The purpose cannot be defined so: {reason}."


class UnknownPurposeError(RightsError):
    """Nobody is asked about such a purpose."""

    sentence = "There is no purpose “{purpose}” in the register of consents. Known: {known}."


class NotUsableError(RightsError):
    """Rows may not be used for what was asked."""

    sentence = "{dataset} may not be used for this: {reason}."


class ErasingBusyError(ErasingError):
    sentence = (
        "Nothing was erased: another erasure is under way in this workspace. Try again when it is "
        "done."
    )
