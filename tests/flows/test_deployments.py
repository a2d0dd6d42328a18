"""Every deployment of prefect.yaml loads, and its form offers what an operator may choose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.parameters import FIRST_YEAR, LAST_YEAR, Province, Stage, province_key, province_names
from tasks.deployments import DeclaredDeployment, declared_deployments, served_deployment
from tests.conftest import ROOT
from tests.flows.served import wait_for

DECLARED = declared_deployments()
pytestmark = pytest.mark.usefixtures("prefect_api")


@pytest.fixture(params=DECLARED, ids=[declared.name for declared in DECLARED])
def declared(request: pytest.FixtureRequest) -> DeclaredDeployment:
    found: DeclaredDeployment = request.param
    return found


def form(declared: DeclaredDeployment) -> dict[str, Any]:
    return declared.flow().parameters.model_dump()


def test_every_flow_has_a_deployment() -> None:
    files = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__"}
    assert {declared.entrypoint for declared in DECLARED} == {
        f"flows.{name}:{name}" for name in files
    }


def test_an_entrypoint_is_a_module_and_loads(declared: DeclaredDeployment) -> None:
    assert "/" not in declared.entrypoint
    assert declared.flow().name == declared.name


def test_a_form_explains_every_parameter_in_chinese(declared: DeclaredDeployment) -> None:
    for name, parameter in form(declared)["properties"].items():
        assert any("一" <= character <= "鿿" for character in parameter["description"]), name
        assert "anyOf" not in parameter, "an Optional default would trap the operator"


def test_declared_parameters_are_accepted_by_the_flow(declared: DeclaredDeployment) -> None:
    asked = {
        "documents": ["report.html"],
        "province": "CN 中央",
        "year": 2023,
        "name": "2026.11",
        "publication": "20260101T000000Z-a",
    }
    required = form(declared)["required"]
    parameters = {name: asked[name] for name in required} | declared.settings["parameters"]
    validated = declared.flow().validate_parameters(parameters)
    assert set(parameters) <= set(validated)


def test_a_deployment_is_described_tagged_and_limited(declared: DeclaredDeployment) -> None:
    settings = declared.settings
    assert settings["description"].startswith("**")
    assert "gongkai" in settings["tags"]
    several = declared.name in {"read", "build"}  # their runs are parts that never touch one file
    assert settings["concurrency_limit"]["limit"] == (16 if several else 1)
    assert settings["enforce_parameter_schema"] is True


def test_the_night_and_the_weekly_look_are_scheduled_in_china() -> None:
    schedules = {declared.name: declared.settings["schedules"] for declared in DECLARED}
    assert [(one["timezone"], one["slug"]) for one in schedules["nightly"]] == [
        ("Asia/Shanghai", "nightly-0230")
    ]
    assert [(one["timezone"], one["slug"]) for one in schedules["verify"]] == [
        ("Asia/Shanghai", "verify-sunday")
    ]
    assert schedules["ingest"] == schedules["publish"] == schedules["backfill"] == []


WITH_A_GRID = [declared for declared in DECLARED if declared.name in ("nightly", "backfill")]


@pytest.mark.parametrize("gridded", WITH_A_GRID, ids=lambda declared: declared.name)
def test_a_form_over_the_grid_offers_provinces_stages_and_bounded_years(
    gridded: DeclaredDeployment,
) -> None:
    offered = form(gridded)
    assert offered["definitions"]["Province"]["enum"] == [province.value for province in Province]
    assert offered["definitions"]["Stage"]["enum"] == [stage.value for stage in Stage]
    for name in ("first_year", "last_year"):
        year = offered["properties"][name]
        assert (year["minimum"], year["maximum"]) == (FIRST_YEAR, LAST_YEAR)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_year": 1990},
        {"last_year": 2101},
        {"provinces": ["山西"]},
        {"hours": "night"},
        {"hours": "25:00-07:00"},
    ],
)
@pytest.mark.parametrize("gridded", WITH_A_GRID, ids=lambda declared: declared.name)
def test_wrong_input_is_refused_before_a_run(
    gridded: DeclaredDeployment, wrong: dict[str, Any]
) -> None:
    from prefect.exceptions import ParameterTypeError

    with pytest.raises(ParameterTypeError):
        gridded.flow().validate_parameters(wrong)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("nightly", {"last_stage": "deploy"}),
        ("backfill", {"stages": ["deploy"]}),
        ("backfill", {"first_year": 1990}),
        ("backfill", {"provinces": ["CN-XX 无"]}),
        ("nightly", {"hours": "all night"}),
        ("ingest", {"documents": []}),
    ],
)
def test_the_server_refuses_a_wrong_form(
    name: str, wrong: dict[str, Any], applied: dict[str, str], prefect_api: str
) -> None:
    """As the UI posts it: no run comes into being."""
    asked = httpx.post(
        f"{prefect_api}/deployments/{applied[name]}/create_flow_run", json={"parameters": wrong}
    )
    assert asked.status_code == 409, asked.text


@pytest.fixture(scope="module")
def applied(prefect_api: str) -> dict[str, str]:
    """Every deployment laid into the server; name → id."""
    return {one.name: str(served_deployment(one, "").apply()) for one in DECLARED}


def test_every_form_is_kept_by_the_server_as_the_flow_declares_it(
    declared: DeclaredDeployment, applied: dict[str, str], prefect_api: str
) -> None:
    kept = httpx.get(f"{prefect_api}/deployments/{applied[declared.name]}").json()
    assert kept["parameter_openapi_schema"]["properties"] == form(declared)["properties"]
    assert kept["enforce_parameter_schema"]
    assert kept["description"] == declared.settings["description"]
    assert (
        kept["global_concurrency_limit"]["limit"] == declared.settings["concurrency_limit"]["limit"]
    )


def test_a_province_in_a_form_names_its_partition_key() -> None:
    assert "CN-SX 山西" in {province.value for province in Province}
    assert [province_key(province) for province in Province] == list(province_names())


def test_flows_are_thin() -> None:
    for path in Path(ROOT / "flows").glob("*.py"):
        assert "polars" not in path.read_text(encoding="utf-8")


def test_schedules_make_runs(applied: dict[str, str], prefect_api: str) -> None:
    """Asked to lay in the next nights the server does, and the weekly look it lays in by itself."""
    asked = httpx.post(
        f"{prefect_api}/deployments/{applied['nightly']}/schedule", json={"min_runs": 3}
    )
    assert asked.is_success, asked.text
    nights = scheduled_times(prefect_api, applied["nightly"])
    assert len(nights) >= 3
    assert set(nights) == {"18:30"}  # 02:30 in China
    looks = wait_for(lambda: scheduled_times(prefect_api, applied["verify"]))
    assert set(looks) == {"04:00"}


def scheduled_times(api: str, deployment: str) -> list[str]:
    """The times of day (UTC) of runs to come."""
    asked = {
        "deployments": {"id": {"any_": [deployment]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
    }
    runs = httpx.post(f"{api}/flow_runs/filter", json=asked).json()
    return [run["expected_start_time"][11:16] for run in runs]
