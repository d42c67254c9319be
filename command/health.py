"""Whether this installation lives, is ready, and how it does: /healthz, /readyz, /metrics."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from command import metrics as measured
from command.boards import tail
from command.core import clock, schema
from command.core.installation import Installation
from command.metrics import Family, last_beat
from command.people.access import here, public, require

pages = Blueprint("health", __name__)

FRESH = timedelta(seconds=15)
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Check = Callable[[Session], str | None]
"""Asked for /readyz: None when all is well, else what is missing."""


@cache
def newest_revision() -> str | None:
    """The revision this code needs."""
    return schema.head()


def at_right_revision(session: Session) -> str | None:
    """The database answers and has a schema that serves this code."""
    has = schema.serves(session.connection(), newest_revision())
    return None if has is None else f"the database is at {has}, the code needs {newest_revision()}"


def has_engine(session: Session) -> str | None:
    """Some engine went round in the last 15 seconds."""
    seen = last_beat(session)
    if seen is None:
        return "no engine has started yet"
    age = clock.now(session) - seen
    return None if age <= FRESH else f"no engine for {age.total_seconds():.0f} s"


CHECKS: list[Check] = [at_right_revision, has_engine]


def unready(installation: Installation, checks: list[Check]) -> list[str]:
    """What keeps this installation from working; empty when it is ready."""
    try:
        with installation.database.read() as session:
            return [why for check in checks if (why := check(session)) is not None]
    except SQLAlchemyError as error:
        return [f"the database does not answer ({type(error).__name__})"]


@pages.get("/healthz")
@public("a supervisor asks whether this process lives; it tells nothing else")
def healthz() -> Any:
    return {"alive": True}


@pages.get("/readyz")
@public("load balancers ask it; it names missing parts, no data")
def readyz() -> Any:
    missing = unready(here(), current_app.extensions["tocsin.ready"])
    return {"ready": not missing, "missing": missing}, 503 if missing else 200


@pages.get("/metrics")
@public("answers this machine, or else needs a token that may read")
def metrics() -> Any:
    if not _from_this_machine():
        require("read")
    registry, boards = CollectorRegistry(), current_app.extensions.get(tail.KEY)
    with here().database.read() as session:
        registry.register(_Collected(list(measured.families(session, boards))))
    return Response(generate_latest(registry), content_type=METRICS_TYPE)


def _from_this_machine() -> bool:
    """Asked over loopback, and not by a proxy that stands there for somebody else."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP")):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


class _Collected:
    def __init__(self, families: list[Family]) -> None:
        self.families = families

    def collect(self) -> list[Family]:
        return self.families
