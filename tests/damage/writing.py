"""Ways in which offices write the same numbers: units, separators, remarks, notes, blanks, wrong sums.

Each takes a report and gives one that prints other texts; `values` stays what the cell says, None where
it says no number or one that nothing ties to the cell.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

from schemas.fields import table_form

from .truths import FLOWS, Key, Truth, with_blanks

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_NOTE = "由市司法局填报"


def plainly(source: random.Random, truth: Truth) -> Truth:
    return truth


def with_placeholders(source: random.Random, truth: Truth) -> Truth:
    """Zeros printed as a stroke or a word for nothing: no number stands there."""
    stroke = source.choice(("/", "—", "-", "无", "－", "--"))
    share = source.choice((0.3, 0.9))
    zeros = {
        key: stroke
        for key, value in truth.values.items()
        if value == 0 and key not in truth.written and source.random() < share
    }
    return truth.saying(dict.fromkeys(zeros), zeros)


def with_units(source: random.Random, truth: Truth) -> Truth:
    """Counts with 件, amounts with 元 or 万元, in one of the tables or everywhere."""
    table = source.choice(("active_disclosure", "requests", "review_litigation", None))
    written = {}
    for key, value in truth.values.items():
        if table not in (None, key[0]) or key in truth.written or value is None:
            continue
        if key[2] != "amount_10k_yuan":
            written[key] = f"{value}件"
        elif source.random() < 0.5:
            written[key] = f"{(Decimal(value) * 10000).normalize():f}元"
        else:
            written[key] = f"{value}万元"
    return truth.saying({}, written)


def with_thousands(source: random.Random, truth: Truth) -> Truth:
    comma = source.choice((",", "，"))
    written = {
        key: f"{value:,}".replace(",", comma)
        for key, value in truth.values.items()
        if isinstance(value, int) and value > 999 and key not in truth.written
    }
    return truth.saying({}, written)


def with_wide_digits(source: random.Random, truth: Truth) -> Truth:
    written = {
        key: truth.text(key).translate(_WIDE)
        for key, value in truth.values.items()
        if value is not None and source.random() < 0.5
    }
    return truth.saying({}, written)


def with_numeral_zeros(source: random.Random, truth: Truth) -> Truth:
    zero = source.choice("〇零")
    written = {
        key: zero for key, value in truth.values.items() if value == 0 and source.random() < 0.3
    }
    return truth.saying({}, written)


def with_remarks(source: random.Random, truth: Truth) -> Truth:
    """A few counts carry a remark in brackets that holds another number."""
    keys = [key for key, value in truth.values.items() if isinstance(value, int) and value > 1]
    chosen = source.sample(keys, min(len(keys), source.randint(1, 3)))
    written = {
        key: f"{truth.text(key)}（其中修订{source.randint(1, int(truth.values[key] or 1))}件）"
        for key in chosen
        if key not in truth.written
    }
    return truth.saying({}, written)


def with_notes(source: random.Random, truth: Truth) -> Truth:
    """Words stand where a number belongs; most are in table two."""
    keys = [key for key in truth.values if key[0] == "active_disclosure"]
    chosen = source.sample(keys, source.randint(1, 2))
    return truth.saying(dict.fromkeys(chosen), dict.fromkeys(chosen, _NOTE))


def with_foreign_units(source: random.Random, truth: Truth) -> Truth:
    """A unit that contradicts its column: shares among counts, pieces among amounts."""
    count = source.choice([key for key, value in truth.values.items() if isinstance(value, int)])
    written = {count: f"{truth.values[count]}%"}
    for key in truth.values:
        if key[2] == "amount_10k_yuan":
            written[key] = f"{source.randint(1, 40)}件"
    return truth.saying(dict.fromkeys(written), written)


def with_wrong_sums(source: random.Random, truth: Truth) -> Truth:
    """The publisher added up wrongly: what is printed is the truth."""
    for _ in range(source.randint(1, 4)):
        truth = source.choice((_wrong_total, _wrong_flow, _wrong_leaf))(source, truth)
    return truth


def _wrong_total(source: random.Random, truth: Truth) -> Truth:
    return _moved(source, truth, [k for k in truth.values if k[2] == "total"])


def _wrong_flow(source: random.Random, truth: Truth) -> Truth:
    return _moved(source, truth, [k for k in truth.values if k[1] in FLOWS])


def _wrong_leaf(source: random.Random, truth: Truth) -> Truth:
    return _moved(source, truth, [k for k in truth.values if k[0] == "requests"])


def _moved(source: random.Random, truth: Truth, keys: list[Key]) -> Truth:
    key = source.choice([k for k in keys if truth.values[k] is not None])
    value = int(truth.values[key] or 0)
    return truth.changed(
        key, source.choice((0, value + 1, value + 10, max(0, value - 1), value * 2))
    )


def with_totals_only(source: random.Random, truth: Truth) -> Truth:
    """Only the total column of table three is filled, as offices do that received little."""
    blank = {key: "" for key in truth.values if key[0] == "requests" and key[2] != "total"}
    return truth.saying(dict.fromkeys(blank), blank)


def with_empty_rows(source: random.Random, truth: Truth) -> Truth:
    """Whole rows without numbers are left empty."""
    rows = {fields[0].row_key for fields in table_form(truth.requests_form, "requests").rows}
    empty = {
        row
        for row in rows
        if all(
            not v for (table, r, _), v in truth.values.items() if table == "requests" and r == row
        )
    }
    blank = {key: "" for key in truth.values if key[0] == "requests" and key[1] in empty}
    return truth.saying(dict.fromkeys(blank), blank)


Manner = Callable[[random.Random, Truth], Truth]
MANNERS: dict[str, Manner] = {
    manner.__name__: manner
    for manner in (
        plainly,
        with_blanks,
        with_placeholders,
        with_units,
        with_thousands,
        with_wide_digits,
        with_numeral_zeros,
        with_remarks,
        with_notes,
        with_foreign_units,
        with_wrong_sums,
        with_totals_only,
        with_empty_rows,
    )
}
