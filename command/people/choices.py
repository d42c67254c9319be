"""How pages look to whoever reads them, and how they choose: language, theme, zone, shortcuts.

A person's choices go with them to every browser; those of somebody not signed in, and the shortcuts, stay in this browser's cookies."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import Blueprint, Flask, redirect, request
from werkzeug.wrappers import Response

from command.core.problems import N_, Invalid
from command.people import service
from command.people.access import access, here, may, principal, public, unit, visitor
from command.people.language import LANGUAGE_COOKIE, LOCALES, offset
from command.people.places import inside

choices = Blueprint("choices", __name__)

THEMES = ("dark", "light", "system")
LANGUAGES = tuple(LOCALES)
SWITCH = ("on", "off")
THEME_COOKIE = "tocsin_theme"
SHORTCUTS_COOKIE = "tocsin_shortcuts"
A_YEAR = 365 * 24 * 3600
"""Seconds for which a browser remembers."""


def install(app: Flask) -> None:
    """Tell every template how its page looks."""
    app.jinja_env.globals.update(theme=theme, shortcuts_on=shortcuts_on)


def theme() -> str:
    """dark, light or system: the person's, else this browser's, else the control room's."""
    who, kept = visitor(), request.cookies.get(THEME_COOKIE, "")
    chosen = who.theme if who and not who.source and (may(who, "read") or not kept) else kept
    return chosen if chosen in THEMES else THEMES[0]


def shortcuts_on() -> bool:
    """Whether single letters act in this browser; whoever speaks to their computer turns them off (WCAG 2.1.4)."""
    return request.cookies.get(SHORTCUTS_COOKIE) != "off"


def zones(now: datetime) -> list[tuple[str, str]]:
    """Every time zone a person may choose, with its distance from UTC at `now`."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/")))
    return [(name, offset(now.astimezone(ZoneInfo(name)))) for name in ["UTC", *names]]


@choices.post("/me/language")
@access("read")
def choose_language() -> Any:
    chosen = _chosen("language", LANGUAGES)
    unit(lambda session: service.choose(session, principal().person_id, language=chosen))
    return _remember(LANGUAGE_COOKIE, chosen)


@choices.post("/me/theme")
@access("read")
def choose_theme() -> Any:
    chosen = _chosen("theme", THEMES)
    unit(lambda session: service.choose(session, principal().person_id, theme=chosen))
    return _remember(THEME_COOKIE, chosen)


@choices.post("/me/zone")
@access("read")
def choose_zone() -> Any:
    """The zone of the times a person reads; none is the operator's."""
    chosen = request.form.get("zone", "")
    if chosen and chosen not in available_timezones():
        raise Invalid(
            N_("There is no such time zone."), field="zone", remedy=N_("Choose one of the list, such as Asia/Shanghai.")
        )
    unit(lambda session: service.choose(session, principal().person_id, zone=chosen))
    return _back()


@choices.post("/me/shortcuts")
@access("read")
def choose_shortcuts() -> Any:
    return _remember(SHORTCUTS_COOKIE, _chosen("shortcuts", SWITCH))


@choices.post("/look")
@public("it sets nothing but the language and the theme of the browser that asks")
def look() -> Any:
    if "theme" in request.form:
        return _remember(THEME_COOKIE, _chosen("theme", THEMES))
    return _remember(LANGUAGE_COOKIE, _chosen("language", LANGUAGES))


def _chosen(name: str, allowed: tuple[str, ...]) -> str:
    chosen = request.form.get(name, "")
    if chosen not in allowed:
        raise Invalid(
            N_("This value is not allowed."),
            field=name,
            remedy=N_("Use one of: %(expected)s."),
            expected=", ".join(allowed),
        )
    return chosen


def _remember(cookie: str, value: str) -> Response:
    answer = _back()
    secure = here().settings.public_url.startswith("https://")
    answer.set_cookie(cookie, value, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return answer


def _back() -> Response:
    """To the page that was left."""
    return redirect(inside(request.form.get("back", "/me")), 303)
