"""Which program publishes: a hash of its source."""

from __future__ import annotations

import hashlib
from functools import cache

from tasks.lake_paths import PROJECT_ROOT

_PURE_PACKAGES = ("annual_reports", "schemas")


@cache
def code_version() -> str:
    """A hash of the pure half's source: it changes whenever the same inputs may publish otherwise."""
    digest = hashlib.sha256()
    for package in _PURE_PACKAGES:
        for path in sorted((PROJECT_ROOT / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(PROJECT_ROOT).as_posix()
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{name}\n{content}\n".encode())
    return digest.hexdigest()[:16]
