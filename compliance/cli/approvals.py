"""Approvals by a second person, from the command line."""

from __future__ import annotations

import argparse

from compliance.cli.adding import Kinds


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs under `approval`."""
