"""Tables that are kept elsewhere: what the desk cannot do with them, or cannot reach."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "KeptElsewhereError",
    "KeptError",
    "NoEngineError",
    "SourceChangedError",
    "UnknownWarehouseError",
    "WarehouseError",
]


class KeptError(ComplianceError):
    """A dataset that is kept elsewhere cannot be used so."""


class KeptElsewhereError(KeptError):
    """A verb needs all rows in memory."""

    sentence = (
        "{dataset} is kept elsewhere, so its rows are not here: this needs them. Discover, risk, "
        "preview, release, budget and assess work on it; for anything else add an extract of it as "
        "a dataset of its own."
    )


class UnknownWarehouseError(KeptError):
    sentence = (
        "There is no warehouse “{name}” (known: {known}). The administrator names warehouses in "
        "PRIVACY_DESK_WAREHOUSES."
    )


class WarehouseError(KeptError):
    """An engine does not answer, or refuses."""

    sentence = "{place} cannot be used: {reason}."


class NoEngineError(KeptError):
    """The packages that speak to engines are not installed."""

    sentence = (
        "Tables that are kept elsewhere need {package}, which is not installed "
        "(pip install '.[bigdata]')."
    )


class SourceChangedError(KeptError):
    """What lies there is not what was registered."""

    sentence = (
        "{dataset} is not what it was when it was registered: {reason}. Register it again under "
        "its name; that makes a new version."
    )
