"""`gongkai export TABLE`: a published table as CSV, Excel or Stata."""

from __future__ import annotations

from pathlib import Path

from gongkai.errors import CommandError
from gongkai.screen import screen
from schemas.tables import tables
from tasks.exports import Chosen, ExportRefused, export
from tasks.lake_paths import open_lake


def export_table(chosen: Chosen, form: str, out: str | None, place: str | None) -> int:
    """Write the file and say where."""
    published = [one.name for one in tables().values() if one.layer == "published"]
    if chosen.table not in published:
        raise CommandError(
            f"没有这张表 no table {chosen.table}; 有 there are: {', '.join(published)}"
        )
    target = Path(out or f"{chosen.table}.{form}")
    try:
        rows = export(open_lake(place), chosen, target)
    except ExportRefused as refused:
        raise CommandError(str(refused)) from refused
    screen().print(f"{target}: {rows} 行 rows", soft_wrap=True)
    return 0
