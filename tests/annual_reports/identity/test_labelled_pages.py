"""Identification against labelled pages of the real web: nothing wrong, most resolved."""

import json
import re
from collections import Counter
from pathlib import Path

from annual_reports.identity.document_kind import refusal_of_kind
from annual_reports.identity.identify import identify_report
from annual_reports.model import DocumentText, Identity
from schemas.divisions import load_gazetteer


def page(row: dict[str, str]) -> DocumentText:
    lines = tuple(re.split(r";\s*|…", row.get("excerpt", "")))
    return DocumentText((row["title"],) if row["title"] else (), lines, row["url"] or None)


def verdict(got: object, wanted: object) -> str:
    if not wanted:
        return "unlabelled" if not got else "asserted"
    if not got:
        return "open"
    return "right" if got == wanted else "wrong"


def partition(identity: Identity) -> str | None:
    return None if identity.province == "ZZ" else identity.province


def partition_of(province: str) -> str | None:
    if province == "00":
        return "CN"
    held = load_gazetteer().provinces
    by_name = {p.name: p.iso_code for p in held.values()}
    return held[province].iso_code if province in held else by_name.get(province)


def disagrees_with_unit(identity: Identity, code: str) -> bool:
    """Whether the codes given contradict the labelled unit (a county, prefecture or province)."""
    if code.endswith("0000"):
        return identity.prefecture_code is not None or identity.county_code is not None
    if code.endswith("00"):
        return identity.county_code is not None or identity.prefecture_code not in (None, code)
    return identity.county_code not in (None, code)


def test_no_labelled_page_is_placed_wrongly(labelled_pages: list[dict[str, str]]) -> None:
    wrong = []
    provinces: Counter[str] = Counter()
    for row in labelled_pages:
        identity = identify_report(page(row))
        province = verdict(partition(identity), partition_of(row["province"]))
        provinces[province] += 1
        year = verdict(identity.year and str(identity.year), row["report_year"])
        if province in ("wrong", "asserted") or year == "wrong":
            wrong.append((row["url"], row["title"], identity.province, identity.year))
        if row["unit_code"] and disagrees_with_unit(identity, row["unit_code"]):
            wrong.append((row["url"], row["unit_code"], identity.county_code))
    assert not wrong
    # Address and title alone: the pages' text, which decides most others, is not in this table.
    assert provinces["right"] >= 0.8 * (provinces["right"] + provinces["open"])


def test_no_labelled_report_is_placed_wrongly(labelled_reports: list[dict[str, str]]) -> None:
    wrong = []
    tallies: dict[str, Counter[str]] = {key: Counter() for key in ("province", "county", "year")}
    for row in labelled_reports:
        document = page(row)
        if refusal_of_kind(document):
            continue
        identity = identify_report(document)
        central = row["level"] == "central ministry"
        verdicts = {
            "province": verdict(
                partition(identity), "CN" if central else partition_of(row["province"])
            ),
            "county": verdict(identity.county_name, row["county"]),
            "year": verdict(identity.year and str(identity.year), row["year"]),
        }
        for key, value in verdicts.items():
            tallies[key][value] += 1
        a_wider_unit = row["level"] != "township" and not row["county"] and identity.county_code
        if "wrong" in verdicts.values() or verdicts["province"] == "asserted" or a_wider_unit:
            wrong.append((row["url"], row["title"], verdicts, identity.county_name))
    assert not wrong
    shares = {
        key: tally["right"] / (tally["right"] + tally["open"]) for key, tally in tallies.items()
    }
    assert shares["province"] >= 0.97, shares
    assert shares["county"] >= 0.95, shares
    assert shares["year"] >= 0.92, shares


def test_pages_that_are_no_reports_are_refused(labelled_reports: list[dict[str, str]]) -> None:
    accepted = []
    for row in labelled_reports:
        document = page(row)
        if row["notes"].startswith("NOT") and refusal_of_kind(document) is None:
            accepted.append((row["title"], row["notes"]))
    assert not accepted


def test_only_copies_with_injected_words_are_refused_among_reports(
    labelled_reports: list[dict[str, str]],
) -> None:
    refused = [
        (row["title"], reason)
        for row in labelled_reports
        if not row["notes"].startswith("NOT") and (reason := refusal_of_kind(page(row)))
    ]
    assert all(reason.kind == "injected_copy" for _, reason in refused), refused


def test_the_seeds_have_their_expected_identities(seeds: Path) -> None:
    for file in sorted(seeds.glob("*.txt")):
        expected = json.loads(
            (seeds / "expected" / f"{file.stem}.json").read_text(encoding="utf-8")
        )
        lines = tuple(file.read_text(encoding="utf-8").split("\n"))
        headings = tuple(line for line in lines[:5] if "年度报告" in line and len(line) < 60)
        identity = identify_report(DocumentText(headings, lines))
        keys = ("publisher", "year", "province", "county_code", "level")
        assert {key: getattr(identity, key) for key in keys} == {key: expected[key] for key in keys}
        assert identity.scope == "own"
