"""What a look found: one line each, with what to do where something is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from command.core.problems import N_


class Level(StrEnum):
    """How much it matters: a fault keeps Tocsin from doing what it is there for, a warning may come to that."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


WORDS = {Level.OK: N_("ok"), Level.WARNING: N_("warning"), Level.FAULT: N_("fault")}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding about `what` (a name that stays the same, for programs). Texts are message ids; `values` fill their places."""

    level: Level
    what: str
    text: str
    remedy: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def said(self, translate: Callable[[str], str]) -> tuple[str, str]:
        """The finding and what to do, in a language."""
        return _filled(translate, self.text, self.values), _filled(translate, self.remedy, self.values)


def _filled(translate: Callable[[str], str], text: str, values: Mapping[str, Any]) -> str:
    return translate(text) % values if text else ""


def ok(what: str, text: str, **values: Any) -> Line:
    """All is well with it."""
    return Line(Level.OK, what, text, "", values)


def warning(what: str, text: str, remedy: str, **values: Any) -> Line:
    """It works, and may come to harm."""
    return Line(Level.WARNING, what, text, remedy, values)


def fault(what: str, text: str, remedy: str, **values: Any) -> Line:
    """It does not work."""
    return Line(Level.FAULT, what, text, remedy, values)


AS_SAID = "%(error)s"
"""The text of a line that repeats what a part of Tocsin said."""
