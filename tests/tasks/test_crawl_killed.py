"""A crawl that is killed again and again ends as if it had not been."""

from __future__ import annotations

from pathlib import Path

from tests.tasks.crawl_drill import drill


def test_a_crawl_killed_at_random_moments_ends_in_the_undisturbed_store(tmp_path: Path) -> None:
    hit, differing, too_often = drill(pages=900, kills=6, seed=7, folder=tmp_path)
    assert hit >= 4
    assert differing == []
    assert not too_often
