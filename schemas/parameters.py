"""What an operator may choose in a form or on the command line, as types Prefect can render."""

from __future__ import annotations

import csv
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

FIRST_YEAR = 2008
LAST_YEAR = 2100

Year = Annotated[
    int,
    Field(ge=FIRST_YEAR, le=LAST_YEAR),
]
"""The year reported on; the first national reports tell of 2008."""

Hours = Annotated[str, Field(pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]
"""The hours of a night, `22:00-07:00`; empty for any. A form refuses anything else."""

Parts = Annotated[int, Field(ge=1, le=16)]
"""Into how many runs reading and building are split: at most one for each of the sixteen shards."""

ReleaseName = Annotated[str, Field(pattern=r"^20[0-9]{2}\.(0[1-9]|1[0-2])(\.[1-9][0-9]?)?$")]
"""Year and month, `2026.11`; a second release of the month is `2026.11.2`."""

_BEYOND_THE_PROVINCES = {"CN": "中央", "CN-XPCC": "新疆生产建设兵团", "ZZ": "未识别"}


def province_names() -> dict[str, str]:
    """Partition key → short Chinese name, in code order; central organs, 兵团 and unresolved last."""
    table = files("schemas").joinpath("data/divisions/provinces.csv").read_text(encoding="utf-8")
    named = {row["iso_3166_2"]: row["short_name"] for row in csv.DictReader(table.splitlines())}
    return named | _BEYOND_THE_PROVINCES


if TYPE_CHECKING:

    class Province(StrEnum):
        """A partition key with its name; the members are rows of provinces.csv."""

else:
    Province = StrEnum(
        "Province",
        {code.replace("-", "_"): f"{code} {name}" for code, name in province_names().items()},
        module=__name__,
    )


def province_key(province: Province) -> str:
    """`CN-SX 山西` → `CN-SX`. Forms show an enum's values only, so the value carries the name."""
    return province.value.split(" ", 1)[0]


class Asked(StrEnum):
    """Which addresses of the sources a night asks."""

    DUE = "due 到期的"
    ALL = "all 全部"


class Stage(StrEnum):
    """A step a nightly run may be asked to stop after."""

    DISCOVER = "discover 发现"
    FETCH = "fetch 抓取"
    EXTRACT = "extract 识读"
    PUBLISH = "publish 发布"


class Decision(StrEnum):
    """What a person answers to an item of the waiting list; the word before the space is its key."""

    LIST = "list 只列出"
    VALUE = "value 填数"
    NO_VALUE = "no_value 无数"
    SOURCE_ERROR = "source_error 原文有误"
    OURS = "ours 我方有误"
    DISMISSED = "dismissed 无须处理"
    IDENTITY = "identity 定机关年度"
    WITHDRAW = "withdraw 撤回决定"


class DecidedScope(StrEnum):
    """The scope a person may give a report."""

    UNCHANGED = "unchanged 不改"
    OWN = "own 本机关"
    CONSOLIDATED = "consolidated 汇总"


def key_of(choice: StrEnum) -> str:
    """`value 填数` → `value`."""
    return choice.value.split(" ", 1)[0]


PartitionName = Annotated[str, Field(pattern=r"^(all|[A-Z]{2}(-[A-Z]{2,4})?/20[0-9]{2})$")]
"""A partition as a person names it, or all of them."""
ItemNumber = Annotated[
    str, Field(pattern=r"^([a-z][0-9a-f]{8}|[0-9A-Za-z_-]+/[a-z_]+\.[a-z0-9_]+\.[a-z0-9_]+)?$")
]
"""A number of the waiting list, or any cell as report_id/table.row_key.column_key."""
NumberText = Annotated[str, Field(pattern=r"^(-?[0-9]{1,16}(\.[0-9]{1,8})?)?$")]
RegionCode = Annotated[str, Field(pattern=r"^([0-9]{6}|[0-9]{9})?$")]
YearText = Annotated[str, Field(pattern=r"^(20[0-9]{2})?$")]
Reason = Annotated[str, Field(pattern=r"^(.{4,})?$", max_length=500)]
