"""Clocks: by when something must be done, counted as each law counts."""

from compliance.rules.clocks.counting import due

__all__ = ["due"]
