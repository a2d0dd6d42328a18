"""Markdown that Prefect's artifact page shows as meant: tables that stay short, links, bars."""

from __future__ import annotations

from collections.abc import Sequence

MOST_ROWS = 25
_BAR_LENGTH = 10


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    most: int = MOST_ROWS,
    see_more: str = "",
) -> str:
    """A table of at most `most` rows, and a line that says how many more there are and how to see them."""
    if not rows:
        return "无 none"
    shown = [_line(header), _line(["---"] * len(header)), *(_line(row) for row in rows[:most])]
    left = len(rows) - most
    if left > 0:
        shown += ["", f"… 另有 **{left:,}** 行未列出 more rows not shown. {see_more}".rstrip()]
    return "\n".join(shown)


def section(title: str, *parts: str) -> str:
    """A heading with what belongs under it; nothing when there is nothing."""
    filled = [part for part in parts if part]
    return "\n\n".join([f"## {title}", *filled]) if filled else ""


def link(text: str, address: str | None) -> str:
    """A link, or the bare text where there is no address."""
    plain = text.replace("[", "［").replace("]", "］")
    if not address or not address.startswith(("http://", "https://", "/")):
        return plain
    return f"[{plain}]({address.replace(' ', '%20').replace('(', '%28').replace(')', '%29')})"


def bar(share: float) -> str:
    """`███████░░░ 70%`, rounded down so that only all is shown as all."""
    full = int(share * _BAR_LENGTH)
    return f"{'█' * full}{'░' * (_BAR_LENGTH - full)} {percent(share)}"


def percent(share: float) -> str:
    """A share with one digit after the point, rounded down: 99.97 % is not 100 %."""
    return f"{int(share * 1000) / 10:.1f}%"


def signed(number: int) -> str:
    """A difference with its sign; nothing for none."""
    return "" if number == 0 else f"{number:+,}"


def one_line(text: str, longest: int = 160) -> str:
    """A message on one line, cut where it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"


def _line(values: Sequence[object]) -> str:
    cells = (
        f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)
        for value in values
    )
    return "| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |"
