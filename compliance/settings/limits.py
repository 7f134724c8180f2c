"""The limits of this release, and what holds until an officer decides."""

from __future__ import annotations

from decimal import Decimal

MAX_FILE_BYTES = 4 * 2**30
MAX_COLUMNS = 2_000
MAX_SHEET_CELLS = 20_000_000  # of a workbook; what is larger is better given as CSV
MAX_GROUPS = 100_000
MAX_SITES = 1_000
MOST_ENGINE_GB = 4_096
MAX_WORKERS = 32
TABLE_CACHE_BYTES = 2 * 2**30
WORKER_BYTES = 2**30  # a worker that has grown larger ends after its work, and another begins

# The budget that holds until an officer decides one; the desk raises a finding until then.
DEFAULT_EPSILON = Decimal(5)
DEFAULT_DELTA = Decimal("1e-5")
