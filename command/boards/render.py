"""Cards as HTML: the same partial serves first paint and every live update, once per language, for everybody in the room.

Rendered outside any request: a card that asked who looks, or in which zone they are, could not be rendered at all."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from babel.support import Translations
from flask import Flask
from jinja2 import Environment
from sqlalchemy.orm import Session

from command.boards import centres, derived
from command.boards.centres import Scope
from command.boards.names import Catalogue, Names
from command.boards.projection import Card, State
from command.core.installation import Installation
from command.people.language import LOCALES

KEPT = 30.0
"""Seconds for which a rendered row is used again while its card stays as it is: the names joined to it are believed as long."""
MOST_KEPT = 2000
LATEST = "latest"
FIRST = ("head", "clocks", "objectives", "impact")
LAST = ("resources", "notices", "pages", "people", "field")


class Renderer:
    """Renders cards of boards for one application."""

    def __init__(self, app: Flask) -> None:
        self.templates: Environment = app.jinja_env
        self.catalogue = Catalogue()
        installation: Installation = app.extensions["tocsin"]
        self.zone = installation.settings.tz
        folder = app.config["BABEL_TRANSLATION_DIRECTORIES"]
        self._rows: dict[tuple[str, str], tuple[float, Card, str]] = {}
        self.translations = {zh_or_en: Translations.load(folder, [name]) for zh_or_en, name in LOCALES.items()}

    def cards(
        self, session: Session, board: str, state: State, ids: Iterable[str], language: str
    ) -> dict[str, str | None]:
        """HTML by card id; None for a card that is gone. `latest` is the card of the newest entries."""
        translate = self.translations[language].gettext
        words = {"names": self.names(session, language), "board": board, "_": _filled(translate)}
        words["scope"] = self.scope(session, board)
        state = self.narrowed(session, board, state)
        return {name: self._one(board, state, name, words) for name in ids}

    def scope(self, session: Session, board: str) -> Scope | None:
        """What a centre's board looks at; None for every other board."""
        if not centres.is_centre(board):
            return None
        return centres.scope(centres.of_board(session, board), self.catalogue.parents(session))

    def narrowed(self, session: Session, board: str, state: State) -> State:
        """The state that a board shows: of the command board's what concerns the centre, of others all of it."""
        seen = self.scope(session, board)
        return centres.narrowed(state, seen) if seen else state

    def names(self, session: Session, language: str) -> Names:
        """Words and names in a language."""
        return Names(session, self.catalogue, language, self.translations[language].gettext, self.zone)

    def _one(self, board: str, state: State, card_id: str, words: dict[str, Any]) -> str | None:
        if card_id == LATEST:
            return self._html(LATEST, {"entries": state.latest, **words})
        if not board.startswith("incident:") and card_id in derived.CARDS:
            made = derived.CARDS[card_id](state.cards)
            if card_id == derived.AREAS and words["scope"]:
                made["areas"] = centres.near(made["areas"], words["scope"])
            return self._html(f"command_{card_id}", {"card": made, **words})
        card = state.cards.get(card_id)
        if card is None:
            return None
        if board.startswith("incident:"):
            return self._html(card_id.partition(":")[0], {"card": card, "card_id": card_id, **words})
        return self._row(card_id, card, words)

    def _row(self, card_id: str, card: Card, words: dict[str, Any]) -> str:
        """A row of a shared board. Two hundred of them are on it, of which one or two change at a time."""
        key, now = (card_id, words["names"].language), time.monotonic()
        at, known, html = self._rows.get(key, (-KEPT, {}, ""))
        if now - at > KEPT or known != card:
            html = self._html("summary", {"card": card, "card_id": card_id, **words})
            if len(self._rows) >= MOST_KEPT:
                self._rows.clear()
            self._rows[key] = (now, card, html)
        return html

    def _html(self, kind: str, words: dict[str, Any]) -> str:
        return self.templates.get_template(f"boards/cards/{kind}.html").render(words)


def of(app: Flask) -> Renderer:
    """The renderer of an application, made when it is first asked for."""
    found: Renderer | None = app.extensions.get("tocsin.boards")
    if found is None:
        found = app.extensions["tocsin.boards"] = Renderer(app)
    return found


def _filled(translate: Callable[[str], str]) -> Callable[..., str]:
    """gettext as templates call it: `_('%(count)s breached', count=2)`."""

    def gettext(message: str, **values: Any) -> str:
        text = translate(message)
        return text % values if values else text

    return gettext


def shown(board: str, state: State) -> list[str]:
    """The ids of a board's cards in the order they are shown: incidents worst tier first, then oldest."""
    if board.startswith("incident:"):
        tasks = sorted(name for name in state.cards if name.startswith("tasks:"))
        return [*(name for name in (*FIRST, *tasks, *LAST) if name in state.cards), LATEST]
    return [*derived.CARDS, *rows(state)]


def rows(state: State) -> list[str]:
    """The numbers of the incidents on a shared board, worst tier first, then the oldest; parts of an incident stand right under it."""
    worst = sorted(state.cards, key=lambda name: (state.cards[name]["tier"], state.cards[name]["detected_at"], name))
    under: dict[str, list[str]] = {}
    for name in worst:
        above = str(state.cards[name].get("parent") or "")
        under.setdefault(above if above in state.cards else "", []).append(name)
    found: list[str] = []

    def put(name: str) -> None:
        if name not in found:
            found.append(name)
            for child in under.get(name, ()):
                put(child)

    for name in [*under.get("", ()), *worst]:
        put(name)
    return found
