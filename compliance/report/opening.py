"""PDFs of strangers, read within bounds."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import Any

_MOST_UNFOLDED = 2**26  # of one stream of the file
_MOST_UNFOLDED_IN_ALL = 2**28

# What the reader logs quotes the file; whoever checks a report is told all of it.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL + 1)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL + 1)


def read(data: bytes) -> Any:
    """pyHanko's reader of the PDF `data`; it unfolds no more than a report could need."""
    from pyhanko.pdf_utils.decode_limits import (
        DecodeLimits,
        DocumentDecodeBudget,
        StreamDecodeLimits,
    )
    from pyhanko.pdf_utils.reader import PdfFileReader

    limits = DecodeLimits(
        per_stream=StreamDecodeLimits(max_output_size=_MOST_UNFOLDED),
        document_budget=DocumentDecodeBudget(base_allowance=_MOST_UNFOLDED_IN_ALL, max_ratio=1),
    )
    return PdfFileReader(BytesIO(data), decode_limits=limits)
