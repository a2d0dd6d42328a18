"""Commands that run a flow: Prefect's server comes up, the flow runs here, the server goes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gongkai.errors import DEBUG_VARIABLE, PROBLEM, CommandError
from gongkai.night_plan_view import print_backfill_plan, print_plan
from gongkai.run_display import shown_progress
from gongkai.run_summary import print_summary
from schemas.parameters import Asked, Province, province_key
from schemas.sources import Source
from tasks.backfill_plan import plan_backfill
from tasks.host_rules import FetchLimits
from tasks.lake_paths import LakePaths, open_lake
from tasks.lake_summary import manifest_digest, scan_published
from tasks.local_files import find_documents, split_paths_and_urls
from tasks.local_server import embedded_server
from tasks.network_guard import CONNECT_TO_VARIABLE
from tasks.night import parse_window
from tasks.night_plan import Polling, address_histories, plan_night, today_in_china
from tasks.observations import read_observations
from tasks.prefect_environment import quiet_console
from tasks.progress import announce
from tasks.sample_server import SAMPLE_SITE, sample_site_served
from tasks.source_files import chosen_sources, read_sources

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

_PARTITION = re.compile(r"all|[A-Z]{2}(-[A-Z]{2,4})?/20[0-9]{2}")
SAMPLE_SOURCE = SAMPLE_SITE / "source.yml"


def run_nightly(sources: str, lake: str | None, asked: Asked = Asked.DUE, hours: str = "") -> int:
    """One night over the sources of a folder or file."""
    read_sources(sources)  # a mistake in a file is said before anything is started
    _read_hours(hours)

    def flow(root: str) -> State[Any]:
        from flows.nightly import nightly

        return nightly(sources=sources, asked=asked, hours=hours, lake=root, return_state=True)

    return run_flow(lake, flow)


def run_backfill(
    sources: str,
    lake: str | None,
    provinces: list[str],
    years: tuple[int, int],
    *,
    only_failed: bool,
    dry_run: bool,
) -> int:
    """Fill the gaps of these provinces (partition keys) and years."""
    found = chosen_sources(read_sources(sources), _provinces(provinces))
    if dry_run:
        return show_backfill_plan(found, lake, years, only_failed)

    def flow(root: str) -> State[Any]:
        from flows.backfill import backfill

        return backfill(
            sources=sources,
            provinces=_provinces(provinces),
            first_year=years[0],
            last_year=years[1],
            only_failed=only_failed,
            lake=root,
            return_state=True,
        )

    return run_flow(lake, flow)


def _provinces(keys: list[str]) -> list[Province]:
    by_key = {province_key(province): province for province in Province}
    unknown = [key for key in keys if key not in by_key]
    if unknown:
        raise CommandError(
            f"没有这个省份 no such province: {', '.join(unknown)}；应为 one of {', '.join(by_key)}"
        )
    return [by_key[key] for key in keys]


def show_backfill_plan(
    sources: list[Source], lake: str | None, years: tuple[int, int], only_failed: bool
) -> int:
    """The plan of a backfill on the screen; nothing is asked and nothing is written."""
    if years[0] > years[1]:
        raise CommandError(
            "起始年度晚于截止年度，请对调 the first year is after the last: swap them"
        )
    coverage = scan_published(open_lake(lake), "coverage")
    plan = plan_backfill(sources, coverage, range(years[0], years[1] + 1), only_failed)
    print_backfill_plan(plan)
    return 0


def show_plan(sources: str, lake: str | None, asked: Asked) -> int:
    """What a night would ask of whom; nothing is asked and nothing is written."""
    found = read_sources(sources)
    observations = read_observations(open_lake(lake).observations)
    histories = address_histories(observations) if asked is Asked.DUE else None
    polling = Polling(histories, today_in_china(datetime.now(UTC)))
    print_plan(plan_night(found, polling, FetchLimits()))
    return 0


def _read_hours(hours: str) -> None:
    try:
        parse_window(hours)
    except ValueError as error:
        raise CommandError(str(error)) from error


def run_publish(lake: str | None, let_through: list[str]) -> int:
    """Read and publish what the lake holds; `let_through` names partitions past the gate."""
    for name in let_through:
        if not _PARTITION.fullmatch(name):
            raise CommandError(
                f"分区写作 CN-SX/2024 或 all write a partition as CN-SX/2024, not {name}"
            )

    def flow(root: str) -> State[Any]:
        from flows.publish import publish

        return publish(let_through=let_through, lake=root, return_state=True)

    return run_flow(lake, flow)


def run_verify(lake: str | None) -> int:
    """Compare every file of the lake with what it should be."""

    def flow(root: str) -> State[Any]:
        from flows.verify import verify

        return verify(lake=root, return_state=True)

    return run_flow(lake, flow)


def run_ingest(documents: list[str], lake: str | None, local: bool) -> int:
    """Take in files, folders and addresses."""
    paths, urls = split_paths_and_urls(documents)
    find_documents(paths)  # a wrong path is said before anything is started
    named = [str(path.resolve()) for path in paths] + urls

    def flow(root: str) -> State[Any]:
        from flows.ingest import ingest

        return ingest(documents=named, lake=root, allow_local=local, return_state=True)

    return run_flow(lake, flow)


def run_sample(lake: str | None) -> int:
    """One night over the sample site, which is served on loopback for the time."""
    source = read_sources(str(SAMPLE_SOURCE))[0]
    printed = urlsplit(source.absolute("/"))
    with sample_site_served(printed.port or 0) as (address, _):
        # Where another program holds the port, the site keeps its printed address all the same.
        os.environ[CONNECT_TO_VARIABLE] = f"{printed.hostname}:{printed.port}={address}"
        return run_nightly(str(SAMPLE_SOURCE), lake)


def run_flow(lake: str | None, flow: Callable[[str], State[Any]]) -> int:
    """Run a flow in this process against the lake; 0 when it completed.

    Why one failed is its result, in a sentence: Prefect's own traceback is for who looks for a mistake of ours.
    """
    paths = open_lake(lake)
    before = manifest_digest(paths)
    quiet_console("WARNING" if os.environ.get(DEBUG_VARIABLE) else "CRITICAL")
    with shown_progress():
        announce("启动 Prefect（首次需要建库，约半分钟）starting Prefect's server")
        with embedded_server():
            state = flow(str(paths.root))
    return _conclude(paths, before, state)


def _conclude(paths: LakePaths, before: str | None, state: State[Any]) -> int:
    print_summary(paths, before, state.message or "")
    return 0 if state.is_completed() else PROBLEM
