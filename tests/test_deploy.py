"""What stands in deploy/ exists: every command, every variable, every file."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tasks.prefect_environment import _SETTINGS
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
BIN = Path(sys.executable).parent
TEXTS = [path for path in DEPLOY.rglob("*") if path.is_file()]


def variables(text: str) -> set[str]:
    """Names of variables that are set: NAME=… of env files and units, NAME: … of compose."""
    return set(re.findall(r"\b((?:PREFECT|GONGKAI)_[A-Z0-9_]+)\s*[=:]", text))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_variable_is_read_by_somebody(path: Path) -> None:
    from prefect.settings import Settings
    from prefect.settings.legacy import _get_valid_setting_names

    known = _get_valid_setting_names(Settings) | set(_SETTINGS)  # one of a coming release
    ours = "\n".join(
        source.read_text(encoding="utf-8") for source in sorted((ROOT / "tasks").rglob("*.py"))
    )
    for name in variables(path.read_text(encoding="utf-8")):
        if name == "PREFECT_DATABASE_PASSWORD":
            continue  # of compose alone
        assert name in known if name.startswith("PREFECT_") else f'"{name}"' in ours, name


def commands() -> list[list[str]]:
    """Every command of ours or Prefect's that compose, the units and the page tell."""
    told = "\n".join(path.read_text(encoding="utf-8") for path in TEXTS)
    told = told.replace("prefect --no-prompt ", "prefect ")
    found = re.findall(r"(?:^|[\s(\"/`])((?:prefect|gongkai) [a-z][^\n\"`;)&|；，]*)", told)
    return [one.split() for one in found]


def test_there_are_commands_to_look_at() -> None:
    assert {one[0] for one in commands()} == {"prefect", "gongkai"}
    assert len(commands()) > 10


@pytest.mark.parametrize("words", sorted({" ".join(one) for one in commands()}))
def test_every_command_and_option_exists(words: str) -> None:
    program, *arguments = words.split()
    plain = [word for word in arguments if re.fullmatch(r"[a-z][a-z-]*", word)]
    most = {"gongkai": 2, "prefect": 3}[program]
    paths = [tuple(plain[:length]) for length in range(min(most, len(plain)), 0, -1)]
    text = next((told for path in paths if (told := help_of(program, path))), None)
    assert text, f"{program} has no {plain}"
    for option in (word for word in arguments if word.startswith("--")):
        assert option in text, f"{words}: no {option}"


@cache
def help_of(program: str, path: tuple[str, ...]) -> str:
    """What a command says of itself; nothing where there is none of this name."""
    done = subprocess.run(
        [BIN / program, *path, "--help"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(BIN), "COLUMNS": "200", "NO_COLOR": "1", "HOME": "/tmp"},
    )
    return "" if done.returncode else done.stdout


def test_services_are_limited_watched_and_restarted() -> None:
    for name, service in COMPOSE["services"].items():
        if name == "setup":
            continue
        assert service["restart"] == "unless-stopped", name
        assert "mem_limit" in service, name
    assert {"database", "server"} <= {
        name for name, service in COMPOSE["services"].items() if "healthcheck" in service
    }
    named = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith((".", "/"))
    }
    assert named == set(COMPOSE["volumes"])
    for port in COMPOSE["services"]["server"]["ports"]:
        assert port.startswith("127.0.0.1:")


def test_the_settings_of_the_program_are_those_of_the_environment() -> None:
    given = dict(
        line.split("=", 1)
        for line in (DEPLOY / "gongkai.env").read_text(encoding="utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    )
    assert {name: given.get(name) for name in _SETTINGS} == _SETTINGS


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_the_units_hold_before_systemd(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/gongkai/.venv/bin", str(BIN))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    names = [str(tmp_path / unit.name.replace("@.", "@1.")) for unit in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "gongkai" in line]
    assert complaints == []


@pytest.mark.parametrize(
    "unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name
)
def test_units_run_as_nobody_special_and_cannot_change_the_system(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    for line in ("User=gongkai", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        assert line in text
    if "Type=oneshot" not in text:
        assert "Restart=always" in text
        assert "MemoryMax=" in text


def test_the_backup_keeps_fourteen_dumps_and_never_overwrites_raw(tmp_path: Path) -> None:
    programs, lake, backups = tmp_path / "bin", tmp_path / "lake", tmp_path / "backups"
    programs.mkdir()
    dump = programs / "pg_dump"
    dump.write_text(
        '#!/bin/sh\nfor a; do case $a in --file=*) echo dump > "${a#--file=}";; esac; done\n'
    )
    dump.chmod(0o755)
    (lake / "raw" / "objects").mkdir(parents=True)
    (lake / "raw" / "objects" / "one").write_text("first")
    (backups / "prefect").mkdir(parents=True)
    for day in range(1, 20):
        (backups / "prefect" / f"202601{day:02}T000000Z.dump").touch()
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "BACKUPS": str(backups), "LAKE": str(lake)}
    script = ["sh", str(DEPLOY / "backup.sh")]
    subprocess.run(script, env=environment, check=True)
    (lake / "raw" / "objects" / "one").write_text("damaged")
    (lake / "raw" / "objects" / "two").write_text("second")
    subprocess.run(script, env=environment, check=True)
    assert len(list((backups / "prefect").glob("*.dump"))) == 14
    assert (backups / "raw" / "objects" / "one").read_text() == "first"
    assert (backups / "raw" / "objects" / "two").read_text() == "second"
