"""`releases/`: immutable copies of what is published.

In a folder a release is put in place in one step. An object store knows no such step: there a release is one when its
checksums are there, which are written last; what a freezing that was cut off left is removed by the next.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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
from tasks.atomic_files import remove_file, write_atomically
from tasks.bi_database import DATABASE, release_database
from tasks.lake_paths import LakePaths, locked_for_writing
from tasks.object_paths import ObjectPath, sizes_below

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
    with locked_for_writing(lake):
        manifest = _published_manifest(lake)
        previous = _previous(lake, name)
        before = _manifest_of(releases_folder(lake) / previous) if previous else None
        changes = release_changes(before, manifest)
        folder = releases_folder(lake) / name
        if _is_whole(folder):
            if _manifest_of(folder) != manifest:
                raise ReleaseRefused(
                    f"{name} 已冻结且内容不同；请另取版本名，如 {name}.2 "
                    f"is frozen with other data: choose another name, such as {name}.2"
                )
            _point_latest_at(lake, name)
            return Release(name, folder, previous, changes, is_new=False)
        _freeze(lake, folder, manifest, changes_text(name, previous, changes))
        _point_latest_at(lake, name)
    return Release(name, folder, previous, changes, is_new=True)


def releases_folder(lake: LakePaths) -> Path:
    """Where the releases of a lake lie."""
    return lake.root / "releases"


def release_names(lake: LakePaths) -> list[str]:
    """The releases made, oldest first."""
    names = [sums.parent.name for sums in releases_folder(lake).glob(f"20*/{SUMS}")]
    return sorted(filter(RELEASE_NAME.fullmatch, names), key=_in_order)


def unfinished_releases(lake: LakePaths) -> list[str]:
    """Names under which a store holds files of a freezing that was cut off."""
    whole = release_names(lake)
    folders = {name.split("/")[0] for name in sizes_below(releases_folder(lake)) if "/" in name}
    return sorted(name for name in folders - set(whole) if RELEASE_NAME.fullmatch(name))


def altered_files(folder: Path) -> list[str]:
    """Files of a release that are not as they were frozen: altered, lost or added."""
    try:
        sums = parse_sums((folder / SUMS).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return [SUMS]
    there = sizes_below(folder).keys()
    wrong = {path for path, digest in sums.items() if _digest(folder / path) != digest}
    return sorted(wrong | (there - sums.keys() - {SUMS}))


def _is_whole(folder: Path) -> bool:
    return (folder / SUMS).is_file()


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
    with _built(folder) as building:
        digests = _copy_published(lake, building, manifest)
        for name, content in _descriptions(folder.name, manifest, change_log).items():
            digests[name] = _write(building / name, content)
        _write(building / SUMS, sums_text(digests).encode())


@contextmanager
def _built(folder: Path) -> Iterator[Path]:
    """Where the files of a release are written until they are all there; half a release is removed."""
    if isinstance(folder, ObjectPath):
        for name in folder.sizes_below():
            remove_file(folder / name)
        yield folder
        return
    building = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.tmp")
    try:
        yield building
        building.replace(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _descriptions(name: str, manifest: Manifest, change_log: str) -> dict[str, bytes]:
    """What a release says of itself, by file name."""
    content = release_manifest_text(manifest).encode()
    told = {
        "manifest.json": content,
        "datapackage.json": datapackage_text(manifest, name).encode(),
        "CHANGES.md": change_log.encode(),
        "CITATION.cff": citation_text(name, hashlib.sha256(content).hexdigest()).encode(),
        "codebook.md": data_dictionary().encode(),
        "codebook.csv": b"\xef\xbb\xbf" + codebook_csv().encode(),
    }
    if any(file.table == "reports" for file in manifest.files):
        told[DATABASE] = release_database(manifest)
    return told


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
    digest = hashlib.sha256(content).hexdigest()
    if isinstance(path, ObjectPath):
        write_atomically(path, content)
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(0o444)
    return digest


def _point_latest_at(lake: LakePaths, name: str) -> None:
    """A link to the folder of the newest release; on a store, which has no links, its name in a file."""
    if release_names(lake)[-1] != name:
        return
    if isinstance(lake.root, ObjectPath):
        write_atomically(releases_folder(lake) / LATEST, f"{name}\n".encode())
        return
    link = releases_folder(lake) / f".{LATEST}.{uuid.uuid4().hex}.tmp"
    link.symlink_to(name, target_is_directory=True)
    link.replace(releases_folder(lake) / LATEST)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
