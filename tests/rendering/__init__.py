"""Drawn tables to files of every medium: `render_<medium>(tables, prose, rng) -> bytes`.

`tables` are tables two, three and four as `tests.damage.physical` draws them; `prose` are the lines
before each of them and after the last (`REPORT_PROSE`); `rng` chooses among the ways in which real
programs write the same print, and nothing else: what is printed depends on `tables` and `prose` only.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.damage.styles import BETWEEN, CLOSING, OPENING, REVIEW

Prose = Sequence[Sequence[str]]
TITLE = "龙泉市安仁镇2023年政府信息公开工作年度报告"
REPORT_PROSE: Prose = ((TITLE, *OPENING[1:]), (BETWEEN,), (REVIEW,), CLOSING)
