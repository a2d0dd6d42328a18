"""Ruling lines of a scanned page: straightened, found by morphology, in points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from annual_reports.reading.pdf.drawings import Rule

_SHORTEST_ACROSS = 24.0  # points: longer than any stroke of a character
_SHORTEST_DOWN = 11.0
_LARGEST_SKEW = 5.0  # degrees


def straightened(image: Any) -> Any:
    """The page turned so that its long lines are level; unchanged where there are none."""
    import cv2
    import numpy as np

    height, width = image.shape[:2]
    edges = cv2.Canny(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 50, 150)
    lines = cv2.HoughLinesP(edges, 1, np.pi / 1800, 150, minLineLength=width // 4, maxLineGap=8)
    if lines is None:
        return image
    angles = [
        float(np.degrees(np.arctan2(y1 - y0, x1 - x0))) for x0, y0, x1, y1 in lines.reshape(-1, 4)
    ]
    level = sorted(angle for angle in angles if abs(angle) <= _LARGEST_SKEW)
    if not level or abs(level[len(level) // 2]) < 0.05:
        return image
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), level[len(level) // 2], 1.0)
    return cv2.warpAffine(
        image, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)
    )


def inked(image: Any) -> Any:
    """A mask of what is printed: 255 for ink."""
    import cv2

    gray = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    return cv2.adaptiveThreshold(
        gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12
    )


def ruling_lines(ink: Any, scale: float) -> tuple[list[Rule], list[Rule], Any]:
    """Rules across and down in points (`scale` pixels each), and a mask of their pixels."""
    import cv2

    long, tall = max(3, round(_SHORTEST_ACROSS * scale)), max(3, round(_SHORTEST_DOWN * scale))
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(0, (long, 1)))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(0, (1, tall)))
    mask = cv2.dilate(cv2.bitwise_or(across, down), cv2.getStructuringElement(0, (3, 3)))
    return (
        [
            Rule((y + h / 2) / scale, x / scale, (x + w) / scale)
            for x, y, w, h in _pieces(across)
            if h < 4 * scale
        ],
        [
            Rule((x + w / 2) / scale, y / scale, (y + h) / scale)
            for x, y, w, h in _pieces(down)
            if w < 4 * scale
        ],
        mask,
    )


def _pieces(mask: Any) -> Iterable[tuple[int, int, int, int]]:
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(
        cv2.dilate(mask, cv2.getStructuringElement(0, (3, 3))), connectivity=8
    )
    for x, y, width, height, _ in stats[1:]:
        yield int(x), int(y), int(width), int(height)
