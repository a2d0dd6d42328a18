"""What the reader found wrong in a document stands in the lake too."""

from __future__ import annotations

from pathlib import Path

import pytest
from lake_documents import NO_EXTRACTIONS, NOBODY_EXPECTED, build_partition, frame

from annual_reports.extract import extract_document
from annual_reports.lake.manifest import PartitionKey
from annual_reports.lake.partitions import PartitionTables
from annual_reports.model import Extraction

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
DOCUMENTS = sorted(path.name for path in GOLDEN.iterdir() if path.is_file())


def published_alone(extraction: Extraction) -> PartitionTables:
    key = PartitionKey(extraction.identity.province, extraction.identity.year or 0)
    return build_partition(frame(extraction), NO_EXTRACTIONS, NOBODY_EXPECTED, key=key)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_failure_the_reader_saw_is_published(name: str) -> None:
    extraction = extract_document((GOLDEN / name).read_bytes(), name)
    if extraction.identity.year is None:
        pytest.skip("a document without a year is set aside before publishing")
    built = published_alone(extraction)
    published = built.tables["findings"].filter(status="fail")
    seen = [(f.rule_id, f.scope) for f in extraction.findings if f.status == "fail"]
    assert sorted(set(seen)) == sorted(set(published.select("rule_id", "place").rows()))


def test_a_contradiction_by_options_takes_the_place_of_not_assessable() -> None:
    name = "four_of_seven_zeros.txt"
    extraction = extract_document((GOLDEN / name).read_bytes(), name)
    built = published_alone(extraction)
    rows = built.tables["findings"].filter(rule_id="N03").select("status", "left").rows()
    assert [status for status, _ in rows] == ["fail"]
