"""`releases/`: immutable copies of what is published, each put in place in one step."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from annual_reports.lake.datapackage import datapackage_text
from annual_reports.lake.manifest import (
    Manifest,
    ManifestUnreadable,
    parse_manifest,
    release_manifest_text,
)
from annual_reports.lake.releases import (
    RELEASE_NAME,
    ReleaseChange,
    changes_text,
    citation_text,
    codebook_csv,
    parse_sums,
    release_changes,
    sums_text,
)
from schemas.data_dictionary import data_dictionary
from tasks.bi_database import DATABASE, release_database
from tasks.lake_paths import LakePaths, locked_for_writing
from tasks.object_paths import ObjectPath

SUMS = "SHA256SUMS"
LATEST = "latest"


class ReleaseRefused(Exception):
    """Raised when a release cannot be made; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Release:
    """A frozen copy. `is_new` is false where it had been made before of the same data."""

    name: str
    folder: Path
    previous: str | None
    changes: tuple[ReleaseChange, ...]
    is_new: bool


def make_release(lake: LakePaths, name: str) -> Release:
    """Freeze what is published under a name. Raises ReleaseRefused.

    Every file is hashed while it is copied, so that a damaged one stops the release.
    """
    if not RELEASE_NAME.fullmatch(name):
        raise ReleaseRefused(f"版本名应如 2026.11 或 2026.11.2 name it like 2026.11, not {name}")
    if isinstance(lake.root, ObjectPath):
        raise ReleaseRefused(
            "对象存储上的湖请先用 rclone 等复制到本机文件夹再冻结 a lake on an object store cannot be frozen "
            "in place: copy it to a folder first"
        )
    with locked_for_writing(lake):
        manifest = _published_manifest(lake)
        previous = _previous(lake, name)
        before = _manifest_of(releases_folder(lake) / previous) if previous else None
        changes = release_changes(before, manifest)
        folder = releases_folder(lake) / name
        if folder.exists():
            if _manifest_of(folder) != manifest:
                raise ReleaseRefused(
                    f"{name} 已冻结且内容不同；请另取版本名，如 {name}.2 "
                    f"is frozen with other data: choose another name, such as {name}.2"
                )
            return Release(name, folder, previous, changes, is_new=False)
        _freeze(lake, folder, manifest, changes_text(name, previous, changes))
        _point_latest_at(lake, name)
    return Release(name, folder, previous, changes, is_new=True)


def releases_folder(lake: LakePaths) -> Path:
    """Where the releases of a lake lie."""
    return lake.root / "releases"


def release_names(lake: LakePaths) -> list[str]:
    """The releases made, oldest first."""
    folders = releases_folder(lake).glob("20*")
    names = [folder.name for folder in folders if RELEASE_NAME.fullmatch(folder.name)]
    return sorted(names, key=_in_order)


def altered_files(folder: Path) -> list[str]:
    """Files of a release that are not as they were frozen: altered, lost or added."""
    try:
        sums = parse_sums((folder / SUMS).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return [SUMS]
    on_disk = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    wrong = {path for path, digest in sums.items() if _digest(folder / path) != digest}
    return sorted(wrong | (on_disk - sums.keys() - {SUMS}))


def _in_order(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("."))


def _previous(lake: LakePaths, name: str) -> str | None:
    earlier = [other for other in release_names(lake) if _in_order(other) < _in_order(name)]
    return earlier[-1] if earlier else None


def _manifest_of(folder: Path) -> Manifest:
    return parse_manifest((folder / "manifest.json").read_text(encoding="utf-8"))


def _published_manifest(lake: LakePaths) -> Manifest:
    try:
        return _manifest_of(lake.published)
    except (FileNotFoundError, ManifestUnreadable) as error:
        raise ReleaseRefused(
            "还没有可冻结的数据；请先运行 gongkai run publish nothing to freeze: publish first"
        ) from error


def _freeze(lake: LakePaths, folder: Path, manifest: Manifest, change_log: str) -> None:
    building = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.tmp")
    try:
        digests = _copy_published(lake, building, manifest)
        content = release_manifest_text(manifest).encode()
        told = {
            "manifest.json": content,
            "datapackage.json": datapackage_text(manifest, folder.name).encode(),
            "CHANGES.md": change_log.encode(),
            "CITATION.cff": citation_text(
                folder.name, hashlib.sha256(content).hexdigest()
            ).encode(),
            "codebook.md": data_dictionary().encode(),
            "codebook.csv": b"\xef\xbb\xbf" + codebook_csv().encode(),
        }
        if any(file.table == "reports" for file in manifest.files):
            told[DATABASE] = release_database(manifest)
        for name, text in told.items():
            digests[name] = _write(building / name, text)
        _write(building / SUMS, sums_text(digests).encode())
        building.replace(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _copy_published(lake: LakePaths, building: Path, manifest: Manifest) -> dict[str, str]:
    digests = {}
    for file in manifest.files:
        source = lake.published / file.path
        content = source.read_bytes() if source.is_file() else b""
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise ReleaseRefused(
                f"{file.path} 与清单不符；请先运行 gongkai run verify "
                f"is not what was published: run `gongkai run verify` first"
            )
        digests[file.path] = _write(building / file.path, content)
    return digests


def _write(path: Path, content: bytes) -> str:
    """Write a file that nobody is to change, beyond the reach of a power cut; gives its hash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(0o444)
    return hashlib.sha256(content).hexdigest()


def _point_latest_at(lake: LakePaths, name: str) -> None:
    if release_names(lake)[-1] != name:
        return
    link = releases_folder(lake) / f".{LATEST}.{uuid.uuid4().hex}.tmp"
    link.symlink_to(name, target_is_directory=True)
    link.replace(releases_folder(lake) / LATEST)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
