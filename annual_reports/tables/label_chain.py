"""Where the row labels of table three stand in flattened text.

Labels come in the order of the form, so the longest chain of hits in that order is the table;
a label that is not there exactly is sought by likeness, and only between its two known neighbours.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from typing import NamedTuple

from rapidfuzz import fuzz

from annual_reports.tables.flat_text import TokenStream
from schemas.labels import Label, labels

LIKENESS = 66.0
_LIKENESS_MARGIN = 12.0
LEAST_ROWS = 3
_RESTART = 8
_ROW_REACH = 64


class LabelHit(NamedTuple):
    """A row label found at `letters[start:end]`. `repaired`: by likeness only."""

    row: int
    start: int
    end: int
    repaired: bool = False


@cache
def form_labels(template: str) -> tuple[Label, ...]:
    return labels("requests", "row", template)


@cache
def sought_labels() -> tuple[tuple[int, tuple[str, ...]], ...]:
    """(order in the form of 2021, spellings) of every label that is safe by itself."""
    return tuple(
        (row, label.spellings)
        for row, label in enumerate(form_labels("t2021"))
        if not label.generic
    )


class Chain(NamedTuple):
    """Labels of one table three in the order of the form, labels that stand out of order among them, and labels again.

    Rows count in the form of 2021; a chain of the form of 2019 has no hits for its rows 20–22.
    """

    hits: list[LabelHit]
    astray: list[LabelHit]
    repeated: list[LabelHit]


def find_chains(stream: TokenStream) -> list[Chain]:
    """One chain of distinctive labels per table three in the text, in reading order."""
    hits = sorted(_all_hits(stream.letters), key=lambda hit: (hit.start, hit.row))
    chains = [chain_of(segment, _weights(segment, stream)) for segment in segments(hits)]
    return [chain for chain in chains if len(chain.hits) >= LEAST_ROWS]


def chain_of(hits: Sequence[LabelHit], weights: Sequence[float]) -> Chain:
    """The longest chain of a segment, the hits between its ends whose row it lacks, and further hits of its rows."""
    chain = longest_chain(hits, weights)
    rows = {hit.row for hit in chain}
    astray = {
        hit.row: hit
        for hit in hits
        if chain and hit.row not in rows and chain[0].start < hit.start < chain[-1].start
    }
    taken = {hit.start for hit in (*chain, *astray.values())}
    repeated = [
        hit for hit in hits if chain and hit.start not in taken and hit.start <= chain[-1].start
    ]
    return Chain(chain, sorted(astray.values(), key=lambda hit: hit.start), repeated)


def _all_hits(letters: str) -> list[LabelHit]:
    found: list[LabelHit] = []
    for row, spellings in sought_labels():
        for spelling in spellings:
            before = len(found)
            place = letters.find(spelling)
            while place >= 0:
                found.append(LabelHit(row, place, place + len(spelling)))
                place = letters.find(spelling, place + len(spelling))
            if len(found) > before:
                break
    return found


def segments(hits: Sequence[LabelHit]) -> list[list[LabelHit]]:
    """A new table begins where 本年新收 comes again, or the order falls back far after most of a table."""
    segments: list[list[LabelHit]] = []
    for hit, following in zip_longest(hits, hits[1:]):
        last = segments[-1][-1] if segments else None
        first_again = hit.row == 0 and last is not None and last.row != 0
        if last is None or first_again or _falls_back(segments[-1], hit, following):
            segments.append([hit])
        else:
            segments[-1].append(hit)
    return segments


def _falls_back(segment: Sequence[LabelHit], hit: LabelHit, following: LabelHit | None) -> bool:
    """Whether a table begins again; one label alone out of order only stands elsewhere."""
    last = segment[-1].row
    again = following is not None and hit.row < following.row < last
    return again and hit.row <= last - _RESTART and len(segment) >= _RESTART


def _weights(hits: Sequence[LabelHit], stream: TokenStream) -> list[float]:
    return [1.0 + 0.5 * stream.starts_token(hit.start) for hit in hits]


def longest_chain(hits: Sequence[LabelHit], weights: Sequence[float]) -> list[LabelHit]:
    """The heaviest subsequence of hits in the order of the form; of equals, the later hits."""
    if all(one.row < two.row for one, two in itertools.pairwise(hits)):
        return list(hits)
    best = list(weights)
    previous = [-1] * len(hits)
    heaviest_of_row: dict[int, tuple[float, int]] = {}
    for i, hit in enumerate(hits):
        before = [found for row, found in heaviest_of_row.items() if row < hit.row]
        if before:
            weight, previous[i] = max(before)
            best[i] = weight + weights[i]
        heaviest_of_row[hit.row] = max(heaviest_of_row.get(hit.row, (0.0, -1)), (best[i], i))
    at = max(range(len(hits)), key=lambda i: (best[i], i)) if hits else -1
    chain: list[LabelHit] = []
    while at >= 0:
        chain.append(hits[at])
        at = previous[at]
    return chain[::-1]


def chain_form(chain: Chain) -> str | None:
    """t2021 where a sub-row of （六） is labelled; None where only the text after it can tell."""
    return "t2021" if any(hit.row in (20, 21) for hit in (*chain.hits, *chain.astray)) else None


def complete_chain(
    stream: TokenStream, chain: Chain, template: str, limit: int
) -> list[LabelHit | None]:
    """The chain in the rows of `template`, generic and damaged labels added; None where not found.

    `limit` is the place in `letters` the table cannot reach beyond.
    """
    rows: list[LabelHit | None] = [None] * len(form_labels(template))
    for hit in (*chain.hits, *chain.astray):
        rows[row_in_form(template, hit.row)] = hit
    for row, label in enumerate(form_labels(template)):
        if rows[row] is None and not label.generic:
            _place_other_handling(stream, rows, row, label, limit)
    if not chain.astray:
        place_damaged(stream, rows, form_labels(template), limit)
    _place_generic(stream, rows, template, limit)
    return rows


def row_in_form(template: str, row: int) -> int:
    return row if template == "t2021" or row < 20 else row - 2


def _gap(rows: Sequence[LabelHit | None], row: int, limit: int) -> tuple[int, int]:
    """The stretch of letters between the nearest known neighbours of a row."""
    before = next((hit.end for hit in reversed(rows[:row]) if hit), -1)
    after = next((hit.start for hit in rows[row + 1 :] if hit), limit)
    return before, after


def _place_other_handling(
    stream: TokenStream, rows: list[LabelHit | None], row: int, label: Label, limit: int
) -> None:
    if label.key != "other_handling":
        return
    start, end = _gap(rows, row, limit)
    for spelling in label.spellings:
        place = stream.letters.find(spelling, max(start, 0), end)
        if place >= 0:
            rows[row] = LabelHit(row, place, place + len(spelling))
            return


def place_damaged(
    stream: TokenStream, rows: list[LabelHit | None], form: Sequence[Label], limit: int
) -> None:
    """Missing distinctive labels by likeness to the texts that are followed by values."""
    row = 0
    while row < len(rows):
        if rows[row] is not None:
            row += 1
            continue
        last = row
        while last < len(rows) and rows[last] is None:
            last += 1
        start, end = _gap(rows, row, limit)
        missing = [r for r in range(row, last) if not form[r].generic]
        if start >= 0 and missing:
            _match_gap(stream, rows, missing, form, (start, end))
        elif missing:
            first = max(0, end - 400)
            _match_gap(stream, rows, missing, form, (first, end))
        row = last


def _match_gap(
    stream: TokenStream,
    rows: list[LabelHit | None],
    missing: Sequence[int],
    form: Sequence[Label],
    gap: tuple[int, int],
) -> None:
    at = gap[0]
    for row in missing:
        hit = _most_alike(stream, row, missing, form, (at, gap[1]))
        if hit is not None:
            rows[row] = hit
            at = hit.end


def _most_alike(
    stream: TokenStream,
    row: int,
    missing: Sequence[int],
    form: Sequence[Label],
    gap: tuple[int, int],
) -> LabelHit | None:
    best: tuple[float, int, int] | None = None
    for start, end in _text_runs(stream, *gap):
        if start == gap[0] or _holds_other_label(stream.letters[start:end], form[row]):
            continue  # the rest of the label before, or another label, not one of its own
        score, place = _likeness(stream.letters[start:end], form[row].text)
        rivals = [
            _likeness(stream.letters[start:end], form[other].text)[0]
            for other in missing
            if other != row
        ]
        clear = all(score >= rival + _LIKENESS_MARGIN for rival in rivals)
        if clear and score >= LIKENESS and (best is None or score > best[0]):
            best = (score, start + place[0], start + place[1])
    return LabelHit(row, best[1], best[2], repaired=True) if best else None


def _holds_other_label(text: str, label: Label) -> bool:
    """Whether a distinctive label of another row of table three stands in a text as it should."""
    return any(
        spellings != label.spellings and any(spelling in text for spelling in spellings)
        for _, spellings in sought_labels()
    )


def _likeness(text: str, label: str) -> tuple[float, tuple[int, int]]:
    """Likeness 0–100 of a label to the best stretch of a text, and that stretch."""
    if 2 * len(text) < len(label):
        return 0.0, (0, 0)
    alignment = fuzz.partial_ratio_alignment(label, text)
    if alignment is None:
        return 0.0, (0, 0)
    return alignment.score, (alignment.dest_start, alignment.dest_end)


def _text_runs(stream: TokenStream, start: int, end: int) -> list[tuple[int, int]]:
    """Stretches of letters without values that are followed by a value."""
    runs: list[tuple[int, int]] = []
    at = start
    for place in range(start, end):
        if stream.value_follows(place) and not _is_item_number(stream.letters, place):
            if place > at:
                runs.append((at, place))
            at = place + 1
    return runs


def _is_item_number(letters: str, place: int) -> bool:
    return letters[place : place + 1].isdigit() and letters[place + 1 : place + 2] in (
        ".",
        "、",
        "．",
    )


def _place_generic(
    stream: TokenStream, rows: list[LabelHit | None], template: str, limit: int
) -> None:
    """其他 and 总计: the hit in their gap that values follow, else the last one; else one out of order."""
    form = form_labels(template)
    for row in reversed(range(len(form))):
        if rows[row] is not None or not form[row].generic:
            continue
        start, end = _gap(rows, row, limit)
        hits = _generic_hits(stream, row, form[row], start, end) if start >= 0 else []
        followed = [hit for hit in hits if stream.value_follows(hit.end)]
        chosen = followed or hits or _astray_generic(stream, rows, row, form[row], limit)
        if chosen:
            rows[row] = max(chosen, key=lambda hit: hit.start)


def repeated_generic(
    stream: TokenStream, rows: Sequence[LabelHit | None], template: str
) -> list[LabelHit]:
    """Further places before values where a generic label of the chain stands between the same neighbours."""
    found: list[LabelHit] = []
    for row, label in enumerate(form_labels(template)):
        hit = rows[row]
        if label.generic and hit is not None:
            start, end = _gap([*rows[:row], None, *rows[row + 1 :]], row, hit.end)
            found += [
                other
                for other in _generic_hits(stream, row, label, max(start, 0), end)
                if other.end <= hit.start and stream.value_follows(other.end)
            ]
    return found


def _generic_hits(
    stream: TokenStream, row: int, label: Label, start: int, end: int
) -> list[LabelHit]:
    """Places where the label is the end of a text, so that it is not part of a longer word."""
    return [
        LabelHit(row, place, place + len(spelling))
        for spelling in label.spellings
        for place in _places(stream.letters, spelling, start, end)
        if stream.value_follows(place + len(spelling)) or stream.starts_token(place + len(spelling))
    ]


def _astray_generic(
    stream: TokenStream, rows: Sequence[LabelHit | None], row: int, label: Label, limit: int
) -> list[LabelHit]:
    """A generic label elsewhere in the table: the end of a text that values follow at once.

    It may also be the very last label, beside the values of the one before or below its own.
    """
    placed = [hit for hit in rows if hit is not None]
    if not placed:
        return []
    start, last = min(hit.end for hit in placed), max(hit.end for hit in placed)
    return [
        hit
        for hit in _generic_hits(stream, row, label, start, min(limit, last + _ROW_REACH))
        if not _is_item_number(stream.letters, hit.end)
        and (
            stream.value_follows(hit.end) or (hit.start > last and stream.value_precedes(hit.start))
        )
    ]


def _places(letters: str, text: str, start: int, end: int) -> list[int]:
    found = []
    place = letters.find(text, start, end)
    while place >= 0:
        found.append(place)
        place = letters.find(text, place + 1, end)
    return found
