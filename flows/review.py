"""The desk: a person's decision about one item of the waiting list, or the list alone."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from schemas.parameters import (
    DecidedScope,
    Decision,
    ItemNumber,
    NumberText,
    Reason,
    RegionCode,
    YearText,
)
from tasks.conclusion import conclude
from tasks.open_run import recorded_run
from tasks.review import Answered, answer_of_form, answers_in, list_waiting, take_decisions
from tasks.run_names import review_run_name
from tasks.stages import BATCH_THREADS, extract_documents, publish_tables


@flow(
    name="review",
    description="待核事项的人工决定 (a person's decision about an item of the waiting list)",
    flow_run_name=review_run_name,
    task_runner=BATCH_THREADS,
    persist_result=False,
)
def review(
    *,
    item: ItemNumber = "",
    decision: Decision = Decision.LIST,
    value: NumberText = "",
    reason: Reason = "",
    decided_by: str = "",
    publisher: str = "",
    region_code: RegionCode = "",
    year: YearText = "",
    scope: DecidedScope = DecidedScope.UNCHANGED,
    csv_file: str = "",
    lake: str = "",
) -> State[None]:
    """Take a decision, publish what it touches, and list what still waits.

    Args:
        item: 待核清单中的编号，如 c1a2b3c4d；任一单元格也可写作 报告编号/表.行.列；只列清单时留空 (number of the waiting list, or any cell as report_id/table.row.column; empty to list only)
        decision: 决定。填数：格内应为“数”一栏所填；无数：此格无数可取；原文有误、我方有误、无须处理：对不符的判断；定机关年度：写明机关、代码、年度或口径；撤回决定 (what you decide)
        value: 数；仅“填数”时填写，如 12 或 52.15 (the number, with value only)
        reason: 理由，至少四个字；写入决定记录 (why, at least four characters; kept in the record)
        decided_by: 决定人姓名；写入决定记录 (who decides; kept in the record)
        publisher: 机关全称，含上级行政区；仅“定机关年度”时填写 (publisher in full, with identity only)
        region_code: 六位或九位区划代码；仅“定机关年度”时填写 (division code, with identity only)
        year: 报告年度；仅“定机关年度”时填写 (year reported on, with identity only)
        scope: 统计口径；仅“定机关年度”时改 (scope, with identity only)
        csv_file: 成批决定：填好的 CSV 文件的路径（gongkai review --csv 写出模板）；填了它，以上各项留空 (decisions in bulk: path of a filled CSV file)
        lake: 数据湖文件夹；留空为默认的 data_lake (folder of the lake; empty means the default one)
    """
    with recorded_run("review", flow_run.get_id(), lake, flow_run.get_parameters()) as run:
        answers = answers_in(run, csv_file) if csv_file else []
        if decision is not Decision.LIST:
            told = answer_of_form(
                decision,
                scope,
                value=value,
                publisher=publisher,
                region_code=region_code,
                year=year,
                reason=reason,
                decided_by=decided_by,
            )
            answers.append(Answered(item, told))
        if answers:
            take_decisions(run, answers)
            extract_documents(run)
            publish_tables(run)
        list_waiting(run)
        return conclude(run)
