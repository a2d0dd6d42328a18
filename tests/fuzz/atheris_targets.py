"""Coverage-guided fuzzing: `python -m tests.fuzz.atheris_targets READER -runs=N`.

READER is a media type of `annual_reports.reading.document.READERS`, `application/zip`, or any other
word for the pages and texts read without a magic number. Seeds are the golden documents.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["annual_reports"]):
    from annual_reports.reading.document import READERS
    from annual_reports.reading.media import recognise_binary
    from tests.fuzz.invariants import read_and_check

GOLDEN = Path(__file__).parents[1] / "golden"


def seeds_of(media_type: str) -> list[bytes]:
    """Golden documents of a medium; of pages and texts where it has no magic number."""
    contents = [path.read_bytes() for path in sorted(GOLDEN.rglob("*")) if path.is_file()]
    kinds = [(content, recognise_binary(content)) for content in contents]
    wanted = media_type if media_type in {*READERS, "application/zip"} else None
    return [content for content, kind in kinds if (kind.media_type if kind else None) == wanted]


def main() -> None:
    """Run libFuzzer on the seeds of one medium until a run breaks an invariant or the runs are over."""
    media_type, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(seeds_of(media_type)):
            (Path(folder) / str(number)).write_bytes(content)
        atheris.Setup([sys.argv[0], *options, folder], read_and_check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
