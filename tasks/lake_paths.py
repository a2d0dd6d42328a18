"""Where things lie in a lake on this machine, and the one lock that guards its writers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DEFAULT_LAKE = PROJECT_ROOT / "data_lake"


class UnusableLakeError(Exception):
    """Raised when the lake asked for cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class LakePaths:
    """The folders of a lake. Nothing is created until something is written."""

    root: Path

    @property
    def objects(self) -> Path:
        return self.root / "raw" / "objects"

    @property
    def observations(self) -> Path:
        return self.root / "raw" / "observations"

    @property
    def extractions(self) -> Path:
        return self.root / "extracted" / "extractions"

    @property
    def quarantined(self) -> Path:
        return self.root / "quarantined"

    @property
    def quarantined_documents(self) -> Path:
        return self.root / "quarantined" / "documents"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def manifest(self) -> Path:
        return self.root / "published" / "manifest.json"

    @property
    def runs(self) -> Path:
        return self.root / "runs"


def open_lake(place: str | os.PathLike[str] | None = None) -> LakePaths:
    """The lake at `place`, else at GONGKAI_LAKE, else `data_lake/` of this project.

    Raises UnusableLakeError for an object store, a file, or a folder that cannot be written.
    """
    chosen = str(place or os.environ.get("GONGKAI_LAKE") or DEFAULT_LAKE)
    if "://" in chosen:
        raise UnusableLakeError(
            f"数据湖目前只能放在本机文件夹；请用 --lake 指定一个文件夹 "
            f"a lake can only be a folder for now, not {chosen}: give one with --lake"
        )
    root = Path(chosen).expanduser().resolve()
    if root.exists() and not root.is_dir():
        raise UnusableLakeError(f"{root} 是文件，不是文件夹 is a file: choose a folder with --lake")
    nearest = next(folder for folder in (root, *root.parents) if folder.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise UnusableLakeError(
            f"没有写入 {nearest} 的权限；请换一个文件夹 no right to write there: "
            f"choose another folder with --lake"
        )
    return LakePaths(root)


@contextmanager
def locked_for_writing(lake: LakePaths) -> Iterator[None]:
    """One writer of extracted/, quarantined/ and published/ at a time; a dead holder frees it."""
    lake.root.mkdir(parents=True, exist_ok=True)
    with FileLock(lake.root / ".writer.lock"):
        yield
