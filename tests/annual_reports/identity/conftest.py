"""Material shared by the tests of identification."""

import csv
import json
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[4] / "shared"


def _existing(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path.name} stands in ../shared, which is not here")
    return path


@pytest.fixture(scope="session")
def labelled_pages() -> list[dict[str, str]]:
    """Address, title and labels of pages, without their text."""
    with _existing(SHARED / "gazetteer" / "eval_cases.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="session")
def labelled_reports() -> list[dict[str, str]]:
    """Address, title, excerpt and labels of reports and of pages that are none."""
    with _existing(SHARED / "report_urls.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    text = _existing(SHARED / "report_urls_excerpts.jsonl").read_text(encoding="utf-8")
    excerpts = {row["url"]: row["excerpt"] for row in map(json.loads, text.splitlines())}
    return [row | {"excerpt": excerpts.get(row["url"], "")} for row in rows]


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of whole reports with their expected identities."""
    return _existing(SHARED / "seeds")
