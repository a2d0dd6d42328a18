"""A source file says where reports are, or which line is wrong."""

from __future__ import annotations

import pytest

from schemas.sources import SourceError, parse_source

GOOD = """\
source: sample
name: 示例站点
base_url: http://127.0.0.1:8765/
local: true
publishers:
  - publisher: 甲县人民政府
    index: /jia/index.html
    years: [2021, 2023]
    province: CN-SX
    county_code: "140225"
  - publisher: 乙镇人民政府
    province: CN-GZ
    reports:
      2024: /yi/2024.html
"""


def test_a_source_says_who_is_expected_to_report_when_and_where() -> None:
    source = parse_source(GOOD, "sample.yml")
    first, second = source.publishers
    assert first.expected_years() == (2021, 2022, 2023)
    assert second.expected_years() == (2024,)
    assert source.absolute("/jia/index.html") == "http://127.0.0.1:8765/jia/index.html"
    assert source.absolute("https://b.gov.cn/x") == "https://b.gov.cn/x"


def test_a_source_can_be_restricted_to_provinces() -> None:
    source = parse_source(GOOD, "sample.yml")
    restricted = source.restricted_to({"CN-GZ"})
    assert restricted is not None
    assert [one.publisher for one in restricted.publishers] == ["乙镇人民政府"]
    assert source.restricted_to({"CN-BJ"}) is None


@pytest.mark.parametrize(
    ("printed", "wrong", "line"),
    [
        ("source: sample", "source: 示例", 1),
        ("base_url: http://127.0.0.1:8765/", "base_url: ftp://host/", 3),
        ("local: true", "local: true\ncolour: red", 5),
        ("years: [2021, 2023]", "years: [1990, 2023]", 8),
        ("years: [2021, 2023]", "years: [2023, 2021]", 6),
        ("province: CN-SX", "province: 山西", 9),
        ('county_code: "140225"', "county_code: 140225", 10),
        ("    index: /jia/index.html\n", "", 6),
        ("publishers:", "publishers: []\nothers:", 5),
        ("  - publisher: 甲县人民政府", "  - publisher: [", 8),
    ],
)
def test_a_mistake_is_told_with_its_line(printed: str, wrong: str, line: int) -> None:
    assert printed in GOOD
    with pytest.raises(SourceError, match=rf"^sample\.yml:{line}: "):
        parse_source(GOOD.replace(printed, wrong, 1), "sample.yml")


@pytest.mark.parametrize("text", ["", "- a list\n", "just words"])
def test_what_is_no_source_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match=r"sample\.yml"):
        parse_source(text, "sample.yml")
