"""Caps of office files, and the wording of what is refused in them."""

from __future__ import annotations

from functools import cache

from schemas.fields import read_data_rows

MAX_UNPACKED_BYTES = 64 * 1024 * 1024
"""Of all members of an archive that are read; a report's text takes a hundredth of this."""

MAX_MEMBERS = 4096
MAX_NESTING = 40
"""Tables in cells, text boxes in paragraphs, groups in groups; real documents stay under ten."""

MAX_CELLS = 200_000
MAX_COLUMNS = 2000
MAX_SHEET_PLACES = 4_000_000
"""Between the first and the last cell of every sheet of an XLS, the empty ones too: all are allocated."""


@cache
def office_refusals() -> dict[str, dict[str, str]]:
    """Reason, message and remedy of every refusal, by its key."""
    return {row["key"]: row for row in read_data_rows("office_refusals.csv")}


@cache
def office_words(kind: str) -> dict[str, str]:
    """Words of one kind by name (`office_words.csv`): numbering digits, placeholders."""
    return {
        row["name"]: row["text"]
        for row in read_data_rows("office_words.csv")
        if row["kind"] == kind
    }
