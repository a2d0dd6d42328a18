"""All records of `corrections/` together: which of them count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from schemas.decision_records import CellDecision, Judgement
from schemas.decisions import DecisionError, DecisionFile, IdentityDecision

Record = IdentityDecision | CellDecision | Judgement


@dataclass(frozen=True, slots=True)
class DecisionBook:
    """The records that count, in the order of their files, and the file of each that has an id."""

    identity: tuple[IdentityDecision, ...] = ()
    cells: tuple[CellDecision, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    file_of: Mapping[str, str] = field(default_factory=dict)

    def named(self, record_id: str) -> Record | None:
        """The record of an id that counts."""
        every: Iterable[Record] = (*self.identity, *self.cells, *self.judgements)
        return next((record for record in every if record.id == record_id), None)


NOTHING_DECIDED = DecisionBook()


def decision_book(files: Mapping[str, DecisionFile]) -> DecisionBook:
    """The records of all files without those superseded or withdrawn.

    Raises DecisionError for an id given twice, a superseded or withdrawn record that does not exist,
    and two records that decide one cell or one finding.
    """
    file_of: dict[str, str] = {}
    for name, file in files.items():
        for record in _records(file):
            if record.id is not None and record.id in file_of:
                raise DecisionError(
                    f"{name}: 编号 {record.id} 已在 {file_of[record.id]} 中用过 this id is used there already"
                )
            if record.id is not None:
                file_of[record.id] = name
    gone = _gone(files, file_of)
    book = DecisionBook(
        identity=tuple(r for f in files.values() for r in f.identity if r.id not in gone),
        cells=tuple(r for f in files.values() for r in f.cells if r.id not in gone),
        judgements=tuple(r for f in files.values() for r in f.judgements if r.id not in gone),
        file_of=file_of,
    )
    _refuse_contradictions(book)
    return book


def _records(file: DecisionFile) -> Iterator[Record]:
    yield from file.identity
    yield from file.cells
    yield from file.judgements


def _gone(files: Mapping[str, DecisionFile], file_of: Mapping[str, str]) -> frozenset[str]:
    gone: set[str] = set()
    for name, file in files.items():
        named = [record.supersedes for record in _records(file) if record.supersedes]
        named += [withdrawal.record for withdrawal in file.withdrawn]
        for record_id in named:
            if record_id not in file_of:
                raise DecisionError(f"{name}: 没有记录 no record has the id {record_id}")
        gone.update(named)
    return frozenset(gone)


def _refuse_contradictions(book: DecisionBook) -> None:
    held: dict[tuple[str, ...], str] = {}
    spots: list[tuple[tuple[str, ...], str]] = [(one.place, one.id) for one in book.cells]
    spots += [(one.spot, one.id) for one in book.judgements]
    for spot, record_id in spots:
        if spot in held:
            other = held[spot]
            raise DecisionError(
                f"{book.file_of[record_id]}: {record_id} 与 {book.file_of[other]} 的 {other} 决定同一处；"
                f"请写 supersedes 或撤回其一 both decide the same place: "
                f"add `supersedes` to one, or withdraw one"
            )
        held[spot] = record_id
