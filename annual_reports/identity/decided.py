"""The identity of a page after what people decided about it, where what they saw still holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from annual_reports.identity.hints import IdentityHints
from annual_reports.identity.identify import identify_page
from annual_reports.identity.page_text import PageText, folded_text
from annual_reports.model import Finding, Identity
from annual_reports.reading.findings import document_finding
from schemas.decisions import IdentityDecision

BROKEN_DECISION = "G02"
"""The finding that a decision about an identity no longer holds."""


@dataclass(frozen=True, slots=True)
class DecidedIdentity:
    """`broken`: a hard failure for every decision that was made on another identity than is read now."""

    identity: Identity
    broken: tuple[Finding, ...] = ()


def identify_as_decided(page: PageText, hints: IdentityHints) -> DecidedIdentity:
    """The identity with the decisions that hold; one whose `expect` does not is left out and told."""
    expecting = [one for one in hints.decisions if one.expect is not None]
    if not expecting:
        return DecidedIdentity(identify_page(page, hints))
    undecided = identify_page(page, replace(hints, decisions=()))
    broken = [one for one in expecting if _touches(one, undecided) and not _holds(one, undecided)]
    holding = tuple(one for one in hints.decisions if one not in broken)
    return DecidedIdentity(
        identify_page(page, replace(hints, decisions=holding)),
        tuple(_told(one, undecided) for one in broken),
    )


def _touches(decision: IdentityDecision, undecided: Identity) -> bool:
    if decision.printed is None:
        return True
    printed = folded_text(decision.printed).folded
    return undecided.publisher is not None and printed == folded_text(undecided.publisher).folded


def _holds(decision: IdentityDecision, undecided: Identity) -> bool:
    return decision.expect is None or decision.expect.told == _same_of(decision, undecided)


def _same_of(decision: IdentityDecision, undecided: Identity) -> dict[str, str | int | None]:
    told = decision.expect.told if decision.expect else {}
    return {name: getattr(undecided, name) for name in told}


def _told(decision: IdentityDecision, undecided: Identity) -> Finding:
    name = decision.id or decision.guard.sha256 or decision.guard.url or ""
    finding = document_finding(
        BROKEN_DECISION,
        scope=f"identity.{name}",
        record=name,
        expected=_in_words(decision.expect.told if decision.expect else {}),
        found=_in_words(_same_of(decision, undecided)),
    )
    return replace(finding, status="fail")


def _in_words(told: dict[str, str | int | None]) -> str:
    return "、".join(f"{name} {'—' if value is None else value}" for name, value in told.items())
