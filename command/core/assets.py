"""Static files: served with their hash in the address, and then kept by browsers for a year; compressed where a compressed form of
just this content lies beside them (.ci/front_end writes it).

Only the content that the hash is of may be kept: while a release replaces another, one's page asks the other for a file."""

import hashlib
import os
import zlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from whitenoise import WhiteNoise

from command.core.paths import STATIC

PREFIX = "/static/"
FOREVER = "public, max-age=31536000, immutable"
ASK = "public, max-age=0, must-revalidate"


def url(path: str) -> str:
    """The address of a file under static/, changing with its content."""
    file = STATIC / path
    stamp = file.stat().st_mtime_ns if file.is_file() else 0
    return f"{PREFIX}{path}?h={_hash(file, stamp)}"


@lru_cache(maxsize=512)
def _hash(file: Path, stamp: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if stamp else "missing"


class Assets(WhiteNoise):  # type: ignore[misc]
    """Serves static/ in front of an application; what is asked for with its hash may be kept for ever."""

    def __init__(self, application: Any, *, autorefresh: bool) -> None:
        STATIC.mkdir(exist_ok=True)
        super().__init__(
            application,
            root=str(STATIC),
            prefix=PREFIX,
            autorefresh=autorefresh,
            max_age=0,
            allow_all_origins=False,
            add_headers_function=_safe,
        )

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        """The file with its compressed form, unless that is of an older content."""
        pair = [each for each in (path, f"{path}.gz") if os.path.isfile(each)]
        if len(pair) == 2 and not _is_of(Path(path), os.stat(path).st_mtime_ns, os.stat(pair[1]).st_mtime_ns):
            pair.pop()
        return super().get_static_file(path, url, {each: os.stat(each) for each in pair} if pair else stat_cache)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PREFIX):
            return self.application(environ, start_response)  # type: ignore[no-any-return]
        path = environ["PATH_INFO"].removeprefix(PREFIX)
        kept = FOREVER if environ.get("QUERY_STRING", "") == url(path).partition("?")[2] else ASK

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            if status.startswith(("200", "206", "304")):
                headers = [pair for pair in headers if pair[0].lower() != "cache-control"] + [("Cache-Control", kept)]
            return start_response(status, headers, *rest)

        return super().__call__(environ, start)  # type: ignore[no-any-return]


@lru_cache(maxsize=512)
def _is_of(file: Path, stamp: int, pressed_stamp: int) -> bool:
    """Whether `file`.gz holds the present content of `file`, by the checksum at its end (RFC 1952). The stamps only refresh the cache."""
    pressed = file.with_name(f"{file.name}.gz").read_bytes()
    return pressed[-8:-4] == zlib.crc32(file.read_bytes()).to_bytes(4, "little")


def _safe(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
