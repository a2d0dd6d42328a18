"""Why a report was placed where it is, and what is missing to place it: sentences for operators."""

from __future__ import annotations

from collections.abc import Iterator

from annual_reports.model import Identity
from schemas.organs import evidence_kinds, year_sources
from schemas.tables import vocabulary_labels

_LEVELS = ("prefecture", "county", "town")


def identity_facts(identity: Identity) -> Iterator[tuple[str, str]]:
    """Label and value of what was found, Chinese first; what is not known says so."""
    unknown = "未定 not settled"
    yield "机关 publisher", identity.publisher or "页面没有写明 the page names none"
    yield "全称 in full", identity.publisher_name or unknown
    yield "机关编号 publisher id", identity.publisher_id or unknown
    yield "类型 kind", _labelled("organ_types", identity.organ_type) or unknown
    yield "层级 level", _labelled("levels", identity.level) or unknown
    yield "地方 place", _place(identity) or unknown
    if then := _place_then(identity):
        yield "当年区划 in that year", then
    yield "年度 year", str(identity.year or unknown)
    yield "口径 scope", _scope(identity)
    yield "把握 confidence", _labelled("confidences", identity.confidence) or identity.confidence
    if identity.host_is_gov is False:
        yield "网址 address", "不是政府网站，网址和页脚不作依据 no government host: no evidence"


def _labelled(vocabulary: str, value: str | None) -> str | None:
    return None if value is None else f"{vocabulary_labels(vocabulary)[value]} {value}"


def _place(identity: Identity) -> str:
    parts = [identity.province_name or ""]
    for level in _LEVELS:
        code, name = getattr(identity, f"{level}_code"), getattr(identity, f"{level}_name")
        if code is not None:
            parts.append(f"{name}（{code}）")
    return " ".join(filter(None, parts))


def _place_then(identity: Identity) -> str:
    """Only what had another code or name in the year reported on."""
    changed = []
    for level in _LEVELS:
        code, name = (getattr(identity, f"{level}_{what}_in_year") for what in ("code", "name"))
        if code is not None and code != getattr(identity, f"{level}_code"):
            changed.append(f"{name}（{code}）")
    return " ".join(changed)


def _scope(identity: Identity) -> str:
    label = _labelled("scopes", identity.scope) or identity.scope
    return (
        f"{label}，依据 because of “{identity.scope_evidence}”"
        if identity.scope_evidence
        else label
    )


def evidence_lines(identity: Identity) -> Iterator[str]:
    """Each piece of evidence: what it is, what is printed, what it speaks for, its weight."""
    for piece in identity.evidence:
        kind = evidence_kinds().get(piece.kind)
        label = kind.label if kind else "机关名称本身 the name itself"
        meant = piece.code or "可指几处，不单独作数 several places"
        yield f"{label}：“{piece.text}” → {meant}（权重 weight {piece.weight:g}）"


def year_lines(identity: Identity) -> Iterator[str]:
    """Every candidate for the year, most trusted first."""
    for year, source in identity.year_candidates:
        yield f"{year}：{year_sources()[source]}"


def what_is_missing(identity: Identity) -> Iterator[str]:
    """What keeps the report from being placed or used in full, and what would settle it."""
    if identity.publisher is None:
        yield (
            "缺少机关名称：标题、发布机构、编制单位和落款都没有写明 "
            "no publisher: not in title, publisher line, statement or signature"
        )
    if identity.province == "ZZ":
        yield _why_unplaced(identity)
    elif identity.confidence == "low":
        yield (
            "只能确定上级，尚缺本级的依据（页脚备案号、网址、导航路径或全称） "
            "only what lies above it is settled; a record number, host, navigation or full name would settle it"
        )
    elif identity.publisher is not None and identity.publisher_id is None:
        yield (
            "当年几个区划后来合并，名称没有写明是哪一个 "
            "several divisions were merged later and the name does not say which is meant"
        )
    if identity.year is None:
        yield (
            "年度不明：标题没有年份，正文和日期说法不一或没有 "
            "no year: none in the title, and text and dates differ or are silent"
        )


def _why_unplaced(identity: Identity) -> str:
    if any(piece.code is None for piece in identity.evidence):
        return "名称可指几处同名地方，没有足以区分的依据 the name means several places and nothing tells them apart"
    if identity.evidence:
        return "各项依据互相矛盾或太弱 the evidence is weak or contradicts itself"
    return "页面没有任何地方线索 nothing on the page speaks of a place"
