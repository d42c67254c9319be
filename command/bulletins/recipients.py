"""Who gets bulletins: config/recipients.yaml, and which of its recipients a bulletin goes to. The choice is pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from command.core.paths import CONFIG, ROOT
from notifiers.smtp import mailbox
from playbooks.notices import Recipient
from playbooks.schema import Echelon
from playbooks.source import Misfit, Unfit, load
from playbooks.texts import Record, Slug, Text

SHIPPED = CONFIG / "recipients.yaml"
UPWARD = (Echelon.county, Echelon.prefecture, Echelon.province, Echelon.head_office)
"""Echelons from the lowest to the highest."""
Sees = Literal["full", "short"]


def _plain(address: str) -> str:
    if not mailbox(address):
        raise ValueError("this is no mailbox; write one such as duty@example.net")
    return address


Mailbox = Annotated[str, AfterValidator(_plain)]


class RecipientCard(Record):
    """A recipient: where it is reached, in which language, for which areas (codes; none: everywhere).

    `sees` is full or short; partners see the short text unless it says otherwise. Only a `cleared` one gets bulletins of restricted
    incidents. `echelon` is a superior's own; a superior without one stands above the head office."""

    code: Slug
    sort: Recipient
    name: Text
    email: tuple[Mailbox, ...] = ()
    language: Literal["zh", "en"] = "zh"
    areas: tuple[str, ...] = ()
    echelon: Echelon | None = None
    sees: Sees | None = None
    cleared: bool = False

    @property
    def shown(self) -> Sees:
        """How much it sees."""
        return self.sees or ("short" if self.sort is Recipient.partner else "full")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.echelon is not None and self.sort is not Recipient.superior:
            raise Unfit(Misfit("only a superior has an echelon", "Take echelon out.", ("echelon",)))
        if len(set(map(str.lower, self.email))) < len(self.email):
            raise Unfit(Misfit("a mailbox is listed twice", "List it once.", ("email",)))
        return self


class Recipients(Record):
    """The whole of config/recipients.yaml. No code twice."""

    recipients: tuple[RecipientCard, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        twice = [code for code, count in Counter(card.code for card in self.recipients).items() if count > 1]
        if twice:
            raise Unfit(Misfit(f"'{twice[0]}' is listed twice", "Give each recipient a code of its own."))
        return self


def table(path: Path | None) -> Recipients:
    """The recipients of a file, or those that ship; read once a process. A relative path is looked for where Tocsin runs, then beside its
    `config` folder. Raise SourceError naming line and remedy."""
    return _read(path or SHIPPED)


@cache
def _read(path: Path) -> Recipients:
    beside = ROOT / path
    return load(beside if not path.is_absolute() and not path.exists() and beside.exists() else path, Recipients)


@dataclass(frozen=True, slots=True)
class Case:
    """What decides who gets a bulletin: the echelon that handles the incident, and the codes of the areas it is about with those that
    contain them."""

    sorts: Collection[str]
    echelon: Echelon
    areas: Collection[str]
    restricted: bool


def chosen(cards: Sequence[RecipientCard], case: Case) -> list[RecipientCard]:
    """The recipients of a bulletin, in the order of the file. Of superiors only the nearest above; of a restricted incident only those
    who are cleared."""
    able = [card for card in cards if card.sort in case.sorts and _near(card, case)]
    level = nearest_above(case.echelon, [card.echelon for card in able if card.sort is Recipient.superior])
    return [card for card in able if card.sort is not Recipient.superior or card.echelon == level]


def _near(card: RecipientCard, case: Case) -> bool:
    if case.restricted and not card.cleared:
        return False
    return not card.areas or any(code in case.areas for code in card.areas)


def nearest_above(echelon: Echelon, there: Collection[Echelon | None]) -> Echelon | None:
    """The lowest echelon above `echelon` that is `there`; None for what stands above the head office."""
    return next((each for each in UPWARD[UPWARD.index(echelon) + 1 :] if each in there), None)
