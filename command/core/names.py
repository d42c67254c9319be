"""Words in the reader's language: names of rows that carry both, and lists that are translated where they are shown."""

from collections.abc import Callable
from typing import Protocol


class Named(Protocol):
    """A row with a name in Chinese and in English."""

    @property
    def name_zh(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def of(row: Named, language: str) -> str:
    """The name in `language` (zh or en); the other one where it is missing."""
    chosen, other = (row.name_zh, row.name_en) if language == "zh" else (row.name_en, row.name_zh)
    return chosen or other


class Words(tuple[str, ...]):
    """Message ids that a problem's text lists, each translated when it is shown."""

    def __str__(self) -> str:
        return ", ".join(self)

    def translated(self, translate: Callable[[str], str], separator: str) -> str:
        return separator.join(translate(word) for word in self)
