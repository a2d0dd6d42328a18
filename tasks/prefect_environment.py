"""Prefect's settings for this project, set before Prefect is imported. Imports no Prefect itself."""

from __future__ import annotations

import os
from pathlib import Path

from tasks.lake_paths import PROJECT_ROOT

DEFAULT_HOME = PROJECT_ROOT / ".prefect"

_SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "60",
    "PREFECT_RUNNER_POLL_FREQUENCY": "2",
    "PREFECT_WORKER_QUERY_SECONDS": "2",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "7776000",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P30D",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "gongkai",
    "PREFECT_DEPLOYMENTS_CLEAR_SCHEDULES_ON_EMPTY": "true",
}
_DATABASE_ELSEWHERE = (
    "PREFECT_SERVER_DATABASE_CONNECTION_URL",
    "PREFECT_API_DATABASE_CONNECTION_URL",
)


def prepare_prefect() -> Path:
    """Put the settings into the environment (those already set there win); gives PREFECT_HOME.

    Run history lives in PREFECT_HOME, so `gongkai serve` shows the runs of `gongkai run`.
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    home = Path(os.environ.setdefault("PREFECT_HOME", str(DEFAULT_HOME)))
    os.environ.setdefault("PREFECT_PROFILES_PATH", str(home / "profiles.toml"))
    home.mkdir(parents=True, exist_ok=True)
    return home


def database_is_shared() -> bool:
    """Whether Prefect's database is one that other machines may use too, rather than a file of our own."""
    return any(name in os.environ for name in _DATABASE_ELSEWHERE)


def quiet_console(least: str = "WARNING") -> None:
    """Keep Prefect's own lines below this level off the terminal; the server still gets them all."""
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", least)
