"""`corrections/`: reading what people decided, and writing a decision down in one step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from filelock import FileLock

from annual_reports.identity.hints import why_unusable
from schemas.decision_book import DecisionBook, decision_book
from schemas.decisions import DecisionError, DecisionFile, parse_decision_file
from tasks.atomic_files import write_atomically
from tasks.lake_paths import PROJECT_ROOT

FOLDER_VARIABLE = "GONGKAI_CORRECTIONS"
_HEAD = """\
# 由审核写入，请勿手改；要改决定，请再决定一次或撤回。 Written by a review: decide again or withdraw, do not edit.
"""


def corrections_folder() -> Path:
    """The folder at GONGKAI_CORRECTIONS, else `corrections/` of this project."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named).expanduser().resolve() if named else PROJECT_ROOT / "corrections"


def read_decision_book(folder: Path | None = None) -> DecisionBook:
    """What the YAML files of a folder decide, in the order of their names.

    Raises DecisionError for a file that is not as it should be, a decision that cannot be carried
    out and records that contradict each other. A folder that is not there holds none.
    """
    return decision_book(_decision_files(folder or corrections_folder()))


@contextmanager
def one_decider() -> Iterator[None]:
    """Nobody else decides while a decision is checked against the others and written."""
    folder = corrections_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".decisions.lock"):
        yield


def write_decisions(name: str, decided: DecisionFile) -> Path:
    """Write records as one new file, all or none; gives its path.

    Raises DecisionError, and writes nothing, where they contradict what is decided already.
    """
    folder = corrections_folder()
    path = folder / f"{name}.yml"
    text = decision_text(decided)
    if path.exists():
        raise DecisionError(f"{path}: 已存在 exists already")
    decision_book({**_decision_files(folder), path.name: parse_decision_file(text, path.name)})
    write_atomically(path, text.encode())
    return path


def decision_text(decided: DecisionFile) -> str:
    """The records as YAML; `parse_decision_file` gives them back."""
    content = decided.model_dump(mode="json", exclude_unset=True)
    return _HEAD + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)


def _decision_files(folder: Path) -> dict[str, DecisionFile]:
    files: dict[str, DecisionFile] = {}
    for path in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
        file = parse_decision_file(path.read_text(encoding="utf-8"), str(path))
        for number, decision in enumerate(file.identity):
            if reason := why_unusable(decision):
                raise DecisionError(f"{path}: identity.{number}: {reason}")
        files[path.name] = file
    return files
