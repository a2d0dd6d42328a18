"""Taking decisions: every answer is checked, then all become one file of records, or none does."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prefect.artifacts import create_markdown_artifact

from annual_reports.review.answers import (
    Answer,
    AnswerError,
    Occasion,
    Settled,
    as_file,
    settle,
)
from annual_reports.review.bulk import BulkError, bulk_answers
from annual_reports.review.pages import MOST_SHOWN, waiting_page
from annual_reports.review.waiting import WaitingItem
from schemas.decision_book import DecisionBook
from schemas.decisions import DecisionError
from schemas.parameters import DecidedScope, Decision, key_of
from tasks.decision_files import one_decider, read_decision_book, write_decisions
from tasks.lake_paths import LakePaths
from tasks.night_plan import today_in_china
from tasks.open_run import OpenRun
from tasks.progress import announce
from tasks.review_desk import asked_item, cells_beside, waiting_in


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to the item of a number; `line` says where it stands in a file, None for a form."""

    number: str
    answer: Answer
    line: int | None = None


def answer_of_form(decision: Decision, scope: DecidedScope, **told: str) -> Answer:
    """What the fields of the form say."""
    return Answer(decision=key_of(decision), scope=key_of(scope), **told)


def take_decisions(run: OpenRun, answers: Sequence[Answered]) -> None:
    """Write what was answered as one file of records; a mistake becomes a problem of the run, nothing is written."""
    try:
        with one_decider():
            written = _written(run, answers)
    except (AnswerError, DecisionError) as error:
        run.problem(f"决定未被采纳 the decision was not taken: {error}")
        return
    run.count("decided", len(answers))
    announce("决定已写入 decisions written: %s", written)


def answers_in(run: OpenRun, csv_file: str) -> list[Answered]:
    """The answers of a CSV file; an unusable file becomes a problem of the run."""
    try:
        return read_answers(Path(csv_file))
    except (BulkError, OSError) as error:
        run.problem(f"表格未被采纳 the table was not taken: {error}")
        return []


def read_answers(path: Path) -> list[Answered]:
    """The rows of a CSV file that are answered. Raises BulkError, naming the lines."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="strict")
    rows = list(csv.reader(io.StringIO(text)))
    return [Answered(number, answer, line) for line, number, answer in bulk_answers(rows)]


def check_answers(
    lake: LakePaths, answers: Sequence[Answered], occasion: Occasion
) -> list[Settled]:
    """The records of all answers. Raises AnswerError naming every line that is wrong."""
    return _settled(waiting_in(lake), lake, answers, occasion, read_decision_book())


def list_waiting(run: OpenRun) -> None:
    """Leave the waiting list as an artifact."""
    try:
        items = waiting_in(run.lake)
    except AnswerError as error:
        run.problem(str(error))
        return
    run.count("waiting", len(items))
    create_markdown_artifact(
        waiting_page(items, cells_beside(run.lake, items[:MOST_SHOWN]), str(run.lake.root)),
        key="review-list",
        description=f"待人核对 waiting for a person: {len(items)}",
    )
    announce("待人核对 waiting for a person: %d", len(items))


def _written(run: OpenRun, answers: Sequence[Answered]) -> Path:
    occasion = Occasion(today_in_china(datetime.now(UTC)), run.record.flow_run_id)
    settled = check_answers(run.lake, answers, occasion)
    name = f"review-{occasion.decided_on:%Y%m%d}-{run.record.run_id[-13:]}".lower()
    return write_decisions(name, as_file(settled))


def _settled(
    items: Sequence[WaitingItem],
    lake: LakePaths,
    answers: Sequence[Answered],
    occasion: Occasion,
    book: DecisionBook,
) -> list[Settled]:
    settled, mistakes = [], []
    for answered in answers:
        try:
            item = asked_item(lake, items, answered.number)
            settled.append(settle(item, answered.answer, occasion, book))
        except AnswerError as error:
            place = "" if answered.line is None else f"第 {answered.line} 行 line {answered.line}: "
            mistakes.append(f"{place}{error}")
    if mistakes:
        raise AnswerError("；".join(mistakes))
    return settled
