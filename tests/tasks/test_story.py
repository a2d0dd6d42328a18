"""The pages of a run read well with 3 reports and with 30,000, and say nothing that is not so."""

from __future__ import annotations

import base64
import re
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from annual_reports.review.pages import waiting_page
from annual_reports.review.waiting import WaitingItem
from schemas.fetch_causes import fetch_causes
from schemas.review import review_kinds
from tasks.downstream import partition_page
from tasks.lake_paths import LakePaths
from tasks.observations import (
    OBSERVATION_SCHEMA,
    Observation,
    ObservationLog,
    Outcome,
    Purpose,
    read_observations,
)
from tasks.story.alerts import RunFacts, alerts_of
from tasks.story.changes import Changes, changes_between, changes_section
from tasks.story.chart import Bar, stacked_bars
from tasks.story.coverage import coverage_page, province_page
from tasks.story.failures import failures_page
from tasks.story.markdown import bar, link, percent, table
from tasks.story.partitions import MOST_ROWS as PARTITIONS_SHOWN
from tasks.story.partitions import partition_rows
from tasks.story.picture import (
    FailingFindings,
    LakePicture,
    failing_findings,
    take_failing_findings,
    take_picture,
)
from tasks.story.quality import quality_page
from tasks.story.retries import retries_section
from tasks.story.summary import RunStory, summary_page

TODAY = date(2026, 2, 20)
PROVINCES = ["CN-SX", "CN-GZ", "CN-ZJ", "CN-YN", "CN"]
CAUSES = [*fetch_causes()]
LONGEST_PAGE = 60_000
"""Characters; a browser shows such a page at once."""


def picture(reports: int, missing: int = 0, status: str = "ok") -> LakePicture:
    """A lake of so many reports; every third of the missing ones has a cause, the others were not found."""
    kept = [row(number, status) for number in range(reports)]
    expected = [coverage(number, "published") for number in range(reports)]
    expected += [coverage(number, "fetch_failed") for number in range(reports, reports + missing)]
    aside = [
        {"name": f"{n}.pdf", "url": None, "reason": "cut_off", "remedy": "重新抓取 fetch again"}
        for n in range(missing)
    ]
    return LakePicture(
        pl.DataFrame(kept, schema=REPORT),
        pl.DataFrame(expected, schema=COVERAGE),
        pl.DataFrame(
            aside,
            schema={"name": pl.String, "url": pl.String, "reason": pl.String, "remedy": pl.String},
        ),
        "0" * 64,
    )


def findings(whole: LakePicture) -> FailingFindings:
    """One of every report that is not in order."""
    doubtful = whole.reports.filter(pl.col("status") != "ok").iter_rows(named=True)
    return failing_findings(pl.LazyFrame([finding(one) for one in doubtful], schema=FINDING))


REPORT = {
    "province": pl.String, "year": pl.Int64, "publisher": pl.String, "url": pl.String,
    "report_id": pl.String, "status": pl.String, "document_name": pl.String, "sha256": pl.String,
    "findings_hard": pl.Int64, "findings_soft": pl.Int64, "cells_unreadable": pl.Int64,
}  # fmt: skip
COVERAGE = {
    "province": pl.String, "year": pl.Int64, "publisher": pl.String, "url": pl.String,
    "is_expected": pl.Boolean, "status": pl.String, "report_id": pl.String, "reason": pl.String,
    "fetch_state": pl.String, "cause": pl.String, "due_date": pl.Date,
}  # fmt: skip
FINDING = {
    "province": pl.String, "year": pl.Int64, "report_id": pl.String, "publisher": pl.String,
    "rule_id": pl.String, "place": pl.String, "severity": pl.String, "message": pl.String,
}  # fmt: skip


def place(number: int) -> dict[str, object]:
    return {
        "province": PROVINCES[number % len(PROVINCES)],
        "year": 2008 + number % 18,
        "publisher": f"第{number}县人民政府",
        "url": f"https://www.example.gov.cn/{number} (1).html",
    }


def row(number: int, status: str) -> dict[str, object]:
    return place(number) | {
        "report_id": f"{number:06d}-2023-own",
        "status": status if number % 10 == 0 else "ok",
        "document_name": f"{number}.html",
        "sha256": f"{number:064x}",
        "findings_hard": 1,
        "findings_soft": 0,
        "cells_unreadable": 0,
    }


def coverage(number: int, status: str) -> dict[str, object]:
    return place(number) | {
        "is_expected": True,
        "status": status,
        "report_id": None,
        "reason": None,
        "fetch_state": None,
        "cause": CAUSES[number % len(CAUSES)] if status == "fetch_failed" else None,
        "due_date": date(2009 + number % 18, 1, 31),
    }


def finding(report: dict[str, object]) -> dict[str, object]:
    return {name: report[name] for name in ("province", "year", "report_id", "publisher")} | {
        "rule_id": "R01", "place": "requests.new_received.total", "severity": "hard",
        "message": "14 ≠ 13",
    }  # fmt: skip


def story(before: LakePicture, after: LakePicture) -> RunStory:
    changes = changes_between(before, after)
    facts = RunFacts(TODAY, date(2026, 2, 19), date(2026, 2, 20), 0)
    return RunStory(
        title="每夜 nightly",
        message="done",
        counts={"found": 3},
        last=dict.fromkeys(("found", "fetched", "unchanged", "failed", "read", "quarantined", "partitions_published"), 2)
        | {"started_at": datetime(2026, 2, 19)},
        problems=[],
        warnings=[],
        retries="",
        alerts=alerts_of(before, after, changes, facts),
        before=before,
        after=after,
        changes=changes,
        unreadable=(),
        today=TODAY,
        lake="data_lake",
        run_id="r",
    )  # fmt: skip


def pages(reports: int, missing: int) -> dict[str, str]:
    """Every page a run may leave, of a lake of this size; one province page holds all of it."""
    after = picture(reports, missing, "needs_review")
    told = story(picture(0), after)
    return {
        "summary": summary_page(told, {"failures": "/artifacts/artifact/x"}),
        "summary of a bad night": summary_page(bad_night(told, reports), {}),
        "coverage": coverage_page(after, {"CN-SX": "/artifacts/artifact/y"}, TODAY),
        "failures": failures_page(after),
        "quality": quality_page(after, findings(after)),
        "province": province_page(in_one_place(after), "CN-SX"),
        "review-list": waiting_page(waiting(reports), {}, "data_lake"),
        "downstream-example": partition_page("CN-SX", 2023, after.reports),
    }


def bad_night(told: RunStory, size: int) -> RunStory:
    """As many problems and notes as there are reports, each as long as messages get."""
    messages = [f"{number} {'很长的说明 a long message ' * 40}" for number in range(size)]
    return replace(told, problems=messages, warnings=messages)


def in_one_place(whole: LakePicture) -> LakePicture:
    here = {"province": pl.lit("CN-SX")}
    return replace(
        whole,
        reports=whole.reports.with_columns(**here),
        expected=whole.expected.with_columns(**here),
    )


def waiting(items: int) -> list[WaitingItem]:
    kind = next(iter(review_kinds().values()))
    return [
        WaitingItem(
            f"c{number:08x}", kind, "CN-SX", 2023, f"{number:06d}-2023-own", f"第{number}县人民政府",
            f"{number}.html", f"https://www.example.gov.cn/{number}.html", f"{number:064x}", "",
            cell="requests.new_received.total", status="unreadable", raw="12 / 13",
        )
        for number in range(items)
    ]  # fmt: skip


@pytest.mark.parametrize(("reports", "missing"), [(0, 0), (3, 2), (30_000, 3_000)])
def test_every_page_stays_short_and_says_how_many_it_leaves_out(reports: int, missing: int) -> None:
    for name, page in pages(reports, missing).items():
        assert page.startswith("# "), name
        assert len(page) < LONGEST_PAGE, name
        listed = len(re.findall(r"^(\| |- )", page, re.MULTILINE))
        assert listed < 200, name
        left_out = "另有" in page or " +" in page
        assert left_out or reports < 1000 or name == "coverage", name  # the grid has every cell
        if reports > 1000 and name not in ("coverage", "summary of a bad night"):
            assert "`gongkai" in page, name


@pytest.mark.parametrize(("reports", "missing"), [(0, 0), (3, 2), (30_000, 3_000)])
def test_every_table_stays_within_what_the_ui_shows(reports: int, missing: int) -> None:
    observations = OBSERVATION_SCHEMA.to_frame()
    after = picture(reports, missing)
    partitions = partition_rows(None, observations, after, TODAY)
    cells = after.expected.group_by("province", "year").len().height
    assert len(partitions) == cells <= PARTITIONS_SHOWN
    assert all(len(str(value)) < 40 for row in partitions for value in row.values())


def test_a_large_page_names_the_whole_number() -> None:
    large = pages(30_000, 3_000)
    assert "应报 expected **33,000**，已发布 published **30,000**" in large["coverage"]
    assert "另有 **2,960** 条未列出" in large["quality"]
    assert "隔离 Set aside: 3,000" in large["failures"]
    assert "新增 new **30,000**" in large["summary"]


def test_failures_name_each_cause_with_its_remedy() -> None:
    page = failures_page(picture(0, len(CAUSES)))
    for cause in fetch_causes().values():
        assert cause.zh_label in page
        assert cause.zh_remedy in page
        assert cause.en_remedy in page


def test_the_grid_marks_what_is_complete_and_leads_where_something_lacks() -> None:
    page = coverage_page(picture(5, 5), {"CN-SX": "/artifacts/artifact/y"}, TODAY)
    assert "[CN-SX 山西](/artifacts/artifact/y)" in page
    assert "[0/1](/artifacts/artifact/y)" in page
    assert "✓ 1" in page


def test_changes_are_told_by_kind() -> None:
    before, after = picture(4), picture(5)
    judged = after.reports.with_columns(
        status=pl.when(pl.col("report_id") == "000001-2023-own").then(pl.lit("inconsistent")).otherwise("status"),
        sha256=pl.when(pl.col("report_id") == "000002-2023-own").then(pl.lit("f" * 64)).otherwise("sha256"),
    ).filter(pl.col("report_id") != "000003-2023-own")  # fmt: skip
    after = LakePicture(judged, after.expected, after.quarantined, None)
    changes = changes_between(before, after)
    kinds = {kind: changes.number(kind) for kind in ("new", "changed", "judged", "gone")}
    assert kinds == {"new": 1, "changed": 1, "judged": 1, "gone": 1}
    assert "ok → inconsistent" in changes_section(changes)
    assert "与运行前相同" in changes_section(changes_between(before, before))


def alerts(before: LakePicture, after: LakePicture, **facts: object) -> list[str]:
    given = {"today": TODAY, "last_run": date(2026, 2, 19), "last_news": TODAY, "failed_batches": 0}
    found = alerts_of(before, after, changes_between(before, after), RunFacts(**(given | facts)))  # type: ignore[arg-type]
    return [alert.kind.alert for alert in found]


def test_a_quiet_night_alerts_nobody() -> None:
    same = picture(50, 3, "needs_review")
    assert alerts(same, same) == []
    assert alerts(picture(0), picture(0), last_run=None, last_news=None) == []


def test_each_alert_is_raised_by_what_it_is_about() -> None:
    good = picture(100)
    assert alerts(good, picture(100, status="inconsistent")) == ["pass_rate_down"]
    assert alerts(good, picture(99, 1)) == ["coverage_down", "overdue"]
    assert alerts(picture(0), picture(40)) == []
    drifted = picture(20, status="needs_review")
    drifted = LakePicture(
        drifted.reports.with_columns(status=pl.lit("needs_review")), drifted.expected,
        drifted.quarantined, None,
    )  # fmt: skip
    assert alerts(picture(0), drifted) == ["schema_drift"]
    assert alerts(good, good, last_news=date(2026, 2, 1)) == ["no_news"]
    assert alerts(good, good, last_news=date(2026, 2, 1), today=date(2026, 6, 1)) == []
    assert alerts(good, good, failed_batches=1) == ["batch_failed"]
    waiting = picture(0, 18)
    assert alerts(waiting, waiting, last_run=date(2026, 1, 30)) == ["overdue"]


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert percent(0.9999) == "99.9%"
    assert bar(0.999).startswith("█████████░")
    assert bar(1.0) == "██████████ 100.0%"


def test_texts_of_pages_cannot_break_a_table_or_a_link() -> None:
    assert table(["a"], [["x|y\nz"]]).splitlines()[-1] == "| x\\|y z |"
    assert link("a[b]", "https://x/ (1)") == "[a［b］](https://x/%20%281%29)"
    assert link("x", "javascript:alert(1)") == "x"


def test_the_chart_is_a_picture_that_parses() -> None:
    drawn = stacked_bars(
        [Bar("山西 <b>", (3, 1, 0, 0), "3 / 4"), Bar("空", (0,), "")], ["a"], "alt"
    )
    svg = base64.b64decode(drawn.split("base64,")[1].rstrip(")"))
    widths = [float(e.attrib["width"]) for e in ET.fromstring(svg).iter() if e.tag.endswith("rect")]
    assert 285.0 in widths
    assert 95.0 in widths


def test_changes_hold_no_row_twice() -> None:
    changes: Changes = changes_between(picture(3), picture(30))
    assert changes.rows["report_id"].n_unique() == changes.rows.height == 27


def test_a_damaged_file_is_named_and_does_not_hide_the_others(
    sample_run: tuple[Path, object], tmp_path: Path
) -> None:
    shutil.copytree(sample_run[0] / "published", tmp_path / "lake" / "published")
    lake = LakePaths(tmp_path / "lake")
    whole = take_picture(lake)
    damaged = next((lake.published / "reports").rglob("*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:100])
    left = take_picture(lake)
    assert left.unreadable == (damaged.relative_to(lake.root).as_posix(),)
    assert 0 < left.reports.height < whole.reports.height
    assert left.reports.schema == whole.reports.schema


def test_one_number_in_two_provinces_is_two_reports() -> None:
    one = picture(2)
    number = pl.lit("000000-2023-own")
    both = replace(one, reports=one.reports.with_columns(report_id=number))
    assert changes_between(picture(0), both).number("new") == 2
    assert changes_between(both, both).rows.is_empty()


def test_failing_findings_are_counted_whole_and_shown_by_the_first(
    sample_run: tuple[Path, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.story.picture.MOST_FINDINGS", 5)
    shutil.copytree(sample_run[0] / "published", tmp_path / "lake" / "published")
    lake = LakePaths(tmp_path / "lake")
    rows = pl.read_parquet(lake.published / "findings/*/*/*.parquet", hive_partitioning=True)
    failing = rows.filter(pl.col("status") == "fail")
    found = take_failing_findings(lake)
    assert found.number == failing.height > 5
    assert found.first.height == 5
    assert found.first.columns[0] == "province"
    hardest = failing.sort(
        "severity", "province", "year", "report_id", "rule_id", "place", "message"
    )
    assert found.first["message"].to_list() == hardest["message"].head(5).to_list()
    counted = failing.group_by("rule_id", "severity").agg(
        times=pl.len(), reports=pl.col("report_id").n_unique()
    )
    order = ["rule_id", "severity"]
    assert found.by_rule.select(counted.columns).sort(order).equals(counted.sort(order))
    damaged = next((lake.published / "findings").rglob("*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:100])
    left = take_failing_findings(lake)
    assert damaged.relative_to(lake.root).as_posix() in left.unreadable
    assert 0 < left.number < found.number


def test_a_file_of_an_older_release_hides_nothing_of_the_others(
    sample_run: tuple[Path, object], tmp_path: Path
) -> None:
    shutil.copytree(sample_run[0] / "published", tmp_path / "lake" / "published")
    lake = LakePaths(tmp_path / "lake")
    whole = take_failing_findings(lake)
    files = sorted((lake.published / "findings").glob("province=*/year=*/*.parquet"))
    rows = {path: pl.read_parquet(path, hive_partitioning=False) for path in files}
    older, failing = next(
        (path, number)
        for path, frame in rows.items()
        if (number := frame.filter(pl.col("status") == "fail").height)
    )
    rows[older].drop("status", "message").write_parquet(older)
    left = take_failing_findings(lake)
    assert left.unreadable == ()
    assert left.number == whole.number - failing


def asked(run: str, url: str, *outcomes: Outcome) -> list[Observation]:
    return [
        Observation(
            Purpose.REPORT, outcome, datetime(2026, 2, 20), "s", url, attempt=attempt,
            cause=None if outcome is Outcome.NEW else "timeout",
        )
        for attempt, outcome in enumerate(outcomes, start=1)
    ]  # fmt: skip


def observed(tmp_path: Path, rows: dict[str, list[Observation]]) -> pl.DataFrame:
    for run, told in rows.items():
        log = ObservationLog(tmp_path, run, "fetch0001")
        for row in told:
            log.append(row)
        log.flush()
    return read_observations(tmp_path)


def test_retries_of_a_run_are_told_by_address_cause_and_outcome(tmp_path: Path) -> None:
    tonight, before = "20260220T000000Z-0a", "20260219T000000Z-0a"
    rows = observed(
        tmp_path,
        {
            before: asked(before, "https://a.cn/0", Outcome.RETRIED, Outcome.NEW),
            tonight: asked(tonight, "https://a.cn/1", Outcome.RETRIED, Outcome.RETRIED, Outcome.NEW)
            + asked(tonight, "https://a.cn/2", Outcome.RETRIED, Outcome.FAILED)
            + asked(tonight, "https://a.cn/3", Outcome.NEW),
        },
    )
    told = retries_section(rows, tonight, {"extract0003": ["OSError: full"]})
    assert "2 个网址问了不止一次，共重试 3 次，1 个终于取到" in told
    assert "| [https://a.cn/1](https://a.cn/1) | 3 | 超时 | 新增 new |" in told
    assert "| [https://a.cn/2](https://a.cn/2) | 2 | 超时 | 失败 failed |" in told
    assert "`extract0003` 失败 1 次 failed attempts: OSError: full" in told
    assert "a.cn/3" not in told
    assert "a.cn/0" not in told
    assert retries_section(rows, "20260221T000000Z-0a", {}) == ""


def test_many_retries_stay_a_short_list(tmp_path: Path) -> None:
    run = "20260220T000000Z-0a"
    many = [
        row
        for number in range(30_000)
        for row in asked(run, f"https://a.cn/{number}", Outcome.RETRIED, Outcome.NEW)
    ]
    told = retries_section(observed(tmp_path, {run: many}), run, {})
    assert "30,000 个网址" in told
    assert "另有 **29,990** 个" in told
    assert len(told) < 2_000
