"""Choosing whom a step calls by name: everything there is, what was typed understood, what to offer meanwhile."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.problems import N_, Invalid
from command.oncall.escalation.target_names import ECHELONS
from command.oncall.models import Schedule
from command.people.models import EmergencyGroup, Person
from command.people.posts import POSTS

KINDS = {"oncall": N_("Duty"), "post": N_("Post"), "group": N_("Group"), "person": N_("Person")}
"""What a step may call, in the order in which it is offered."""
OFFERED = 60
MOST_PEOPLE = 1000
_WRITTEN = re.compile(rf"({'|'.join(KINDS)}):\S+")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of them: the `target` as programs write it, its `kind` in the reader's language, its name in that and in the other, and the
    `label` that stands in the field, which no other has."""

    target: str
    kind: str
    name: str
    other: str
    label: str


def every(session: Session, language: str, translate: Callable[[str], str]) -> list[Choice]:
    """Everything a step may call: duties, posts, groups, people who can be called."""
    found = [
        _row("oncall", row.code, row, language) for row in session.scalars(select(Schedule).order_by(Schedule.code))
    ]
    found += [(f"post:{post}", translate(word), word) for post, word in POSTS.items()]
    groups = session.scalars(select(EmergencyGroup).order_by(EmergencyGroup.code)).all()
    found += [_row("group", row.code, row, language) for row in groups]
    taken = {row.code for row in groups}
    found += [(f"group:{code}", translate(word), word) for code, word in ECHELONS.items() if code not in taken]
    reachable = select(Person).where(Person.active, Person.number.is_not(None)).order_by(Person.username)
    found += [_row("person", row.username, row, language) for row in session.scalars(reachable.limit(MOST_PEOPLE))]
    kinds = {kind: translate(words) for kind, words in KINDS.items()}
    return _labelled(found, kinds, "：" if language == "zh" else ": ")


def understood(typed: str, known: Sequence[Choice]) -> str | None:
    """The target of what was typed: a label, a name that only one of them has, or the target itself; None for anything else."""
    if _WRITTEN.fullmatch(typed):
        return typed
    wanted = _folded(typed)
    labelled = [each.target for each in known if _folded(each.label) == wanted]
    named = [each.target for each in known if wanted in (_folded(each.name), _folded(each.other))]
    found = labelled or named
    return found[0] if len(found) == 1 else None


def require(field: str, typed: str, known: Sequence[Choice]) -> str:
    """The target of what was typed in a field; raise Invalid there."""
    found = understood(typed, known)
    if found is None:
        raise Invalid(
            N_("No duty, post, group or person is called %(typed)s, or more than one is."),
            field=field,
            remedy=N_("Choose from the list that opens while you type."),
            typed=typed,
        )
    return found


def offered(typed: str, known: Sequence[Choice]) -> list[Choice]:
    """What may be meant, names that begin so first, else in the order of `known`; all where nothing was typed or one is chosen."""
    wanted = _folded(typed)
    if any(_folded(each.label) == wanted for each in known):
        wanted = ""
    found = [each for each in known if wanted in _folded(f"{each.label} {each.other} {each.target.partition(':')[2]}")]
    return sorted(found, key=lambda each: not _folded(each.name).startswith(wanted))[:OFFERED]


def _row(kind: str, code: str, row: names.Named, language: str) -> tuple[str, str, str]:
    return f"{kind}:{code}", names.of(row, language), row.name_en if language == "zh" else row.name_zh


def _labelled(found: Sequence[tuple[str, str, str]], kinds: Mapping[str, str], colon: str) -> list[Choice]:
    """Choices with labels: the code stands in those that would be alike without it."""
    alike = Counter((target.partition(":")[0], _folded(name)) for target, name, _ in found)
    made = []
    for target, name, other in found:
        kind, _, code = target.partition(":")
        shown = name if alike[kind, _folded(name)] == 1 else f"{name} ({code})"
        made.append(Choice(target, kinds[kind], name, other, f"{kinds[kind]}{colon}{shown}"))
    return made


def _folded(text: str) -> str:
    """Without case, width and space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
