"""Which rights the desk needs on its database."""

from __future__ import annotations

from compliance.storage.grants import grants

__all__ = ["grants"]
