"""Source files and nights from the command line: listed, checked, added to, planned."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT, Gongkai
from tests.tasks.misbehaving_site import misbehaving_site

GOOD = """\
source: test
name: 测试
publishers:
  - {publisher: 甲局, index: "http://a.gov.cn/nb/", province: CN-SX}
  - {publisher: 乙局, province: CN-GZ, reports: {2024: "http://b.gov.cn/1"}}
"""


def written(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return str(folder)


def test_the_sources_of_the_project_pass_their_check(gongkai: Gongkai) -> None:
    done = gongkai("sources", "check")
    assert done.returncode == 0, done.stderr
    assert "错误 mistakes 0" in done.stdout


def test_a_mistake_names_file_and_line_and_the_other_files_are_checked_too(
    gongkai: Gongkai, tmp_path: Path
) -> None:
    folder = written(
        tmp_path,
        good=GOOD,
        bad=GOOD.replace("CN-SX", "CN-QQ").replace("source: test", "source: bad"),
        relative=GOOD.replace("http://b.gov.cn/1", "/1").replace("source: test", "source: rel"),
    )
    done = gongkai("sources", "check", "--sources", folder)
    assert done.returncode == 1
    bad, relative = done.stderr.strip().splitlines()
    assert "bad.yml:4" in bad
    assert "CN-QQ" in bad
    assert "relative.yml" in relative
    assert "错误 mistakes 2" in done.stdout


def test_publishers_are_listed_by_province(gongkai: Gongkai, tmp_path: Path) -> None:
    done = gongkai(
        "sources", "list", "--sources", written(tmp_path, good=GOOD), "--province", "CN-GZ"
    )
    assert "乙局" in done.stdout
    assert "甲局" not in done.stdout
    assert "共 in all: 1" in done.stdout


def test_an_address_is_added_with_what_its_page_says(gongkai: Gongkai, tmp_path: Path) -> None:
    folder = written(tmp_path, good=GOOD)
    given = ("--publisher", "丙局", "--year", "2023", "--province", "CN-GZ")
    url = "https://www.example.gov.cn/zwgk/zfxxgknb/202403/t1.html"
    done = gongkai("sources", "add", url, *given, "--sources", folder)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "good.yml").read_text(encoding="utf-8")
    assert text.startswith(GOOD.rstrip())
    assert "index: https://www.example.gov.cn/zwgk/zfxxgknb/" in text
    again = gongkai("sources", "add", url, "--sources", folder)
    assert "已在来源中 already listed: 丙局" in again.stdout


def test_a_page_that_cannot_be_had_or_is_no_report_is_told_in_a_sentence(
    gongkai: Gongkai, tmp_path: Path
) -> None:
    folder = written(tmp_path, good=GOOD)
    with misbehaving_site() as site:
        for path in ("/gone", "/same-again"):
            done = gongkai("sources", "add", site.url(path), "--local", "--sources", folder)
            assert done.returncode == 1
            assert len(done.stderr.strip().splitlines()) == 1
    assert (tmp_path / "good.yml").read_text(encoding="utf-8") == GOOD


def test_a_dry_run_shows_whom_it_would_ask_and_asks_nobody(
    gongkai: Gongkai, tmp_path: Path
) -> None:
    folder, lake = written(tmp_path, good=GOOD), tmp_path / "lake"
    done = gongkai("run", "nightly", "--dry-run", "--sources", folder, "--lake", str(lake))
    assert done.returncode == 0, done.stderr
    assert "a.gov.cn" in done.stdout
    assert "网站 hosts 2, 列表页 lists 1, 已知报告 known reports 1, 未到期 not due 0" in done.stdout
    assert not lake.exists()


def test_hours_that_are_none_are_told_in_a_sentence(gongkai: Gongkai) -> None:
    source = str(ROOT / "sample_site" / "source.yml")
    done = gongkai("run", "nightly", "--hours", "late", "--sources", source)
    assert done.returncode == 1
    assert "22:00-07:00" in done.stderr
