"""Files and folders an operator names: what is in them, and keeping their bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tasks.atomic_files import WRITERS
from tasks.documents import DocumentToRead
from tasks.lake_paths import PROJECT_ROOT, LakePaths
from tasks.observations import HAVING_BYTES, Observation, ObservationLog, Outcome, Purpose
from tasks.raw_store import RawStore

NOT_DOCUMENTS = frozenset(
    {".json", ".jsonl", ".csv", ".tsv", ".parquet", ".yml", ".yaml", ".toml", ".py", ".sql"}
    | {".css", ".js", ".log", ".tmp", ".lock", ".zst", ".duckdb", ".db", ".ipynb"}
)
"""Suffixes of data and code: left out when a folder is listed, read when named one by one."""
LARGEST_FILE_BYTES = 256 * 1024 * 1024
_FILES_AT_ONCE = 1000
"""Handed to the writers together."""


class UnusablePathError(Exception):
    """Raised when a path cannot be read as asked; the message says what to do."""


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The documents under the paths asked for, and how many other files were left out."""

    files: tuple[Path, ...]
    left_out: int = 0


def from_project(paths: Iterable[Path]) -> list[Path]:
    """Paths of a form: relative ones start at the project, wherever the worker was started."""
    return [PROJECT_ROOT / path for path in paths]


def find_documents(paths: Iterable[Path]) -> FoundFiles:
    """Every document under files and folders, in order, each once. Raises UnusablePathError."""
    found: dict[Path, None] = {}
    left_out = 0
    for path in paths:
        if path.is_dir():
            documents, others = _documents_in(path)
            found |= dict.fromkeys(documents)
            left_out += others
        else:
            found[_named_file(path)] = None
    return FoundFiles(tuple(found), left_out)


def _named_file(path: Path) -> Path:
    if not path.exists():
        raise UnusablePathError(
            f"没有这个文件或文件夹 no such file or folder: {path}；请检查路径 check the path"
        )
    if not path.is_file():
        raise UnusablePathError(
            f"不是普通文件 not a regular file: {path}；请给出文件或文件夹 name a file or a folder"
        )
    return path


def _documents_in(folder: Path) -> tuple[list[Path], int]:
    documents: list[Path] = []
    left_out = 0
    for place, folders, names in os.walk(folder, onerror=_refuse_folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        visible = [Path(place) / name for name in sorted(names) if not name.startswith(".")]
        kept = [path for path in visible if path.suffix.lower() not in NOT_DOCUMENTS]
        documents += [path for path in kept if path.is_file()]
        left_out += len(visible) - len(kept)
    if not documents:
        raise UnusablePathError(
            f"文件夹里没有文档 no documents in {folder}；请指定含有报告的文件夹 name a folder that holds reports"
        )
    return documents, left_out


def _refuse_folder(error: OSError) -> None:
    raise UnusablePathError(
        f"没有读取文件夹的权限 no right to read the folder {error.filename}；"
        f"请修改权限后重试 change its rights and try again"
    ) from error


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises UnusablePathError when it cannot be read or is beyond all size."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise UnusablePathError(
                f"文件过大 {path} has {size} bytes, more than {LARGEST_FILE_BYTES}；"
                f"年度报告不会这么大，请核对 no annual report is that large: check the file"
            )
        return path.read_bytes()
    except PermissionError as error:
        raise UnusablePathError(
            f"没有读取权限 no right to read {path}；请修改权限后重试 change its rights and try again"
        ) from error
    except OSError as error:
        raise UnusablePathError(
            f"无法读取 cannot read {path}: {error.strerror}；请检查磁盘或路径 check the disk or the path"
        ) from error


@dataclass(frozen=True, slots=True)
class FileKeeper:
    """Keeps the bytes of files in the lake and records each as an observation."""

    lake: LakePaths
    log: ObservationLog
    known: frozenset[str]

    def keep_all(self, paths: Sequence[Path]) -> Iterator[Observation]:
        """Keep files by several writers, a piece at a time; one that cannot be read leaves a row that says why.

        Rows in the order of `paths`, each written once its bytes are kept.
        """
        with ThreadPoolExecutor(WRITERS) as writers:
            for first in range(0, len(paths), _FILES_AT_ONCE):
                for row in writers.map(self._kept, paths[first : first + _FILES_AT_ONCE]):
                    self.log.append(row)
                    yield row

    def _kept(self, path: Path) -> Observation:
        row = Observation(
            Purpose.FILE,
            Outcome.FAILED,
            datetime.now(UTC),
            source="ingest",
            url=None,
            name=path.name,
        )
        try:
            content = read_file(path)
        except UnusablePathError as error:
            return replace(row, error=str(error))
        sha256 = RawStore(self.lake.objects).put(content)
        seen = DocumentToRead(sha256, path.name, None).document_id in self.known
        return replace(
            row,
            outcome=Outcome.UNCHANGED if seen else Outcome.NEW,
            sha256=sha256,
            bytes=len(content),
        )


def known_files(observations: pl.DataFrame) -> frozenset[str]:
    """The document_id of every file kept before."""
    files = observations.filter(
        pl.col("purpose") == Purpose.FILE, pl.col("outcome").is_in(HAVING_BYTES)
    ).select("sha256", "name", "url")
    return frozenset(DocumentToRead(*row).document_id for row in files.unique().iter_rows())


def split_paths_and_urls(asked: Sequence[str]) -> tuple[list[Path], list[str]]:
    """What looks like an http(s) address is one; all else is a path."""
    urls = [item for item in asked if item.startswith(("http://", "https://"))]
    return [Path(item).expanduser() for item in asked if item not in urls], urls
