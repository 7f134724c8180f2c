"""Objections to direct marketing, which nobody may weigh or refuse."""

from __future__ import annotations

from compliance.errors import FulfilmentError
from compliance.i18n import mark
from compliance.rights.fulfilling.answers import answers
from compliance.rights.nouns import Outcome, Request, Right


def is_marketing(purpose: str) -> bool:
    """Whether a purpose is direct marketing."""
    named = purpose.strip().casefold().replace(" ", "_").replace("-", "_")
    return named in answers()["marketing"]["names"]


def check_absolute(request: Request, outcome: Outcome) -> None:
    """Refuse to refuse an objection to direct marketing; for whoever decides.

    Raises:
        FulfilmentError: it was to be refused.
    """
    laws = answers()["marketing"]["absolute"]
    is_objection = request.right is Right.OBJECTION and is_marketing(request.purpose)
    if is_objection and request.law in laws and outcome is not Outcome.FULFILLED:
        article = laws[request.law]
        reason = mark("an objection to direct marketing cannot be refused ({article})").format(
            article=article
        )
        raise FulfilmentError(request=request.id, reason=reason)
