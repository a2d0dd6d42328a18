"""The command `gongkai`: what a person types. Prefect is imported only by commands that run flows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from gongkai.errors import told_in_one_sentence

Lake = Annotated[
    str | None,
    typer.Option(
        "--lake",
        envvar="GONGKAI_LAKE",
        show_default="data_lake",
        help="数据湖文件夹 the folder of the lake",
    ),
]

app = typer.Typer(
    name="gongkai",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help=(
        "政府信息公开工作年度报告：从网页和文件到数据湖。\n\n"
        "Annual reports on open government information: from pages and files to a Parquet lake."
    ),
    epilog=(
        "例 Examples:\n\n"
        "  gongkai extract report.html            读一份报告，看识读结果 read one report\n\n"
        "  gongkai extract --json reports/ | jq   每份一行 JSON one JSON object per line\n\n"
        "  gongkai ingest reports/                收入数据湖 put reports into the lake\n\n"
        "  gongkai run sample                     用示例站点跑一夜 one night on the sample site\n\n"
        "  gongkai status                         数据湖里有什么 what the lake holds\n\n"
        "出错时给一句话；退出码 1 数据有问题，2 用法不对。"
        " Errors are one sentence; exit code 1: the data, 2: the usage."
    ),
)
run_app = typer.Typer(
    no_args_is_help=True,
    help="运行流程，无需另开服务器 Run a flow; Prefect's server is started and stopped for you.",
)
app.add_typer(run_app, name="run")


@app.command(
    epilog="例 Examples:  gongkai extract a.html  |  curl -s URL | gongkai extract - --url URL --json"
)
def extract(
    documents: Annotated[
        list[str],
        typer.Argument(metavar="FILE|FOLDER|-|URL…", help="文件、文件夹、标准输入或网址"),
    ],
    url: Annotated[
        str | None,
        typer.Option("--url", help="单个文件的来源网址 the address a single file came from"),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="每份文档一行 JSON one JSON object per document and line"),
    ] = False,
    local: Annotated[
        bool,
        typer.Option("--local", help="允许本机或内网网址 allow loopback and private addresses"),
    ] = False,
) -> None:
    """识读报告并核对，显示在屏幕上；不写入数据湖。 Read and check reports; nothing is stored."""
    from gongkai.extract_command import print_documents

    raise typer.Exit(print_documents(documents, url, as_json, local))


@app.command(
    epilog="例 Examples:  gongkai ingest reports/ more.html  |  gongkai ingest https://… --lake /data/lake"
)
def ingest(
    documents: Annotated[
        list[str], typer.Argument(metavar="FILE|FOLDER|URL…", help="文件、文件夹或网址")
    ],
    lake: Lake = None,
    local: Annotated[
        bool,
        typer.Option("--local", help="允许本机或内网网址 allow loopback and private addresses"),
    ] = False,
) -> None:
    """把指定的文件、文件夹或网址收入数据湖并发布。 Put what you name into the lake and publish."""
    from gongkai.run_commands import run_ingest

    raise typer.Exit(run_ingest(documents, lake, local))


@run_app.command("nightly")
def run_nightly_command(
    sources: Annotated[
        str, typer.Option("--sources", help="来源文件夹或文件 folder of source files, or one file")
    ] = "sources",
    everything: Annotated[
        bool, typer.Option("--all", help="不论是否到期都问 ask also what is not due")
    ] = False,
    hours: Annotated[
        str,
        typer.Option("--hours", help="只在这个时段访问网站，北京时间 22:00-07:00 Beijing hours"),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只列出将访问的网站 only show what would be asked")
    ] = False,
    lake: Lake = None,
) -> None:
    """发现、抓取、识读、发布。 Discover, fetch, extract, publish."""
    from gongkai.run_commands import run_nightly, show_plan
    from schemas.parameters import Asked

    asked = Asked.ALL if everything else Asked.DUE
    if dry_run:
        raise typer.Exit(show_plan(sources, lake, asked))
    raise typer.Exit(run_nightly(sources, lake, asked, hours))


@run_app.command("backfill")
def run_backfill_command(
    *,
    sources: Annotated[
        str, typer.Option("--sources", help="来源文件夹或文件 folder of source files, or one file")
    ] = "sources",
    province: Annotated[
        list[str] | None, typer.Option("--province", help="CN-SX；可重复 may be repeated")
    ] = None,
    first_year: Annotated[int, typer.Option("--from", min=2008, max=2100, help="起始年度")] = 2008,
    last_year: Annotated[int, typer.Option("--to", min=2008, max=2100, help="截止年度")] = 2100,
    everything: Annotated[
        bool, typer.Option("--all", help="已发布的也重问 ask also for what is published")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只出计划 only show the plan")] = False,
    lake: Lake = None,
) -> None:
    """按省份和年度补齐缺失的报告。 Fill the gaps by province and year."""
    from gongkai.run_commands import run_backfill

    years = (first_year, last_year)
    raise typer.Exit(
        run_backfill(
            sources, lake, province or [], years, only_failed=not everything, dry_run=dry_run
        )
    )


@run_app.command("publish")
def run_publish_command(
    let_through: Annotated[
        list[str] | None,
        typer.Option(
            "--let-through",
            metavar="PARTITION",
            help="放行的分区，如 CN-SX/2024，或 all a partition past the gate, or all",
        ),
    ] = None,
    lake: Lake = None,
) -> None:
    """只识读和发布，不访问网络。 Read and publish what the lake holds; no network."""
    from gongkai.run_commands import run_publish

    raise typer.Exit(run_publish(lake, let_through or []))


@run_app.command("verify")
def run_verify_command(lake: Lake = None) -> None:
    """核对每个文件的校验值，说明哪里不对、怎么办。 Verify every file; say what is wrong and what to do."""
    from gongkai.run_commands import run_verify

    raise typer.Exit(run_verify(lake))


@run_app.command("sample")
def run_sample_command(lake: Lake = None) -> None:
    """在本机架起示例站点并跑一夜。 Serve the sample site on loopback and run one night on it."""
    from gongkai.run_commands import run_sample

    raise typer.Exit(run_sample(lake))


sources_app = typer.Typer(
    no_args_is_help=True, help="来源文件：列出、检查、增加 Source files: list, check, add."
)
app.add_typer(sources_app, name="sources")
Folder = Annotated[str, typer.Option("--sources", help="来源文件夹 folder of source files")]


@sources_app.command("list")
def sources_list(
    folder: Folder = "sources",
    province: Annotated[str | None, typer.Option("--province", help="CN-SX …")] = None,
) -> None:
    """列出来源中的机关。 The publishers of the sources."""
    from gongkai.sources_command import list_sources

    raise typer.Exit(list_sources(folder, province))


@sources_app.command("check")
def sources_check(folder: Folder = "sources") -> None:
    """检查来源文件，错误指明文件和行。 Check the files; a mistake names file and line."""
    from gongkai.sources_command import check_sources

    raise typer.Exit(check_sources(folder))


@sources_app.command("add")
def sources_add(
    url: Annotated[str, typer.Argument(help="报告的网址 address of a report")],
    *,
    publisher: Annotated[str | None, typer.Option("--publisher", help="机关名称 publisher")] = None,
    year: Annotated[int | None, typer.Option("--year", help="报告年度 year reported on")] = None,
    province: Annotated[str, typer.Option("--province", help="CN-SX …")] = "ZZ",
    level: Annotated[str | None, typer.Option("--level", help="county, township …")] = None,
    county: Annotated[str | None, typer.Option("--county", help="县级代码 county code")] = None,
    index: Annotated[str | None, typer.Option("--index", help="列表页 list of reports")] = None,
    folder: Folder = "sources",
    local: Annotated[
        bool, typer.Option("--local", help="允许本机或内网网址 allow loopback addresses")
    ] = False,
) -> None:
    """加入一份报告的网址；没有给出的由页面得知。 Add a report's address; the page tells what is not given."""
    from annual_reports.model import Identity
    from gongkai.sources_command import add_source

    given = Identity(
        publisher=publisher, year=year, province=province, level=level, county_code=county
    )
    raise typer.Exit(add_source(url, folder, given, index, local))


@app.command()
def status(lake: Lake = None) -> None:
    """数据湖总览、最近的运行、清单校验值。 Totals, last runs and the manifest's digest."""
    from gongkai.lake_views import show_status

    raise typer.Exit(show_status(lake))


@app.command(
    epilog="例 Examples:  gongkai runs  |  gongkai runs 20260220T1830 --stage fetch --outcome failed"
)
def runs(
    run: Annotated[
        str | None,
        typer.Argument(help="运行编号的开头；不给则列出最近的运行 the beginning of a run id"),
    ] = None,
    *,
    lake: Lake = None,
    flow: Annotated[str | None, typer.Option("--flow", help="nightly, backfill …")] = None,
    stage: Annotated[str | None, typer.Option("--stage", help="fetch, extract …")] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", help="failed, quarantined …")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多显示几行 rows shown")] = 50,
) -> None:
    """运行历史：最近的运行，或一次运行的逐份结果。 The history of runs, or what one run did with each report."""
    from gongkai.runs_view import show_items, show_runs

    if run is None:
        raise typer.Exit(show_runs(lake, flow, limit))
    raise typer.Exit(show_items(lake, run, stage, outcome, limit))


@app.command()
def doctor(lake: Lake = None) -> None:
    """检查本机：服务器、执行器、数据湖、磁盘、时钟、来源、表样、最近的运行，并说明怎么办。 What is wrong here and what to do."""
    from gongkai.doctor_command import examine

    raise typer.Exit(examine(lake))


@app.command()
def automations() -> None:
    """把 automations.yaml 装入 PREFECT_API_URL 的服务器。 Lay the automations into the server."""
    from gongkai.automations_command import lay_in

    raise typer.Exit(lay_in())


@app.command()
def coverage(
    lake: Lake = None,
    province: Annotated[str | None, typer.Option("--province", help="CN-SX …")] = None,
    year: Annotated[int | None, typer.Option("--year", help="报告年度 year reported on")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="只列逾期未见的 only what is overdue today")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多显示几行 rows shown")] = 50,
) -> None:
    """应报与已报：机关 × 年度。 Expected publishers and years, and what became of them."""
    from gongkai.lake_views import show_coverage

    raise typer.Exit(show_coverage(lake, province, year, overdue, limit))


@app.command()
def findings(
    *,
    lake: Lake = None,
    province: Annotated[str | None, typer.Option("--province", help="CN-SX …")] = None,
    year: Annotated[int | None, typer.Option("--year", help="报告年度 year reported on")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="R01 …")] = None,
    finding_class: Annotated[
        str | None, typer.Option("--class", help="归属 whose error: extraction, scope, fetch …")
    ] = None,
    letter: Annotated[
        str | None,
        typer.Option(
            "--letter", metavar="PUBLISHER", help="起草致该机关的函 draft a letter to a publisher"
        ),
    ] = None,
    gone: Annotated[
        bool, typer.Option("--gone", help="已不再出现的不符 those that are published no more")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多显示几行 rows shown")] = 50,
) -> None:
    """核对出的不符之处。 Relations that do not hold, with both sides."""
    from gongkai.findings_command import (
        Filters,
        print_letter,
        show_findings,
        show_gone_findings,
    )

    filters = Filters(province, year, rule, finding_class)
    if letter is not None:
        raise typer.Exit(print_letter(lake, letter, filters))
    if gone:
        raise typer.Exit(show_gone_findings(lake, filters, limit))
    raise typer.Exit(show_findings(lake, filters, limit))


@app.command(epilog="例 Example:  gongkai explain 140225204-2025-own requests.new_received.total")
def explain(
    report: Annotated[
        str,
        typer.Argument(
            help="报告编号 report_id（见 gongkai status / reports 表）；"
            "问 identity 时也可以是文档编号、散列、网址或文件 or, for identity, a document"
        ),
    ],
    cell: Annotated[str, typer.Argument(help="表.行.列 table.row_key.column_key，或 or identity")],
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="那一天网页上的数 what the page said on that day"),
    ] = None,
    lake: Lake = None,
) -> None:
    """一个数字从哪里来，或一份报告为何归于某机关（identity）。 Where a number comes from, or whose report it is."""
    if cell == "identity":
        from gongkai.explain_identity import explain_identity

        raise typer.Exit(explain_identity(lake, report))
    from gongkai.explain_command import explain_cell, explain_cell_on

    if on is not None:
        raise typer.Exit(explain_cell_on(lake, report, cell, on.date()))
    raise typer.Exit(explain_cell(lake, report, cell))


review_app = typer.Typer(
    invoke_without_command=True,
    no_args_is_help=True,
    help="待人核对的事项：列出、查看、决定 What waits for a person: list, show, decide.",
)
app.add_typer(review_app, name="review")


@review_app.callback()
def review_template(
    context: typer.Context,
    csv_file: Annotated[
        str | None,
        typer.Option(
            "--csv", metavar="FILE", help="把待核清单写成可填写的 CSV write a CSV to fill in"
        ),
    ] = None,
    lake: Lake = None,
) -> None:
    """待人核对的事项。 What waits for a person."""
    if context.invoked_subcommand is None and csv_file is not None:
        from gongkai.review_command import write_template

        raise typer.Exit(write_template(lake, csv_file))


@review_app.command("list")
def review_list(
    lake: Lake = None,
    province: Annotated[str | None, typer.Option("--province", help="CN-SX …")] = None,
    year: Annotated[int | None, typer.Option("--year", help="报告年度 year reported on")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="unreadable_cell …")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多显示几行 rows shown")] = 50,
) -> None:
    """列出待核事项，最要紧的在前。 What waits, the heaviest first."""
    from gongkai.review_command import list_items

    raise typer.Exit(list_items(lake, province, year, kind, limit))


ItemArgument = Annotated[
    str,
    typer.Argument(metavar="NUMBER", help="编号，或 报告编号/表.行.列 a number, or report_id/cell"),
]


@review_app.command("show")
def review_show(number: ItemArgument, lake: Lake = None) -> None:
    """一项的文档、表格与可选的决定。 One item: document, grid, options."""
    from gongkai.review_command import show_item

    raise typer.Exit(show_item(lake, number))


@review_app.command(
    "decide",
    epilog="例 Example:  gongkai review decide c1a2b3c4d value --value 12 --reason 对照原文 --by 张三",
)
def review_decide(
    *,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="编号 number")] = "",
    decision: Annotated[
        str,
        typer.Argument(
            help="value 填数、no_value 无数、source_error 原文有误、ours 我方有误、"
            "dismissed 无须处理、identity 定机关年度、withdraw 撤回"
        ),
    ] = "",
    value: Annotated[str, typer.Option("--value", help="数 the number")] = "",
    publisher: Annotated[str, typer.Option("--publisher", help="机关全称 in full")] = "",
    region_code: Annotated[str, typer.Option("--region-code", help="区划代码 division code")] = "",
    year: Annotated[str, typer.Option("--year", help="报告年度 year reported on")] = "",
    scope: Annotated[str, typer.Option("--scope", help="own, consolidated")] = "unchanged",
    reason: Annotated[str, typer.Option("--reason", help="理由 why")] = "",
    by: Annotated[str, typer.Option("--by", help="决定人 who decides")] = "",
    csv_file: Annotated[
        str | None, typer.Option("--csv", metavar="FILE", help="成批：填好的 CSV a filled CSV file")
    ] = None,
    lake: Lake = None,
) -> None:
    """作出决定并发布；全部采纳或全不采纳。 Decide and publish; all rows of a file or none."""
    from gongkai.errors import CommandError
    from gongkai.review_command import (
        chosen_decision,
        chosen_scope,
        decide_in_bulk,
        decide_item,
    )

    if csv_file is not None:
        raise typer.Exit(decide_in_bulk(lake, csv_file))
    if not number or not decision:
        raise CommandError(
            "请写明编号和决定，或 --csv FILE give a number and a decision, or --csv FILE"
        )
    told = {
        "decision": chosen_decision(decision),
        "value": value,
        "publisher": publisher,
        "region_code": region_code,
        "year": year,
        "scope": chosen_scope(scope),
        "reason": reason,
        "decided_by": by,
    }
    raise typer.Exit(decide_item(lake, number, told))


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", min=1024, max=65535, help="界面端口 port")] = 4200,
    lake: Lake = None,
) -> None:
    """打开 Prefect 界面和全部部署，按 Ctrl-C 停止。 Server, UI and deployments, until Ctrl-C."""
    from gongkai.serve_command import serve_until_stopped

    raise typer.Exit(serve_until_stopped(port, lake))


@app.command(epilog="例 Example:  gongkai release 2026.11")
def release(
    name: Annotated[str, typer.Argument(help="版本名 name, such as 2026.11")], lake: Lake = None
) -> None:
    """冻结已发布的数据为一个不可更改的版本。 Freeze what is published as an immutable release."""
    from gongkai.release_command import release_lake

    raise typer.Exit(release_lake(name, lake))


@app.command(
    name="export", epilog="例 Example:  gongkai export requests --format xlsx --province CN-SX"
)
def export_command(
    table: Annotated[str, typer.Argument(help="表名 table, such as requests")],
    *,
    form: Annotated[str, typer.Option("--format", help="csv, xlsx, dta")] = "csv",
    province: Annotated[str, typer.Option("--province", help="CN-SX …")] = "",
    year: Annotated[int | None, typer.Option("--year", help="报告年度 year reported on")] = None,
    out: Annotated[str | None, typer.Option("--out", help="文件 file to write")] = None,
    lake: Lake = None,
) -> None:
    """把一张表导出为 CSV、Excel 或 Stata。 Write a published table as CSV, Excel or Stata."""
    from gongkai.export_command import export_table
    from tasks.exports import Chosen

    raise typer.Exit(export_table(Chosen(table, province, year), form, out, lake))


def main() -> None:
    """Entry point of the console script."""
    with told_in_one_sentence():
        typer.main.get_command(app)()
