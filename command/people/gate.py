"""The gate every request passes before its view runs: no permission named, no entry."""

from flask import Flask, current_app, request
from flask_wtf.csrf import CSRFProtect

from command.core.problems import N_, Denied
from command.people.access import require

READS = {"GET", "HEAD", "OPTIONS"}


def install(app: Flask) -> None:
    """Check permission, and for writes by cookie the CSRF token, before every view."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    CSRFProtect(app)
    app.before_request(check)


def check() -> None:
    """Raise Unauthenticated, Denied or CSRFError unless this request may reach its view."""
    if request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    if not hasattr(view, "permission"):
        raise Denied(
            N_("This address names no permission, so nobody may use it."), remedy=N_("Report this as a fault.")
        )
    if view.permission is None:
        return
    require(view.permission)
    if request.method not in READS and "Authorization" not in request.headers:
        protect()


def protect() -> None:
    """Raise CSRFError unless the page that sent this was ours."""
    current_app.extensions["csrf"].protect()
