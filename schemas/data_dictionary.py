"""`docs/data_dictionary.md` from the declarations: run `python -m schemas.data_dictionary`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from schemas.fields import read_data_rows
from schemas.foreign_keys import ForeignKey, foreign_keys
from schemas.tables import KINDS, SCHEMA_VERSION, Column, Table, tables

_TYPE_NAMES = dict(
    zip(
        KINDS,
        ("string", "int64", "decimal(28,8)", "float64", "bool", "date", "timestamp (UTC)"),
        strict=True,
    )
)


def data_dictionary() -> str:
    """The whole page as Markdown: every table, every column, every closed list."""
    parts = [_HEAD.format(version=SCHEMA_VERSION)]
    parts += [_table_section(table) for table in tables().values()]
    parts.append(_vocabulary_section())
    return "\n".join(parts)


_HEAD = """\
# 数据字典 Data dictionary

<!-- 由 schemas/data/*.csv 生成，请勿手改 generated from schemas/data/*.csv: run `python -m schemas.data_dictionary` -->

表式版本 schema version: {version}。分区表按 `province=<ISO 3166-2>/year=<报告年度>` 存放，分区键不在文件内重复。
Partitioned tables lie under `province=<ISO 3166-2>/year=<year reported on>`; the keys are not repeated inside the files.
空值为未印出或未知，从不表示零。Null means not printed or not known, never zero.
"""


def _table_section(table: Table) -> str:
    place = "province / year" if table.partitioned else "—"
    lines = [
        f"## `{table.name}` {table.zh_label} {table.en_label}",
        "",
        table.definition,
        "",
        f"层 layer: {table.layer} · 主键 key: {', '.join(f'`{name}`' for name in table.key)} · 分区 partitions: {place}",
        "",
        "| 列 column | 类型 type | 可空 null | 中文 | English | 单位 unit | 定义 definition | 取值 values | 来源 source |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_column_line(column, foreign_keys(table.name)) for column in table.columns),
        "",
    ]
    return "\n".join(lines)


def _column_line(column: Column, keys: Sequence[ForeignKey]) -> str:
    cells = (
        f"`{column.name}`",
        _TYPE_NAMES[column.kind],
        "✓" if column.nullable else "",
        column.zh_label,
        column.en_label,
        column.unit,
        column.definition,
        _values(column, next((key for key in keys if key.columns[-1] == column.name), None)),
        column.source,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _values(column: Column, key: ForeignKey | None) -> str:
    """What bounds a value; `key`: the foreign key that ends with the column."""
    if key is not None:
        return f"→ `{key.dim}` ({', '.join(f'`{name}`' for name in key.dim_columns)})"
    if column.allowed:
        return ", ".join(f"`{value}`" for value in column.allowed)
    if column.minimum is not None:
        return f"≥ {column.minimum}"
    return f"`{column.pattern}`" if column.pattern else ""


def _vocabulary_section() -> str:
    lines = [
        "## 取值表 Closed lists",
        "",
        "| 表 list | 值 value | 中文 | English |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row['vocabulary']} | `{row['value']}` | {row['zh_label']} | {row['en_label']} |"
        for row in read_data_rows("vocabularies.csv")
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the page, or with `--check` say whether the one on disk is up to date (exit code 1: no)."""
    page = Path("docs") / "data_dictionary.md"
    text = data_dictionary()
    if "--check" not in arguments:
        page.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if page.is_file() and page.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(
        f"{page} 不是最新，请运行 is out of date, run: python -m schemas.data_dictionary\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
