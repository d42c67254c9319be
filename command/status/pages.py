"""The public status page and its machine-readable twin: the same for everybody, cached, and standing while the database is slow."""

import hashlib
from datetime import datetime

from flask import Blueprint, Response, current_app, g, render_template, request
from flask_babel import force_locale
from werkzeug.datastructures import HeaderSet

from command.core.problems import N_
from command.people.access import as_nobody, here, public
from command.people.language import LOCALES
from command.status import announcing, picture
from command.status.board import Board, Kept
from command.status.models import BannerItem, BannerOut, HotlineItem, HotlineOut, StatusOut

pages = Blueprint("status", __name__)

SHARED = "public, max-age=30, stale-while-revalidate=60, stale-if-error=600"
WARNINGS = {
    "blue": N_("Blue warning"),
    "yellow": N_("Yellow warning"),
    "orange": N_("Orange warning"),
    "red": N_("Red warning"),
}
KINDS = {
    "natural_disaster": N_("Natural disaster"),
    "network_fault": N_("Network fault"),
    "service_interruption": N_("Service interruption"),
    "complaint_surge": N_("Complaint surge"),
    "information_security": N_("Information security"),
}
SERVICE_WORDS = {"ok": N_("In order"), "degradation": N_("Impaired"), "outage": N_("Interrupted")}


class Shared(Response):
    """An answer that is the same for everybody. It names nothing in `Vary`: no view here looks at a cookie, and a header that says so
    (the framework adds one when any extension has touched the session) would keep shared caches from keeping the page."""

    @property
    def vary(self) -> HeaderSet:
        return HeaderSet()


@pages.get("/status")
@public("the public learns here what is out of order; no drill, nothing restricted, nobody's name")
def page() -> Response:
    """Areas and services now, and the last thirty days, in the language `?lang=` asks for."""
    as_nobody()
    g.language = request.args.get("lang") if request.args.get("lang") in LOCALES else here().settings.language
    kept = _board().now()
    made = kept.rendered(f"page {g.language}", lambda: _rendered(kept, g.language))
    return _answer(made, "text/html; charset=utf-8")


@pages.get("/status/advice")
@public("the public learns here how to help itself in each kind of emergency; the same for everybody")
def advice() -> Response:
    """What people can do, by kind of emergency, from the plans in force, in the language `?lang=` asks for."""
    as_nobody()
    g.language = request.args.get("lang") if request.args.get("lang") in LOCALES else here().settings.language
    kept = _board().now()
    made = kept.rendered(f"advice {g.language}", lambda: _advised(kept, g.language))
    return _answer(made, "text/html; charset=utf-8")


@pages.get("/status.json")
@public("the same as the status page, for programs")
def data() -> Response:
    """The status page as JSON, both languages in it."""
    as_nobody()
    kept = _board().now()
    made = kept.rendered("json", lambda: _inert(kept.status.model_dump_json()))
    return _answer(made, "application/json")


@pages.get("/status/banner.json")
@public("the app shows here what was told by SMS: the same approved words, no drill, nothing restricted, nobody's name")
def banner() -> Response:
    """What the carrier's app shows of outages now, both languages in it; no items: nothing to show."""
    as_nobody()
    kept = _board().now()
    made = kept.rendered("banner", lambda: _inert(_banner(kept.status).model_dump_json()))
    return _answer(made, "application/json")


@pages.get("/status/hotline.json")
@public(
    "the hotline reads out here what was told by SMS: the same approved words, no drill, nothing restricted, nobody's name"
)
def hotline() -> Response:
    """What the hotline says of outages now, both languages in it; empty: nothing to say."""
    as_nobody()
    kept = _board().now()
    made = kept.rendered("hotline", lambda: _inert(_hotline(kept.status).model_dump_json()))
    return _answer(made, "application/json")


def _banner(status: StatusOut) -> BannerOut:
    items = [
        BannerItem(**each.model_dump(exclude={"banner", "spoken"}), text=each.banner) for each in status.announcements
    ]
    return BannerOut(operator=status.operator, hotline=status.hotline, updated_at=_newest(status), items=items)


def _hotline(status: StatusOut) -> HotlineOut:
    items = [
        HotlineItem(**each.model_dump(exclude={"banner", "spoken", "title"}), speech=each.spoken)
        for each in status.announcements
    ]
    speech = announcing.speech(status.announcements)
    return HotlineOut(operator=status.operator, updated_at=_newest(status), speech=speech, items=items)


def _newest(status: StatusOut) -> datetime | None:
    """When the newest of them was issued: the answer, and its ETag, stay as they are until one comes or goes."""
    return max((each.issued_at for each in status.announcements), default=None)


def _board() -> Board:
    """This process's board: kept with the application, so that each has its own."""
    found: Board | None = current_app.extensions.get("tocsin.status")
    if found is None:
        found = current_app.extensions.setdefault("tocsin.status", Board(here()))
    return found


def _inert(text: str) -> bytes:
    """JSON that stays data wherever a site pastes it: no mark-up begins in it."""
    return text.replace("<", "\\u003c").encode()


def _rendered(kept: Kept, language: str) -> bytes:
    status: StatusOut = kept.status
    with force_locale(LOCALES[language]):
        text = render_template(
            "status/page.html",
            status=status,
            stale=kept.stale,
            lang=language,
            words=SERVICE_WORDS,
            warning_words=WARNINGS,
            alike=picture.alike,
            hotline=status.hotline,
        )
    return text.encode()


def _advised(kept: Kept, language: str) -> bytes:
    with force_locale(LOCALES[language]):
        text = render_template(
            "status/advice.html", status=kept.status, lang=language, kinds=KINDS, hotline=kept.status.hotline
        )
    return text.encode()


def _answer(body: bytes, mimetype: str) -> Response:
    answer = Shared(body, content_type=mimetype)
    answer.headers["Cache-Control"] = SHARED
    answer.set_etag(hashlib.sha256(body).hexdigest()[:20])
    answer.make_conditional(request)
    return answer
