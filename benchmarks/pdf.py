"""Digital PDF reports per second, beside pdfplumber, which finds the cells alone."""

from __future__ import annotations

import io
import random
import time
from statistics import median

import pdfplumber

from annual_reports.extract import extract_document
from annual_reports.reading.document import read_document
from annual_reports.tables.decode import decode_tables
from tests.damage.physical import drawn_tables
from tests.damage.styles import BETWEEN, CLOSING, OPENING, REVIEW
from tests.damage.truths import random_truth
from tests.rendering.pdf import render_pdf

ROUNDS = 3
STYLES = ("ruled", "thin_boxes", "short_pages")
TITLE = "淳安县威坪镇2023年政府信息公开工作年度报告"


def measure_pdf() -> list[tuple[str, str, float, float]]:
    """Rows of (documents, work, reports per second, ratio to pdfplumber), the whole document each time."""
    documents = [_drawn(style, seed) for style in STYLES for seed in range(2)]
    works = {
        "pdfplumber: cells of every page": _plumbed,
        "gongkai: cells, decoded and checked by their sums": _decoded,
        "gongkai: the whole extraction": _extracted,
    }
    speeds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.process_time()
            for content in documents:
                work(content)
            speeds[name].append(len(documents) / (time.process_time() - start))
    reference = median(speeds["pdfplumber: cells of every page"])
    return [
        ("PDF", name, median(speed), median(speed) / reference) for name, speed in speeds.items()
    ]


def _drawn(style: str, seed: int) -> bytes:
    source = random.Random(f"{style}/{seed}")
    prose = ((TITLE, *OPENING[1:]), (BETWEEN,), (REVIEW,), CLOSING)
    return render_pdf(drawn_tables(random_truth(source)), prose, style, source)


def _plumbed(content: bytes) -> object:
    with pdfplumber.open(io.BytesIO(content)) as document:
        return [(page.extract_text(), page.extract_tables()) for page in document.pages]


def _decoded(content: bytes) -> object:
    return decode_tables(read_document(content, "report.pdf", None).blocks)


def _extracted(content: bytes) -> object:
    return extract_document(content, "report.pdf")
