"""Whether what reads pictures is installed. Knows nothing of the libraries themselves."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

_PACKAGES = ("cv2", "numpy", "onnxruntime", "rapidocr")


@cache
def ocr_is_installed() -> bool:
    """Whether every package of the extra can be imported."""
    return all(find_spec(package) is not None for package in _PACKAGES)
