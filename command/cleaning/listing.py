"""Which numbers are marked, or were cleared, by what was said of them: a page of them, their sums, and all of them for an export."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from command.core.keys import Keyring
from command.core.log import mask
from command.core.problems import N_, NotFound
from command.messages.bad import said_of
from command.messages.bad_models import BadAnswer, BadNumber
from command.network.models import Area, Element, Subscriber

PAGE = 50
AREAS = 12
"""Areas that are summed up by name; the others together."""
AT_ONCE = 1000
State = Literal["marked", "cleared"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which of them. `area`: the code of an area, with those within it; `road`: a gateway that said so, `alone`: and no other did;
    `reference`: how the operator's reference begins."""

    state: State = "marked"
    reason: str = ""
    road: str = ""
    alone: bool = False
    area: str = ""
    reference: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """What the journal keeps of it: but for the reference, which names somebody."""
        given = {"state": self.state, "reason": self.reason, "road": self.road, "area": self.area}
        given |= {"alone": "1" if self.alone else "", "reference": "…" if self.reference else ""}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Marked:
    """A subscriber whose number is marked: masked, with the operator's own reference, what was said by which roads, how often and when."""

    subscriber_id: int
    number: str
    reference: str
    critical: bool
    area: str
    area_zh: str
    area_en: str
    reason: str
    roads: tuple[str, ...]
    times: int
    first_on: date | None
    last_on: date | None
    marked_at: datetime
    cleared_at: datetime | None
    cleared_by: str | None
    clearing: int | None


@dataclass(frozen=True, slots=True)
class Sums:
    """How many there are, and by what: (value, count), the most frequent first; `areas` are (code, Chinese, English, count)."""

    count: int
    reasons: tuple[tuple[str, int], ...]
    roads: tuple[tuple[str, int], ...]
    areas: tuple[tuple[str, str, str, int], ...]
    elsewhere: int


def matching(wanted: Filter) -> ColumnElement[bool]:
    """The condition on numbers (BadNumber)."""
    found: list[ColumnElement[bool]] = [BadNumber.state == wanted.state]
    if wanted.reason:
        found.append(BadNumber.reason == wanted.reason)
    said = exists().where(BadAnswer.recipient == BadNumber.recipient).correlate(BadNumber)
    if wanted.road:
        found.append(said.where(BadAnswer.gateway == wanted.road))
    if wanted.road and wanted.alone:
        found.append(~said.where(BadAnswer.gateway != wanted.road))
    if wanted.area or wanted.reference:
        found.append(BadNumber.addressee.in_(_people(wanted)))
    return and_(*found)


def _people(wanted: Filter) -> Select[int]:
    query = select(Subscriber.id)
    if wanted.area:
        tree = select(Area.id).where(Area.code == wanted.area).cte(recursive=True)
        tree = tree.union(select(Area.id).join(tree, Area.parent_id == tree.c.id))
        query = query.join(Element, Element.id == Subscriber.element_id).where(Element.area_id.in_(select(tree.c.id)))
    if wanted.reference:
        query = query.where(Subscriber.reference.startswith(wanted.reference, autoescape=True))
    return query


def count(session: Session, wanted: Filter) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(BadNumber).where(matching(wanted))) or 0


def page(
    session: Session, keyring: Keyring, wanted: Filter, after: int | None = None, size: int = PAGE
) -> list[Marked]:
    """Up to `size` of them, those marked last first, after a subscriber's. Raise NotFound where that one is gone."""
    query = _joined(wanted)
    if after is not None:
        at = session.scalar(select(BadNumber.marked_at).where(BadNumber.addressee == after))
        if at is None:
            raise NotFound(N_("This number is not marked any more."), remedy=N_("Begin at the first page again."))
        later = and_(BadNumber.marked_at == at, BadNumber.addressee < after)
        query = query.where(or_(BadNumber.marked_at < at, later))
    newest = query.order_by(BadNumber.marked_at.desc(), BadNumber.addressee.desc()).limit(size)
    return _read(session, newest, keyring)


def one(session: Session, keyring: Keyring, subscriber_id: int) -> Marked:
    """One of them, marked or cleared; raise NotFound."""
    for state in get_args(State):
        if found := _read(session, _joined(Filter(state)).where(BadNumber.addressee == subscriber_id), keyring):
            return found[0]
    raise NotFound(
        N_("The number of subscriber %(id)s is not marked."), remedy=N_("Look at the list."), id=subscriber_id
    )


def every(session: Session, wanted: Filter) -> Iterator[Marked]:
    """All of them by subscriber, without their numbers."""
    after = 0
    while True:
        some = _joined(wanted).where(BadNumber.addressee > after).order_by(BadNumber.addressee).limit(AT_ONCE)
        found = _read(session, some, None)
        yield from found
        if len(found) < AT_ONCE:
            return
        after = found[-1].subscriber_id


def _joined(wanted: Filter) -> Any:
    return (
        select(BadNumber, Subscriber, Area)
        .outerjoin(Subscriber, Subscriber.id == BadNumber.addressee)
        .outerjoin(Element, Element.id == Subscriber.element_id)
        .outerjoin(Area, Area.id == Element.area_id)
        .where(matching(wanted))
    )


def _read(session: Session, query: Any, keyring: Keyring | None) -> list[Marked]:
    rows = session.execute(query).all()
    said = said_of(session, [number.recipient for number, _, _ in rows])
    found = []
    for number, person, area in rows:
        answers = said.get(number.recipient, ())
        masked = mask(keyring.decrypt(person.number)) if keyring and person else ""
        found.append(
            Marked(
                subscriber_id=number.addressee,
                number=masked,
                reference=person.reference if person else "",
                critical=bool(person and person.critical),
                area=area.code if area else "",
                area_zh=area.name_zh if area else "",
                area_en=area.name_en if area else "",
                reason=number.reason or "",
                roads=tuple(sorted({each.road for each in answers})),
                times=sum(each.times for each in answers),
                first_on=min((each.day for each in answers), default=None),
                last_on=max((each.day for each in answers), default=None),
                marked_at=number.marked_at,
                cleared_at=number.cleared_at,
                cleared_by=number.cleared_by,
                clearing=number.note_id,
            )
        )
    return found


def sums(session: Session, wanted: Filter) -> Sums:
    """How many there are by reason, road and area. A number that two roads spoke of counts under both."""
    mine = matching(wanted)
    reasons = select(BadNumber.reason, func.count()).where(mine).group_by(BadNumber.reason)
    said = select(BadAnswer.gateway, func.count(BadAnswer.recipient.distinct()))
    roads = said.join(BadNumber, BadNumber.recipient == BadAnswer.recipient).where(mine).group_by(BadAnswer.gateway)
    places = (
        select(Area.code, Area.name_zh, Area.name_en, func.count())
        .select_from(BadNumber)
        .join(Subscriber, Subscriber.id == BadNumber.addressee)
        .join(Element, Element.id == Subscriber.element_id)
        .join(Area, Area.id == Element.area_id)
        .where(mine)
        .group_by(Area.code, Area.name_zh, Area.name_en)
        .order_by(func.count().desc(), Area.code)
    )
    areas = [(code, zh, en, many) for code, zh, en, many in session.execute(places).tuples()]
    whole = count(session, wanted)
    named = tuple(areas[:AREAS])
    return Sums(whole, _most(session, reasons), _most(session, roads), named, whole - sum(many for *_, many in named))


def _most(session: Session, query: Any) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = defaultdict(int)
    for value, many in session.execute(query).tuples():
        found[str(value)] += many
    return tuple(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def roads(session: Session) -> Sequence[str]:
    """The roads that said anything."""
    return session.scalars(select(BadAnswer.gateway).distinct().order_by(BadAnswer.gateway)).all()
