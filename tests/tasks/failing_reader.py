"""A reader process that breaks on certain bytes, for tests of what a broken reader costs."""

from __future__ import annotations

import os
from pathlib import Path

import tasks.reader_process
import tasks.reading
from annual_reports.extract import extract_documents as read_really
from annual_reports.identity.hints import IdentityHints
from annual_reports.model import Outcome
from tasks.reader_process import main


def break_on_poison(
    content: bytes, name: str, url: str | None, hints: IdentityHints
) -> tuple[Outcome, ...]:
    match content:
        case b"exit":
            os._exit(3)
        case b"raise":
            raise ZeroDivisionError("poison")
        case b"greedy":
            held = []
            while True:
                held.append(bytearray(b"x" * (8 << 20)))
        case b"once":
            first_time = Path(os.environ["POISON_MARK"])
            if not first_time.exists():
                first_time.touch()
                os._exit(3)
            return read_really(Path(os.environ["SOUND_DOCUMENT"]).read_bytes(), name, url, hints)
    return read_really(content, name, url, hints)


if __name__ == "__main__":
    tasks.reader_process.MOST_BYTES_IN_MEMORY = 700 << 20
    tasks.reading.extract_documents = break_on_poison
    main()
