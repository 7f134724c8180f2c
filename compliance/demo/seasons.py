"""When things happen in the shop: by season, weekday and hour."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compliance.demo.people import Moments
from compliance.demo.words import shop_words

_FIRST_WEEKDAY = 3  # 1 January 1970, day 0 of numpy's calendar, was a Thursday


def draw_moments(country: str, count: int, generator: np.random.Generator) -> Moments:
    """`count` moments to the second, unsorted, as likely as people in `country` shop then."""
    words = shop_words()
    days = np.arange(np.datetime64(words.orders_from, "D"), np.datetime64(words.orders_to, "D") + 1)
    busy = _busy(days, country)
    hours = np.asarray(words.hours, dtype=np.float64)
    day = generator.choice(days, size=count, p=busy / busy.sum())
    hour = generator.choice(len(hours), size=count, p=hours / hours.sum())
    seconds = hour * 3600 + generator.integers(3600, size=count)
    return np.asarray(day.astype("datetime64[s]") + seconds.astype("timedelta64[s]"))


def _busy(days: Moments, country: str) -> npt.NDArray[np.float64]:
    """How much is bought in `country` on each of the days, relative to a plain Monday."""
    words = shop_words()
    weekdays = (days.astype(np.int64) + _FIRST_WEEKDAY) % 7
    busy = np.asarray(words.weekdays, dtype=np.float64)[weekdays]
    in_year = np.array([str(day)[5:] for day in days])
    for season in words.seasons:
        if season.country in ("", country):
            is_season = (in_year >= season.from_day) & (in_year <= season.to_day)
            busy[is_season] *= season.factor
    return busy
