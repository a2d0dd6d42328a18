"""What a value text says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from annual_reports.tables.grid_rows import read_cell
from annual_reports.tables.printed_values import (
    Kind,
    looks_like_value,
    normal_form,
    read_amount,
    read_count,
    read_signed_count,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("〇", 0),
        ("零", 0),
        ("31", 31),
        ("１２", 12),
        ("1,234", 1234),
        ("1，234", 1234),
        ("3件", 3),
        ("\ufeff7\u200b", 7),
        ("22（其中修订16件）", 22),
        ("2.5", Decimal("2.5")),
    ],
)
def test_counts(text: str, value: int) -> None:
    printed = read_count(normal_form(text))
    assert (printed.kind, printed.value) == (Kind.NUMBER, value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u00a0", "\u200b", "\ufeff", "\u3000", "/", "-", "—", "——", "－", "无", "N/A"],
)
def test_blanks_and_placeholders_are_no_zero(text: str) -> None:
    assert read_count(normal_form(text)).kind is Kind.BLANK


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("由司法局汇总填报", Kind.WORDS),
        ("O", Kind.LETTER_ZERO),
        ("1O", Kind.LETTER_ZERO),
        ("1〇", Kind.LETTER_ZERO),
        ("007", Kind.GLUED),
        ("5²", Kind.ODD),
        ("①", Kind.WORDS),
        ("12（3）", Kind.ODD),
        ("12.3.4", Kind.ODD),
        ("12,34", Kind.ODD),
        ("3元", Kind.ODD),
        ("-3", Kind.ODD),
        ("12345678901234", Kind.ODD),
    ],
)
def test_doubtful_texts_carry_no_number(text: str, kind: Kind) -> None:
    assert read_count(normal_form(text)).kind is kind


@pytest.mark.parametrize("text", ["1\n2", "1 2", "1\n\n2", "12 -3", "0\u00a00"])
def test_two_numbers_in_one_cell_are_never_one(text: str) -> None:
    assert read_cell(text).kind is Kind.SEVERAL


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4", 4),
        ("+12", 12),
        ("-18", -18),
        ("－18", -18),
        ("减4", -4),
        ("增2", 2),
        ("减少 4 项", -4),
        ("0", 0),
    ],
)
def test_signed_changes(text: str, value: int) -> None:
    assert read_signed_count(normal_form(text)).value == value


@pytest.mark.parametrize("text", ["增2减3", "+", "±3", "(4)"])
def test_changes_nobody_can_sign_carry_no_number(text: str) -> None:
    assert read_signed_count(normal_form(text)).value is None


@pytest.mark.parametrize(
    ("text", "value", "stated"),
    [
        ("251000元", Decimal("25.1"), True),
        ("160.5964万元", Decimal("160.5964"), True),
        ("1.2亿元", Decimal("12000"), True),
        ("52.15", Decimal("52.15"), False),
        ("1,234.5", Decimal("1234.5"), False),
        ("0", Decimal(0), False),
    ],
)
def test_amounts_are_in_ten_thousand_yuan(text: str, value: Decimal, stated: bool) -> None:
    printed = read_amount(normal_form(text))
    assert (printed.value, printed.unit_stated) == (value, stated)


@pytest.mark.parametrize("text", ["规章", "1.", "2.其他", "第20条", "三、", "2024年", "12345热线"])
def test_labels_do_not_look_like_values(text: str) -> None:
    assert not looks_like_value(normal_form(text))
