"""What is told and whose data is left out, as data: `answers.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from compliance.i18n import mark
from compliance.rules.nouns import LawId
from compliance.shipped import table


@cache
def answers() -> Mapping[str, Any]:
    """What stands in `answers.yaml`. Not to be changed."""
    found: Mapping[str, Any] = table(__package__, "answers.yaml")
    return found


def asked_under(law: LawId) -> tuple[str, ...]:
    """The elements that `law` asks to tell with the data, in order."""
    laws = answers()["asked"]["laws"]
    return tuple(laws.get(law, laws["else"]))


def title_of(element: str) -> str:
    """An element in words."""
    return str(answers()["elements"][element])


def rights_under(law: LawId) -> str:
    """What people can ask for; empty where nobody has written it down."""
    return str(answers()["rights"]["laws"].get(law, ""))


def authority_of(law: LawId, country: str) -> str:
    """Whom people can turn to; empty where it is not known.

    Args:
        country: where the organisation is established, or else whose clock counts.
    """
    authorities = answers()["authorities"]
    if law == "EU_GDPR":
        return str(authorities["countries"].get(country, ""))
    return str(authorities["laws"].get(law, ""))


def complaint_under(law: LawId, country: str) -> tuple[str, ...]:
    """Where and how to complain, one sentence each; () where the authority is not known."""
    authority = authority_of(law, country)
    if not authority:
        return ()
    said = answers()["authorities"]
    also = said["eu_also"] if law == "EU_GDPR" else said["court"]
    return (mark("You can complain to {authority}.").format(authority=authority), str(also))
