"""Posts forms over connections that are kept open: as little HTTP/1.1 as a webhook needs.

A general client costs several times as much a call, and the simulator must tell of two receipts for every message
without slowing whoever is being measured against it.
"""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlencode, urlsplit

CONNECT_LIMIT = 5.0
READ_LIMIT = 15.0
"""Seconds: Twilio's own defaults for webhooks."""

_Origin = tuple[str, str, int]


class NoConnection(Exception):
    """Nothing answered at that address; the form was not sent."""


class NoReply(Exception):
    """The form was sent, or being sent, when the connection failed or fell silent."""


@dataclass(frozen=True, slots=True)
class _Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Poster:
    """Keeps idle connections per origin; as many as were ever in use at once. Lives on one event loop."""

    def __init__(self) -> None:
        self._idle: defaultdict[_Origin, list[_Line]] = defaultdict(list)

    async def post(self, url: str, params: Mapping[str, str], headers: Mapping[str, str]) -> int:
        """Post a form and return the HTTP status. Raises NoConnection or NoReply; redirects are not followed."""
        parts = urlsplit(url)
        origin = (parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        request = _request(parts, urlencode(params).encode("ascii"), headers)
        idle = self._idle[origin]
        while idle:
            line = idle.pop()
            if line.reader.at_eof() or line.writer.is_closing():
                line.writer.close()
                continue
            return await self._exchange(origin, line, request)
        return await self._exchange(origin, await _connect(origin), request)

    async def close(self) -> None:
        """Close the idle connections."""
        for lines in self._idle.values():
            for line in lines:
                line.writer.close()
        self._idle.clear()

    async def _exchange(self, origin: _Origin, line: _Line, request: bytes) -> int:
        try:
            async with asyncio.timeout(READ_LIMIT):
                line.writer.write(request)
                status, reusable = await _answer(line.reader)
        except (OSError, EOFError, asyncio.LimitOverrunError, ValueError) as error:
            line.writer.close()
            raise NoReply(type(error).__name__) from error
        except BaseException:
            line.writer.close()
            raise
        if reusable:
            self._idle[origin].append(line)
        else:
            line.writer.close()
        return status


async def _connect(origin: _Origin) -> _Line:
    scheme, host, port = origin
    try:
        async with asyncio.timeout(CONNECT_LIMIT):
            return _Line(*await asyncio.open_connection(host, port, ssl=_tls() if scheme == "https" else None))
    except OSError as error:  # TimeoutError, name resolution and TLS failures are OSErrors too
        raise NoConnection(type(error).__name__) from error


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status, and whether the connection may carry another request."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if status in (204, 304):
        length = 0
    else:
        _, found, rest = head.partition(b"\r\ncontent-length:")
        if not found:
            return status, False
        length = int(rest.partition(b"\r\n")[0])
    if length:
        await reader.readexactly(length)
    return status, head.startswith(b"http/1.1") and b"\r\nconnection: close" not in head


def _request(parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc.rpartition('@')[2]}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
