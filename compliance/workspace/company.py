"""Who is accountable: described by an officer, and on record."""

from __future__ import annotations

from compliance.countries import is_country
from compliance.errors import DescriptionError
from compliance.plain import one_line
from compliance.register.nouns import Organisation
from compliance.storage import tables
from compliance.workspace.desk import Desk


def describe(desk: Desk, organisation: Organisation) -> None:
    """Record who is accountable.

    Raises:
        DescriptionError: there is no such country.
    """
    if organisation.country and not is_country(organisation.country):
        known = "a country's code of two letters, such as DE, GB, US or CN"
        given = one_line(organisation.country[:20])
        raise DescriptionError(field="The country", given=given, known=known)
    with desk.act("organisation.describe", organisation.name or "organisation") as act:
        act.store(tables.ORGANISATION, organisation)
        act.facts["country"] = organisation.country
        if organisation.sealed_days is not None:
            act.facts["sealed_days"] = organisation.sealed_days
