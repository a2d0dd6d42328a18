"""Documents whose tables are grids of a layout read before: their cells by place, without decoding.

The readers of grids look at nothing but the grids. Two documents whose grids differ only in plain
numbers that satisfy every sum are therefore read alike, as long as the text round them holds no
table of its own; `silent_text` says whether it may.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import itemgetter

from annual_reports.memory import LayoutMemory, picker
from annual_reports.model import (
    Block,
    Cell,
    CellEvidence,
    Grid,
    GridColumns,
    SharedColumns,
    TextLine,
)
from annual_reports.tables.decoded import DecodedTables
from annual_reports.tables.layout_memory import MOST_LAYOUTS, CellPlan, plan_of, probe_numbers
from annual_reports.tables.plain_values import AMOUNT_MARK, COUNT_MARK, all_masked, masked
from annual_reports.tables.silent_text import has_no_table

Decode = Callable[[Sequence[Block]], DecodedTables]


@dataclass(frozen=True, slots=True)
class _GridLayout:
    """`picked` are the places of the cells of the plan among all texts of all grids, `pick` takes the texts there.

    `masks` are these texts as they stand in a key; `grids` are those of table blocks, among all grids.
    """

    plan: CellPlan
    picked: tuple[int, ...]
    pick: Callable[[Sequence[str]], tuple[str, ...]]
    masks: tuple[str, ...]
    evidence: tuple[CellEvidence, ...]
    structure: dict[str, int]
    grids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _NumberedLayout:
    """A layout of grids known by what they share: `pick` takes the texts of cells from `constants` and all numbers."""

    layout: _GridLayout
    constants: tuple[str, ...]
    pick: Callable[[Sequence[str]], tuple[str, ...]]

    def texts(self, columns: Sequence[GridColumns]) -> tuple[str, ...] | None:
        """The text of each cell of the plan; None where a number of table two is of another kind than learnt."""
        numbers = chain.from_iterable([column.numbers for column in columns])
        texts = self.pick((*self.constants, *numbers))
        active, _ = self.layout.plan.ends
        return texts if all_masked(texts[:active]) == self.layout.masks[:active] else None


_MEMORY: LayoutMemory[_GridLayout] = LayoutMemory(MOST_LAYOUTS)
_NUMBERED: LayoutMemory[_NumberedLayout] = LayoutMemory(MOST_LAYOUTS)


def decode_grids(blocks: Sequence[Block], decode: Decode) -> DecodedTables | None:
    """The tables of a document with grids of a known layout; None where `decode` has to read it.

    `decode` is the decoder itself: a layout that comes again is learnt from what it says.
    """
    grid_at = {index: block for index, block in enumerate(blocks) if type(block) is Grid}
    places, grids = list(grid_at), list(grid_at.values())
    if len(grids) < 2 or any(grid.page is not None for grid in grids):
        return None
    columns = [grid.columns for grid in grids]
    shared = tuple([(grid.table_index, c.shared) for grid, c in zip(grids, columns, strict=True)])
    numbered = _NUMBERED.get(shared)
    picked = numbered.texts(columns) if numbered is not None else None
    if numbered is not None and picked is not None:
        return _read_in_silence(numbered.layout, picked, blocks, places)
    texts = [text for column in columns for text in column.texts]
    key = _key(grids, columns, texts)
    layout = _MEMORY.get(key)
    if layout is not None:
        _keep_numbered(shared, columns, layout, texts)
        return _read_in_silence(layout, layout.pick(texts), blocks, places)
    if not _MEMORY.comes_again(key):
        return None
    decoded = decode(blocks)
    learnt = _learnt(blocks, grids, texts, decoded, decode)
    if learnt is not None:
        _MEMORY.keep(key, learnt)
    return decoded


def forget_layouts() -> None:
    """Forget every layout of grids."""
    _MEMORY.clear()
    _NUMBERED.clear()


def _keep_numbered(
    shared: Sequence[tuple[int, SharedColumns | None]],
    columns: Sequence[GridColumns],
    layout: _GridLayout,
    texts: Sequence[str],
) -> None:
    """Remember a layout by what its grids share, if every number of them is the plain number of a cell."""
    number_places: list[int] = []
    first = 0
    for (_, known), column in zip(shared, columns, strict=True):
        if known is None:
            return
        number_places += [first + place for place in known.number_places]
        first += len(column.texts)
    plain = {
        place
        for place, mask in zip(layout.picked, layout.masks, strict=True)
        if mask in (COUNT_MARK, AMOUNT_MARK)
    }
    if plain.issuperset(number_places):
        number_at = {place: n for n, place in enumerate(number_places)}
        constants = tuple(texts[place] for place in layout.picked if place not in number_at)
        pick = picker([number_at.get(place) for place in layout.picked])
        _NUMBERED.keep(shared, _NumberedLayout(layout, constants, pick))


def _key(grids: Sequence[Grid], columns: Sequence[GridColumns], texts: Sequence[str]) -> Hashable:
    shapes = tuple([(grid.table_index, grid.row_count, grid.column_count) for grid in grids])
    return shapes, all_masked(texts), tuple([column.places for column in columns])


def _read_in_silence(
    layout: _GridLayout, picked: Sequence[str], blocks: Sequence[Block], places: Sequence[int]
) -> DecodedTables | None:
    """As `_read`, where the text round the grids holds no table."""
    lines = [(index, block) for index, block in enumerate(blocks) if type(block) is TextLine]
    form = layout.plan.templates[0]
    return _read(layout, picked, places) if has_no_table(lines, form) else None


def _read(
    layout: _GridLayout, picked: Sequence[str], places: Sequence[int]
) -> DecodedTables | None:
    """The tables by the texts of their cells; `places` of the grids among the blocks."""
    cells = layout.plan.cells(picked, layout.evidence)
    if cells is None:
        return None
    active, requests, review = layout.plan.templates
    return DecodedTables(
        templates={
            "active_disclosure": active,
            "requests": requests,
            "review_litigation": review,
        },
        cells=cells,
        findings=(),
        table_blocks=frozenset([places[grid] for grid in layout.grids]),
        ends_inside_table=False,
        structure=dict(layout.structure),
    )


def _learnt(
    blocks: Sequence[Block],
    grids: Sequence[Grid],
    texts: Sequence[str],
    decoded: DecodedTables,
    decode: Decode,
) -> _GridLayout | None:
    """The layout of a document, proved on it and on two fillings of its own; None where it has none."""
    picked = _places_of(grids, decoded.cells)
    if picked is None or decoded.findings or decoded.ends_inside_table:
        return None
    masks = list(map(masked, texts))
    own = [masks[place] for place in picked]
    plan = plan_of(decoded.templates, decoded.cells, own)
    numbers = sum(mask in (COUNT_MARK, AMOUNT_MARK) for mask in masks)
    if plan is None or numbers != sum(mask in (COUNT_MARK, AMOUNT_MARK) for mask in own):
        return None
    places = [index for index, block in enumerate(blocks) if isinstance(block, Grid)]
    if not decoded.table_blocks <= set(places):
        return None
    layout = _GridLayout(
        plan=plan,
        picked=tuple(picked),
        pick=itemgetter(*picked),
        masks=tuple(own),
        evidence=tuple(cell.evidence for cell in decoded.cells),
        structure=dict(decoded.structure),
        grids=tuple(n for n, place in enumerate(places) if place in decoded.table_blocks),
    )
    for filling in probe_numbers(plan, own):
        filled = list(texts)
        for place, mask, text in zip(picked, own, filling, strict=True):
            filled[place] = text if mask in (COUNT_MARK, AMOUNT_MARK) else texts[place]
        if _read(layout, layout.pick(filled), places) != decode(_with_texts(blocks, filled)):
            return None
    return layout if _read(layout, layout.pick(texts), places) in (decoded, None) else None


def _places_of(grids: Sequence[Grid], cells: Sequence[Cell]) -> list[int] | None:
    """Where among all texts of the grids each cell was read; None where one was not read in a grid."""
    every = chain.from_iterable(
        [(grid.table_index, *cell[1:6]) for cell in grid.cells] for grid in grids
    )
    place_of: dict[tuple[object, ...], int] = {place: index for index, place in enumerate(every)}
    found = [
        place_of.get((e.table_index, e.row, e.column, e.row_span, e.column_span, e.box))
        for e in (cell.evidence for cell in cells)
    ]
    return [place for place in found if place is not None] if None not in found else None


def _with_texts(blocks: Sequence[Block], texts: Sequence[str]) -> list[Block]:
    left = iter(texts)
    return [
        replace(block, cells=tuple([cell._replace(text=next(left)) for cell in block.cells]))
        if isinstance(block, Grid)
        else block
        for block in blocks
    ]
