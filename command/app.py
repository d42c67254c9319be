"""The one place where the web application's parts are joined."""

from typing import Any

from apiflask import APIFlask
from flask import Blueprint, Flask, current_app, g, redirect, request, url_for

from command import health, openapi, parts
from command.alarms import api as alarms_api
from command.alarms import hooks as alarm_hooks
from command.alarms import pages as alarm_pages
from command.archive import api as archive_api
from command.archive import pages as archive_pages
from command.boards import pages as board_pages
from command.core import assets, failures, web
from command.core.installation import Installation
from command.core.paths import CONFIG, TEMPLATES
from command.core.problems import N_
from command.core.settings import Settings
from command.incidents import actions_api, notice_api, tasks_api
from command.incidents import api as incidents_api
from command.incidents import pages as incident_pages
from command.insights import pages as insight_pages
from command.library import api as library_api
from command.library import pages as library_pages
from command.messages import hooks as gateway_hooks
from command.network import api as network_api
from command.oncall import api as oncall_api
from command.oncall import pages as oncall_pages
from command.people import api as people_api
from command.people import gate, identity, language
from command.people import pages as people_pages
from command.people.access import access, may, visitor
from command.people.authority import Authority
from playbooks import source

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.pages,
    people_api.api,
    people_pages.pages,
    network_api.api,
    gateway_hooks.hooks,
    oncall_api.api,
    oncall_pages.pages,
    incidents_api.api,
    actions_api.api,
    tasks_api.api,
    notice_api.api,
    incident_pages.pages,
    alarms_api.api,
    alarm_hooks.hooks,
    alarm_pages.pages,
    board_pages.pages,
    insight_pages.pages,
    archive_api.api,
    archive_pages.pages,
    library_api.api,
    library_pages.pages,
)
"""One line a room: what it serves as JSON or as pages."""

HOME = "boards.command"
NAVIGATION = (
    ("boards.command", N_("Command board"), "read"),
    ("incidents.report_form", N_("Report an incident"), "report_incident"),
    ("alarm_pages.alarms", N_("Alarms"), "read"),
    ("archive.search", N_("Archive"), "read"),
    ("playbooks.browse", N_("Playbooks"), "read"),
    ("people.people", N_("People"), "read"),
)
"""Endpoint, words and permission of the pages in the frame's header; those whose endpoint is not served are left out."""

front = Blueprint("front", __name__)


@front.get("/")
@access("read")
def first_page() -> Any:
    return redirect(url_for(HOME if HOME in current_app.view_functions else "people.me"))


def create_app(installation: Installation) -> APIFlask:
    """The web application of an installation, its parts joined."""
    settings = installation.settings
    parts.join(installation.database)
    app = APIFlask(
        "command",
        title="Tocsin",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]
        template_folder=str(TEMPLATES),
    )
    _configure(app, installation)
    web.install(app, settings)
    identity.install(app, installation)
    language.install(app, installation)
    failures.install(app)
    gate.install(app)
    openapi.install(app)
    for blueprint in (front, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    gateway_hooks.join(app, installation, parts.handlers())
    _furnish(app, settings)
    app.wsgi_app = assets.Assets(app.wsgi_app, autorefresh=settings.env == "development")  # type: ignore[method-assign]
    return app


def _configure(app: Flask, installation: Installation) -> None:
    settings = installation.settings
    app.secret_key = installation.keyring.secret("session") if not settings.secret else settings.secret
    app.config.update(
        SESSION_COOKIE_NAME="tocsin",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=identity.LIFETIME,
    )
    app.extensions["tocsin"] = installation
    app.extensions["tocsin.authority"] = source.load(CONFIG / "authority.yaml", Authority)
    app.extensions["tocsin.ready"] = list(health.CHECKS)


def _furnish(app: Flask, settings: Settings) -> None:
    """What every template may use."""
    operator = {"zh": settings.operator_name_zh, "en": settings.operator_name_en}
    app.jinja_env.globals.update(
        asset=assets.url,
        nonce=lambda: g.get("nonce", ""),
        visitor=visitor,
        may=lambda permission: (who := visitor()) is not None and may(who, permission),
        navigation=navigation,
        here_path=lambda: request.full_path.rstrip("?"),
        operator=lambda: operator[language.language()],
    )


def navigation() -> list[tuple[str, str, bool]]:
    """The pages the visitor may open: address, words, and whether it is this one."""
    who = visitor()
    return [
        (url_for(endpoint), words, request.endpoint == endpoint)
        for endpoint, words, permission in NAVIGATION
        if endpoint in current_app.view_functions and who is not None and may(who, permission)
    ]
