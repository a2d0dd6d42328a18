"""`gongkai serve`: Prefect's server, its UI and our deployments, until Ctrl-C."""

from __future__ import annotations

import os
import signal
from urllib.parse import urlsplit

from gongkai.errors import CommandError
from tasks.child_processes import WORKER_VARIABLE
from tasks.lake_paths import PROJECT_ROOT, open_lake
from tasks.local_server import embedded_server, share_server, stop_sharing
from tasks.lost_runs import find_lost_runs
from tasks.network_guard import CONNECT_TO_VARIABLE
from tasks.prefect_environment import prepare_prefect, quiet_console
from tasks.sample_server import SAMPLE_SITE, sample_site_served
from tasks.source_files import read_sources

UPLOADS = PROJECT_ROOT / "uploads"
"""Where an operator puts files for the deployment `ingest`."""


def serve_until_stopped(port: int, lake: str | None) -> int:
    """Serve on loopback; the sample site runs beside, so that a first night can be tried."""
    paths = open_lake(lake)
    home = prepare_prefect()
    quiet_console()
    for stop_signal in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop_signal, signal.default_int_handler)
    source = read_sources(str(SAMPLE_SITE / "source.yml"))[0]
    printed = urlsplit(source.absolute("/"))
    print("启动 Prefect 服务器（首次约半分钟）starting Prefect's server …", flush=True)
    with embedded_server(port) as server, sample_site_served(printed.port or 0) as (address, _):
        if not server.started_here:
            raise CommandError(
                f"已有服务器在运行 a server is already running: {server.ui_url}; stop it first"
            )
        os.environ[CONNECT_TO_VARIABLE] = f"{printed.hostname}:{printed.port}={address}"
        os.environ["PYTHONPATH"] = str(PROJECT_ROOT)
        os.environ[WORKER_VARIABLE] = str(os.getpid())
        share_server(home, server.api_url)
        UPLOADS.mkdir(exist_ok=True)
        find_lost_runs(paths)
        try:
            _serve(str(paths.root), server.ui_url, source.absolute("/"))
        finally:
            stop_sharing(home)
    print("已停止 stopped", flush=True)
    return 0


def _serve(lake: str, ui_url: str, sample_url: str) -> None:
    from tasks.alert_blocks import save_channels
    from tasks.automations import apply_automations, declared_automations
    from tasks.deployments import declared_deployments, serve_deployments, served_deployment

    channels = save_channels()
    apply_automations(declared_automations(channels))
    deployments = [served_deployment(declared, lake) for declared in declared_deployments()]

    def say_ready() -> None:
        print(
            f"界面 UI: {ui_url}\n"
            f"数据湖 lake: {lake}\n"
            f"部署 deployments: {', '.join(str(deployment.name) for deployment in deployments)}\n"
            f"提醒 alerts: {', '.join(channels) or '只在界面显示 shown in the UI only'}\n"
            f"上传文件夹 uploads: {UPLOADS}\n"
            f"示例站点 sample site: {sample_url}（来源 sources: sample_site/source.yml）\n"
            f"按 Ctrl-C 停止 press Ctrl-C to stop",
            flush=True,
        )

    serve_deployments(deployments, say_ready)
    print("正在停止 stopping …", flush=True)
