"""The styleguide: every token and every piece that pages are made of, live, with its name and when to use it."""

import re
from functools import lru_cache

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from command.boards.words import WORDS
from command.core.paths import STATIC, TEMPLATES
from command.people.access import access

pages = Blueprint("styleguide", __name__)

COLOURS = {
    "surfaces": ("page", "surface", "raised", "sunken", "line", "line-strong"),
    "words": ("ink", "soft", "accent", "ok", "warn", "bad"),
    "tints": ("accent-surface", "ok-surface", "warn-surface", "bad-surface", "exercise", "focus"),
}
TEXTS = ("text-xs", "text-s", "text-m", "text-l", "text-xl", "text-figure", "text-2xl")


@pages.get("/styleguide")
@access("read")
def page() -> ResponseReturnValue:
    """All tokens and components in the theme and the language of whoever looks."""
    tiers = {code: gettext(word) for code, word in WORDS["tier"].items()}
    given = tokens()
    return render_template(
        "styleguide.html",
        tiers=tiers,
        colours=COLOURS,
        texts=[(name, given[name]) for name in TEXTS],
        spaces=[(name, value) for name, value in given.items() if re.fullmatch(r"space-\d", name)],
        icons=icons(),
    )


@lru_cache(maxsize=1)
def tokens() -> dict[str, str]:
    """The tokens of tocsin.css that are the same in both themes: name to value."""
    first = (STATIC / "tocsin.css").read_text("utf-8").split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): ([^;]+);", first))


@lru_cache(maxsize=1)
def icons() -> list[str]:
    """The names of all icons."""
    return re.findall(r'id="i-([\w-]+)"', (TEMPLATES / "icons.svg").read_text("utf-8"))
