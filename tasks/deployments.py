"""The deployments of `prefect.yaml` as this process can serve them."""

from __future__ import annotations

import asyncio
import importlib
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import yaml

from tasks.lake_paths import PROJECT_ROOT

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.deployments.runner import RunnerDeployment

DEPLOYMENTS_FILE = PROJECT_ROOT / "prefect.yaml"


@dataclass(frozen=True, slots=True)
class DeclaredDeployment:
    """One entry of `prefect.yaml`."""

    name: str
    entrypoint: str
    settings: dict[str, Any]

    def flow(self) -> Flow[..., Any]:
        """The flow behind the module entrypoint."""
        module, name = self.entrypoint.split(":")
        return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]


def declared_deployments() -> list[DeclaredDeployment]:
    """Every deployment of `prefect.yaml`, in order."""
    content = yaml.safe_load(DEPLOYMENTS_FILE.read_text(encoding="utf-8"))
    return [
        DeclaredDeployment(entry["name"], entry["entrypoint"], entry)
        for entry in content["deployments"]
    ]


def served_deployment(declared: DeclaredDeployment, lake: str) -> RunnerDeployment:
    """A deployment for `prefect.serve`, with `lake` as its default lake."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig
    from prefect.events.schemas.deployment_triggers import DeploymentEventTrigger
    from prefect.schedules import Schedule
    from prefect.types.entrypoint import EntrypointType

    settings = declared.settings
    schedules = [
        Schedule(
            cron=schedule["cron"],
            timezone=schedule["timezone"],
            slug=schedule["slug"],
            active=schedule["active"],
        )
        for schedule in settings["schedules"]
    ]
    deployment = declared.flow().to_deployment(
        name=declared.name,
        description=settings["description"],
        tags=settings["tags"],
        version=settings["version"],
        parameters=settings["parameters"] | {"lake": lake},
        schedules=schedules,
        concurrency_limit=ConcurrencyLimitConfig(**settings["concurrency_limit"]),
        enforce_parameter_schema=settings["enforce_parameter_schema"],
        triggers=[
            DeploymentEventTrigger.model_validate(trigger)
            for trigger in settings.get("triggers", [])
        ],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return cast("RunnerDeployment", deployment)


def serve_deployments(deployments: Sequence[RunnerDeployment], ready: Callable[[], None]) -> None:
    """Run what the deployments are asked for, until SIGINT or SIGTERM; `ready` says that they are up."""
    from prefect.runner import Runner

    class StoppableRunner(Runner):
        """Takes SIGTERM like Ctrl-C: Prefect's own handler leaves its shutdown unawaited."""

        def handle_sigterm(self, *_: Any, **__: Any) -> None:
            signal.raise_signal(signal.SIGINT)

    async def serve() -> None:
        runner = StoppableRunner(pause_on_shutdown=True)
        for deployment in deployments:
            await runner.aadd_deployment(deployment)
        ready()
        await runner.start()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())
