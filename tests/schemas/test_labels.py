"""Labels, value words and reader findings as data."""

from __future__ import annotations

import re

import pytest

from schemas.fields import STATUTORY_TABLES, table_form
from schemas.labels import any_of, character_forms, labels, reader_findings, value_words


@pytest.mark.parametrize("template", ["t2019", "t2021"])
@pytest.mark.parametrize("table", STATUTORY_TABLES)
def test_every_row_of_a_form_has_its_label_in_order(template: str, table: str) -> None:
    assert (
        tuple(label.key for label in labels(table, "row", template))
        == table_form(template, table).row_keys
    )


@pytest.mark.parametrize("template", ["t2019", "t2021"])
@pytest.mark.parametrize("table", STATUTORY_TABLES)
def test_every_column_of_a_form_has_a_label(template: str, table: str) -> None:
    columns = {field.column_key for fields in table_form(template, table).rows for field in fields}
    assert {label.key for label in labels(table, "column", template)} == columns


def test_distinctive_labels_of_table_three_share_no_spelling() -> None:
    rows = [label for label in labels("requests", "row") if not label.generic]
    for label in rows:
        others = "\n".join(other.text for other in rows if other is not label)
        assert label.spellings[0] not in others


def test_the_first_spelling_is_part_of_the_printed_label() -> None:
    for label in labels("requests", "row"):
        assert label.spellings[0] in label.text


def test_longer_units_come_before_units_they_contain() -> None:
    units = list(value_words().amount_units)
    assert units.index("万元") < units.index("元")
    assert re.match(any_of(tuple(units)), "万元")[0] == "万元"  # type: ignore[index]


def test_every_reader_finding_says_it_in_chinese_and_english() -> None:
    for finding in reader_findings().values():
        assert re.search(r"[\u4e00-\u9fff]", finding.message_zh)
        assert re.search(r"[a-z]", finding.message_en)
        assert finding.severity in ("hard", "soft")
        finding.message_zh.format(table="表三", rows="总计", count=1)
        finding.message_en.format(table="requests", rows="", count=1)


def test_no_character_form_maps_a_digit_to_another_digit() -> None:
    assert not any(replacement.isdigit() for replacement in character_forms().values())
