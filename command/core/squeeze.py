"""Answers compressed for whoever accepts it: pages and JSON of a kilobyte or more, never streams, never what is compressed already.

A page holds a secret (the CSRF token), and its compressed length would tell an eavesdropper whether something else on it resembles the
secret; so each answer gets some random bytes of its own in the header of the format (the attack called BREACH)."""

import secrets
import struct
import zlib

from flask import Flask, Response, request

SMALLEST = 1024
"""Bytes below which compressing gains nothing."""
LEVEL = 5
KINDS = frozenset(
    {"text/html", "text/plain", "text/csv", "application/json", "application/problem+json", "image/svg+xml"}
)
_MOST_PADDING = 64


def install(app: Flask) -> None:
    """Compress an application's answers, after everything else has had its say about them."""
    app.after_request(squeezed)


def squeezed(response: Response) -> Response:
    """The answer, compressed if it is worth it and the client accepts gzip; marked as differing by what clients accept."""
    if response.mimetype not in KINDS or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if not _worth_it(response):
        return response
    response.set_data(gzipped(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _worth_it(response: Response) -> bool:
    if response.direct_passthrough or response.status_code in (204, 206, 304):
        return False
    return bool(request.accept_encodings["gzip"]) and (response.content_length or 0) >= SMALLEST


def gzipped(data: bytes) -> bytes:
    """`data` in the gzip format, with a random number of bytes where the name of a file would be."""
    name = secrets.token_hex(_MOST_PADDING // 2)[: secrets.randbelow(_MOST_PADDING)].encode()
    press = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = b"\x1f\x8b\x08\x08" + bytes(4) + b"\x00\xff" + name + b"\x00"
    return head + press.compress(data) + press.flush() + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
