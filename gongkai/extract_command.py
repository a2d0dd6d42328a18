"""`gongkai extract`: read reports and print what they say. Needs neither lake nor Prefect."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import typer

from annual_reports.extract import extract_documents
from annual_reports.model import (
    Extraction,
    FindingClass,
    Identity,
    RefusedDocument,
    extraction_to_object,
)
from gongkai.errors import PROBLEM, CommandError, complain
from gongkai.extraction_view import show_extraction
from tasks.documents import name_of_url
from tasks.local_files import UnusablePathError, find_documents, read_file, split_paths_and_urls

STANDARD_INPUT = "-"
REFUSED_TABLES = ("active_disclosure", "requests", "review_litigation")


@dataclass(frozen=True, slots=True)
class Received:
    """A document as it came: bytes, what to call it, where it is from."""

    content: bytes
    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class NotReceived:
    """A page that could not be had; `reason` is one sentence."""

    name: str
    url: str
    reason: str


def print_documents(asked: Sequence[str], url: str | None, as_json: bool, local: bool) -> int:
    """Print every report of every document; 0 when all could be read, 1 when one could not."""
    exit_code = 0
    for item in asked:
        try:
            for received in _receive(item, url, len(asked) > 1, local):
                exit_code |= _print_document(received, as_json)
        except UnusablePathError as error:
            complain(str(error))
            exit_code = PROBLEM
    return exit_code


def _receive(
    item: str, url: str | None, among_others: bool, local: bool
) -> Iterator[Received | NotReceived]:
    paths, urls = split_paths_and_urls([item])
    if item == STANDARD_INPUT:
        _require_single(url, among_others)
        yield Received(sys.stdin.buffer.read(), "stdin", url)
    elif urls:
        yield _fetch(item, local)
    else:
        files = find_documents(paths).files
        _require_single(url, among_others or len(files) > 1)
        for path in files:
            try:
                yield Received(read_file(path), path.name, url)
            except UnusablePathError as error:
                yield NotReceived(path.name, str(path), str(error))


def _require_single(url: str | None, several: bool) -> None:
    if url is not None and several:
        raise typer.BadParameter(
            "--url 只能用于单个文件 --url goes with a single file: name one document"
        )


def _fetch(url: str, local: bool) -> Received | NotReceived:
    from tasks.host_rules import FetchLimits
    from tasks.observations import Purpose
    from tasks.polite_fetch import PageRequest, PoliteFetcher

    request = PageRequest("extract", Purpose.REPORT, url, local=local)

    async def ask() -> Received | NotReceived:
        hosts = frozenset({urlsplit(url).hostname or ""}) if local else frozenset[str]()
        async with PoliteFetcher(FetchLimits(), hosts) as fetcher:
            fetched = await fetcher.fetch(request)
        if fetched.content is None or fetched.final.error:
            return NotReceived(name_of_url(url), url, str(fetched.final.error))
        final_url = fetched.final.final_url or url
        return Received(fetched.content, name_of_url(final_url), final_url)

    return asyncio.run(ask())


def identity_of_page(url: str, local: bool) -> Identity:
    """Whose report the page at an address is. Raises CommandError where it cannot be had or is none."""
    received = _fetch(url, local)
    if isinstance(received, NotReceived):
        raise CommandError(f"取不到 not received: {url}: {received.reason}")
    outcomes = extract_documents(received.content, received.name, received.url)
    read = [outcome for outcome in outcomes if isinstance(outcome, Extraction)]
    if not read:
        refused = next(outcome for outcome in outcomes if isinstance(outcome, RefusedDocument))
        raise CommandError(f"{url}: {refused.refusal.message}")
    if len(read) > 1:
        raise CommandError(
            f"{url}: 文件中有 {len(read)} 份报告，须逐份指定 the document holds {len(read)} reports"
        )
    return read[0].identity


def _print_document(received: Received | NotReceived, as_json: bool) -> int:
    if isinstance(received, NotReceived):
        refusal = {
            "reason": "not_received",
            "message": received.reason,
            "remedy": "请检查网址、网络和权限后重试 check address, network and rights, then try again",
        }
        return _print_refusal(
            _refused_document(received.name, received.url, None),
            refusal,
            FindingClass.FETCH,
            as_json,
        )
    exit_code = 0
    for outcome in extract_documents(received.content, received.name, received.url):
        if isinstance(outcome, RefusedDocument):
            exit_code |= _print_refused(outcome, as_json)
        else:
            _print_extraction(outcome, as_json)
    return exit_code


def _print_refused(refused: RefusedDocument, as_json: bool) -> int:
    info, quarantined = refused.document, refused.refusal
    refusal: dict[str, Any] = {
        "reason": quarantined.reason.value,
        "message": quarantined.message,
        "remedy": quarantined.remedy,
    }
    if quarantined.attachments:
        refusal["attachments"] = list(quarantined.attachments)
    document = _refused_document(info.name, info.url, info.sha256, info.part)
    return _print_refusal(document, refusal, FindingClass.EXTRACTION, as_json)


def _print_extraction(extraction: Extraction, as_json: bool) -> None:
    if as_json:
        _print_json(extraction_to_object(extraction))
    else:
        show_extraction(extraction)


def _print_refusal(
    document: dict[str, Any], refusal: dict[str, Any], finding_class: FindingClass, as_json: bool
) -> int:
    if as_json:
        _print_json(refused_object(document, refusal, finding_class))
    place = " / ".join(filter(None, (document["name"], document["part"])))
    complain(f"{place}: {refusal['message']}；{refusal['remedy']}")
    return PROBLEM


def refused_object(
    document: dict[str, Any], refusal: dict[str, Any], finding_class: FindingClass
) -> dict[str, Any]:
    """The object of a document that was refused: the keys of an extraction, and `quarantine`."""
    nothing_known = dict.fromkeys(_identity_keys())
    return {
        "document": document,
        "title": None,
        "identity": nothing_known | {"year_candidates": [], "evidence": []},
        "templates": dict.fromkeys(REFUSED_TABLES),
        "cells": [],
        "sections": [],
        "claims": [],
        "findings": [
            {
                "rule_id": refusal["reason"],
                "severity": "hard",
                "status": "fail",
                "class": finding_class.value,
                "scope": "document",
                "left": None,
                "right": None,
                "difference": None,
                "message": refusal["message"],
            }
        ],
        "status": "needs_review",
        "quarantine": refusal,
    }


def _identity_keys() -> list[str]:
    return [
        key for key in Identity.__dataclass_fields__ if key not in {"year_candidates", "evidence"}
    ]


def _refused_document(
    name: str, url: str | None, sha256: str | None, part: str = ""
) -> dict[str, Any]:
    return {
        "name": name,
        "sha256": sha256,
        "media_type": None,
        "charset": None,
        "url": url,
        "part": part,
    }


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")), flush=True)
