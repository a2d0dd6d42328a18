"""One sentence for every error a person can cause or repair; never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from schemas.sources import SourceError
from tasks.disk_faults import remedy_of
from tasks.lake_paths import UnusableLakeError
from tasks.local_files import UnusablePathError
from tasks.local_server import ServerNotStartedError

PROBLEM = 1
INTERRUPTED = 130
DEBUG_VARIABLE = "GONGKAI_DEBUG"


class CommandError(Exception):
    """Raised when a command cannot do what was asked; the message says what to do."""


def complain(message: str) -> None:
    """One line on standard error."""
    print(f"gongkai: {message}", file=sys.stderr)


@contextmanager
def told_in_one_sentence() -> Iterator[None]:
    """Turn the errors we know into a sentence and exit code 1, and Ctrl-C into 130."""
    sys.excepthook = _tell_unexpected
    try:
        yield
    except (
        CommandError,
        ServerNotStartedError,
        SourceError,
        UnusableLakeError,
        UnusablePathError,
    ) as error:
        complain(str(error))
        raise SystemExit(PROBLEM) from None
    except (KeyboardInterrupt, BaseExceptionGroup) as stopped:
        # Ctrl-C, or Ctrl-C again while what the first one stops is ending
        if isinstance(stopped, BaseExceptionGroup) and stopped.split(KeyboardInterrupt)[1]:
            raise
        complain("已中断 interrupted")
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing more to say, also not at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(PROBLEM) from None
    except OSError as error:
        told = f"{error.strerror or error}: {error.filename or ''}；请检查磁盘、路径和权限 check disk, path and rights"
        complain(remedy_of(error) or told)
        raise SystemExit(PROBLEM) from None


def _tell_unexpected(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if os.environ.get(DEBUG_VARIABLE):
        sys.__excepthook__(kind, error, traceback)
        return
    complain(
        f"程序内部错误 internal error: {kind.__name__}: {error}；"
        f"请设置 {DEBUG_VARIABLE}=1 重试并报告 set {DEBUG_VARIABLE}=1, run again and report it"
    )
