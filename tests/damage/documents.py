"""Whole documents of known truth, bytes in: what reading a file may lose or add shows only here.

Built apart from the block corpus: the tables go through a renderer of `tests.rendering`, the numbers
come back through `extract_document`. `python -m tests.damage.documents FIRST SEEDS` runs any number.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from annual_reports.extract import extract_document
from annual_reports.model import QuarantinedDocument
from tests.rendering import REPORT_PROSE, Prose
from tests.rendering.doc import render_doc
from tests.rendering.docx import render_docx
from tests.rendering.html import render_html
from tests.rendering.ods import render_ods
from tests.rendering.odt import render_odt
from tests.rendering.pdf import STYLES as PDF_STYLES
from tests.rendering.pdf import render_pdf
from tests.rendering.rtf import render_rtf
from tests.rendering.text import render_text
from tests.rendering.word_xml import render_flat_opc, render_mhtml, render_word_2003
from tests.rendering.xls import render_xls
from tests.rendering.xlsx import render_xlsx

from .contradiction import contradicted
from .damages import LOSSES_BESIDE_SUMS, TABLE_DAMAGES, Tables, frozen
from .harness import Tallies, Tally, growing_tallies
from .physical import Table
from .report import print_growing
from .row_damages import ROW_DAMAGES
from .styles import FLAT_STYLES
from .truths import Key, Truth, random_truth
from .writing import MANNERS

Renderer = Callable[[Sequence[Table], Prose, random.Random], bytes]
GRID_MEDIA: dict[str, Renderer] = {
    "html": render_html,
    "docx": render_docx,
    "doc": render_doc,
    "rtf": render_rtf,
    "odt": render_odt,
    "word 2003 xml": render_word_2003,
    "flat opc": render_flat_opc,
    "mhtml": render_mhtml,
    "xlsx": render_xlsx,
    "xls": render_xls,
    "ods": render_ods,
}
TEXT_MEDIA: dict[str, Renderer] = {
    f"txt {style}": partial(render_text, style=style)
    for style in FLAT_STYLES
    if style != "cell_marks"  # inside DOC files only: as a file of its own it is binary
}


def _drawn_as(style: str) -> Renderer:
    """The PDF renderer in one style, with its arguments in the order of all renderers."""
    return lambda tables, prose, source: render_pdf(tables, prose, style, source)


PDF_MEDIA: dict[str, Renderer] = {
    f"pdf {style}": _drawn_as(style) for style, look in PDF_STYLES.items() if look.rules != "none"
}
MEDIA = {**GRID_MEDIA, **TEXT_MEDIA, **PDF_MEDIA}
FILLED_UP = ("xlsx", "xls", "ods", "txt markdown", "pdf open_sides")
"""A short row gets an empty cell at its end: a value lost from table two, which has no sums, leaves no trace but
looks like a last cell left blank. Such media lose values of tables three and four only. In a PDF file the end of
a short row is not drawn, unless no row's is."""
_UNKNOWABLE = {("stray_numbers", "txt glued_whole")}
"""As in the block corpus: left out where the number stands in table two."""
LOSSLESS = ("plainly", "with_units", "with_thousands", "with_wide_digits", "with_wrong_sums")
MILD: dict[str, Callable[[random.Random, Truth], tuple[Truth, Tables]]] = {
    name: damage
    for name, damage in {**TABLE_DAMAGES, **ROW_DAMAGES}.items()
    if name not in ("numbers_split", "values_glued", "two_values_in_a_cell", "labels_swapped")
}


def documents(
    seed: int, media: Sequence[str], damages: Sequence[str]
) -> Iterator[tuple[str, Truth, bytes]]:
    """(seed/damage/medium/manner, truth, content): a random report as a file of each medium."""
    for damage in damages:
        for medium in media:
            source = random.Random(f"document {seed}/{damage}/{medium}")
            manner = source.choice(LOSSLESS)
            truth = MANNERS[manner](source, random_truth(source))
            losses = LOSSES_BESIDE_SUMS if medium in FILLED_UP else {}
            whole, (truth, tables) = truth, losses.get(damage, MILD[damage])(source, truth)
            if (damage, medium) in _UNKNOWABLE and not contradicted(whole, tables, medium):
                continue
            content = MEDIA[medium](frozen(tables), REPORT_PROSE, source)
            yield f"{seed}/{damage}/{medium}/{manner}", truth, content


def read(content: bytes, medium: str) -> dict[Key, tuple[object, str]] | None:
    """(value, status) by cell, or None where the document was set aside."""
    try:
        extraction = extract_document(content, f"report of {medium}")
    except QuarantinedDocument:
        return None
    return {(c.table, c.row_key, c.column_key): (c.value, c.status.value) for c in extraction.cells}


def judged(truth: Truth, found: dict[Key, tuple[object, str]] | None, name: str) -> Tally:
    """Cells by outcome, as the block corpus counts them."""
    counts: Counter[str] = Counter()
    silent = []
    cells = found or {}
    for key in {**truth.values, **cells}:
        value, (read_value, status) = truth.values.get(key), cells.get(key, (None, "missing"))
        if read_value is None:
            counts["empty" if value is None else "refused"] += 1
        elif read_value == value:
            counts[status] += 1
        else:
            counts["silent"] += 1
            silent.append(
                f"document {name}: {'.'.join(key)} is {value}, read {read_value} ({status})"
            )
    return Tally(counts, silent)


def tally_documents(seed: int) -> Tallies:
    tallies: Tallies = {}
    for name, truth, content in documents(seed, tuple(MEDIA), tuple(MILD)):
        _, damage, medium, _ = name.split("/")
        tally = judged(truth, read(content, medium), name)
        tallies.setdefault((damage, medium), Tally()).join(tally)
    return tallies


def run_documents(seeds: Sequence[int], processes: int = 1) -> Tallies:
    """Tallies by (damage, medium); the same seeds give the same files."""
    total: Tallies = {}
    for _, tallies in growing_tallies(tally_documents, seeds, processes):
        total = tallies
    return total


def main(first: int = 0, seeds: int = 2, processes: int = 2) -> int:
    """Print sums while it runs and the shares per damage and medium; exit code 1 if one number is silently wrong."""
    return print_growing(growing_tallies(tally_documents, range(first, first + seeds), processes))


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:4])))
