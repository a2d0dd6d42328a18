"""Reader processes for all cores. A poisonous document costs its batch one retry, then itself only."""

from __future__ import annotations

import queue
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self, cast

from annual_reports.lake import EXTRACTION_SCHEMA
from annual_reports.model import QuarantinedDocument, QuarantineReason
from tasks.arrivals import Arrival, lay_down
from tasks.child_processes import processes_of_a_run
from tasks.documents import DocumentToRead
from tasks.lake_paths import LakePaths
from tasks.piped_processes import receive, send, start_process
from tasks.raw_store import RawStore
from tasks.reading import LakeFailedError, ReadBatch, quarantined_frame, refused_whole


class ReaderDiedError(Exception):
    """Raised when a reader process ended instead of answering; `last_words` is its last line."""

    def __init__(self, last_words: str) -> None:
        super().__init__(last_words)
        self.last_words = last_words


@dataclass(slots=True)
class _Reader:
    """One child process and its pipes; its errors go to an unnamed file."""

    process: subprocess.Popen[bytes]
    errors: IO[bytes]

    @classmethod
    def start(cls, lake: LakePaths, module: str) -> _Reader:
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        return cls(start_process(["-m", module], lake, errors), errors)

    def read(self, documents: Sequence[DocumentToRead]) -> Arrival | LakeFailedError:
        """Raises ReaderDiedError when the process ends before it has answered."""
        assert self.process.stdin and self.process.stdout
        try:
            send(self.process.stdin, list(documents))  # type: ignore[arg-type]
            return cast("Arrival | LakeFailedError", receive(self.process.stdout))  # type: ignore[arg-type]
        except (EOFError, BrokenPipeError) as error:
            self.process.wait()
            raise ReaderDiedError(self._last_words()) from error

    def _last_words(self) -> str:
        self.errors.seek(0)
        lines = self.errors.read().decode("utf-8", errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else f"exit status {self.process.returncode}"

    def stop(self) -> None:
        """End the process: it leaves by itself when its input ends."""
        assert self.process.stdin and self.process.stdout
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except BrokenPipeError:
                continue
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()


@dataclass(slots=True)
class ReaderPool:
    """`size` reader processes, started when first needed, shared by any number of threads."""

    lake: LakePaths
    size: int = field(default_factory=processes_of_a_run)
    module: str = "tasks.reader_process"
    _idle: queue.LifoQueue[_Reader | None] = field(default_factory=queue.LifoQueue)
    _all: list[_Reader] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        for _ in range(self.size):
            self._idle.put(None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for reader in self._all:
            reader.stop()

    def read(self, documents: Sequence[DocumentToRead]) -> Arrival:
        """Read a batch into the arrivals; a document that twice ends its reader is set aside as
        `reader_failed`. Raises LakeFailedError where the lake cannot be read or written.
        """
        try:
            return self._read_once(documents)
        except ReaderDiedError:
            return join_arrivals([self._read_alone(document) for document in documents])

    def _read_alone(self, document: DocumentToRead) -> Arrival:
        try:
            return self._read_once([document])
        except ReaderDiedError as death:
            size = len(RawStore(self.lake.objects).read(document.sha256))
            refusal = QuarantinedDocument(
                QuarantineReason.READER_FAILED,
                f"识读程序在此文件上出错 the reader failed on this document: {death.last_words}",
                "请把该文件交给维护者；其余文件不受影响 report this document; the others are unaffected",
            )
            aside = quarantined_frame([refused_whole(document, size, refusal)])
            return lay_down(self.lake, ReadBatch(EXTRACTION_SCHEMA.to_frame(), aside))

    def _read_once(self, documents: Sequence[DocumentToRead]) -> Arrival:
        reader = self._idle.get()
        alive: _Reader | None = None
        try:
            reader = reader or self._start()
            answer = reader.read(documents)
            alive = reader
        finally:
            if reader and not alive:
                self._forget(reader)
            self._idle.put(alive)
        if isinstance(answer, LakeFailedError):
            raise answer
        return answer

    def _start(self) -> _Reader:
        reader = _Reader.start(self.lake, self.module)
        with self._lock:
            self._all.append(reader)
        return reader

    def _forget(self, reader: _Reader) -> None:
        with self._lock:
            self._all.remove(reader)
        reader.stop()


def join_arrivals(arrivals: Sequence[Arrival]) -> Arrival:
    """Several as one."""
    return Arrival(
        sum(one.reports for one in arrivals),
        sum(one.quarantined for one in arrivals),
        tuple(item for one in arrivals for item in one.items),
        tuple(message for one in arrivals for message in one.lost),
    )
