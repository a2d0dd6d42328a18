"""Decisions on a lake: in bulk from a table, broken by a corrected version, withdrawn, and in a letter."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from annual_reports.review.answers import AnswerError, Occasion, as_file
from annual_reports.review.bulk import ASKED, TOLD, BulkError, template_rows
from schemas.decisions import DecisionError, DecisionFile
from tasks.decision_files import read_decision_book, write_decisions
from tasks.documents import DocumentToRead
from tasks.extractions import merge_batch
from tasks.identity_hints import with_hints
from tasks.lake_paths import LakePaths
from tasks.observations import OBSERVATION_SCHEMA
from tasks.publish import publish_lake
from tasks.raw_store import RawStore
from tasks.reading import read_batch
from tasks.review import check_answers, read_answers
from tasks.review_desk import broken_decisions, idle_cell_decisions, waiting_in
from tests.conftest import ROOT, Gongkai

GOLDEN = ROOT / "tests" / "golden"
UNREAD = "sixteen_values_in_table_four.txt"
CONTRADICTORY = "publishers_own_sums_wrong.html"
TODAY = Occasion(date(2026, 11, 24), None)
CELL = {"table": "review_litigation", "row_key": "litigation_direct", "column_key": "upheld"}
Fill = Callable[[str], Mapping[str, str] | None]


def take_in(lake: LakePaths, name: str, content: bytes) -> None:
    store = RawStore(lake.objects)
    merge_batch(lake, read_batch(store, [DocumentToRead(store.put(content), name, None)]))


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LakePaths:
    monkeypatch.setenv("GONGKAI_CORRECTIONS", str(tmp_path / "corrections"))
    paths = LakePaths(tmp_path / "lake")
    for name in (UNREAD, CONTRADICTORY):
        take_in(paths, name, (GOLDEN / name).read_bytes())
    publish_lake(paths)
    return paths


def filled(lake: LakePaths, path: Path, fill: Fill) -> Path:
    """The template with the answers of `fill` (item number → columns), saved as a spreadsheet does."""
    header, *rows = template_rows(waiting_in(lake))
    for row in rows:
        answers = fill(row[0]) or {}
        row[len(TOLD) :] = [answers.get(column.split()[-1], "") for column in ASKED]
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def decide(lake: LakePaths, table: Path, name: str = "review-a") -> None:
    settled = check_answers(lake, read_answers(table), TODAY)
    write_decisions(name, as_file(settled))
    publish_lake(lake)


SIGNED = {"reason": "对照原文核实", "by": "张三"}


def answered(number: str) -> Mapping[str, str] | None:
    """Cells are given the number 2, failures are the publisher's."""
    match number[0]:
        case "c":
            return {"decision": "value", "value": "2", **SIGNED}
        case "h":
            return {"decision": "source_error 原文有误", **SIGNED}
        case _:
            return None


def test_a_filled_table_settles_everything_in_it(lake: LakePaths, tmp_path: Path) -> None:
    assert {item.kind.kind for item in waiting_in(lake)} == {"hard_failure", "unreadable_cell"}
    decide(lake, filled(lake, tmp_path / "a.csv", answered))
    left = waiting_in(lake)
    unread = {item.cell for item in left if item.kind.kind == "unreadable_cell"}
    assert {item.kind.kind for item in left} <= {"hard_failure", "unreadable_cell"}
    cells = pl.read_parquet(lake.published / "cells" / "**" / "*.parquet")
    assert cells.filter(**CELL, status="corrected")["value"].to_list() == [2]
    findings = pl.read_parquet(lake.published / "findings" / "**" / "*.parquet")
    assert "source_error" in set(findings["judgement"])
    lost = set(findings.filter(rule_id="G03")["place"])
    assert unread == lost, "what the new numbers contradict, and the inferred numbers they disprove"


def test_one_wrong_row_refuses_the_whole_table_and_names_its_line(
    lake: LakePaths, tmp_path: Path
) -> None:
    numbers = [item.number for item in waiting_in(lake)]
    wrong = {
        numbers[-1]: {"decision": "value", "value": "两件", **SIGNED},
        numbers[0]: {"decision": "value", "value": "1", **SIGNED},
    }
    table = filled(lake, tmp_path / "a.csv", lambda number: wrong.get(number, answered(number)))
    with pytest.raises(AnswerError) as raised:
        decide(lake, table)
    assert f"line {len(numbers) + 1}" in str(raised.value) and "line 2" in str(raised.value)
    assert read_decision_book().cells == read_decision_book().judgements == ()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text.replace("决定 decision", "决定"), "line 1"),
        (lambda text: text.replace(",value,2,", ",perhaps,2,"), "perhaps"),
        (lambda text: text + text.splitlines()[-1] + "\n", "more than once"),
    ],
)
def test_a_table_that_is_not_the_template_is_refused(
    lake: LakePaths, tmp_path: Path, damage: Callable[[str], str], said: str
) -> None:
    table = filled(lake, tmp_path / "a.csv", answered)
    table.write_text(damage(table.read_text(encoding="gb18030")), encoding="utf-8-sig")
    with pytest.raises(BulkError, match=said):
        read_answers(table)


def test_a_corrected_version_breaks_the_decision_loudly_until_it_is_withdrawn(
    lake: LakePaths, tmp_path: Path
) -> None:
    decide(lake, filled(lake, tmp_path / "a.csv", lambda n: answered(n) if n[0] == "c" else None))
    assert broken_decisions(lake) == []
    old = (GOLDEN / UNREAD).read_text(encoding="utf-8")
    take_in(lake, "更正.txt", old.replace("年度报告", "年度报告（更正）", 1).encode())
    publish_lake(lake)
    cells = pl.read_parquet(lake.published / "cells" / "**" / "*.parquet")
    assert cells.filter(**CELL)["status"].to_list().count("corrected") == 0
    messages = broken_decisions(lake)
    decided = read_decision_book().cells
    assert len(messages) == len(decided) > 1
    assert all("review-a.yml" in message and "撤回" in message for message in messages)
    broken = [item for item in waiting_in(lake) if item.kind.kind == "guard_broken"]
    assert len(broken) == len(decided) and waiting_in(lake)[0] in broken

    table = filled(
        lake,
        tmp_path / "b.csv",
        lambda n: {"decision": "withdraw", **SIGNED} if n[0] == "g" else None,
    )
    decide(lake, table, "review-b")
    assert broken_decisions(lake) == []
    assert {item.kind.kind for item in waiting_in(lake)} >= {"unreadable_cell"}


def test_a_cell_decided_twice_keeps_its_history(lake: LakePaths, tmp_path: Path) -> None:
    decide(lake, filled(lake, tmp_path / "a.csv", answered))
    decided = read_decision_book().cells
    first = decided[0]
    assert idle_cell_decisions(lake) == []
    elsewhere = idle_cell_decisions(LakePaths(tmp_path / "another"))
    assert len(elsewhere) == len(decided) and first.id in elsewhere[0]
    assert first.report is not None
    again = tmp_path / "again.csv"
    row = [f"{first.report}/{first.cell}", *[""] * (len(TOLD) - 1)]
    row += ["value", "1", "", "", "", "", "再看一遍，是 1", "李四"]
    with again.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([[*TOLD, *ASKED], row])
    decide(lake, again, "review-b")
    second = next(one for one in read_decision_book().cells if one.cell == first.cell)
    assert (second.value, second.supersedes, second.expect) == (1, first.id, first.expect)
    with pytest.raises(DecisionError, match="exists"):
        decide(lake, again, "review-b")


def test_the_letter_lists_what_was_confirmed_and_nothing_else(
    lake: LakePaths, tmp_path: Path, gongkai: Gongkai
) -> None:
    publisher = "龙亭区市场监督管理局"
    nothing = gongkai("findings", "--letter", publisher, "--lake", str(lake.root))
    assert nothing.returncode == 1 and "review list" in nothing.stderr
    confirmed = next(item for item in waiting_in(lake) if item.rule_id == "R03")
    decide(
        lake,
        filled(lake, tmp_path / "a.csv", lambda n: answered(n) if n == confirmed.number else None),
    )
    told = gongkai("findings", "--letter", publisher, "--lake", str(lake.root))
    assert told.returncode == 0, told.stderr
    for words in (publisher, "2024 年度", "六类申请人之和应等于总计", "相差 1", "此致", "部分公开"):
        assert words in told.stdout
    assert "办理结果各项之和" not in told.stdout


def test_a_decision_about_an_identity_fails_once_the_reader_says_something_else(
    lake: LakePaths, tmp_path: Path, gongkai: Gongkai
) -> None:
    store = RawStore(lake.objects)
    sha256 = store.put((GOLDEN / CONTRADICTORY).read_bytes())
    decided = {
        "id": "record-1",
        "guard": {"sha256": sha256},
        "expect": {"publisher": "另一个局"},
        "scope": "consolidated",
        "decided_by": "张三",
        "decided_on": TODAY.decided_on,
        "reason": "对照原文核实",
    }
    write_decisions("review-a", DecisionFile.model_validate({"identity": [decided]}))
    read_again(lake, sha256, CONTRADICTORY)
    (message,) = broken_decisions(lake)
    assert "record-1" in message and "另一个局" in message
    reports = pl.read_parquet(lake.published / "reports" / "**" / "*.parquet").filter(sha256=sha256)
    assert reports.select("scope", "status").rows() == [("own", "needs_review")]
    (item,) = (one for one in waiting_in(lake) if one.kind.kind == "identity_guard_broken")

    answer = {"decision": "identity", "scope": "consolidated", **SIGNED}
    again = filled(lake, tmp_path / "b.csv", lambda n: answer if n == item.number else None)
    decide(lake, again, "review-b")
    (record,) = read_decision_book().identity
    assert record.supersedes == "record-1" and record.expect is not None
    assert record.expect.publisher == reports["publisher"][0]
    read_again(lake, sha256, CONTRADICTORY)
    assert broken_decisions(lake) == []
    after = pl.read_parquet(lake.published / "reports" / "**" / "*.parquet").filter(sha256=sha256)
    assert after["scope"].to_list() == ["consolidated"]


def read_again(lake: LakePaths, sha256: str, name: str) -> None:
    """Read a document once more, with what people decided about it."""
    document = DocumentToRead(sha256, name, None)
    hinted = with_hints(
        [document], OBSERVATION_SCHEMA.to_frame(), [], read_decision_book().identity
    )
    merge_batch(lake, read_batch(RawStore(lake.objects), hinted))
    publish_lake(lake, ["all"])
