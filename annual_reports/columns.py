"""The page above a report: the column that lists the reports, where the address shows it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from schemas.narrative import list_page_pattern

_DATED = re.compile(
    r"(?:\d\d-\d\d|20\d\d|20\d{4}|20\d\d-\d\d(?:-\d\d)?|\d{1,2}|20\d\d(?:n|nd|nb)?)"
)


def column_above(url: str) -> str | None:
    """The address of the column a report lies in; None where its path does not tell.

    Folders of dates below the column are skipped; an address with a query tells nothing.
    """
    parts = urlsplit(url)
    folders = parts.path.split("/")[1:-1]
    while folders and _DATED.fullmatch(folders[-1]):
        folders.pop()
    if parts.query or not folders or not list_page_pattern("report_folder").search(folders[-1]):
        return None
    return f"{parts.scheme}://{parts.netloc}/{'/'.join(folders)}/"
