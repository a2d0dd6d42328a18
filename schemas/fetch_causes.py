"""Why a request did not end with the page asked for: the catalogue an operator reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from schemas.fields import read_data_rows


@dataclass(frozen=True, slots=True)
class FetchCause:
    """One cause. `outcome`: failed, gone, challenged or refused; `heals`: asking again can help."""

    cause: str
    outcome: str
    heals: bool
    zh_label: str
    en_label: str
    zh_remedy: str
    en_remedy: str


@dataclass(frozen=True, slots=True)
class AnswerSign:
    """A wording by which a page tells that it is not what was asked for. `place`: title, text or markup."""

    cause: str
    place: str
    pattern: re.Pattern[str]


@cache
def fetch_causes() -> dict[str, FetchCause]:
    """Every cause by name, in file order."""
    return {
        row["cause"]: FetchCause(**(row | {"heals": row["heals"] == "yes"}))  # type: ignore[arg-type]
        for row in read_data_rows("fetch_causes.csv")
    }


@cache
def answer_signs() -> tuple[AnswerSign, ...]:
    """The signs of `answer_signs.csv`, in order of trial."""
    return tuple(
        AnswerSign(row["cause"], row["place"], re.compile(row["pattern"], re.IGNORECASE))
        for row in read_data_rows("answer_signs.csv")
    )
