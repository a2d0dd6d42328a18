"""Processes of our own that answer questions over their pipes: one value in, one value out."""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from typing import IO, Any, BinaryIO

from tasks.child_processes import end_with_parent
from tasks.lake_paths import PROJECT_ROOT, LakePaths
from tasks.object_paths import path_of

_ALLOCATOR = "oversize_threshold:0,narenas:1"
"""For jemalloc, which Polars allocates by: large columns are used again instead of being given back to the system
at once, and one arena serves all threads. A fifth to a quarter less time of the kernel, no more memory."""
_LENGTH = struct.Struct("<Q")


def send(stream: BinaryIO, value: object) -> None:
    """Write one value to a pipe."""
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


def start_process(
    code: list[str], lake: LakePaths, errors: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start Python on `code`, which is to call `answer_questions`; one thread of Polars, to be one of many."""
    environment = os.environ | {
        "POLARS_MAX_THREADS": "1",
        "_RJEM_MALLOC_CONF": _ALLOCATOR,
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    return subprocess.Popen(
        [sys.executable, *code, str(lake.root), str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
    )


def answer_questions(answering: Callable[[LakePaths], Callable[[Any], object]]) -> None:
    """Serve questions from standard input until it ends, in a process of `start_process`.

    `answering` gives what answers for a lake. The process ends with its parent, not by Ctrl-C; printing by
    libraries goes to stderr.
    """
    end_with_parent(int(sys.argv[2]))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer = answering(LakePaths(path_of(sys.argv[1])))
    while True:
        try:
            question = receive(sys.stdin.buffer)
        except EOFError:
            return
        send(answers, answer(question))
