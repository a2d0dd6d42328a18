"""`gongkai automations`: lay what Prefect does by itself into a server that is not `gongkai serve`."""

from __future__ import annotations

import os

from gongkai.errors import CommandError
from tasks.local_server import shared_server
from tasks.prefect_environment import prepare_prefect


def lay_in() -> int:
    """Create or update the automations and the channels of the environment."""
    home = prepare_prefect()
    api = os.environ.get("PREFECT_API_URL") or shared_server(home)
    if api is None:
        raise CommandError(
            "没有运行中的服务器 no server is running: 先 start gongkai serve, or set PREFECT_API_URL"
        )
    os.environ["PREFECT_API_URL"] = api
    from tasks.alert_blocks import save_channels
    from tasks.automations import apply_automations, declared_automations

    channels = save_channels()
    declared = declared_automations(channels)
    apply_automations(declared)
    for automation in declared:
        print(automation.name)
    print(f"提醒渠道 channels: {', '.join(channels) or '无 none'}")
    return 0
