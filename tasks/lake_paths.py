"""Where things lie in a lake, in a folder or on an object store, and the lock that guards its writers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from tasks.lease import lease_held
from tasks.object_paths import SCHEME, ObjectPath, StorageError
from tasks.spool import machine_name, spool_of
from tasks.store_credentials import NoCredentialsError, read_credentials

PROJECT_ROOT = Path(__file__).resolve().parent.parent
_PLAIN_KEY = re.compile(r"[A-Za-z0-9._/-]*")
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
    def arrivals(self) -> Path:
        """Batches as their readers wrote them, until they are laid into their files."""
        return self.root / "extracted" / "arrivals"

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
    def building(self) -> Path:
        """What a publication asks other workers to build, while it is under way."""
        return self.root / "building"

    @property
    def runs(self) -> Path:
        return self.root / "runs"


def open_lake(place: str | os.PathLike[str] | None = None) -> LakePaths:
    """The lake at `place`, else at GONGKAI_LAKE, else `data_lake/` of this project.

    `s3://bucket/prefix` is a place in an S3-compatible store (docs/object-store.md). Raises
    UnusableLakeError for a store that does not answer, a file, or a folder that cannot be written.
    """
    chosen = str(place or os.environ.get("GONGKAI_LAKE") or DEFAULT_LAKE)
    if chosen.startswith(SCHEME):
        return _open_store(ObjectPath.of(chosen))
    if "://" in chosen:
        raise UnusableLakeError(
            f"数据湖只能是文件夹或 s3://桶/前缀 a lake is a folder or s3://bucket/prefix, not {chosen}"
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


def _open_store(root: ObjectPath) -> LakePaths:
    if not root.is_absolute() or len(root.parts) < 2:
        raise UnusableLakeError("缺少桶名 no bucket is named: write s3://bucket/prefix")
    if not _PLAIN_KEY.fullmatch(root.key):
        raise UnusableLakeError(
            f"前缀只能用 ASCII 字母、数字和 . _ - / ，否则 Polars 等读不到 {root}: the prefix must be of ASCII letters, "
            f"digits and . _ - /, or Polars and others do not find its files"
        )
    try:
        read_credentials()
    except NoCredentialsError as error:
        raise UnusableLakeError(str(error)) from error
    try:
        (root / "published" / "manifest.json").is_file()
        root.is_dir()
    except StorageError as error:
        raise UnusableLakeError(
            f"无法使用 {root}：请检查 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY、AWS_REGION、AWS_ENDPOINT_URL 和桶名 "
            f"the store cannot be used: check these variables and the bucket ({error})"
        ) from error
    return LakePaths(root)


@contextmanager
def locked_for_writing(lake: LakePaths) -> Iterator[None]:
    """One writer of extracted/, quarantined/ and published/ at a time; a dead holder frees it."""
    folder = spool_of(lake.root)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".writer.lock"):
        if isinstance(lake.root, ObjectPath):
            with lease_held(lake.root, machine_name()):
                yield
        else:
            yield
