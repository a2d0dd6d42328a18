"""A changed decision re-reads exactly the documents it touches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from annual_reports.extract import EXTRACTOR_VERSION
from schemas.decisions import DecisionError, IdentityDecision
from schemas.sources import Source, parse_source
from tasks.decision_files import read_decision_book
from tasks.documents import DocumentToRead, documents_of
from tasks.extractions import (
    extracted_partitions,
    merge_batch,
    places_of_documents,
    read_partition,
    unread_documents,
)
from tasks.identity_hints import idle_decisions, with_hints
from tasks.lake_paths import LakePaths
from tasks.observations import OBSERVATION_SCHEMA, Outcome, Purpose
from tasks.raw_store import RawStore
from tasks.reading import read_batch

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "tests" / "golden" / "place_only_in_the_footer.html").read_bytes()
SOURCE = """\
source: sample
name: 示例
base_url: https://www.hunyuan.gov.cn
publishers:
  - publisher: 浑源县教育局
    aliases: [浑源县教育和科技局]
    index: /jyj/
    province: CN-SX
    county_code: "140225"
"""


def observed(store: RawStore, name: str, publisher: str | None = None) -> dict[str, object]:
    sha256 = store.put(PAGE + f"<!-- {name} -->".encode())
    return dict.fromkeys(OBSERVATION_SCHEMA.names()) | {
        "purpose": Purpose.REPORT.value,
        "outcome": Outcome.NEW.value,
        "source": "sample",
        "url": f"https://www.hunyuan.gov.cn/jyj/{name}.html",
        "publisher": publisher,
        "province": "CN-SX" if publisher else None,
        "sha256": sha256,
    }


def decision_file(folder: Path, name: str, year: int) -> None:
    (folder / f"{name}.yml").write_text(
        f"identity:\n  - guard: {{url: 'https://www.hunyuan.gov.cn/jyj/{name}.html'}}\n"
        f"    year: {year}\n    decided_by: 甲\n    decided_on: 2026-01-02\n    reason: 页脚写明\n",
        encoding="utf-8",
    )


class Desk:
    """A lake with three copies of a page, and a folder of decisions."""

    def __init__(self, folder: Path) -> None:
        self.lake = LakePaths(folder / "lake")
        self.store = RawStore(self.lake.objects)
        self.decisions = folder / "corrections"
        self.decisions.mkdir()
        self.sources: list[Source] = []
        rows = [observed(self.store, name) for name in ("a", "b", "c")]
        self.observations = pl.DataFrame(rows, schema=OBSERVATION_SCHEMA)

    def documents(self) -> list[DocumentToRead]:
        return with_hints(
            documents_of(self.observations), self.observations, self.sources, self.said()
        )

    def said(self) -> tuple[IdentityDecision, ...]:
        return read_decision_book(self.decisions).identity

    def read(self) -> set[str]:
        """Read what is unread; the names of those pages."""
        documents = self.documents()
        places = places_of_documents(self.lake, {one.shard for one in documents})
        unread = unread_documents(documents, places, EXTRACTOR_VERSION)
        merge_batch(self.lake, read_batch(self.store, unread))
        return {one.name.removesuffix(".html") for one in unread}

    def years(self) -> dict[int, int]:
        """Documents by the year they were read as."""
        return {
            year: read_partition(self.lake, province, year).height
            for province, year in extracted_partitions(self.lake)
        }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_decision_touches_its_documents_only_and_is_undone_with_it(desk: Desk) -> None:
    assert desk.read() == {"a", "b", "c"}
    assert desk.read() == set()
    decision_file(desk.decisions, "b", 2017)
    assert desk.read() == {"b"}
    assert desk.years() == {2017: 1, 2022: 2}
    assert desk.read() == set()
    decision_file(desk.decisions, "b", 2018)
    assert desk.read() == {"b"}
    assert desk.years() == {2018: 1, 2022: 2}
    (desk.decisions / "b.yml").unlink()
    assert desk.read() == {"b"}
    assert desk.years() == {2022: 3}


def test_an_alias_added_to_a_source_re_reads_its_documents(desk: Desk) -> None:
    rows = [observed(desk.store, "a", "浑源县教育局"), observed(desk.store, "b")]
    desk.observations = pl.DataFrame(rows, schema=OBSERVATION_SCHEMA)
    source = parse_source(SOURCE.replace("    aliases: [浑源县教育和科技局]\n", ""), "s.yml")
    desk.sources = [source]
    assert desk.read() == {"a", "b"}
    desk.sources = [parse_source(SOURCE, "s.yml")]
    assert desk.read() == {"a"}


def test_a_decision_without_a_document_is_told(desk: Desk) -> None:
    decision_file(desk.decisions, "b", 2017)
    decision_file(desk.decisions, "nowhere", 2017)
    (idle,) = idle_decisions(desk.documents(), desk.said())
    assert idle.guard.url is not None and "nowhere" in idle.guard.url


def test_a_decision_that_cannot_be_carried_out_stops_the_run(desk: Desk) -> None:
    decision_file(desk.decisions, "b", 2017)
    path = desk.decisions / "b.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("year: 2017", "publisher: 教育局"),
        encoding="utf-8",
    )
    with pytest.raises(DecisionError, match=r"b\.yml: identity\.0"):
        desk.said()


def test_hints_are_no_part_of_what_a_document_is(desk: Desk) -> None:
    decision_file(desk.decisions, "b", 2017)
    plain, hinted = documents_of(desk.observations), desk.documents()
    assert plain == hinted
    assert [one.document_id for one in plain] == [one.document_id for one in hinted]
    assert {one.version("1") for one in hinted} > {"1"}
    assert replace(hinted[0], hints=plain[0].hints).version("1") == "1"
