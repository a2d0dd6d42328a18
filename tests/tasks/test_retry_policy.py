"""Which answers are asked for again, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.retry_policy import backoff_seconds, may_heal, retry_after_seconds

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_passes_is_asked_for_again(status: int) -> None:
    assert may_heal(status)


@pytest.mark.parametrize("status", [200, 301, 304, 400, 401, 403, 404, 410, 451, 501, 505])
def test_what_stays_is_not(status: int) -> None:
    assert not may_heal(status)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds


@given(attempt=st.integers(1, 40), jitter=st.floats(0, 1))
def test_waits_grow_within_their_bounds(attempt: int, jitter: float) -> None:
    wait = backoff_seconds(attempt, first=0.5, longest=60.0, jitter=jitter)
    assert 0.25 <= wait <= 60.0
    assert (
        backoff_seconds(attempt, 0.5, 60.0, 0.0) <= wait <= backoff_seconds(attempt, 0.5, 60.0, 1.0)
    )
