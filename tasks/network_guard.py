"""The only way onto the network: addresses are checked after DNS, at every connection.

The check sits where the socket is opened, so a redirect or a name that changes its address
between look-up and use (rebinding) meets it too.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import httpcore
import httpx

Endpoint = tuple[str, int]
CONNECT_TO_VARIABLE = "GONGKAI_CONNECT_TO"


class RefusedAddressError(Exception):
    """Raised when a host lies on an address that sources may not point at."""


class NameNotResolvedError(Exception):
    """Raised when DNS has no address for a host. `may_heal` tells a busy resolver from a wrong name."""

    def __init__(self, message: str, may_heal: bool) -> None:
        super().__init__(message)
        self.may_heal = may_heal


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to public addresses, and to any address of a host named as local."""

    def __init__(
        self, local_hosts: frozenset[str], connect_to: Mapping[Endpoint, Endpoint]
    ) -> None:
        self._local_hosts = local_hosts
        self._connect_to = connect_to
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to an address of `host` that has just been checked."""
        place, number = self._connect_to.get((host, port), (host, port))
        addresses = await _addresses(place, number)
        if host not in self._local_hosts:
            _refuse_private(host, addresses)
        for address in addresses[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._sockets.connect_tcp(
                    address, number, timeout, local_address, socket_options
                )
        return await self._sockets.connect_tcp(
            addresses[-1], number, timeout, local_address, socket_options
        )

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Refused: a URL never leads to a socket file."""
        raise RefusedAddressError("socket files are not fetched")

    async def sleep(self, seconds: float) -> None:
        """Wait, for httpcore's own connection retries."""
        await asyncio.sleep(seconds)


async def _addresses(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NameNotResolvedError(
            f"域名无法解析 no address for {host}", may_heal=error.errno == socket.EAI_AGAIN
        ) from error
    return [str(address[4][0]) for address in found]


def _refuse_private(host: str, addresses: list[str]) -> None:
    for address in addresses:
        if not ipaddress.ip_address(address.split("%", 1)[0]).is_global:
            raise RefusedAddressError(
                f"拒绝访问内网地址 {host} lies on the private address {address}"
            )


def redirected_endpoints(setting: str | None = None) -> dict[Endpoint, Endpoint]:
    """`host:port=host:port,…` of GONGKAI_CONNECT_TO: where to connect instead, as curl --connect-to.

    The sample site keeps its printed address this way when another program holds its port.
    """
    text = os.environ.get(CONNECT_TO_VARIABLE, "") if setting is None else setting
    pairs = (pair.split("=", 1) for pair in text.split(",") if pair)
    return {_endpoint(printed): _endpoint(real) for printed, real in pairs}


def _endpoint(text: str) -> Endpoint:
    host, port = text.rsplit(":", 1)
    return host, int(port)


@cache
def _trusted_certificates() -> ssl.SSLContext:
    """The certificates this machine trusts; reading them costs tens of milliseconds."""
    return ssl.create_default_context()


def guarded_transport(local_hosts: frozenset[str]) -> httpx.AsyncHTTPTransport:
    """A way to send HTTP requests that can only connect through GuardedBackend."""
    transport = httpx.AsyncHTTPTransport(verify=_trusted_certificates())
    # httpx has no public way to give httpcore a network backend; its releases are frozen at 0.28.
    transport._pool = httpcore.AsyncConnectionPool(
        ssl_context=_trusted_certificates(),
        http1=True,
        http2=True,
        max_connections=None,
        max_keepalive_connections=100,
        keepalive_expiry=5.0,
        network_backend=GuardedBackend(local_hosts, redirected_endpoints()),
    )
    return transport
