"""One host's connections: a GET is sent as it stands and its answer handed on as it comes.

An `httpx.AsyncClient` merges headers, looks for credentials and follows redirects at every request, which
costs as much again as sending it; here the headers of all requests are put together once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

Headers = list[tuple[bytes, bytes]]


class HostClient:
    """Sends GET requests to one host. Cookies the host sets go back to it, and only to it."""

    def __init__(
        self,
        transport: httpx.AsyncHTTPTransport,
        headers: Headers,
        timeout: httpx.Timeout,
    ) -> None:
        self._transport = transport
        self._headers = headers
        self._extensions = {"timeout": timeout.as_dict()}
        self._cookies = httpx.Cookies()

    @asynccontextmanager
    async def get(self, url: str, conditions: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """The answer to one request, its body not read yet; raises the errors of httpx."""
        address = httpx.URL(url)
        asked = [(name.encode(), text.encode()) for name, text in conditions.items()]
        request = httpx.Request(
            "GET",
            address,
            headers=[(b"Host", address.netloc), *self._headers, *asked],
            stream=httpx.ByteStream(b""),
            extensions=self._extensions,
        )
        if self._cookies:
            self._cookies.set_cookie_header(request)
        response = await self._transport.handle_async_request(request)
        try:
            response.request = request
            if "set-cookie" in response.headers:
                self._cookies.extract_cookies(response)
            yield response
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close the connections; the next request opens new ones."""
        await self._transport.aclose()


def headers_of_every_request(user_agent: str) -> Headers:
    """What is sent beside the name of the host: who asks, and what can be read."""
    client = httpx.Client(
        headers={"User-Agent": user_agent, "Accept-Language": "zh-CN,zh;q=0.9"},
        transport=httpx.BaseTransport(),
    )
    return client.headers.raw
