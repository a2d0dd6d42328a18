"""How a run is called in the UI: after what it works on, without the machine's folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect.runtime import flow_run

from tasks.lake_paths import PROJECT_ROOT


def nightly_run_name() -> str:
    """`每夜 nightly sample_site/source.yml`."""
    return f"每夜 nightly {shown_place(flow_run.get_parameters()['sources'])}"


def ingest_run_name() -> str:
    """`导入 ingest reports +2`: the first of what was named, and how many more."""
    return (
        f"导入 ingest {first_of([shown_place(d) for d in flow_run.get_parameters()['documents']])}"
    )


def shown_place(place: str) -> str:
    """A path inside the project from its root, any other path by its last part, an address whole."""
    path = Path(place)
    if "://" in place or not path.is_absolute():
        return place
    return str(path.relative_to(PROJECT_ROOT)) if path.is_relative_to(PROJECT_ROOT) else path.name


def first_of(things: Sequence[str]) -> str:
    """The first thing and the number of the others."""
    return things[0] if len(things) == 1 else f"{things[0]} +{len(things) - 1}"
