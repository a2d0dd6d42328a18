"""Looking at this machine as an operator would: what is well, what is not, and what to do about it.

Every check gives findings and changes nothing. Checks of Prefect ask its API; without a server they say so.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
import polars as pl

from annual_reports.lake.manifest import Manifest
from schemas.arrow_schemas import arrow_schema
from schemas.sources import SourceError
from schemas.tables import SCHEMA_VERSION
from tasks.child_processes import is_running
from tasks.lake_paths import LakePaths
from tasks.lake_summary import damaged_files, read_manifest
from tasks.night_plan import CHINA
from tasks.parquet_files import arrow_schema_of
from tasks.run_history import read_runs
from tasks.source_files import read_each_source
from tasks.spool import spool_of

LEAST_FREE_BYTES = 2 << 30
LARGEST_DATABASE_BYTES = 2 << 30
_SKEW = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=26)
_NO_ANSWER = (httpx.HTTPError, httpx.InvalidURL, ValueError)


class Health(StrEnum):
    """How a thing is. BAD ends the command with exit code 1; NOTE is worth knowing."""

    GOOD = "好 good"
    NOTE = "注意 note"
    BAD = "有问题 bad"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at, how it is, and what to do (empty when it is good)."""

    subject: str
    health: Health
    found: str
    remedy: str = ""


def examine_machine(
    lake: LakePaths, home: Path, api: str | None, sources: str = "sources"
) -> list[Diagnosis]:
    """Everything, in the order in which a person would repair it. `api`: null when no server runs."""
    checks: list[Callable[[], list[Diagnosis]]] = [
        lambda: _storage(lake),
        lambda: _disk(lake, home),
        lambda: _clock(lake),
        lambda: _sources(sources),
        lambda: _schema(lake),
        lambda: _server(api),
        lambda: _clock_of_server(api),
        lambda: _deployments(api),
        lambda: _next_night(api),
        lambda: _last_runs(lake, datetime.now(UTC)),
    ]
    return [diagnosis for check in checks for diagnosis in check()]


def _storage(lake: LakePaths) -> list[Diagnosis]:
    subject = "数据湖 lake"
    manifest = read_manifest(lake)
    if manifest is None:
        return [
            Diagnosis(
                subject,
                Health.NOTE,
                f"{lake.root} 里还没有发布的数据 nothing is published yet",
                "运行 run gongkai run sample, gongkai ingest PATH or the deployment nightly",
            )
        ]
    wrong = [file.path for file in damaged_files(lake, manifest)]
    if wrong:
        return [
            Diagnosis(
                subject,
                Health.BAD,
                f"{len(wrong)} 个发布文件缺失或大小不符 published files missing or of another size: {wrong[0]}",
                "运行 gongkai run publish 重建 builds them anew from extracted/",
            )
        ]
    return [Diagnosis(subject, Health.GOOD, f"{lake.root}: {len(manifest.files)} 个发布文件 files")]


def _disk(lake: LakePaths, home: Path) -> list[Diagnosis]:
    found = []
    for subject, folder in (
        ("数据湖磁盘 disk of the lake", spool_of(lake.root)),
        ("Prefect 磁盘 disk", home),
    ):
        nearest = next(each for each in (folder, *folder.parents) if each.exists())
        free = shutil.disk_usage(nearest).free
        words = f"{nearest}: 剩余 free {free / 2**30:.1f} GB"
        if free < LEAST_FREE_BYTES:
            remedy = "清出空间或把数据湖移到大盘（--lake）free some space or move the lake"
            found.append(Diagnosis(subject, Health.BAD, words, remedy))
        else:
            found.append(Diagnosis(subject, Health.GOOD, words))
    database = home / "prefect.db"
    if database.is_file():
        size = database.stat().st_size
        words = (
            f"{size / 2**20:.0f} MB；运行保留 90 天、事件 30 天 runs are kept 90 days, events 30"
        )
        large = size > LARGEST_DATABASE_BYTES
        remedy = "停掉 gongkai serve 后执行 stop it, then: sqlite3 .prefect/prefect.db VACUUM"
        found.append(
            Diagnosis(
                "Prefect 数据库 database",
                Health.NOTE if large else Health.GOOD,
                words,
                remedy if large else "",
            )
        )
    return found


def _clock(lake: LakePaths) -> list[Diagnosis]:
    subject = "时钟 clock"
    now = datetime.now(UTC)
    try:
        china = now.astimezone(ZoneInfo(CHINA))
    except ZoneInfoNotFoundError:
        remedy = "安装系统时区数据 install the system's time zone data (tzdata)"
        return [Diagnosis(subject, Health.BAD, f"没有时区 no time zone {CHINA}", remedy)]
    runs = read_runs(lake)
    latest: datetime | None = None if runs.is_empty() else runs["started_at"].max()  # type: ignore[assignment]
    if latest is not None and latest - now > _SKEW:
        return [
            Diagnosis(
                subject,
                Health.BAD,
                f"最近的运行开始于未来 a run began in the future: {latest:%Y-%m-%d %H:%M} UTC，"
                f"现在 now {now:%Y-%m-%d %H:%M} UTC",
                "校准系统时间（timedatectl set-ntp true）set the clock; 到期判断靠日期 what is due hangs on it",
            )
        ]
    return [Diagnosis(subject, Health.GOOD, f"北京时间 in China {china:%Y-%m-%d %H:%M}")]


def _sources(place: str) -> list[Diagnosis]:
    subject = "来源 sources"
    read = list(read_each_source(place))
    mistakes = [one for one in read if isinstance(one, SourceError)]
    if mistakes:
        remedy = "改正该行后运行 correct the line, then: gongkai sources check"
        return [Diagnosis(subject, Health.BAD, str(mistakes[0]), remedy)]
    publishers = sum(len(one.publishers) for one in read if not isinstance(one, SourceError))
    return [
        Diagnosis(subject, Health.GOOD, f"{len(read)} 个文件 files, {publishers} 个机关 publishers")
    ]


def _schema(lake: LakePaths) -> list[Diagnosis]:
    subject = "表样 schema"
    manifest = read_manifest(lake)
    if manifest is None:
        return []
    remedy = "运行 gongkai run publish 按现版本重建 builds the tables anew in this version"
    if manifest.schema_version != SCHEMA_VERSION:
        words = f"数据湖 lake {manifest.schema_version}，程序 program {SCHEMA_VERSION}"
        return [Diagnosis(subject, Health.BAD, words, remedy)]
    differing = _tables_with_other_columns(lake, manifest)
    if differing:
        words = f"列与声明不符 columns differ: {', '.join(differing)}"
        return [Diagnosis(subject, Health.BAD, words, remedy)]
    return [Diagnosis(subject, Health.GOOD, f"版本 version {SCHEMA_VERSION}")]


def _tables_with_other_columns(lake: LakePaths, manifest: Manifest) -> list[str]:
    """Tables of which some file that is there has not the declared columns."""
    differing = {
        file.table
        for file in manifest.files
        if (path := lake.published / file.path).is_file()
        and not arrow_schema_of(path).equals(arrow_schema(file.table), check_metadata=False)
    }
    return sorted(differing)


def _server(api: str | None) -> list[Diagnosis]:
    subject = "服务器 server"
    if api is None:
        remedy = "需要界面和定时时运行 for the UI and schedules: make ui（或 or gongkai serve）"
        return [Diagnosis(subject, Health.NOTE, "没有运行 not running", remedy)]
    try:
        served = _ask(f"{api}/admin/version")
    except _NO_ANSWER as error:
        remedy = "看 .prefect/server.log，重启 gongkai serve; see that log and start it again"
        return [Diagnosis(subject, Health.BAD, f"{api}: {error}", remedy)]
    ours = version("prefect")
    if served != ours:
        words = f"服务器 server Prefect {served}，本机 here {ours}"
        remedy = "升级后请重启 gongkai serve start it again after an upgrade"
        return [Diagnosis(subject, Health.BAD, words, remedy)]
    return [Diagnosis(subject, Health.GOOD, f"{api} Prefect {served}")]


def _clock_of_server(api: str | None) -> list[Diagnosis]:
    """Schedules follow the server's clock, what is due follows ours."""
    try:
        said = None if api is None else httpx.get(f"{api}/health", timeout=5).headers.get("date")
    except _NO_ANSWER:
        return []  # the server has its own finding
    if said is None:
        return []
    apart = abs(parsedate_to_datetime(said) - datetime.now(UTC))
    if apart <= _SKEW:
        return []
    minutes = f"{apart.total_seconds() / 60:.0f}"
    return [
        Diagnosis(
            "服务器时钟 clock of the server",
            Health.BAD,
            f"与本机相差 {minutes} 分钟 minutes apart from this machine",
            "两台机器都校准时间（timedatectl set-ntp true）set both clocks",
        )
    ]


def _deployments(api: str | None) -> list[Diagnosis]:
    subject = "部署和执行器 deployments and worker"
    try:
        ours = _our_deployments(api)
        late = _late_runs(api)
    except _NO_ANSWER:
        return []  # the server has its own finding
    if ours is None:
        return []
    idle = [one["name"] for one in ours if one["status"] != "READY"]
    remedy = (
        "重启 gongkai serve，或启动 worker start it again, or: prefect worker start --pool local"
    )
    if not ours or idle:
        words = f"没有执行器 nobody runs: {', '.join(idle) or 'nightly …'}"
        return [Diagnosis(subject, Health.BAD, words, remedy)]
    if late:
        words = f"{len(late)} 次运行过了时间还没开始 runs are late: {late[0]['name']}"
        return [Diagnosis(subject, Health.NOTE, words, remedy)]
    return [Diagnosis(subject, Health.GOOD, f"{len(ours)} 个就绪 ready")]


def _next_night(api: str | None) -> list[Diagnosis]:
    """Whether the server has laid in when the night comes next."""
    subject = "下一夜 next night"
    try:
        nights = [one for one in _our_deployments(api) or [] if one["name"] == "nightly"]
        runs = [run for night in nights for run in _runs_to_come(api, night["id"])]
    except _NO_ANSWER:
        return []  # the server has its own finding
    if not nights:
        return []  # told with the deployments
    if runs:
        at = datetime.fromisoformat(runs[0]["expected_start_time"]).astimezone(ZoneInfo(CHINA))
        return [Diagnosis(subject, Health.GOOD, f"北京时间 in China {at:%Y-%m-%d %H:%M}")]
    if nights[0]["paused"] or not any(one["active"] for one in nights[0]["schedules"]):
        words = "时间表已关闭 the schedule is switched off"
        remedy = "在 nightly 的部署页打开时间表开关 switch it on on the page of the deployment"
        return [Diagnosis(subject, Health.BAD, words, remedy)]
    remedy = (
        "看 .prefect/server.log 中的 Scheduler，重启 gongkai serve see that log and start it again"
    )
    return [Diagnosis(subject, Health.BAD, "没有排定 none is laid in", remedy)]


def _our_deployments(api: str | None) -> list[dict[str, Any]] | None:
    """Those of this project; null without a server."""
    if api is None:
        return None
    found = _ask(f"{api}/deployments/filter", {"limit": 100})
    return [one for one in found if "gongkai" in one["tags"]]


def _late_runs(api: str | None) -> list[dict[str, Any]]:
    late = {"flow_runs": {"state": {"name": {"any_": ["Late"]}}}}
    return [] if api is None else _ask(f"{api}/flow_runs/filter", late)


def _runs_to_come(api: str | None, deployment: str) -> list[dict[str, Any]]:
    asked = {
        "deployments": {"id": {"any_": [deployment]}},
        "flow_runs": {
            "state": {"type": {"any_": ["SCHEDULED"]}},
            "expected_start_time": {"after_": datetime.now(UTC).isoformat()},
        },
        "sort": "EXPECTED_START_TIME_ASC",
    }
    found: list[dict[str, Any]] = _ask(f"{api}/flow_runs/filter", asked)
    return [run for run in found if run["auto_scheduled"]]


def _ask(url: str, question: dict[str, Any] | None = None) -> Any:
    """The answer of the API. Raises one of _NO_ANSWER when there is none, a refusal, or something else answers."""
    method = "GET" if question is None else "POST"
    return httpx.request(method, url, json=question, timeout=10).raise_for_status().json()


def _last_runs(lake: LakePaths, now: datetime) -> list[Diagnosis]:
    runs = read_runs(lake)
    found = []
    begun = runs.filter(outcome="started", host=socket.gethostname())
    lost = [row["run_id"] for row in begun.iter_rows(named=True) if not is_running(row["pid"])]
    if lost:
        remedy = (
            "下次运行会续做；现在续做：重启 gongkai serve 或再运行一次 the next run takes it up"
        )
        words = f"中断而未收尾 cut off: {', '.join(lost)}"
        found.append(Diagnosis("中断的运行 lost runs", Health.NOTE, words, remedy))
    nights = runs.filter(pl.col("flow") == "nightly")
    if nights.is_empty():
        remedy = "gongkai run sample，或在界面开始 nightly or start nightly in the UI"
        found.append(Diagnosis("每夜 nights", Health.NOTE, "还没有运行过 none has run yet", remedy))
        return found
    last = nights.row(-1, named=True)
    words = f"{last['run_id']} {last['outcome']}: {last['message'] or ''}"
    if last["outcome"] in ("failed", "interrupted"):
        remedy = f"gongkai runs {last['run_id']}；界面里看 nightly-summary see it in the UI"
        found.append(Diagnosis("每夜 nights", Health.BAD, words, remedy))
    elif now - last["started_at"] > _LONGEST_PAUSE:
        remedy = "确认 gongkai serve 在运行、时间表已开启 see that it is up and the schedule is on"
        found.append(
            Diagnosis(
                "每夜 nights", Health.NOTE, f"超过一天没有运行 over a day ago: {words}", remedy
            )
        )
    else:
        found.append(Diagnosis("每夜 nights", Health.GOOD, words))
    return found
