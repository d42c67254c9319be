"""Routes as data (config/routes.yaml): which gateways carry what, by lane, area and beginning of the number. Pure but for reading the file.

A rule orders gateways; what they can carry and how they stand is still asked of each (see routes)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from command.core.paths import CONFIG
from command.messages.models import Lane
from playbooks.source import load
from playbooks.texts import Record

FILE = CONFIG / "routes.yaml"
LANES = {lane.name.lower(): lane for lane in Lane}
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Prefix = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{0,14}$")]


class Rule(Record):
    """One rule. Left out, `lanes`, `areas` (codes, those they contain included) and `prefixes` (E.164) leave nothing out. `only`: no other
    gateway than those named ever carries it."""

    lanes: tuple[Name, ...] = ()
    areas: tuple[Name, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    gateways: Annotated[tuple[Name, ...], Field(min_length=1)]
    only: bool = False

    @field_validator("lanes")
    @classmethod
    def _known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in given if name not in LANES]:
            raise ValueError(f"{unknown[0]!r} is no lane; use some of {', '.join(LANES)}")
        return given


class Table(Record):
    """The whole of config/routes.yaml."""

    rules: tuple[Rule, ...] = ()

    @property
    def by_area(self) -> bool:
        """Whether anything depends on where a subscriber is."""
        return any(rule.areas for rule in self.rules)

    @property
    def by_number(self) -> bool:
        """Whether anything depends on how a number begins."""
        return any(rule.prefixes for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Order:
    """Gateways in the order of a rule; `only`: no other may carry it. Without a name: as the settings have them."""

    first: tuple[str, ...] = ()
    only: bool = False


AS_SET = Order()


def order(table: Table, lane: int, areas: Collection[str] = (), number: str = "") -> Order:
    """What the first rule that fits says. `areas`: the code of the recipient's area and of those that contain it; none where that is not
    known, and then a rule about areas does not fit. `number` is E.164, empty for what is no number."""
    for rule in table.rules:
        if rule.lanes and Lane(lane).name.lower() not in rule.lanes:
            continue
        if rule.areas and not set(rule.areas) & set(areas):
            continue
        if rule.prefixes and not number.startswith(rule.prefixes):
            continue
        return Order(rule.gateways, rule.only)
    return AS_SET


def diverted(found: Order, to: str | None) -> Order:
    """An order of gateways with the one first that somebody diverts to, if any."""
    return replace(found, first=(to, *(name for name in found.first if name != to))) if to else found


def faults(table: Table, gateways: Iterable[str], areas: Mapping[str, object] | None) -> list[str]:
    """What a table names that this installation does not have, each with its remedy; `areas` by code, None where there are none yet."""
    known, found = list(gateways), []
    for place, rule in enumerate(table.rules, 1):
        for name in rule.gateways:
            if name not in known:
                found.append(f"rule {place}: gateways: there is no gateway {name!r}; use some of {', '.join(known)}")
        for code in rule.areas:
            if areas is not None and code not in areas:
                found.append(f"rule {place}: areas: there is no area {code!r}; use the code of an imported area")
        if rule.only and any(lane in rule.lanes or not rule.lanes for lane in ("page",)) and len(rule.gateways) < 2:
            found.append(f"rule {place}: only: pages would have one road; name a second one, or leave only out")
    return found


@cache
def table() -> Table:
    """The table, read once a process."""
    return load(FILE, Table)
