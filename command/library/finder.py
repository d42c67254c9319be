"""Words looked for in a plan: where they stand, in which language, in which tiers. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from command.core import finding
from command.core.finding import Piece
from command.library import parts
from playbooks.schema import Playbook
from playbooks.texts import Text


@dataclass(frozen=True, slots=True)
class Place:
    """A text of the plan that holds every word, cut where they stand. `tiers` are those in which it says the same."""

    sort: str
    id: str
    title: Text | None
    field: str
    language: str
    tiers: tuple[int, ...]
    pieces: Sequence[Piece]


def find(plan: Playbook, text: str) -> list[Place]:
    """Where all words of a search stand in one text of the plan; nothing for no words."""
    words = finding.words(text)
    if not words:
        return []
    found: dict[tuple[str, str, str, str, str], Place] = {}
    for part in parts.of(plan):
        for field, language, said in _texts(part):
            if not all(finding.holds(said, word) for word in words):
                continue
            same = (part.sort, part.id, field, language, said)
            tiers = () if part.tier is None else (part.tier,)
            known = found.get(same)
            tiers = (*known.tiers, *tiers) if known else tiers
            pieces = finding.pieces(said, words)
            found[same] = Place(part.sort, part.id, part.title, field, language, tiers, pieces)
    return list(found.values())


def _texts(part: parts.Part) -> Iterator[tuple[str, str, str]]:
    for field, value in part.fields.items():
        if isinstance(value, Text):
            yield field, "zh", value.zh
            yield field, "en", value.en
        elif value:
            yield field, "", value
