"""How often which address is asked, in and out of the season of annual reports."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from schemas.fields import read_data_rows

SEASON_MONTHS = (1, 2, 3)
"""Article 49: 31 January for departments, 31 March for governments."""

NEWS_COUNTS_FOR = timedelta(days=30)


@cache
def poll_interval(what: str, *, in_season: bool) -> timedelta:
    """The time between two requests of an address. Raises KeyError for an unknown kind."""
    intervals = {
        (row["what"], row["in_season"]): timedelta(days=int(row["days"]))
        for row in read_data_rows("poll_intervals.csv")
    }
    return intervals[what, "yes" if in_season else "no"]
