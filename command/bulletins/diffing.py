"""What a person changed in a draft, line by line. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal


@dataclass(frozen=True, slots=True)
class Line:
    """A line of both texts (same), of the draft only (removed) or of the text only (added)."""

    how: Literal["same", "removed", "added"]
    text: str


def lines(drafted: str, text: str) -> Sequence[Line]:
    """Both texts as one list of lines."""
    before, after = drafted.splitlines(), text.splitlines()
    found: list[Line] = []
    for how, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if how == "equal":
            found += [Line("same", each) for each in before[a:b]]
        else:
            found += [Line("removed", each) for each in before[a:b]]
            found += [Line("added", each) for each in after[c:d]]
    return found


def changed(drafted: str, text: str) -> int:
    """How many lines were taken out or put in."""
    return sum(line.how != "same" for line in lines(drafted, text))
