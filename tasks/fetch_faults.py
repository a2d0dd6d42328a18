"""Which cause of `fetch_causes.csv` an error of the network is. Pure."""

from __future__ import annotations

import errno
import ssl

import httpcore
import httpx

from tasks.network_guard import NameNotResolvedError, RefusedAddressError


class ForbiddenError(Exception):
    """Raised when robots.txt or our own rules forbid a URL, or a page cannot be taken as it is.

    `asked_enough`: the host has had its attempts for robots.txt already.
    """

    def __init__(self, cause: str, detail: str = "", asked_enough: bool = False) -> None:
        super().__init__(detail or cause)
        self.cause = cause
        self.asked_enough = asked_enough


FETCH_ERRORS = (
    ForbiddenError,
    RefusedAddressError,
    NameNotResolvedError,
    TimeoutError,
    httpx.TransportError,
    httpx.DecodingError,
    httpx.InvalidURL,
    ssl.SSLError,
    UnicodeError,  # a host name that IDNA cannot write
)


_CAUSES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (RefusedAddressError, "private_address"),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError), "bad_address"),
    (httpx.DecodingError, "broken_encoding"),
    ((TimeoutError, httpx.TimeoutException), "timeout"),
)


def cause_of_error(error: BaseException) -> str:
    """The cause of an error in FETCH_ERRORS."""
    if isinstance(error, ForbiddenError):
        return error.cause
    if isinstance(error, NameNotResolvedError):
        return "dns_busy" if error.may_heal else "dns_unknown"
    for kinds, cause in _CAUSES:
        if isinstance(error, kinds):
            return cause
    return _cause_of_transport(error)


def _cause_of_transport(error: BaseException) -> str:
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLError) and not _is_cut(cause) for cause in causes):
        return "tls_broken"
    if any(getattr(cause, "errno", None) == errno.ECONNREFUSED for cause in causes):
        return "connection_refused"
    if isinstance(error, httpx.RemoteProtocolError | httpcore.RemoteProtocolError):
        said = str(error).lower()
        if "without sending complete message body" in said or "incomplete chunked read" in said:
            return "truncated"
        return "connection_reset" if "disconnected" in said else "malformed_answer"
    return "connection_reset"


def _is_cut(error: ssl.SSLError) -> bool:
    """The other side hung up inside TLS: a reset, not a broken certificate."""
    return isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)


def _causes(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (inner := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(inner)
    return chain
