"""One chart: bars as an SVG picture inside the markdown. The UI strips inline SVG and shows data addresses."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_LABEL, _BARS, _ROW, _NOTE = 130, 380, 24, 130
_COLOURS = ("#2f9e6e", "#d9a21b", "#c6513d", "#6b7280")


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: what it is about, its parts in order, and the words behind it."""

    label: str
    parts: tuple[int, ...]
    note: str


def stacked_bars(bars: Sequence[Bar], legend: Sequence[str], alt: str) -> str:
    """Bars of one length each, split by their parts; `legend` names the parts."""
    height = _ROW * (len(bars) + 1) + 12
    width = _LABEL + _BARS + _NOTE
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" rx="6" fill="#f8fafc"/>',
        *_legend(legend),
    ]
    for number, one in enumerate(bars, start=1):
        drawn += _row(one, 6 + number * _ROW)
    svg = "".join([*drawn, "</svg>"])
    return f"![{alt}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def _legend(names: Sequence[str]) -> list[str]:
    drawn = []
    for number, name in enumerate(names):
        x = 10 + number * 150
        drawn.append(f'<rect x="{x}" y="8" width="12" height="12" fill="{_COLOURS[number]}"/>')
        drawn.append(f'<text x="{x + 18}" y="18" fill="#111827">{escape(name)}</text>')
    return drawn


def _row(one: Bar, y: int) -> list[str]:
    drawn = [f'<text x="10" y="{y + 15}" fill="#111827">{escape(one.label)}</text>']
    total, x = sum(one.parts), float(_LABEL)
    for part, colour in zip(one.parts, _COLOURS, strict=False):
        width = _BARS * part / total if total else 0.0
        if width:
            drawn.append(
                f'<rect x="{x:.1f}" y="{y + 3}" width="{width:.1f}" height="16" fill="{colour}"/>'
            )
        x += width
    drawn.append(
        f'<text x="{_LABEL + _BARS + 8}" y="{y + 15}" fill="#111827">{escape(one.note)}</text>'
    )
    return drawn
