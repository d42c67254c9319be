"""The web application as it is served, and an empty Flask view beside it in the same process: `gunicorn tests.bench.receipts_server`."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from command.wsgi import application as ours

EMPTY = "/empty"
empty = Flask("empty")


@empty.post(EMPTY)
def nothing() -> tuple[str, int]:
    """What the receipts are measured against: no database, no signature, the same status."""
    return "", 204


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """By address: the empty application or ours."""
    asked = empty.wsgi_app if environ["PATH_INFO"] == EMPTY else ours
    return asked(environ, start_response)
