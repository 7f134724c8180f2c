"""Where the desk's own records live; the only room that speaks SQL about them."""

from compliance.storage.database import Database

__all__ = ["Database"]
