"""What a text speaks of: its words as terms that can be compared, in Chinese and English alike. Pure; the words are data.

A Chinese text has no spaces, so its terms are pairs of neighbouring characters; an English one gives words without their endings. On
top come concepts: words that mean the same in either language, so that a Chinese report finds an English incident."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from playbooks.schema import Kind
from playbooks.texts import Record

Key = TypeVar("Key", bound=str)

CONCEPT = "="
"""Before the name of a concept, so that it is no word."""
_HAN = re.compile(r"[\u3400-\u9fff]+")
_NAME = re.compile(r"[a-z]+-[a-z0-9]+(?:-[a-z0-9]+)*")
_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LEVEL = re.compile(r" (?:province|city|district|county|prefecture)$")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "s")
_SHORTEST = 3
"""Letters a word keeps when it loses its ending."""


class Lexicon(Record):
    """The whole of config/words.yaml."""

    kinds: Mapping[Kind, tuple[str, ...]]
    same: Mapping[str, tuple[str, ...]]
    element_kinds: Mapping[str, tuple[str, ...]]
    services: Mapping[str, tuple[str, ...]]
    stop: tuple[str, ...]

    @cached_property
    def stopped(self) -> frozenset[str]:
        """The stop words, as stems too."""
        return frozenset(self.stop) | {stem(word) for word in self.stop}

    @cached_property
    def concepts(self) -> Mapping[str, "Needles"]:
        """The words of each concept, ready to be looked for."""
        return {CONCEPT + name: Needles(words) for name, words in self.same.items()}


class Needles:
    """Words to look for in texts: Chinese ones anywhere, English ones as whole words or phrases."""

    def __init__(self, words: Iterable[str]) -> None:
        given = [plain(word) for word in words]
        self.han = tuple(word for word in given if _HAN.search(word))
        self.phrases = tuple(_spoken(word) for word in given if not _HAN.search(word) and _WORD.search(word))

    def found(self, text: str, said: str) -> int:
        """How many of them a text (as `plain` gives it) has; `said` are its English words as `_spoken` gives them."""
        return sum(word in text for word in self.han) + sum(phrase in said for phrase in self.phrases)


def plain(text: str) -> str:
    """A text in one form: full-width letters as ordinary ones, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def stem(word: str) -> str:
    """An English word without its ending: cut, cuts and cutting are one. Words with figures stay."""
    if any(letter.isdigit() for letter in word):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            word = word.removesuffix(ending)
            break
    if len(word) > _SHORTEST and word[-1] == word[-2]:
        word = word[:-1]
    return word.removesuffix("e") if len(word) > _SHORTEST else word


def terms(text: str, lexicon: Lexicon) -> frozenset[str]:
    """The terms of a text: pairs of characters, stems and concepts."""
    given = plain(text)
    return frozenset(_pairs(given)) | frozenset(_stems(given, lexicon)) | frozenset(_concepts(given, lexicon))


def _pairs(text: str) -> Iterator[str]:
    for run in _HAN.findall(text):
        yield from (run[at : at + 2] for at in range(len(run) - 1))


def _stems(text: str, lexicon: Lexicon) -> Iterator[str]:
    for word in _WORD.findall(text):
        if len(word) > 1 and word not in lexicon.stopped and not word.isdigit():
            yield stem(word)


def _concepts(text: str, lexicon: Lexicon) -> Iterator[str]:
    said = _spoken(text)
    yield from (name for name, needles in lexicon.concepts.items() if needles.found(text, said))


def _spoken(text: str) -> str:
    """The English words of a text as stems between spaces, to find whole words and phrases in."""
    return f" {' '.join(stem(word) for word in _WORD.findall(text))} "


def kind_of(text: str, lexicon: Lexicon) -> Kind | None:
    """The kind of event with most of its words in the text; None where no word says."""
    found = _named(text, lexicon.kinds)
    return max(found, key=lambda kind: found[kind]) if found else None


def element_kinds_of(text: str, lexicon: Lexicon) -> frozenset[str]:
    """The kinds of element a text speaks of."""
    return frozenset(_named(text, lexicon.element_kinds))


def services_of(text: str, lexicon: Lexicon, names: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The codes of services a text speaks of: by the lexicon's words, or by their own names (code → names)."""
    known = {
        code: (*lexicon.services.get(code, ()), *(plain(name) for name in called)) for code, called in names.items()
    }
    return frozenset(_named(text, known))


def _named(text: str, lists: Mapping[Key, Iterable[str]]) -> dict[Key, int]:
    """How many words of each list a text has, in the order of the lists; those without any are left out."""
    given = plain(text)
    said = _spoken(given)
    counts = {key: Needles(words).found(given, said) for key, words in lists.items()}
    return {key: count for key, count in counts.items() if count}


def element_names(text: str) -> frozenset[str]:
    """What in a text looks like the name of an element (MW-0221), in capitals as names are."""
    return frozenset(name.upper() for name in _NAME.findall(plain(text)) if any(c.isdigit() for c in name))


def areas_of(text: str, names: Mapping[int, Iterable[str]]) -> frozenset[int]:
    """The areas (ids) a text names, with or without 县 or County; `names` are theirs in both languages."""
    given = plain(text)
    spaced = f" {' '.join(_WORD.findall(given))} "
    return frozenset(
        area for area, called in names.items() if any(_names(given, spaced, plain(name)) for name in called)
    )


def _names(text: str, spaced: str, name: str) -> bool:
    if not name:
        return False
    if _HAN.search(name):
        return (name[:-1] if len(name) > 2 and name[-1] in "省市区县州" else name) in text
    return f" {_LEVEL.sub('', name)} " in spaced
