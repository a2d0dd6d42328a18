"""A release: what changed since the last one, how to cite it, and the codebook. Pure text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annual_reports.lake.manifest import Manifest, PublishedFile
from schemas.tables import Column, tables

RELEASE_NAME = re.compile(r"20\d\d\.(0[1-9]|1[0-2])(\.[1-9]\d?)?")
"""2026.11, or 2026.11.2 for a second one in a month."""

_PLACE = re.compile(r"province=([^/]+)/year=(\d{4})/")
_KINDS = {"added": "新增 added", "changed": "更改 changed", "removed": "移除 removed"}


@dataclass(frozen=True, slots=True, order=True)
class ReleaseChange:
    """One file that is not as in the release before. `province` and `year` are empty for dims."""

    table: str
    province: str
    year: str
    kind: str
    rows_before: int
    rows_after: int


def release_changes(before: Manifest | None, after: Manifest) -> tuple[ReleaseChange, ...]:
    """Which table of which province and year changed; everything is added where nothing was before."""
    old = {file.path: file for file in before.files} if before else {}
    new = {file.path: file for file in after.files}
    return tuple(
        sorted(
            _change(path, old.get(path), new.get(path))
            for path in old.keys() | new.keys()
            if _digest(old.get(path)) != _digest(new.get(path))
        )
    )


def _digest(file: PublishedFile | None) -> str:
    return "" if file is None else file.sha256


def _change(path: str, old: PublishedFile | None, new: PublishedFile | None) -> ReleaseChange:
    file = new or old
    if file is None:
        raise ValueError(path)
    place = _PLACE.search(path)
    kind = "added" if old is None else "removed" if new is None else "changed"
    return ReleaseChange(
        table=file.table,
        province=place[1] if place else "",
        year=place[2] if place else "",
        kind=kind,
        rows_before=old.rows if old else 0,
        rows_after=new.rows if new else 0,
    )


def changes_text(name: str, previous: str | None, changes: Sequence[ReleaseChange]) -> str:
    """The change log as Markdown, Chinese first."""
    since = f"与 {previous} 相比 since {previous}" if previous else "首个版本 the first release"
    lines = [
        f"# {name}: {since}",
        "",
        "| 表 table | 省份 province | 年度 year | 变化 change | 原行数 rows before | 现行数 rows after |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {c.table} | {c.province} | {c.year} | {_KINDS[c.kind]} | {c.rows_before} | {c.rows_after} |"
        for c in changes
    ]
    return "\n".join([*lines, ""] if changes else [lines[0], "", "没有变化 nothing changed", ""])


def codebook_csv() -> str:
    """Every column of every published table, one line each."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(
        ["table", "column", "type", "nullable", "unit", "zh_label", "en_label", "definition", "source"]
    )  # fmt: skip
    for declared in tables().values():
        if declared.layer == "published":
            for c in declared.columns:
                writer.writerow((declared.name, *_described(c)))
    return stream.getvalue()


def _described(column: Column) -> tuple[str, ...]:
    null = "yes" if column.nullable else "no"
    names = (column.zh_label, column.en_label)
    return (column.name, column.kind, null, column.unit, *names, column.definition, column.source)


def citation_text(name: str, manifest_sha256: str) -> str:
    """CITATION.cff; the manifest's hash names the data exactly."""
    return (
        "cff-version: 1.2.0\n"
        "message: 引用本数据请注明版本与清单校验值 Cite the release and the hash of its manifest.\n"
        "type: dataset\n"
        'title: "政府信息公开工作年度报告数据 gongkai: annual reports on open government information"\n'
        'authors:\n  - name: "gongkai contributors"\n'
        f'version: "{name}"\n'
        "identifiers:\n"
        "  - type: other\n"
        f"    value: sha256:{manifest_sha256}\n"
        "    description: SHA-256 of manifest.json\n"
    )


def sums_text(digests: Mapping[str, str]) -> str:
    """SHA256SUMS, as `sha256sum -c` reads it."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items()))


def parse_sums(text: str) -> dict[str, str]:
    """The inverse of `sums_text`. Raises ValueError for a line that is none."""
    return {path: digest for digest, path in (line.split("  ", 1) for line in text.splitlines())}
