"""Shared boards as a process last folded them. Entries never change, so the next look reads only what was appended since."""

from flask import Flask
from sqlalchemy.orm import Session

from command.boards import centres, store
from command.boards.store import Board

KEY = "tocsin.boards.memory"


class Memory:
    """The shared boards of one application, by name."""

    def __init__(self) -> None:
        self._boards: dict[str, Board] = {}

    def load(self, session: Session, name: str) -> Board:
        """A board as it stands. Boards of single incidents are short, and read from the journal each time."""
        if name.startswith("incident:"):
            return store.load(session, name)
        name = centres.whole(name)
        known = self._boards.get(name)
        if known is None or known.stream != store.current_stream(session, name):
            board = store.load(session, name)
        else:
            board = store.advanced(session, known)
        self._boards[name] = board
        return board


def of(app: Flask) -> Memory:
    """The memory of an application, made when it is first asked for."""
    found: Memory = app.extensions.setdefault(KEY, Memory())
    return found
