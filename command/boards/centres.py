"""Command centres (R35): the command board of one area. A centre's board is the command board's own state with other areas' incidents left
out, so that snapshots, tail and replay serve it as they are, and every centre has the same picture of what they share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.boards.projection import Card, State
from command.core.problems import N_, NotFound
from command.network.models import Area
from command.people.models import EmergencyGroup

PREFIX = "centre:"
WHOLE = "command"
"""The board that all centres are parts of; the head office's shows all of it."""
LEVELS = ("country", "province", "prefecture")
"""Areas of these levels have a centre; a county has one where it has an emergency group."""
ORDER = (*LEVELS, "county")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a centre looks at: its area with all within it (`inside`), and the areas it lies in (`above`), whose incidents are its too.
    `everything`: it is the head office's."""

    inside: frozenset[int]
    above: frozenset[int]
    everything: bool


def is_centre(board: str) -> bool:
    """Whether a board is a centre's."""
    return board.startswith(PREFIX)


def whole(board: str) -> str:
    """The board whose entries a board is folded from."""
    return WHOLE if is_centre(board) else board


def listed(session: Session) -> list[Area]:
    """The areas with a centre, the widest first, then by code."""
    grouped = select(EmergencyGroup.area_code)
    query = select(Area).where(or_(Area.level.in_(LEVELS), Area.code.in_(grouped)))
    return sorted(session.scalars(query), key=lambda area: (ORDER.index(area.level), area.code))


def of_board(session: Session, board: str) -> Area:
    """The area of a centre's board; raise NotFound for one that has no centre."""
    code = board.removeprefix(PREFIX)
    area = session.scalar(select(Area).where(Area.code == code))
    has = area is not None and (
        area.level in LEVELS
        or session.scalar(select(EmergencyGroup.id).where(EmergencyGroup.area_code == code).limit(1)) is not None
    )
    if area is None or not has:
        raise NotFound(
            N_("There is no command centre %(code)s."),
            remedy=N_("Choose one from the command board's header."),
            code=code[:64],
        )
    return area


def home(session: Session, area_code: str | None) -> str | None:
    """The centre nearest to somebody's area, the area's own or one it lies in; None where none is."""
    area = session.scalar(select(Area).where(Area.code == area_code)) if area_code else None
    codes = {each.code for each in listed(session)} if area is not None else set[str]()
    while area is not None and area.code not in codes:
        area = session.get(Area, area.parent_id) if area.parent_id is not None else None
    return area.code if area is not None else None


def scope(area: Area, parents: Mapping[int, int | None]) -> Scope:
    """What the centre of an area looks at."""
    above = frozenset(_upward(area.id, parents)) - {area.id}
    inside = frozenset(each for each in parents if area.id in _upward(each, parents)) | {area.id}
    return Scope(inside, above, area.level == "country")


def _upward(area_id: int | None, parents: Mapping[int, int | None]) -> list[int]:
    chain: list[int] = []
    while area_id is not None and area_id not in chain:
        chain.append(area_id)
        area_id = parents.get(area_id)
    return chain


def touches(card: Card, seen: Scope) -> bool:
    """Whether an incident's row concerns a centre: something it hits lies within the centre's area, or holds it. Pure."""
    hit = {area for area, _, _ in card.get("areas", ())} or {card["area_id"]}
    return seen.everything or not hit.isdisjoint(seen.inside | seen.above)


def narrowed(state: State, seen: Scope) -> State:
    """The command board's state as a centre sees it. Pure; narrowing twice changes nothing."""
    return replace(state, cards={number: card for number, card in state.cards.items() if touches(card, seen)})


def near(areas: Iterable[Mapping[str, object]], seen: Scope) -> list[Mapping[str, object]]:
    """Of the areas affected now, those that a centre's map colours. Pure."""
    return [
        each for each in areas if seen.everything or each["area_id"] in seen.inside or each["area_id"] in seen.above
    ]
