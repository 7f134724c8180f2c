"""The trail as a transparency log: proofs, signed checkpoints, anchors outside."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Anchoring:
    """The trail as a transparency log: proofs, signed checkpoints, anchors outside."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
