"""Cards as HTML: the same partial serves first paint and every live update, once per language, for everybody in the room."""

from collections.abc import Iterable

from flask import Flask, render_template
from flask_babel import force_locale
from sqlalchemy.orm import Session

from command.boards.names import Catalogue, Names
from command.boards.projection import State

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


class Renderer:
    """Renders cards of boards for one application."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.catalogue = Catalogue()

    def cards(
        self, session: Session, board: str, state: State, ids: Iterable[str], language: str
    ) -> dict[str, str | None]:
        """HTML by card id; None for a card that is gone. `latest` is the card of the newest entries."""
        names = Names(session, self.catalogue, language)
        with self.app.app_context(), force_locale(LOCALES[language]):
            return {name: self._one(board, state, name, names) for name in ids}

    def _one(self, board: str, state: State, card_id: str, names: Names) -> str | None:
        if card_id == "latest":
            return render_template("boards/cards/latest.html", entries=reversed(state.latest), names=names)
        card = state.cards.get(card_id)
        if card is None:
            return None
        kind = card_id.partition(":")[0] if board.startswith("incident:") else "summary"
        return render_template(f"boards/cards/{kind}.html", card=card, card_id=card_id, names=names, board=board)


def order(board: str, state: State) -> list[str]:
    """The ids of a board's cards in the order they are shown: incidents worst tier first, then oldest."""
    if board.startswith("incident:"):
        fixed = ["head", "clocks", "impact", "notices", "pages", "people"]
        tasks = sorted(name for name in state.cards if name.startswith("tasks:"))
        return [name for name in [*fixed[:3], *tasks, *fixed[3:]] if name in state.cards]
    return sorted(state.cards, key=lambda name: (state.cards[name]["tier"], state.cards[name]["detected_at"], name))
