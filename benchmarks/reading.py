"""Reports per second of the reader, beside what others need for less, on the same documents."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from statistics import median

import pandas
from bs4 import BeautifulSoup

from annual_reports.extract import extract_document
from annual_reports.reading.document import read_document
from annual_reports.tables.decode import decode_tables
from benchmarks.corpus import HTML_STYLES, TEXT_STYLES, MadeReport, made_reports

ROUNDS = 5
DOCUMENTS = 150

Work = Callable[[MadeReport], object]


def measure_reading() -> list[tuple[str, str, float, float]]:
    """Rows of (documents, work, reports per second, ratio to the first reference)."""
    html = list(made_reports(DOCUMENTS, HTML_STYLES))
    text = list(made_reports(DOCUMENTS, TEXT_STYLES))
    return [
        *_side_by_side(
            "HTML",
            html,
            {
                "pandas.read_html: tables only": _pandas_tables,
                "BeautifulSoup (lxml): cells only": _soup_cells,
                "gongkai: cells, decoded and checked by their sums": _decoded,
                "gongkai: the whole extraction": _extracted,
            },
        ),
        *_side_by_side(
            "flattened text",
            text,
            {
                "split and count digits: no labels, no checks": _counted_digits,
                "gongkai: cells, decoded and checked by their sums": _decoded,
                "gongkai: the whole extraction": _extracted,
            },
        ),
    ]


def _side_by_side(
    kind: str, documents: Sequence[MadeReport], works: dict[str, Work]
) -> list[tuple[str, str, float, float]]:
    """Median of ROUNDS rounds; the works take turns in each, so that a slow spell hits all."""
    speeds: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work(documents[0])
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.perf_counter()
            for document in documents:
                work(document)
            speeds[name].append(len(documents) / (time.perf_counter() - start))
    reference = median(next(iter(speeds.values())))
    return [
        (kind, name, median(measured), median(measured) / reference)
        for name, measured in speeds.items()
    ]


def _pandas_tables(document: MadeReport) -> object:
    return pandas.read_html(io.BytesIO(document.content))


def _soup_cells(document: MadeReport) -> object:
    soup = BeautifulSoup(document.content, "lxml")
    return [[cell.get_text() for cell in row.find_all("td")] for row in soup.find_all("tr")]


def _counted_digits(document: MadeReport) -> object:
    return sum(token.isdigit() for token in document.content.decode().split())


def _decoded(document: MadeReport) -> object:
    return decode_tables(read_document(document.content, document.name, None).blocks)


def _extracted(document: MadeReport) -> object:
    return extract_document(document.content, document.name)
