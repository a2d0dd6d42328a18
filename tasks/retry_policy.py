"""Which failures can heal, and how long to wait before asking again. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_HEALING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE_STATUSES = frozenset({404, 410})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT_REDIRECTS = frozenset({301, 308})


def may_heal(status: int) -> bool:
    """Whether asking again later can give another answer than this status."""
    return status in _HEALING_STATUSES


def is_gone(status: int) -> bool:
    """Whether the server says that the page is not there."""
    return status in _GONE_STATUSES


def is_redirect(status: int) -> bool:
    """Whether the answer points elsewhere."""
    return status in _REDIRECTS


def is_permanent_redirect(status: int) -> bool:
    """Whether the page has moved for good."""
    return status in _PERMANENT_REDIRECTS


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Retry-After as seconds from `now` (RFC 9110: seconds or a date); null when absent or senseless."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def backoff_seconds(attempt: int, first: float, longest: float, jitter: float) -> float:
    """Exponential wait after failed attempt number `attempt` (from 1); `jitter` in 0–1 halves to fulls it."""
    full: float = min(longest, first * 2.0 ** (attempt - 1))
    return full * (0.5 + jitter / 2)
