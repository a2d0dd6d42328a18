"""The exception in which an extension written in Rust reports its own bug."""

from __future__ import annotations

_MODULE = "pyo3_runtime"
_NAME = "PanicException"


def panic_exceptions() -> tuple[type[BaseException], ...]:
    """The classes of panics, for an `except` clause round a call into such an extension.

    A panic derives from BaseException, so that no `except Exception` meets it. PyO3 makes one class in
    every extension and lets none be imported (`pyo3_runtime` is no module, PyO3 issue 2880): they are
    found among the direct subclasses of BaseException by the name PyO3 gives them.
    """
    return tuple(
        known
        for known in BaseException.__subclasses__()
        if (known.__module__, known.__name__) == (_MODULE, _NAME)
    )
