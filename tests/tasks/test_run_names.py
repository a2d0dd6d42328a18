"""What runs are called."""

from __future__ import annotations

import pytest

from tasks.lake_paths import PROJECT_ROOT
from tasks.run_names import first_of, shown_place


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
