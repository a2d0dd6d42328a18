"""A process that does nothing but read reports: documents in over a pipe, rows into the lake's arrivals.

What goes back is what became of each document, not its rows. It imports the pure half only (no Prefect, no HTTP). It ends when its parent does. A document that
crashes or stalls the reader ends the process; whoever fed it sees the pipe close (`reader_pool`).
"""

from __future__ import annotations

from functools import partial

from tasks.arrivals import Arrival, lay_down
from tasks.child_processes import end_when_too_large
from tasks.documents import DocumentToRead
from tasks.lake_paths import LakePaths
from tasks.piped_processes import answer_questions
from tasks.raw_store import RawStore
from tasks.reading import LakeFailedError, read_batch

MOST_BYTES_IN_MEMORY = 3 << 30
"""Of one reader; a document that needs more is set aside alone."""


def main() -> None:
    """Serve batches from standard input until it ends."""
    end_when_too_large(MOST_BYTES_IN_MEMORY)
    answer_questions(lambda lake: partial(_answer, lake))


def _answer(lake: LakePaths, documents: list[DocumentToRead]) -> Arrival | LakeFailedError:
    """A lake that fails is told, so that no document is taken for its cause."""
    try:
        return lay_down(lake, read_batch(RawStore(lake.objects), documents))
    except LakeFailedError as error:
        return error


if __name__ == "__main__":
    main()
