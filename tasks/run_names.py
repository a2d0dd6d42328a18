"""How a run is called in the UI: after what it works on, without the machine's folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prefect.runtime import flow_run

from schemas.parameters import FIRST_YEAR, LAST_YEAR, Province, Stage
from tasks.lake_paths import PROJECT_ROOT


def nightly_run_name() -> str:
    """`每夜 nightly 山西 CN-SX 2020–2023 到识读 to extract · sample_site/source.yml`; what is not chosen is left out."""
    return f"每夜 nightly {scope_in_words(flow_run.get_parameters())}"


def backfill_run_name() -> str:
    """`补采 backfill 山西 CN-SX 2023 · sources`."""
    asked = flow_run.get_parameters()
    dry = "（只出计划 dry run）" if asked["dry_run"] else ""
    return f"补采 backfill {scope_in_words(asked)}{dry}"


def downstream_run_name() -> str:
    """`下游示例 downstream CN 中央 2023`."""
    asked = flow_run.get_parameters()
    return f"下游示例 downstream {Province(asked['province']).value} {asked['year']}"


def scope_in_words(asked: Mapping[str, Any]) -> str:
    """Provinces, years, last or chosen stages, and sources of a form, as far as they narrow the run."""
    provinces = [str(Province(province).value) for province in asked["provinces"]]
    words = [_few(provinces), _years_in_words(asked["first_year"], asked["last_year"])]
    if asked.get("last_stage", Stage.PUBLISH) != Stage.PUBLISH:
        words.append(f"到 to {Stage(asked['last_stage']).value}")
    stages = [Stage(stage) for stage in asked.get("stages", list(Stage))]
    if len(stages) < len(Stage):
        words.append("、".join(stage.value for stage in stages))
    narrowed = " ".join(word for word in words if word)
    place = shown_place(asked["sources"])
    return f"{narrowed} · {place}" if narrowed else place


def _years_in_words(first: int, last: int) -> str:
    if (first, last) == (FIRST_YEAR, LAST_YEAR):
        return ""
    if first == last:
        return str(first)
    return f"{first}–" if last == LAST_YEAR else f"{first}–{last}"


def _few(things: Sequence[str]) -> str:
    return "、".join(things) if len(things) <= 2 else f"{things[0]} +{len(things) - 1}"


def ingest_run_name() -> str:
    """`导入 ingest reports +2`: the first of what was named, and how many more."""
    return (
        f"导入 ingest {first_of([shown_place(d) for d in flow_run.get_parameters()['documents']])}"
    )


def review_run_name() -> str:
    """`审核 review c1a2b3c4d value 填数`; `审核 review` when only the list is asked for."""
    told = flow_run.get_parameters()
    asked = told["csv_file"] and shown_place(told["csv_file"])
    decided = f"{told['item']} {told['decision']}" if told["item"] else asked
    return f"审核 review {decided}".rstrip()


def shown_place(place: str) -> str:
    """A path inside the project from its root, any other path by its last part, an address whole."""
    path = Path(place)
    if "://" in place or not path.is_absolute():
        return place
    return str(path.relative_to(PROJECT_ROOT)) if path.is_relative_to(PROJECT_ROOT) else path.name


def first_of(things: Sequence[str]) -> str:
    """The first thing and the number of the others."""
    return things[0] if len(things) == 1 else f"{things[0]} +{len(things) - 1}"
