"""The language, zone and number forms of whoever reads, and the filters that templates use for them."""

import io
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel
from markupsafe import Markup

from command.core import names
from command.core.failures import FORGET
from command.core.installation import Installation
from command.core.log import mask
from command.people.access import as_nobody, here, may, visitor

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
HTML = {"zh": "zh-CN", "en": "en"}
LANGUAGE_COOKIE = "tocsin_language"
SOURCES = Path(__file__).resolve().parent.parent / "translations"


def install(app: Flask, installation: Installation) -> None:
    """Give an application its languages and filters. The folder is given whole: Flask-Babel looks for others beside the code."""
    compiled = compile_catalogues(SOURCES, installation.settings.data.resolve() / "translations")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(compiled)
    Babel(app, locale_selector=lambda: LOCALES[language()], timezone_selector=lambda: str(zone()))
    app.extensions[FORGET] = forget
    filters: dict[str, Callable[..., object]] = {
        "named": lambda row: names.of(row, language()),
        "when": when,
        "users": users,
        "masked": mask,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(
        language=language,
        between=between,
        html_language=lambda: HTML[language()],
        zone_name=zone_name,
        zone_offset=lambda: offset(datetime.now(zone())),
    )


def compile_catalogues(sources: Path, target: Path) -> Path:
    """Compile every .po under `sources` into `target`, as .mo files swapped in whole; return `target`."""
    for source in sources.glob("*/LC_MESSAGES/*.po"):
        made = target / source.relative_to(sources).with_suffix(".mo")
        made.parent.mkdir(parents=True, exist_ok=True)
        fresh = made.with_name(f".{made.name}.{secrets.token_hex(4)}")
        fresh.write_bytes(_compiled(source, source.stat().st_mtime_ns))
        fresh.replace(made)
    return target


@cache
def catalogue(language: str) -> Callable[[str], str]:
    """What turns messages into a language (zh or en) outside of a request too, read once a process; a message without a translation stays
    as it is."""
    source = SOURCES / LOCALES[language] / "LC_MESSAGES" / "messages.po"
    if not source.is_file():
        return str
    return Translations(io.BytesIO(_compiled(source, source.stat().st_mtime_ns))).gettext


@cache
def _compiled(source: Path, written_at: int) -> bytes:
    """A catalogue as a .mo file holds it; read again by a process only when the file was written anew."""
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parent.parent.name)
    made = io.BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def language() -> str:
    """zh or en: what the address asks for (`?lang=`), else the signed-in person's, else what was chosen in this browser, else what the
    browser prefers, else the operator's."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        g.language = _asked() or _own() or _chosen() or _accepted() or here().settings.language
    found: str = g.language
    return found


def forget() -> None:
    """Speak to whoever asks as to a stranger: the language of their address, cookie or browser, for the database cannot be asked."""
    as_nobody()
    g.pop("language", None)


def _asked() -> str | None:
    asked = request.args.get("lang", "")[:2].lower()
    return asked if asked in LOCALES else None


def _own() -> str | None:
    who = visitor()
    if who is None or who.source or (not may(who, "read") and _chosen()):
        return None
    return who.language if who.language in LOCALES else None


def _chosen() -> str | None:
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LOCALES else None


def _accepted() -> str | None:
    for tag, _ in request.accept_languages:
        if tag[:2].lower() in LOCALES:
            return tag[:2].lower()
    return None


def zone() -> tzinfo:
    """The reader's time zone, else the operator's."""
    return ZoneInfo(zone_name())


def zone_name() -> str:
    """The IANA name of the reader's zone."""
    who = visitor()
    return who.zone if who and who.zone else here().settings.zone


def when(at: datetime | None, seconds: bool = False) -> Markup:
    """An instant in the reader's zone, with the zone named and the exact time for programs; a dash for none."""
    if at is None:
        return Markup("<span>—</span>")
    local = at.astimezone(zone())
    locale = Locale.parse(LOCALES[language()])
    day = format_date(local, "yyyy-MM-dd", locale=locale)
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return Markup('<time datetime="{}" title="{}">{} {} <span class="zone">{}</span></time>').format(
        at.isoformat(timespec="seconds"),
        get_timezone_name(local, width="long", locale=locale),
        day,
        clock,
        offset(local),
    )


def between(start: datetime, end: datetime) -> Markup:
    """A time from an instant to another one in the reader's zone, which is named once unless its distance from UTC changes meanwhile; the
    end's day is named where it is another."""
    first, last = start.astimezone(zone()), end.astimezone(zone())
    moved = offset(first) != offset(last)
    day = f"{last:%H:%M}" if last.date() == first.date() else f"{last:%Y-%m-%d %H:%M}"
    said = '<time datetime="{}">{}</time>{} – <time datetime="{}">{} <span class="zone">{}</span></time>'
    before = Markup(' <span class="zone">{}</span>').format(offset(first)) if moved else ""
    exact = [at.isoformat(timespec="seconds") for at in (start, end)]
    return Markup(said).format(exact[0], f"{first:%Y-%m-%d %H:%M}", before, exact[1], day, offset(last))


def offset(local: datetime) -> str:
    """UTC+8, UTC−3:30: the zone's distance, which reads the same in every language."""
    minutes = round((local.utcoffset() or timedelta(0)).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def users(count: int | float) -> str:
    """A count of users in the reader's number form."""
    return str(format_decimal(count, locale=LOCALES[language()]))
