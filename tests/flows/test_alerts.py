"""Every alert reaches people: through the automations of a real server, by webhook and by mail."""

from __future__ import annotations

import email
import subprocess
import sys
import time
from email.policy import default
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from schemas.alerts import AlertKind, alert_kinds
from tests.conftest import ROOT, gongkai_environment
from tests.flows.alarming_run import everything_at_once
from tests.flows.served import Inbox, Served, wait_for

DOUBTFUL = ROOT / "tests" / "golden" / "four_of_seven_zeros.txt"
PLACES = ["汾口", "威坪", "姜家", "梓桐", "中洲", "大墅", "临岐", "枫树岭", "文昌", "石林"]


def received(inbox: Inbox, subject: str, *parts: str) -> bool:
    """Whether both channels brought a message of this subject with all of these parts."""
    posts = [(post["title"], post["text"]) for post in inbox.posts]
    mails = [email.message_from_string(mail, policy=default) for mail in inbox.mails]
    letters = [(str(mail["Subject"]), str(mail.get_content())) for mail in mails]
    return all(
        any(subject in title and all(part in text for part in parts) for title, text in channel)
        for channel in (posts, letters)
    )


def test_one_night_can_give_cause_for_every_alert() -> None:
    assert [alert.kind.alert for alert in everything_at_once()] == list(alert_kinds())


@pytest.fixture(scope="module")
def alarmed(served: Served, tmp_path_factory: pytest.TempPathFactory) -> None:
    lake = tmp_path_factory.mktemp("alarming")
    subprocess.run(
        [sys.executable, "-m", "tests.flows.alarming_run", str(lake)],
        env=gongkai_environment(PREFECT_API_URL=f"{served.ui}/api", PREFECT_HOME=str(served.home)),
        check=True,
    )


@pytest.mark.usefixtures("alarmed")
@pytest.mark.parametrize("kind", alert_kinds().values(), ids=lambda kind: kind.alert)
def test_what_a_run_finds_is_told_with_what_to_do(kind: AlertKind, inbox: Inbox) -> None:
    found = next(alert for alert in everything_at_once() if alert.kind == kind)
    wait_for(lambda: received(inbox, found.title, found.measured, kind.zh_remedy, kind.en_remedy))


def test_a_run_that_fails_is_told(served: Served, inbox: Inbox, tmp_path: Path) -> None:
    run = served.start("ingest", documents=[str(tmp_path / "nothing.html")], lake=str(tmp_path))
    wait_for(lambda: served.state(run) == "Failed")
    shown = served.ask(f"flow_runs/{run}")
    wait_for(lambda: received(inbox, f"运行失败 run failed: {shown['name']}", "怎么办", run))


def test_a_form_that_has_changed_is_noticed_by_the_run_that_reads_it(
    served: Served, inbox: Inbox, tmp_path: Path
) -> None:
    text = DOUBTFUL.read_text(encoding="utf-8")
    for place in PLACES:
        (tmp_path / f"{place}.txt").write_text(text.replace("汾口", place), encoding="utf-8")
    run = served.start("ingest", documents=[str(tmp_path)], lake=str(tmp_path / "lake"))
    wait_for(lambda: served.state(run) == "Completed")
    drift = alert_kinds()["schema_drift"]
    wait_for(lambda: received(inbox, drift.zh_label, "新读 new 10, 待核 need review 10"))


def test_a_night_that_does_not_come_is_told(served: Served, inbox: Inbox) -> None:
    """The shipped automation, laid into the same server a second time with a shorter wait."""
    known = served.ask("automations/filter", {})
    shipped = next(one for one in known if "一夜没有运行" in one["name"])
    copied = {name: shipped[name] for name in ("description", "enabled", "trigger", "actions")}
    copied["trigger"]["within"] = 10
    served.ask("automations/", copied | {"name": f"soon {uuid4()}"})
    ended = {
        "event": "gongkai.night.ended",
        "occurred": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "resource": {"prefect.resource.id": "gongkai.night"},
        "payload": {},
        "id": str(uuid4()),
    }
    httpx.post(f"{served.ui}/api/events", json=[ended]).raise_for_status()
    wait_for(lambda: received(inbox, "一夜没有运行 no night has run", "gongkai doctor"))
