"""What the version for users may not say: names of people, numbers of incidents and phones, addresses, words of the trade. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from command.core.log import masked_words
from command.core.problems import N_
from playbooks.content import has_link

_INCIDENT = re.compile(r"\b(?:[A-Z]-)?\d{4}-\d{4}-\d{2,}\b")
_DIGITS = re.compile(r"(?<!\d)\+?\d{7,}(?!\d)")
_LATIN = re.compile(r"[A-Za-z]")
REASONS: Mapping[str, str] = {
    "name": N_("the name of a person"),
    "incident": N_("the number of an incident"),
    "phone": N_("a phone number or another long number"),
    "link": N_("a web address"),
    "term": N_("a word of the trade"),
    "element": N_("the name of network equipment"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Something that users should not read: what it is (a key of REASONS) and the words."""

    what: str
    words: str


def findings(text: str, names: Collection[str], elements: Collection[str], terms: Sequence[str]) -> list[Found]:
    """Everything in a text that users should not read, in the order of the rules."""
    found = list(_patterns(text))
    for what, listed in (("name", names), ("element", elements), ("term", terms)):
        found += [Found(what, each) for each in sorted(set(listed)) if _says(text, each)]
    return found


def _patterns(text: str) -> Iterator[Found]:
    for number in _INCIDENT.findall(text):
        yield Found("incident", number)
    for number in _DIGITS.findall(_INCIDENT.sub(" ", text)):
        yield Found("phone", number)
    if "****" in text or masked_words(text) != text:
        yield Found("phone", "***")
    if has_link(text):
        yield Found("link", "http…")


def _says(text: str, words: str) -> bool:
    """Whether a text holds words: Latin ones as whole words whatever their case, Chinese ones anywhere."""
    if len(words) < 2:
        return False
    if not _LATIN.search(words):
        return words in text
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(words)}(?![A-Za-z0-9])", text, re.IGNORECASE) is not None
