"""The automations that are shipped can be laid in, find lost runs, and know every channel."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tasks.alert_blocks import ChannelError, parse_email_address, webhook_block
from tasks.automations import apply_automations, declared_automations
from tasks.deployments import declared_deployments, served_deployment

CHANNELS = {"gongkai-webhook": UUID(int=1), "gongkai-email": UUID(int=2)}
LOST, RESUME = "gongkai 找回失联的运行 lost runs", "gongkai 续跑中断的运行 resume crashed runs"


def test_without_channels_only_what_acts_by_itself_is_declared() -> None:
    assert [automation.name for automation in declared_automations({})] == [LOST, RESUME]


def test_each_notification_goes_to_every_channel() -> None:
    declared = declared_automations(CHANNELS)
    assert len(declared) == 5
    for automation in declared[2:]:
        assert {action.block_document_id for action in automation.actions} == set(CHANNELS.values())  # type: ignore[union-attr]
        assert automation.description
        assert all("怎么办" in action.body for action in automation.actions)  # type: ignore[union-attr]


def test_a_run_without_word_counts_as_lost_after_three_heartbeats() -> None:
    from tasks.prefect_environment import _SETTINGS

    heartbeat = int(_SETTINGS["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"])
    trigger = declared_automations({})[0].trigger
    assert trigger.within.total_seconds() >= 3 * heartbeat  # type: ignore[union-attr]


def test_laying_in_twice_changes_nothing_and_what_is_declared_no_more_goes(
    prefect_api: str,
) -> None:
    def names() -> list[str]:
        found = httpx.post(f"{prefect_api}/automations/filter", json={}).json()
        return sorted(one["name"] for one in found if one["name"].startswith("gongkai "))

    declared = declared_automations({})
    apply_automations(declared)
    apply_automations(declared)
    assert names() == sorted([LOST, RESUME])
    apply_automations(declared[1:])
    assert names() == [RESUME]
    apply_automations([])


def new_run(api: str) -> str:
    flow = httpx.post(f"{api}/flows/", json={"name": f"lost-{uuid4()}"}).json()
    question = {"flow_id": flow["id"], "tags": ["gongkai"]}
    return str(httpx.post(f"{api}/flow_runs/", json=question).json()["id"])


def put(api: str, run: str, state: str) -> None:
    told = {"state": {"type": state.upper(), "name": state}, "force": True}
    httpx.post(f"{api}/flow_runs/{run}/set_state", json=told).raise_for_status()


def state_of(api: str, run: str) -> dict[str, str]:
    state: dict[str, str] = httpx.get(f"{api}/flow_runs/{run}").json()["state"]
    return state


@contextmanager
def laid_in(api: str, automation: dict[str, Any]) -> Iterator[None]:
    created = httpx.post(f"{api}/automations/", json=automation)
    assert created.status_code == 201, created.text
    yield
    httpx.delete(f"{api}/automations/{created.json()['id']}")


def test_a_run_whose_machine_lost_power_is_marked_crashed(prefect_api: str) -> None:
    """A run that said it was running, and then nothing, in a server where word is due sooner."""
    lost = declared_automations({})[0].model_dump(mode="json")
    lost["trigger"]["within"] = 10
    with laid_in(prefect_api, lost):
        run = new_run(prefect_api)
        put(prefect_api, run, "Running")
        while state_of(prefect_api, run)["type"] == "RUNNING":
            time.sleep(0.5)
    assert state_of(prefect_api, run)["type"] == "CRASHED"
    assert "没有心跳" in state_of(prefect_api, run)["message"]


def test_a_run_that_crashes_again_at_once_is_not_started_for_ever(prefect_api: str) -> None:
    def crash_and_wait_until_queued(run: str) -> None:
        put(prefect_api, run, "Running")
        put(prefect_api, run, "Crashed")
        while state_of(prefect_api, run)["name"] != "AwaitingRetry":
            time.sleep(0.2)

    publish = next(one for one in declared_deployments() if one.name == "publish")
    deployment = served_deployment(publish, "").apply()

    def run_of_a_deployment() -> str:
        made = httpx.post(f"{prefect_api}/deployments/{deployment}/create_flow_run", json={})
        return str(made.raise_for_status().json()["id"])

    with laid_in(prefect_api, declared_automations({})[1].model_dump(mode="json")):
        hopeless, another = run_of_a_deployment(), run_of_a_deployment()
        crash_and_wait_until_queued(hopeless)
        put(prefect_api, hopeless, "Running")
        put(prefect_api, hopeless, "Crashed")
        crash_and_wait_until_queued(another)  # by then the earlier crash has been looked at
    assert state_of(prefect_api, hopeless)["name"] == "Crashed"


def test_a_mail_address_says_everything_the_block_needs() -> None:
    block = parse_email_address("smtp://u:p%40w@mail.example:25?from=a@x&to=b@y,c@z&tls=none")
    assert (block.host, block.port, block.user, block.tls) == ("mail.example", 25, "u", "none")
    assert block.password.get_secret_value() == "p@w"
    assert block.recipients == ["b@y", "c@z"]


@pytest.mark.parametrize(
    "wrong", ["mail.example", "smtp://mail.example", "smtp://m?from=a@x&to=b@y&tls=maybe"]
)
def test_a_wrong_mail_address_is_refused_with_the_right_form(wrong: str) -> None:
    with pytest.raises(ChannelError, match=r"smtp://user:password@host|starttls"):
        parse_email_address(wrong)


def test_a_webhook_posts_title_and_text() -> None:
    assert webhook_block("https://hook.example/x").json_data == {
        "title": "{{subject}}",
        "text": "{{body}}",
    }
    with pytest.raises(ChannelError):
        webhook_block("hook.example")
