"""Adding an address to a source file leaves the rest of the file as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from annual_reports.columns import column_above
from schemas.sources import SourceError, parse_source
from tasks.lake_paths import PROJECT_ROOT
from tasks.source_entries import NewEntry, add_entry, known_addresses
from tasks.source_files import read_sources

REPORT = "https://www.example.gov.cn/zwgk/zfxxgknb/202403/t20240308_1.html?a=1&b=#x"


def test_an_entry_is_appended_and_a_new_file_made_where_there_is_none(tmp_path: Path) -> None:
    first = NewEntry("石桥镇人民政府", "CN-SX", "township", "140225", None, (2023, REPORT))
    path = add_entry(tmp_path, first)
    assert path.name == "cn-sx.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text("# 说明\n" + text, encoding="utf-8")
    second = NewEntry("乙: 局 [#]", "CN-SX", index="https://b.gov.cn/nb/")
    assert add_entry(tmp_path, second) == path
    assert path.read_text(encoding="utf-8").startswith("# 说明\n" + text)
    one, other = parse_source(path.read_text(encoding="utf-8"), "x").publishers
    assert (one.publisher, one.reports, one.county_code) == (
        "石桥镇人民政府",
        {2023: REPORT},
        "140225",
    )
    assert (other.publisher, other.index) == ("乙: 局 [#]", "https://b.gov.cn/nb/")
    assert known_addresses([parse_source(path.read_text("utf-8"), "x")])[REPORT] == one.publisher


def test_a_file_that_would_not_be_valid_is_left_as_it_was(tmp_path: Path) -> None:
    path = add_entry(tmp_path, NewEntry("甲局", "CN-SX", index="https://a.gov.cn/nb/"))
    before = path.read_bytes()
    with pytest.raises(SourceError):
        add_entry(tmp_path, NewEntry("乙局", "CN-SX", index="b/nb/"))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "column"),
    [
        ("https://a.gov.cn/zwgk/zfxxgknb/202403/t1.html", "https://a.gov.cn/zwgk/zfxxgknb/"),
        ("http://a.gov.cn:81/gknb/2024/01-08/1.html", "http://a.gov.cn:81/gknb/"),
        ("https://a.gov.cn/zwgk/xxgknb/2014nb/201902/t1.html", "https://a.gov.cn/zwgk/xxgknb/"),
        ("https://a.gov.cn/art/2024/1/16/art_1_2.html", None),
        ("https://a.gov.cn/zfxxgknb/a.jsp?year=2020", None),
        ("https://a.gov.cn/t1.html", None),
    ],
)
def test_the_column_above_a_report(url: str, column: str | None) -> None:
    assert column_above(url) == column


def test_the_sources_of_the_project_are_valid_and_name_each_report_once() -> None:
    sources = read_sources(str(PROJECT_ROOT / "sources"))
    assert {source.source for source in sources} >= {"central", "zhejiang", "shanxi"}
    reports = [
        source.absolute(address)
        for source in sources
        for one in source.publishers
        for address in one.reports.values()
    ]
    assert len(reports) == len(set(reports)) > 150
    assert all(one.verified is None for source in sources for one in source.publishers)
    assert not any(source.local for source in sources)
