"""The grams of a text: what its notes are looked up by. They only narrow down where to look: that a word is there is always decided by
comparing characters. Pure."""

from itertools import pairwise

_ASKED_GRAMS = 3
"""Grams of a word that are looked up: more would narrow the candidates hardly further, and cost as much again each."""


def grams(text: str) -> frozenset[str]:
    """The grams of a folded text. Those of a part are among those of the whole."""
    found = {a + b for a, b in pairwise(text) if not (_latin(a) and _latin(b)) and " " not in (a, b)}
    threes = (text[at : at + 3] for at in range(len(text) - 2))
    return frozenset(found | {three for three in threes if all(map(_latin, three))})


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def asked(word: str) -> tuple[str, ...]:
    """The grams by which notes with a word are looked up, spread over it; none for a word too short to have any."""
    known = grams(word)
    ordered = [gram for at in range(len(word)) for size in (2, 3) if (gram := word[at : at + size]) in known]
    ordered = list(dict.fromkeys(ordered))
    if len(ordered) <= _ASKED_GRAMS:
        return tuple(ordered)
    return ordered[0], ordered[len(ordered) // 2], ordered[-1]
