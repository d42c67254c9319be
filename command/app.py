"""The one place where the web application's parts are joined."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apiflask import APIFlask
from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.middleware.proxy_fix import ProxyFix

from command import health, openapi, parts
from command.blueprints import BLUEPRINTS
from command.boards import memory
from command.boards.words import WORDS
from command.bulletins import recipients
from command.capability import standard
from command.core import assets, doors, failures, marks, squeeze, web
from command.core.installation import Installation
from command.core.paths import TEMPLATES
from command.core.problems import N_
from command.drills.console import mine as drills_of_mine
from command.drills.programme import table as drill_table
from command.filings import regulators
from command.messages import hooks as gateway_hooks
from command.messages.at_the_door import AtTheDoor
from command.people import authority_versions, choices, gate, identity, language, places
from command.people.access import here, may, principal, public, visitor
from command.people.authority_versions import InForce
from command.periodic import table as reports
from command.sites import rules as site_rules
from command.training import rules as training

HOME = "boards.command"
NAVIGATION = (
    (
        N_("Command"),
        (
            ("boards.command", N_("Command board"), "read", "board"),
            ("incidents.report_form", N_("Report an incident"), "report_incident", "report"),
            ("notices.listed", N_("Notices"), "read", "bulletin"),
            ("bulletins.listed", N_("Bulletins"), "read", "bulletin"),
            ("filings.every", N_("To the regulator"), "read", "bulletin"),
            ("joint_assessment.listed", N_("Views waited for"), "read", "check"),
            ("warning_pages.listed", N_("Warnings"), "read", "warn"),
        ),
    ),
    (
        N_("Serve"),
        (
            ("desk.desk", N_("Agent's desk"), "take_case", "desk"),
            ("complaints.listed", N_("Complaint handling"), "take_case", "complaint"),
            ("satisfaction.surveys", N_("Satisfaction"), "read", "check"),
            ("agreements.register", N_("Service levels"), "read", "clock"),
            ("status.page", N_("Status page"), "read", "status"),
            ("announcements.page", N_("Announcements"), "read", "bulletin"),
        ),
    ),
    (
        N_("Know"),
        (
            ("archive.search", N_("Archive"), "read", "archive"),
            ("knowledge.problems", N_("Knowledge"), "read", "knowledge"),
            ("playbooks.browse", N_("Playbooks"), "read", "playbook"),
            ("plan_pages.listed", N_("Plans"), "read", "plan"),
            ("evaluations.listed", N_("Evaluations"), "read", "sign"),
            ("improvement.listed", N_("Improvement"), "read", "improve"),
            ("risks.register", N_("Risks"), "read", "risk"),
            ("insights.overview", N_("Overview"), "read", "chart"),
            ("figures.figures", N_("Figures"), "read", "check"),
            ("periodic.listed", N_("Reports"), "read", "bulletin"),
            ("capability.listed", N_("Capability"), "read_capability", "capability"),
        ),
    ),
    (
        N_("Train"),
        (
            ("drills.listed", N_("Drills"), "read", "drill"),
            ("drill_programme.page", N_("Programme"), "read", "clock"),
            ("scenario_pages.listed", N_("Scenarios"), "read", "scenario"),
            ("training.mine", N_("Training"), "read", "training"),
        ),
    ),
    (
        N_("Run"),
        (
            ("duty_pages.duties", N_("On call"), "read", "duty"),
            ("resources.status", N_("Resources"), "read", "resources"),
            ("sites.listed", N_("Sites"), "read", "site"),
            ("alarm_pages.alarms", N_("Alarms"), "read", "alarm"),
            ("measurements.listed", N_("Measurements"), "read", "chart"),
            ("road_pages.page", N_("Roads"), "read", "road"),
            ("bad_numbers.listed", N_("Numbers that take no SMS"), "read", "check"),
            ("retention_pages.page", N_("Retention"), "read", "archive"),
            ("people.people", N_("People"), "read", "people"),
            ("authority.table", N_("Who may do what"), "read", "key"),
            ("styleguide.page", N_("Styleguide"), "read", "palette"),
        ),
    ),
)
"""The pages of the frame in groups: endpoint, words, permission and icon (a symbol of templates/icons.svg). What is not served is left
out."""
UNDER = {"/incidents/": "boards.command"}
"""Beginnings of addresses without an entry of their own, and the entry they stand under; others stand under the entry whose address
theirs begins with."""
LETTERS = {
    "boards.command": "b",
    "incidents.report_form": "r",
    "desk.desk": "d",
    "complaints.listed": "f",
    "status.page": "s",
    "archive.search": "a",
    "knowledge.problems": "k",
    "playbooks.browse": "p",
    "insights.overview": "o",
    "improvement.listed": "v",
    "risks.register": "x",
    "alarm_pages.alarms": "l",
    "people.people": "e",
    "duty_pages.duties": "c",
    "resources.status": "i",
    "drills.listed": "t",
    "training.mine": "n",
    "warning_pages.listed": "w",
}
"""The letter that, after g, goes to a page."""
AT_HAND = ("boards.command", "incidents.report_form", "desk.desk", "alarm_pages.alarms", "archive.search")
"""The first four of these that a person may open stand in the bar under their thumb on a phone."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the frame. `current` is page (this one), true (one below it) or false; `at_hand` puts it in a phone's bottom bar."""

    address: str
    words: str
    icon: str
    letter: str
    current: str
    at_hand: bool


GATHERING = ("alarms.receive", "alarm_hooks.alertmanager")
INTAKES = (*GATHERING, "measurements_api.receive")
"""Where machines report by the batch, faster than a database commits when a network breaks."""

front = Blueprint("front", __name__)


@front.get("/")
@public("it leads to the sign-in, or on to a page that checks who comes")
def first_page() -> Any:
    """The command board; to whoever may not read it, such as a third-party assessor, the first page that they may open."""
    if may(principal(), "read"):
        return redirect(url_for(HOME if HOME in current_app.view_functions else "people.me"))
    found = [place.address for _, places in navigation() for place in places]
    return redirect(found[0] if found else url_for("people.me"))


def create_app(installation: Installation) -> APIFlask:
    """The web application of an installation, its parts joined."""
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
    settle(app, installation)
    squeeze.install(app)
    web.install(app)
    doors.install(app, INTAKES, installation.settings.intake.at_once, GATHERING)
    marks.install(app)
    identity.install(app)
    language.install(app, installation)
    choices.install(app)
    failures.install(app)
    gate.install(app)
    openapi.install(app)
    for blueprint in (front, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    authority_versions.first()  # a fault in config/authority.yaml stops the start, not a request
    training.current()
    standard.current()
    recipients.table(installation.settings.recipients)  # a fault in the file stops the start, not a bulletin
    drill_table.table()  # a fault in config/drills.yaml stops the start, not a drill
    reports.table()  # a fault in config/reports.yaml stops the start, not a report
    regulators.table()  # a fault in config/regulators.yaml stops the start, not a report
    site_rules.sites()
    site_rules.crews()
    app.extensions["tocsin.handlers"] = parts.handlers(installation.settings)
    app.extensions["tocsin.ready"] = list(health.CHECKS)
    _furnish(app)
    autorefresh = installation.settings.env == "development"
    app.wsgi_app = AtTheDoor(app.wsgi_app, app)  # type: ignore[method-assign]
    app.wsgi_app = assets.Assets(app.wsgi_app, autorefresh=autorefresh)  # type: ignore[method-assign]
    if proxies := installation.settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]
    return app


def settle(app: Flask, installation: Installation) -> None:
    """Let an application serve an installation, and know nothing of one it served before. Only the folder of its catalogues and its
    assets stay as they were when it was made."""
    settings = installation.settings
    parts.join(installation.database)
    app.secret_key = installation.keyring.secret("session") if not settings.secret else settings.secret
    app.config.update(
        SESSION_COOKIE_NAME="tocsin",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=identity.LIFETIME,
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
    )
    app.extensions["tocsin"] = installation
    app.extensions["tocsin.authority"] = InForce()
    gateway_hooks.settle(app, installation)
    for kept in ("tocsin.boards", "tocsin.status", memory.KEY):
        app.extensions.pop(kept, None)


def _furnish(app: Flask) -> None:
    """What every template may use."""
    app.jinja_env.globals.update(
        asset=assets.url,
        nonce=lambda: g.get("nonce", ""),
        visitor=visitor,
        may=lambda permission: (who := visitor()) is not None and may(who, permission),
        navigation=navigation,
        served=_served,
        here_path=places.here_path,
        operator=_operator,
        incident_words=incident_words,
        drills_now=drills_of_mine.going_on,
    )


def _operator() -> str:
    """The operator's name in the reader's language."""
    settings = here().settings
    return settings.operator_name_zh if language.language() == "zh" else settings.operator_name_en


def incident_words() -> dict[str, dict[str, str]]:
    """Kinds and tiers in the reader's language, for the palette's list of incidents."""
    return {name: {code: gettext(word) for code, word in WORDS[name].items()} for name in ("kind", "tier")}


def navigation() -> list[tuple[str, list[Place]]]:
    """The pages the visitor may open, in their groups; groups without any are left out."""
    who = visitor()
    if who is None:
        return []
    addresses = {entry[0]: url_for(entry[0]) for _, entries in NAVIGATION for entry in entries if _served(entry[0])}
    able = {entry[0] for _, entries in NAVIGATION for entry in entries if entry[0] in addresses and may(who, entry[2])}
    thumb = [endpoint for endpoint in AT_HAND if endpoint in able][:4]
    found = [
        (group, [_place(*entry, thumb, addresses) for entry in entries if entry[0] in able])
        for group, entries in NAVIGATION
    ]
    return [(group, places) for group, places in found if places]


def _served(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def _nearer(address: str, others: Iterable[str]) -> bool:
    """Whether the page stands below another entry of the navigation that itself stands below the one of `address`."""
    return any(each.startswith(f"{address}/") and f"{request.path}/".startswith(f"{each}/") for each in others)


def _place(
    endpoint: str, words: str, permission: str, icon: str, thumb: list[str], addresses: Mapping[str, str]
) -> Place:
    address = addresses[endpoint]
    if request.endpoint == endpoint:
        current = "page"
    else:
        own = request.path in addresses.values()
        under = any(request.path.startswith(start) and endpoint == entry for start, entry in UNDER.items()) and not own
        below = (under or request.path.startswith(f"{address}/")) and not _nearer(address, addresses.values())
        current = "true" if below else "false"
    return Place(address, words, icon, LETTERS.get(endpoint, ""), current, endpoint in thumb)
