"""`gongkai release 2026.11`: freeze what is published."""

from __future__ import annotations

from collections import Counter

from rich.markup import escape

from gongkai.errors import CommandError
from gongkai.screen import screen
from tasks.lake_paths import open_lake
from tasks.releases import ReleaseRefused, make_release


def release_lake(name: str, place: str | None) -> int:
    """Freeze and say what changed since the last release."""
    try:
        made = make_release(open_lake(place), name)
    except ReleaseRefused as refused:
        raise CommandError(str(refused)) from refused
    console = screen()
    state = "已冻结 frozen" if made.is_new else "早已冻结，内容相同 frozen before, the same data"
    console.print(f"[bold]{made.name}[/] {state}: {escape(str(made.folder))}", soft_wrap=True)
    kinds = Counter(change.kind for change in made.changes)
    since = made.previous or "无 none"
    console.print(
        f"上一版本 previous: {since}；新增 added {kinds['added']}, "
        f"更改 changed {kinds['changed']}, 移除 removed {kinds['removed']} 个文件 files"
    )
    return 0
