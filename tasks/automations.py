"""The automations of `automations.yaml`, laid into a Prefect server."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from uuid import UUID

import yaml

from tasks.lake_paths import PROJECT_ROOT

if TYPE_CHECKING:
    from prefect.events.schemas.automations import AutomationCore

AUTOMATIONS_FILE = PROJECT_ROOT / "automations.yaml"
_NOTIFY = "notify-each-channel"


def declared_automations(channels: Mapping[str, UUID]) -> list[AutomationCore]:
    """Every automation of the file; one that would only notify is left out where there is no channel."""
    from prefect.events.schemas.automations import AutomationCore

    declared = yaml.safe_load(AUTOMATIONS_FILE.read_text(encoding="utf-8"))["automations"]
    filled = [_with_channels(entry, channels) for entry in declared]
    return [AutomationCore.model_validate(entry) for entry in filled if entry["actions"]]


def _with_channels(entry: dict[str, Any], channels: Mapping[str, UUID]) -> dict[str, Any]:
    """An entry with one action per channel in place of `notify-each-channel`."""
    filled = deepcopy(entry)
    filled["actions"] = [
        action
        for declared in entry["actions"]
        for action in (
            _notifications(declared, channels) if declared["type"] == _NOTIFY else [declared]
        )
    ]
    return filled


def _notifications(declared: dict[str, Any], channels: Mapping[str, UUID]) -> list[dict[str, Any]]:
    return [
        declared | {"type": "send-notification", "block_document_id": block}
        for block in channels.values()
    ]


def apply_automations(automations: list[AutomationCore]) -> None:
    """Create or update them by name. Those of this project that are declared no more are removed."""
    from prefect.client.orchestration import get_client

    wanted = {automation.name: automation for automation in automations}
    with get_client(sync_client=True) as client:
        known = {
            one.name: one for one in client.read_automations() if one.name.startswith("gongkai ")
        }
        for name, automation in wanted.items():
            if name in known:
                client.update_automation(known[name].id, automation)
            else:
                client.create_automation(automation)
        for name in known.keys() - wanted.keys():
            client.delete_automation(known[name].id)
