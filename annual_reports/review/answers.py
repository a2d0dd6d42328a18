"""An answer to a waiting item, and the record it becomes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from annual_reports.identity.hints import why_unusable
from annual_reports.review.waiting import WaitingItem
from schemas.decision_book import DecisionBook
from schemas.decision_records import CellDecision, Judgement, Withdrawal, unfit_value
from schemas.decisions import DecisionFile, IdentityDecision, SeenIdentity

_UNCHANGED = "unchanged"


class AnswerError(Exception):
    """Raised when an answer does not settle its item; the message says what to give instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answers. `decision` is the word of `parameters.Decision`; empty text means not given."""

    decision: str
    reason: str
    decided_by: str
    value: str = ""
    publisher: str = ""
    region_code: str = ""
    year: str = ""
    scope: str = _UNCHANGED


@dataclass(frozen=True, slots=True)
class Occasion:
    """When an answer was given and by which run."""

    decided_on: date
    flow_run: str | None


Settled = CellDecision | Judgement | IdentityDecision | Withdrawal


def settle(item: WaitingItem, answer: Answer, occasion: Occasion, book: DecisionBook) -> Settled:
    """The record of an answer. Raises AnswerError where the answer does not fit the item."""
    if answer.decision not in item.kind.decisions:
        raise AnswerError(_not_among(item, answer))
    if len(answer.reason.strip()) < 4:
        raise AnswerError("理由至少四个字 give a reason of at least four characters")
    if not answer.decided_by.strip():
        raise AnswerError("请写明决定人 say who decides (decided_by)")
    signed: dict[str, Any] = {
        "decided_by": answer.decided_by.strip(),
        "decided_on": occasion.decided_on,
        "reason": answer.reason.strip(),
        "flow_run": occasion.flow_run,
    }
    try:
        match answer.decision:
            case "value" | "no_value":
                return _cell_decision(item, answer, signed, book)
            case "withdraw":
                return Withdrawal(record=item.record_id or "", **signed)
            case "identity":
                return _identity_decision(item, answer, signed, book)
            case "source_error" | "ours" | "dismissed":
                return _judgement(item, answer, signed, book)
            case _:
                raise AnswerError(_not_among(item, answer))
    except ValidationError as error:
        mistake = error.errors(include_url=False)[0]
        key = ".".join(str(step) for step in mistake["loc"])
        raise AnswerError(f"{key}: {mistake['msg']}") from error


def as_file(settled: Sequence[Settled]) -> DecisionFile:
    """The records as one file of decisions."""
    kinds: dict[str, type[Settled]] = {
        "identity": IdentityDecision,
        "cells": CellDecision,
        "judgements": Judgement,
        "withdrawn": Withdrawal,
    }
    told = {
        key: tuple(one for one in settled if isinstance(one, kind)) for key, kind in kinds.items()
    }
    return DecisionFile.model_validate({key: records for key, records in told.items() if records})


def _not_among(item: WaitingItem, answer: Answer) -> str:
    fitting = "、".join(item.kind.decisions) or "无 none"
    return (
        f"{item.number}（{item.kind.zh_label}）不能答 {answer.decision}；可答 answer one of: {fitting}；"
        f"{item.kind.zh_remedy}"
    )


def _record_id(item: WaitingItem, signed: dict[str, Any], *said: object) -> str:
    written = "\n".join(map(str, (item.number, *said, *signed.values())))
    suffix = hashlib.sha256(written.encode()).hexdigest()[:6]
    return f"{signed['decided_on']:%Y%m%d}-{item.number}-{suffix}"


def _cell_decision(
    item: WaitingItem, answer: Answer, signed: dict[str, Any], book: DecisionBook
) -> CellDecision:
    value = _number(item, answer)
    if not item.status:
        raise AnswerError(
            f"{item.number}：文档里已没有这一格，只能撤回 the cell is gone: the only answer is withdraw"
        )
    table, row_key, column_key = item.cell.split(".")
    place = (item.sha256, item.part, table, row_key, column_key)
    earlier = next((one.id for one in book.cells if one.place == place), item.record_id)
    return CellDecision(
        id=_record_id(item, signed, value),
        report=item.report_id,
        guard={"sha256": item.sha256, "part": item.part},  # type: ignore[arg-type]
        cell=item.cell,
        expect={"value": item.value, "status": item.status, "raw": item.raw},  # type: ignore[arg-type]
        value=value,
        supersedes=earlier,
        **signed,
    )


def _number(item: WaitingItem, answer: Answer) -> Decimal | None:
    text = answer.value.strip()
    if answer.decision == "no_value":
        if text:
            raise AnswerError("答“无数”时不要填数 with no_value leave the value empty")
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise AnswerError(
            f"请填一个数，如 12 或 52.15 give a number such as 12 or 52.15, not {text!r}"
        ) from None
    if mistake := unfit_value(item.cell, value):
        raise AnswerError(mistake)
    return value


def _judgement(
    item: WaitingItem, answer: Answer, signed: dict[str, Any], book: DecisionBook
) -> Judgement:
    spot = (item.report_id, item.rule_id, item.place)
    earlier = next((one.id for one in book.judgements if one.spot == spot), None)
    return Judgement(
        id=_record_id(item, signed, answer.decision),
        finding=item.fingerprint,
        report=item.report_id,
        province=item.province,
        year=item.year,  # type: ignore[arg-type]
        rule=item.rule_id,
        place=item.place,
        expect={"left": item.left, "right": item.right},  # type: ignore[arg-type]
        verdict=answer.decision,
        supersedes=earlier,
        **signed,
    )


def _identity_decision(
    item: WaitingItem, answer: Answer, signed: dict[str, Any], book: DecisionBook
) -> IdentityDecision:
    told = {
        "publisher": answer.publisher.strip() or None,
        "region_code": answer.region_code.strip() or None,
        "year": int(answer.year) if answer.year.strip() else None,
        "scope": None if answer.scope == _UNCHANGED else answer.scope,
    }
    if not any(told.values()):
        raise AnswerError(
            "请写明机关、区划代码、年度或口径之一 give publisher, region_code, year or scope"
        )
    earlier = _earlier_identity(item, book)
    decision = IdentityDecision(
        id=_record_id(item, signed, *told.values()),
        guard={"sha256": item.sha256},  # type: ignore[arg-type]
        expect=_expected_identity(item, earlier, book),
        supersedes=earlier.id if earlier else None,
        **{key: value for key, value in told.items() if value is not None},  # type: ignore[arg-type]
        **signed,
    )
    if mistake := why_unusable(decision):
        raise AnswerError(mistake)
    return decision


def _earlier_identity(item: WaitingItem, book: DecisionBook) -> IdentityDecision | None:
    """The decision about the same document that the new one takes the place of."""
    about = [one for one in book.identity if one.id and one.guard.sha256 == item.sha256]
    return about[-1] if about else None


def _expected_identity(
    item: WaitingItem, earlier: IdentityDecision | None, book: DecisionBook
) -> SeenIdentity | None:
    """What the reader says before anybody decides; None where that is not known.

    It is not known where an earlier decision without it is carried out, and of a part of a
    document, for a guard names the whole of it.
    """
    if item.part or not item.seen:
        return None
    if item.record_id is None and earlier is not None:
        return earlier.expect
    others = [one for one in book.identity if one is not earlier]
    if any(one.guard.holds(item.sha256, item.url) for one in others):
        return None
    return SeenIdentity.model_validate(item.seen)
