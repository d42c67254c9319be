"""Text as a search compares it, in Chinese and in English: folding, words, and where they stand. Pure.

A text is folded character by character (NFKC, case-folded, white space as one blank each), so that every place in the folded text has its
place in the original. A search is for all of its words; a word is found wherever its characters stand in a row, for Chinese has no
blanks."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MOST_WORDS = 8
CONTEXT = 24
"""Characters shown on either side of a hit."""


@lru_cache(maxsize=65_536)
def _fold(character: str) -> str:
    if character.isspace():
        return " "
    return unicodedata.normalize("NFKC", character).casefold()


def folded(text: str) -> str:
    """A text as it is compared."""
    return "".join(_fold(character) for character in text)


def words(text: str) -> tuple[str, ...]:
    """The words of a search, folded, each once, at most MOST_WORDS of them."""
    return tuple(dict.fromkeys(folded(text).split()))[:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text that is a hit, or is not."""

    text: str
    hit: bool


def holds(text: str, word: str) -> bool:
    """Whether a text has a folded word in it."""
    return word in folded(text)


def pieces(text: str, wanted: Sequence[str]) -> tuple[Piece, ...]:
    """The whole text cut where folded words begin and end."""
    return _cut(text, _spans(text, wanted), 0, len(text))


def excerpt(text: str, wanted: Sequence[str], context: int = CONTEXT) -> tuple[Piece, ...]:
    """The text around its first hit, with every hit in that stretch; nothing where no word stands in it."""
    spans = _spans(text, wanted)
    if not spans:
        return ()
    start, end = max(0, spans[0][0] - context), min(len(text), spans[0][1] + 3 * context)
    cut = _cut(text, [span for span in spans if span[1] <= end], start, end)
    before = (Piece("…", False),) if start else ()
    return (*before, *cut, *((Piece("…", False),) if end < len(text) else ()))


def _spans(text: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in the original, in order, overlapping ones joined."""
    flat, home = _mapped(text)
    found = []
    for word in wanted:
        at = flat.find(word) if word else -1
        while at >= 0:
            found.append((home[at], home[at + len(word) - 1] + 1))
            at = flat.find(word, at + 1)
    return _joined(sorted(found))


def _mapped(text: str) -> tuple[str, list[int]]:
    folds = [_fold(character) for character in text]
    return "".join(folds), [at for at, fold in enumerate(folds) for _ in fold]


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    made: list[tuple[int, int]] = []
    for start, end in spans:
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _cut(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> tuple[Piece, ...]:
    made, at = [], start
    for begin, stop in spans:
        made += [Piece(text[at:begin], False), Piece(text[begin:stop], True)]
        at = stop
    made.append(Piece(text[at:end], False))
    return tuple(piece for piece in made if piece.text)
