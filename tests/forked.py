"""Processes that tests begin: forks of one that has loaded what they need, so they start at once.

A Python has one such process, for all who ask; whoever says last what it loads says so for all.
"""

from __future__ import annotations

import multiprocessing

START = multiprocessing.get_context("forkserver")
START.set_forkserver_preload(
    [
        "compliance.workspace",
        "compliance.privacy.mechanisms",
        *("alembic.command", "dp_accounting.pld.privacy_loss_distribution", "opendp._data"),
        *("tests.conftest", "tests.erasing_cases"),
    ]
)
