"""`gongkai explain DOCUMENT identity` on a file and on a document of a lake."""

from __future__ import annotations

from pathlib import Path

import pytest

from annual_reports.extract import EXTRACTOR_VERSION
from gongkai.errors import CommandError
from gongkai.explain_identity import explain_identity
from tasks.documents import DocumentToRead
from tasks.extractions import merge_batch
from tasks.lake_paths import LakePaths
from tasks.raw_store import RawStore
from tasks.reading import read_batch

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
PAGE = GOLDEN / "place_only_in_the_footer.html"


def test_a_file_is_explained(capfd: pytest.CaptureFixture[str]) -> None:
    assert explain_identity(None, str(PAGE)) == 0
    shown = capfd.readouterr().out
    assert "地方的依据" in shown and "公网安备号" in shown and "还缺什么" in shown


def test_a_document_of_the_lake_is_found_by_number_hash_and_address(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lake = LakePaths(tmp_path)
    store = RawStore(lake.objects)
    url = "https://www.example.gov.cn/a.html"
    page = DocumentToRead(store.put(PAGE.read_bytes()), "a.html", url)
    refused = DocumentToRead(store.put(b"<p>hello</p>"), "b.html", None)
    merge_batch(lake, read_batch(store, [page, refused]))
    assert page.version(EXTRACTOR_VERSION) == EXTRACTOR_VERSION
    told = set()
    for key in (page.document_id, page.sha256[:12], url):
        assert explain_identity(str(tmp_path), key) == 0
        told.add(capfd.readouterr().out)
    assert len(told) == 1
    assert explain_identity(str(tmp_path), "b.html") == 0
    assert "没有年度报告的标题" in capfd.readouterr().out
    with pytest.raises(CommandError, match="没有这份文档"):
        explain_identity(str(tmp_path), "nothing-like-it")
