"""What `verify` may find wrong with a lake, and what to do about each (`data/verification_problems.csv`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from schemas.fields import read_data_rows


@cache
def verification_messages() -> Mapping[str, str]:
    """Kind of problem → one sentence in Chinese and in English that says what to do."""
    return {
        row["kind"]: f"{row['zh_message']} / {row['en_message']}"
        for row in read_data_rows("verification_problems.csv")
    }
