"""Reports per second of the reader, beside what others need for less, on the same documents."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

import pandas
import turbohtml

from annual_reports.extract import extract_document
from annual_reports.reading.document import read_document
from annual_reports.reading.known_tables import forget_tables
from annual_reports.tables import plain_grids, plain_lines
from annual_reports.tables.decode import decode_tables
from benchmarks.corpus import HTML_STYLES, TEXT_STYLES, MadeReport, made_reports, site_reports

ROUNDS = 5
DOCUMENTS = 60
UNSEEN_DOCUMENTS = 15
TREE, TABLES, DIGITS = (
    "turbohtml.parse: the tree only",
    "pandas.read_html: tables only",
    "split and count digits",
)
CELLS, WHOLE = "gongkai: bytes to checked cells", "gongkai: the whole extraction"
UNSEEN = "gongkai: the same, layout never seen"

Work = Callable[[MadeReport], object]


class Speed(NamedTuple):
    """One row: reports per second, and how many times that is of each reference (None: not measured)."""

    documents: str
    work: str
    per_second: float
    of_tree: float | None
    of_tables: float | None


def measure_reading() -> list[Speed]:
    """A row for each kind of document and work; medians of rounds in turn."""
    html: dict[str, Work] = {
        TREE: _tree,
        TABLES: _pandas_tables,
        CELLS: _decoded,
        WHOLE: _extracted,
    }
    text: dict[str, Work] = {DIGITS: _counted_digits, CELLS: _decoded, WHOLE: _extracted}
    kinds = (
        ("small pages", made_reports(DOCUMENTS, HTML_STYLES), html),
        ("page of 58 KB", site_reports(DOCUMENTS, "old_editor", 58_000), html),
        ("Word, 231 KB", site_reports(DOCUMENTS, "word", 231_000), html),
        ("flattened text", made_reports(DOCUMENTS, TEXT_STYLES), text),
    )
    rows: list[Speed] = []
    for kind, made, works in kinds:
        documents = list(made)
        rows += _side_by_side(kind, documents, works)
        rows += _side_by_side(kind, documents[:UNSEEN_DOCUMENTS], {UNSEEN: _decoded_afresh})
    return rows


def _side_by_side(
    kind: str, documents: Sequence[MadeReport], works: dict[str, Work]
) -> list[Speed]:
    """Reports per second of processor time; the works take turns, so that a slow spell hits all.

    Wall time would favour short works on a busy machine: they end before they have to share it.
    """
    speeds: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        for document in documents:
            work(document)
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.process_time()
            for document in documents:
                work(document)
            speeds[name].append(len(documents) / (time.process_time() - start))
    found = {name: median(measured) for name, measured in speeds.items()}
    return [
        Speed(kind, name, speed, _share(speed, found.get(TREE)), _share(speed, found.get(TABLES)))
        for name, speed in found.items()
    ]


def _share(speed: float, reference: float | None) -> float | None:
    return speed / reference if reference else None


def peak_memory_mb() -> float:
    """The most memory of a process of its own that reads every kind of document measured here."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.reading"], capture_output=True, text=True, check=True
    )
    return float(run.stdout)


def _read_all_and_print_peak() -> None:
    import resource  # not on every system; only this measurement needs it

    for report in (
        *made_reports(DOCUMENTS, (*HTML_STYLES, *TEXT_STYLES)),
        *site_reports(DOCUMENTS, "word", 231_000),
    ):
        extract_document(report.content, report.name)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _tree(document: MadeReport) -> object:
    return turbohtml.parse(document.content.decode())


def _pandas_tables(document: MadeReport) -> object:
    return pandas.read_html(io.BytesIO(document.content))


def _counted_digits(document: MadeReport) -> object:
    return sum(token.isdigit() for token in document.content.decode().split())


def _decoded(document: MadeReport) -> object:
    return decode_tables(read_document(document.content, document.name, None).blocks)


def _decoded_afresh(document: MadeReport) -> object:
    """As the first document of its maker that a process meets."""
    forget_tables()
    plain_grids.forget_layouts()
    plain_lines.forget_layouts()
    return _decoded(document)


def _extracted(document: MadeReport) -> object:
    return extract_document(document.content, document.name)


if __name__ == "__main__":
    _read_all_and_print_peak()
