"""Speaking to a Tocsin over its public HTTP, as any source would: JSON, a Bearer token, patience with a server that starts."""

import json
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 60.0
"""Seconds for which a server that refuses connections or answers 429 or 5xx is asked again."""
_PAUSE = 0.5
_TIMEOUT = 30.0


class Refused(Exception):
    """The server answered, and said no; the message is its detail and remedy."""

    def __init__(self, status: int, body: Any) -> None:
        problem = body if isinstance(body, dict) else {}
        errors = "; ".join(
            f"{e.get('field')}: {e.get('detail')} {e.get('remedy')}" for e in problem.get("errors", [])[:5]
        )
        said = " ".join(filter(None, (problem.get("detail", ""), problem.get("remedy", ""), errors)))
        super().__init__(f"HTTP {status}: {said or 'no explanation'}")
        self.status = status
        self.code = problem.get("code", "")


class Unreachable(Exception):
    """Nobody answered for as long as we are patient."""


class Caller:
    """One connection to a server, kept open between calls. Not for several threads."""

    def __init__(self, url: str, token: str = "", patience: float = PATIENCE) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreachable(f"{url!r} is no http(s) address; give one such as http://127.0.0.1:8000")
        self.url, self.patience = url, patience
        self._prefix = parts.path.rstrip("/")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=_TIMEOUT)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Language": "en"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Any:
        """The JSON at a path. Raises Refused and Unreachable."""
        return self._patiently("GET", path, None)

    def post(self, path: str, body: Any) -> Any:
        """Post JSON. It may arrive twice if the connection breaks, so what is posted must bear that. Raises as `get`."""
        return self._patiently("POST", path, json.dumps(body).encode())

    def close(self) -> None:
        self._connection.close()

    def _patiently(self, method: str, path: str, body: bytes | None) -> Any:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                status, found = self._once(method, path, body)
            except (OSError, HTTPException) as error:
                self._connection.close()
                if time.monotonic() > deadline:
                    raise Unreachable(
                        f"{self.url} does not answer ({error}); start it, or correct the address"
                    ) from error
            else:
                if status < 400:
                    return found
                if (status != 429 and status < 500) or time.monotonic() > deadline:
                    raise Refused(status, found)
            time.sleep(_PAUSE)

    def _once(self, method: str, path: str, body: bytes | None) -> tuple[int, Any]:
        self._connection.request(method, self._prefix + path, body, self._headers)
        response = self._connection.getresponse()
        text = response.read()
        try:
            return response.status, json.loads(text) if text else None
        except ValueError:
            return response.status, None
