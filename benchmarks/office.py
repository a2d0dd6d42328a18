"""Office files per second, beside python-docx, and beside LibreOffice where it is installed."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from statistics import median

import docx
import openpyxl

from annual_reports.extract import extract_document
from annual_reports.reading.document import read_document
from tests.damage.physical import drawn_tables
from tests.damage.truths import random_truth
from tests.rendering import REPORT_PROSE
from tests.rendering.docx import without_controls
from tests.rendering.media import MEDIA

ROUNDS = 5
DOCUMENTS = 12
Row = tuple[str, str, float, float]


def measure_office() -> Iterator[Row]:
    """Rows of (documents, work, documents per second, ratio to the first reference)."""
    word = list(map(without_controls, _made("docx")))
    yield from _rows(
        "DOCX", {"python-docx: cells of every row": _python_docx, **_ours("docx")}, word
    )
    old_word = _made("doc")
    reference = _libre_office(old_word[0])
    if reference is None:
        yield ("DOC", "LibreOffice: not installed here (1.2 s a file where it was)", 0, 1)
        yield from _rows("DOC", _ours("doc"), old_word)
    else:
        yield ("DOC", "LibreOffice: to DOCX", reference, 1)
        for kind, work, speed, _ in _rows("DOC", _ours("doc"), old_word):
            yield (kind, work, speed, speed / reference)
    yield from _rows("XLSX", {"openpyxl: every cell": _openpyxl, **_ours("xlsx")}, _made("xlsx"))
    for medium in ("rtf", "odt", "xls", "ods"):
        yield from _rows(medium.upper(), _ours(medium), _made(medium))


def _made(medium: str) -> list[bytes]:
    found = []
    for seed in range(DOCUMENTS):
        rng = random.Random(f"office benchmark {seed}")
        found.append(MEDIA[medium](drawn_tables(random_truth(rng)), REPORT_PROSE, rng))
    return found


def _ours(medium: str) -> dict[str, Callable[[bytes], object]]:
    return {
        "gongkai: blocks": lambda content: read_document(content, medium),
        "gongkai: the whole extraction": lambda content: extract_document(content, medium),
    }


def _rows(
    kind: str, works: dict[str, Callable[[bytes], object]], documents: list[bytes]
) -> Iterator[Row]:
    """Medians of rounds in which the works take turns."""
    speeds: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work(documents[0])
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.perf_counter()
            for document in documents:
                work(document)
            speeds[name].append(len(documents) / (time.perf_counter() - start))
    first = median(next(iter(speeds.values())))
    for name, measured in speeds.items():
        yield kind, name, median(measured), median(measured) / first


def _python_docx(content: bytes) -> object:
    tables = docx.Document(BytesIO(content)).tables
    return [[cell.text for cell in row.cells] for table in tables for row in table.rows]


def _openpyxl(content: bytes) -> object:
    book = openpyxl.load_workbook(BytesIO(content))
    return [list(sheet.iter_rows(values_only=True)) for sheet in book]


def _libre_office(content: bytes) -> float | None:
    """Files per second of one conversion; None where LibreOffice is not on the path."""
    program = shutil.which("soffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "report.doc")
        source.write_bytes(content)
        command = [program, "--headless", "--convert-to", "docx", "--outdir", folder, str(source)]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return 1 / (time.perf_counter() - start)
