"""A lake on S3-compatible storage: its files by path, as those of a folder.

An `ObjectPath` answers what the lake asks of a path (`/`, `glob`, `is_file`, `read_bytes`, …) from an object
store. It is no file of this machine: whatever would open it as one fails, since it has no `__fspath__`.
Folders do not exist there; a folder "is" when an object lies below it. Errors of the store are
`StorageError`, an absent object is FileNotFoundError.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path, PosixPath
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

if TYPE_CHECKING:
    from obstore.store import S3Store

SCHEME: Final = "s3://"
_ENDPOINT_VARIABLES = ("GONGKAI_S3_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_REQUEST_TIMEOUT: Final = "15s"
_RETRIES_FOR: Final = timedelta(seconds=15)
T = TypeVar("T")


class StorageError(OSError):
    """Raised when an object store refuses or cannot be reached."""


class ChangedMeanwhileError(Exception):
    """Raised by a conditional write when another writer was first."""


class ObjectPath(PosixPath):
    """`/bucket/key`, printed as `s3://bucket/key`."""

    __slots__ = ()

    @classmethod
    def of(cls, address: str) -> ObjectPath:
        """The path of an address `s3://bucket/prefix`."""
        return cls("/" + address.removeprefix(SCHEME).strip("/"))

    def __str__(self) -> str:
        plain = super().__str__()
        return SCHEME + plain.lstrip("/") if self.is_absolute() else plain

    def __fspath__(self) -> NoReturn:
        raise TypeError(f"{self} is no file of this machine")

    @property
    def bucket(self) -> str:
        """The bucket it lies in."""
        return self.parts[1]

    @property
    def key(self) -> str:
        """Its name in the bucket."""
        return "/".join(self.parts[2:])

    def is_file(self) -> bool:
        """Whether there is an object of this name."""
        try:
            self.stat()
        except FileNotFoundError:
            return False
        return True

    def is_dir(self) -> bool:
        """Whether an object lies below this name."""
        return next(self._keys_below(), None) is not None

    def exists(self, *, follow_symlinks: bool = True) -> bool:
        """Whether an object has this name or lies below it."""
        return self.is_file() or self.is_dir()

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Size and time of writing, by the clock of the store."""
        import obstore

        found = _asked(lambda: obstore.head(_store(self.bucket), self.key))
        moment = int(found["last_modified"].timestamp())
        return os.stat_result((0, 0, 0, 1, 0, 0, found["size"], moment, moment, moment))

    def read_bytes(self) -> bytes:
        """The whole object."""
        return self.read_with_tag()[0]

    def read_with_tag(self) -> tuple[bytes, str | None]:
        """The whole object, and the tag a conditional write names it by."""
        import obstore

        def read() -> tuple[bytes, str | None]:
            found = obstore.get(_store(self.bucket), self.key)
            return bytes(found.bytes()), found.meta["e_tag"]

        return _asked(read)

    def read_text(
        self, encoding: str | None = None, errors: str | None = None, newline: str | None = None
    ) -> str:
        """The whole object as text."""
        return self.read_bytes().decode(encoding or "utf-8", errors or "strict")

    def put(self, content: bytes) -> None:
        """Replace the object in one step: a reader meets the old bytes or the new."""
        import obstore

        _asked(lambda: obstore.put(_store(self.bucket), self.key, content))

    def copy_from(self, source: Path) -> None:
        """Replace the object by another of the bucket, in one step and within the store."""
        import obstore

        if not isinstance(source, ObjectPath) or source.bucket != self.bucket:
            raise StorageError(f"{source} 不在同一个桶里 lies in another bucket than {self}")
        _asked(lambda: obstore.copy(_store(self.bucket), source.key, self.key))

    def put_if(self, content: bytes, tag: str | None) -> str | None:
        """Write if the object is still the one with this tag, or still absent (None); gives the new tag.

        Raises ChangedMeanwhileError otherwise.
        """
        import obstore

        mode: Any = "create" if tag is None else {"e_tag": tag}
        written = _asked(lambda: obstore.put(_store(self.bucket), self.key, content, mode=mode))
        return written["e_tag"]

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the object."""
        import obstore

        if not missing_ok and not self.is_file():
            raise FileNotFoundError(str(self))
        _asked(lambda: obstore.delete(_store(self.bucket), self.key))

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        """Nothing: folders are not made in an object store."""

    def rglob(self, pattern: str, **_: Any) -> Iterator[ObjectPath]:  # type: ignore[override]
        """The objects below whose last name fits, in order."""
        for key in self._keys_below():
            if fnmatch.fnmatchcase(key.rsplit("/", 1)[-1], pattern):
                yield self / key

    def glob(self, pattern: str, **_: Any) -> Iterator[ObjectPath]:  # type: ignore[override]
        """The objects and folders below that fit the pattern name by name, in order."""
        parts = pattern.split("/")
        plain = next((n for n, part in enumerate(parts) if set(part) & set("*?[")), len(parts) - 1)
        start = self.joinpath(*parts[:plain])
        wanted, found = parts[plain:], dict[str, None]()
        for key in start._keys_below():
            names = key.split("/")[: len(wanted)]
            if len(names) == len(wanted) and all(map(fnmatch.fnmatchcase, names, wanted)):
                found.setdefault("/".join(names))
        return (start / name for name in found)

    def iterdir(self) -> Iterator[ObjectPath]:  # type: ignore[override]
        """What lies directly below."""
        return self.glob("*")

    def _keys_below(self) -> Iterator[str]:
        """Names below this one, in order; those of objects being written are not listed."""
        return iter(sorted(self.sizes_below()))

    def sizes_below(self) -> dict[str, int]:
        """Name below this one → bytes, of every object, in no order."""
        import obstore

        prefix = f"{self.key}/" if self.key else ""
        listed = _asked(lambda: obstore.list(_store(self.bucket), prefix=prefix or None))
        return {
            found["path"].removeprefix(prefix): found["size"]
            for chunk in _chunks(listed)
            for found in chunk
            if found["path"].startswith(prefix)
        }


def _chunks(listed: Any) -> Iterator[Any]:
    stream = iter(listed)
    while (chunk := _asked(lambda: next(stream, None))) is not None:
        yield chunk


def _asked(ask: Callable[[], T]) -> T:
    """The answer of the store; its errors as those of files."""
    from obstore import exceptions

    try:
        return ask()
    except (exceptions.AlreadyExistsError, exceptions.PreconditionError) as error:
        raise ChangedMeanwhileError from error
    except exceptions.BaseError as error:
        raise StorageError(f"对象存储出错 the object store failed: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300]


def _store(bucket: str) -> S3Store:
    return _store_of_process(bucket, os.getpid())


@cache
def _store_of_process(bucket: str, _: int) -> S3Store:
    """The store of a bucket; key, secret and region are read from AWS_* by the store itself."""
    from obstore.store import S3Store

    settings: dict[str, Any] = {
        "client_options": {"timeout": _REQUEST_TIMEOUT, "allow_http": True},
        "retry_config": {"max_retries": 5, "retry_timeout": _RETRIES_FOR},
    }
    if (address := endpoint()) is not None:
        settings["endpoint"] = address
    return S3Store(bucket, **settings)


def endpoint() -> str | None:
    """Where the store answers; None for AWS itself."""
    named = (os.environ.get(name) for name in _ENDPOINT_VARIABLES)
    return next((address for address in named if address), None)


def sizes_below(folder: Path) -> dict[str, int]:
    """Name below `folder` → bytes, of every file; one listing where it lies in an object store."""
    if isinstance(folder, ObjectPath):
        return folder.sizes_below()
    files = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def path_of(place: str) -> Path:
    """A folder of this machine, or a place in an object store."""
    return ObjectPath.of(place) if place.startswith(SCHEME) else Path(place)
