"""All dates of one person moved by the same number of days, which follows from a key.

Source: Hripcsak et al. 2016, doi:10.1093/jamia/ocw001 (shift and truncate).
"""

from __future__ import annotations

import hmac

import numpy as np

from compliance.anonymise.treatments.job import Job, Outcome, is_moment, measured, texts_of
from compliance.anonymise.treatments.pseudonyms import normalised
from compliance.i18n import mark

_PURPOSE = b"privacy desk date shift 1\0"


def shifted(job: Job) -> Outcome:
    """Each date moved by its person's shift; dates of nobody are blanked.

    Raises:
        TreatmentError: it holds no dates, nobody says who is who, or the key is missing.
    """
    column = measured(job)
    if not is_moment(column):
        raise job.refusal("it holds no dates")
    most, step = job.settings["days"], job.settings["step"]
    if step > most:
        raise job.refusal("“step” is larger than “days”, so that no date would move")
    key, people = job.key("dates"), texts_of(job.people(job.settings["person"]))
    shifts = np.array([shift_of(p, key, most, step) for p in people.texts] + [0], dtype=np.int64)
    moved = column.values + shifts[people.codes] * column.unit
    present = column.present & (people.codes >= 0)
    nobody = int((column.present & ~present).sum())
    remark = (
        mark("Dates that belong to no person, and were blanked: {n:,}.").format(n=nobody)
        if nobody
        else ""
    )
    return Outcome(arrays=(column.replaced(moved, present),), remark=remark)


def shift_of(person: str, key: bytes, most: int, step: int = 1) -> int:
    """By how many days a person's dates move: −most to most, a multiple of `step`, never 0.

    It depends on nothing but these, so it is the same in every table. Each amount is as likely
    as any other, to 1 in 2⁹⁶.
    """
    digest = hmac.digest(key, _PURPOSE + normalised(person, "").encode(), "sha256")
    steps = most // step
    drawn = int.from_bytes(digest[:16], "big") % (2 * steps)
    return step * (drawn - steps if drawn < steps else drawn - steps + 1)
