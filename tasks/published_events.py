"""`gongkai.published`: one event per partition whose files changed, for deployments that wait for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from prefect.events import emit_event

from schemas.parameters import province_names
from tasks.open_run import OpenRun
from tasks.publish import PublishedLake

PUBLISHED = "gongkai.published"
_PARTITION = re.compile(r"(?P<table>[^/]+)/province=(?P<province>[^/]+)/year=(?P<year>\d+)/")


def announce_partitions(run: OpenRun, outcome: PublishedLake) -> None:
    """Emit one event per changed partition; a run without Prefect emits none."""
    if run.record.flow_run_id is None:
        return
    names = province_names()
    for (province, year), tables in sorted(changed_partitions(outcome.changed).items()):
        emit_event(
            event=PUBLISHED,
            resource={
                "prefect.resource.id": f"gongkai.partition.{province}.{year}",
                "prefect.resource.name": f"{names.get(province, province)} {year}",
                "gongkai.province": province,
                "gongkai.year": str(year),
            },
            payload={
                "province": f"{province} {names.get(province, '')}".rstrip(),
                "year": year,
                "tables": tables,
                "lake": str(run.lake.root),
                "run_id": run.record.run_id,
                "manifest_sha256": outcome.manifest_sha256,
            },
        )


def changed_partitions(paths: Iterable[str]) -> dict[tuple[str, int], list[str]]:
    """(province, year) → the tables of which the file changed."""
    changed: dict[tuple[str, int], list[str]] = defaultdict(list)
    for path in paths:
        if found := _PARTITION.match(path):
            changed[found["province"], int(found["year"])].append(found["table"])
    return {key: sorted(tables) for key, tables in changed.items()}
