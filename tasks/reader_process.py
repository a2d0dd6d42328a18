"""A process that does nothing but read reports: documents in over a pipe, rows into the lake's arrivals.

What goes back is what became of each document, not its rows. It imports the pure half only (no Prefect, no HTTP). It ends when its parent does. A document that
crashes or stalls the reader ends the process; whoever fed it sees the pipe close (`reader_pool`).
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
from typing import BinaryIO

from tasks.arrivals import Arrival, lay_down
from tasks.child_processes import end_when_too_large, end_with_parent
from tasks.documents import DocumentToRead
from tasks.lake_paths import LakePaths
from tasks.object_paths import path_of
from tasks.raw_store import RawStore
from tasks.reading import LakeFailedError, read_batch

MOST_BYTES_IN_MEMORY = 3 << 30
"""Of one reader; a document that needs more is set aside alone."""

_LENGTH = struct.Struct("<Q")


def send(stream: BinaryIO, value: object) -> None:
    """Write one value to a pipe between a pool and its reader."""
    message = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def receive(stream: BinaryIO) -> object:
    """Read one value from a pipe. Raises EOFError when the other side is gone."""
    header = stream.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        raise EOFError("the other process is gone")
    length = _LENGTH.unpack(header)[0]
    message = stream.read(length)
    if len(message) < length:
        raise EOFError("the other process went away in mid-message")
    return pickle.loads(message)


def main() -> None:
    """Serve batches from standard input until it ends. Printing by libraries goes to stderr."""
    end_with_parent(int(sys.argv[2]))
    end_when_too_large(MOST_BYTES_IN_MEMORY)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lake = LakePaths(path_of(sys.argv[1]))
    while True:
        try:
            documents = receive(sys.stdin.buffer)
        except EOFError:
            return
        send(answers, _answer(lake, documents))  # type: ignore[arg-type]


def _answer(lake: LakePaths, documents: list[DocumentToRead]) -> Arrival | LakeFailedError:
    """A lake that fails is told, so that no document is taken for its cause."""
    try:
        return lay_down(lake, read_batch(RawStore(lake.objects), documents))
    except LakeFailedError as error:
        return error


if __name__ == "__main__":
    main()
