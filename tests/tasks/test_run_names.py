"""What runs are called."""

from __future__ import annotations

import pytest

from schemas.parameters import FIRST_YEAR, LAST_YEAR
from tasks.lake_paths import PROJECT_ROOT
from tasks.run_names import first_of, scope_in_words, shown_place


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (str(PROJECT_ROOT / "sample_site" / "source.yml"), "sample_site/source.yml"),
        ("/srv/reports/2024", "2024"),
        ("sources", "sources"),
        ("https://www.example.gov.cn/nb.html", "https://www.example.gov.cn/nb.html"),
    ],
)
def test_a_place_is_shown_without_the_machines_folders(place: str, shown: str) -> None:
    assert shown_place(place) == shown


def test_the_first_of_several_stands_for_them() -> None:
    assert first_of(["a"]) == "a"
    assert first_of(["a", "b", "c"]) == "a +2"


EVERYTHING = {
    "sources": "sources", "provinces": [], "first_year": FIRST_YEAR, "last_year": LAST_YEAR,
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "sources"),
        ({"provinces": ["CN-SX 山西"], "first_year": 2023, "last_year": 2023}, "CN-SX 山西 2023 · sources"),
        ({"first_year": 2020}, "2020– · sources"),
        ({"last_stage": "fetch 抓取"}, "到 to fetch 抓取 · sources"),
        ({"stages": ["extract 识读", "publish 发布"]}, "extract 识读、publish 发布 · sources"),
        ({"provinces": ["CN-SX 山西", "CN-GZ 贵州", "CN 中央"]}, "CN-SX 山西 +2 · sources"),
    ],
)  # fmt: skip
def test_a_run_is_named_after_what_narrows_it(asked: dict[str, object], words: str) -> None:
    assert scope_in_words(EVERYTHING | asked) == words
