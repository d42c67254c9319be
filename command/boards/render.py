"""Cards as HTML: the same partial serves first paint and every live update, once per language, for everybody in the room.

Rendered outside any request: a card that asked who looks, or in which zone they are, could not be rendered at all."""

from collections.abc import Callable, Iterable
from typing import Any

from babel.support import Translations
from flask import Flask
from jinja2 import Environment
from sqlalchemy.orm import Session

from command.boards.names import Catalogue, Names
from command.boards.projection import State
from command.core.installation import Installation
from command.people.language import LOCALES

LATEST = "latest"
FIRST = ("head", "clocks", "impact")
LAST = ("notices", "pages", "people", "field")


class Renderer:
    """Renders cards of boards for one application."""

    def __init__(self, app: Flask) -> None:
        self.templates: Environment = app.jinja_env
        self.catalogue = Catalogue()
        installation: Installation = app.extensions["tocsin"]
        self.zone = installation.settings.tz
        folder = app.config["BABEL_TRANSLATION_DIRECTORIES"]
        self.translations = {zh_or_en: Translations.load(folder, [name]) for zh_or_en, name in LOCALES.items()}

    def cards(
        self, session: Session, board: str, state: State, ids: Iterable[str], language: str
    ) -> dict[str, str | None]:
        """HTML by card id; None for a card that is gone. `latest` is the card of the newest entries."""
        translate = self.translations[language].gettext
        names = Names(session, self.catalogue, language, translate, self.zone)
        words = {"names": names, "board": board, "_": _filled(translate)}
        return {name: self._one(board, state, name, words) for name in ids}

    def _one(self, board: str, state: State, card_id: str, words: dict[str, Any]) -> str | None:
        if card_id == LATEST:
            return self._html(LATEST, {"entries": state.latest, **words})
        card = state.cards.get(card_id)
        if card is None:
            return None
        kind = card_id.partition(":")[0] if board.startswith("incident:") else "summary"
        return self._html(kind, {"card": card, "card_id": card_id, **words})

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
    return sorted(state.cards, key=lambda name: (state.cards[name]["tier"], state.cards[name]["detected_at"], name))
