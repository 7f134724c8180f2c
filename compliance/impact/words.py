"""Lists, counts and references in the words of an assessment."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.dataset.nouns import Dataset
from compliance.i18n import mark
from compliance.register.nouns import Record

LONGEST_LIST = 12


def listed(items: Sequence[str], nothing: str = "none", *, longest: int = LONGEST_LIST) -> str:
    """`a, b and c`; long lists are cut and counted."""
    shown = list(items[:longest])
    if len(items) > longest:
        shown.append(mark("{items:,} more").format(items=len(items) - longest))
    if len(shown) < 2:
        return shown[0] if shown else nothing
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 row`, `1,200 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def plain(id_: str) -> str:
    """An id such as `birth_date` in words."""
    return id_.replace("_", " ")


def sentences(parts: Sequence[str]) -> str:
    """Parts as sentences, each with a capital and an end."""
    told = [part.strip() for part in parts if part.strip()]
    return " ".join(
        part[:1].upper() + part[1:] + ("" if part.endswith((".", "!", "?")) else ".")
        for part in told
    )


def named(dataset: Dataset) -> str:
    """A dataset's name as it is, also at the start of a sentence."""
    return f"“{dataset.name}”"


def of_dataset(dataset: Dataset) -> str:
    """How an answer refers to a version of a dataset."""
    return f"dataset:{dataset.id}"


def of_record(record: Record) -> str:
    """How an answer refers to a record of the register."""
    return f"{record.kind}:{record.id}"
