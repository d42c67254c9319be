"""English sentences that rooms without catalogues make, said again in the reader's language."""

import re
from collections.abc import Sequence

from flask_babel import gettext

_PLACE = re.compile(r"%\((\w+)\)s")


class Sayings:
    """Sentences as the catalogues know them; places such as %(name)s stand for anything."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._known = [(_pattern(each), each) for each in sentences]

    def said(self, text: str) -> str | None:
        """A text in the reader's language; None for one that is none of the sentences."""
        for pattern, saying in self._known:
            if found := pattern.fullmatch(text):
                return str(gettext(saying, **found.groupdict()))
        return None


def _pattern(saying: str) -> re.Pattern[str]:
    pieces = _PLACE.split(saying)
    names = [f"(?P<{piece}>.+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)]
    return re.compile("".join(names), re.DOTALL)
