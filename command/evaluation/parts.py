"""The parts of a report that people write: which there are, what fits in them, and what has to be there before it is signed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from command.core.log import masked_words
from command.core.problems import N_, Invalid
from command.evaluation.rules import MOST_WHYS, Demand


class Part(StrEnum):
    """One part in words."""

    SUMMARY = "summary"
    CAUSE = "cause"
    WHYS = "whys"
    EFFECT = "effect"
    WORKED = "worked"
    NOT_WORKED = "not_worked"
    IMPROVEMENT = "improvement"
    NONE_NEEDED = "none_needed"
    PUBLIC_ZH = "public_zh"
    PUBLIC_EN = "public_en"


LONGEST = 8000
LONGEST_WHY = 300
PUBLIC: Mapping[str, Part] = {"zh": Part.PUBLIC_ZH, "en": Part.PUBLIC_EN}
"""The version for users, by language."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a report has: its texts by part, whether its causes are named, how many actions it led to."""

    texts: Mapping[Part, str]
    root_cause: bool
    actions: int


def cleaned(part: Part, text: str) -> str:
    """A part as it is kept: phone numbers masked, no blank ends; of the whys one step a line. Raise Invalid where it does not fit."""
    kept = masked_words(text.replace("\r\n", "\n").replace("\x00", "").strip())
    if len(kept) > LONGEST:
        raise Invalid(
            N_("A part has %(most)d characters at most."),
            field="text",
            remedy=N_("Say it shorter; what was typed is kept in the form."),
            most=LONGEST,
        )
    return "\n".join(_steps(kept)) if part == Part.WHYS else kept


def whys(text: str) -> list[str]:
    """The steps of the whys, one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _steps(text: str) -> list[str]:
    found = whys(text)
    if len(found) > MOST_WHYS or any(len(step) > LONGEST_WHY for step in found):
        raise Invalid(
            N_("The whys are %(most)d steps at most, each one line of %(length)d characters at most."),
            field="text",
            remedy=N_("Write one step a line, from what happened down to the root."),
            most=MOST_WHYS,
            length=LONGEST_WHY,
        )
    return found


SUMMARY, ROOT, EFFECT = N_("the summary"), N_("the root cause"), N_("the effect of the handling")
WHYS, ACTIONS = N_("enough steps of why"), N_("an action, or why none is needed")


def missing(given: Given, demand: Demand) -> Sequence[str]:
    """What has to be there before the report is signed and is not, as message ids."""
    found = []
    if not given.texts.get(Part.SUMMARY):
        found.append(SUMMARY)
    if not given.root_cause:
        found.append(ROOT)
    if len(whys(given.texts.get(Part.WHYS, ""))) < demand.whys:
        found.append(WHYS)
    if not given.texts.get(Part.EFFECT):
        found.append(EFFECT)
    if not given.actions and not given.texts.get(Part.NONE_NEEDED):
        found.append(ACTIONS)
    return found
