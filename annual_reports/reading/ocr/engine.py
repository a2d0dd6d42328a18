"""The recogniser: models inside the wheel, one thread, loaded once per process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

_PARAMETERS = {
    "Global.log_level": "critical",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}

Image = Any
"""A numpy array of height x width x 3, blue-green-red."""


class Recognised(NamedTuple):
    """A text, how sure the recogniser is (0 to 1), and for a detected one (left, top, right, bottom) in pixels."""

    text: str
    score: float
    box: tuple[float, float, float, float] | None = None


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params=_PARAMETERS)


def recognise(images: Sequence[Image]) -> list[Recognised]:
    """One line of text from each image, in order."""
    if not images:
        return []
    found = _engine().recognize_txt(list(images))
    return [
        Recognised(text, float(score)) for text, score in zip(found.txts, found.scores, strict=True)
    ]


def detect(image: Image) -> list[Recognised]:
    """Every line of text that is found in an image, with its box."""
    found = _engine()(image)
    if found.txts is None or found.boxes is None:
        return []
    return [
        Recognised(text, float(score), _outline(box))
        for text, score, box in zip(found.txts, found.scores, found.boxes, strict=True)
    ]


def _outline(corners: Any) -> tuple[float, float, float, float]:
    xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)
