"""The data dictionary on disk is the one the declarations make."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.data_dictionary import data_dictionary, main
from schemas.tables import tables

PAGE = Path(__file__).parents[2] / "docs" / "data_dictionary.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == data_dictionary(), (
        "run: python -m schemas.data_dictionary"
    )


def test_every_table_and_column_is_in_it() -> None:
    text = data_dictionary()
    for one in tables().values():
        section = text.split(f"## `{one.name}` ", 1)[1].split("\n## ", 1)[0]
        assert all(f"| `{name}` |" in section for name in one.column_names)


def test_a_stale_page_is_noticed_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["--check"]) == 1
    assert "schemas.data_dictionary" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
    page = tmp_path / "docs" / "data_dictionary.md"
    page.write_text(page.read_text(encoding="utf-8") + "x", encoding="utf-8")
    assert main(["--check"]) == 1
