"""Who knows what of an incident: the conditions on subscribers that its notices, and those of its kin, make true.

An incident's first notices and all-clears are ordered by id: an all-clear ends what the first notices before it told. The conditions are
used to count an audience, to materialise it and to decide about single people, so that all three agree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Table,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from command.core import clock
from command.core.columns import Time
from command.messages import policy
from command.messages.models import Delivery, Halt, State
from command.network.models import Concerned, CutOff, Element, Subscriber
from command.notices.models import Basis, Kind, Notice, NoticeArea, Passed

S = cast(Table, Subscriber.__table__)
D = cast(Table, Delivery.__table__)
C = cast(Table, CutOff.__table__)
P = cast(Table, Passed.__table__)
E = cast(Table, Element.__table__)
A = cast(Table, NoticeArea.__table__)
N = cast(Table, Concerned.__table__)

QUEUED = (State.READY, State.LEASED)
IN_THE_AIR = (State.CALLING, State.IN_DOUBT)
_NOT_REACHED = (State.WITHDRAWN, State.EXPIRED, State.FAILED, State.SUPPRESSED)
_UNREACHABLE = (State.FAILED, State.SUPPRESSED)
Condition = ColumnElement[bool]

_INCIDENT = bindparam("incident", type_=Notice.__table__.c.incident_id.type)
_NOTICES = (
    select(Notice.id, Notice.kind, Notice.basis, Halt.notice_id)
    .outerjoin(Halt, Halt.notice_id == Notice.id)
    .where(Notice.incident_id == _INCIDENT, Notice.kind.in_((Kind.FIRST, Kind.ALL_CLEAR)))
    .order_by(Notice.id)
)
_MORE = select(
    select(literal(1)).where(P.c.incident_id == _INCIDENT).exists(),
    select(literal(1)).where(N.c.incident_id == _INCIDENT).exists(),
)


LOOK_BACK = timedelta(days=7)
"""For how long an outage that goes on keeps its first notice in mind where another overlaps it."""
_CUT = select(literal(1)).where(
    C.c.incident_id == Notice.incident_id,
    or_(C.c.until_at.is_(None), C.c.until_at >= bindparam("begun", type_=Time())),
)
_OVERLAPS = (
    select(Notice.incident_id)
    .where(Notice.kind == literal_column(f"'{Kind.FIRST}'"), Notice.created_at >= bindparam("since", type_=Time()))
    .where(Notice.incident_id != _INCIDENT, Notice.exercise == bindparam("exercise", type_=Boolean()))
    .where(Notice.approved_at.is_not(None), _CUT.exists())
    .distinct()
)
_BEGUN = select(func.min(Notice.created_at)).where(Notice.incident_id == _INCIDENT, Notice.kind == Kind.FIRST)

kin: list[Callable[[Session, int], Sequence[int]]] = []
"""For an incident's id: the ids of incidents that are parts of one event with it. Whom one of them told needs no first notice of another,
nor word of an outage they missed. Joined where the application is put together."""


@dataclass(frozen=True)
class Story:
    """The notices of one incident that decide who knows what. `halted` are those whose queue was stopped; `took_over`: some people
    were told by another incident and passed to this one; `kin` are the stories of incidents that are parts of one event with it;
    `concerns`: it concerns subscribers whom nothing cuts off; `overlaps` are the stories of other incidents that have told somebody and
    overlap it in time, `serves_from` since when their word serves for this one, which told for the first time at `begun`; `selected`:
    first notices whose recipients a person selected, so that the incident may never have cut them off."""

    incident_id: int
    exercise: bool
    firsts: tuple[int, ...] = ()
    clears: tuple[int, ...] = ()
    halted: frozenset[int] = field(default_factory=frozenset)
    took_over: bool = False
    kin: tuple["Story", ...] = ()
    concerns: bool = False
    overlaps: tuple["Story", ...] = ()
    serves_from: datetime | None = None
    begun: datetime | None = None
    selected: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def of(cls, session: Session, incident_id: int, exercise: bool) -> "Story":
        """The story of an incident, with those of its kin that have told somebody."""
        related = sorted({each for related_to in kin for each in related_to(session, incident_id)})
        told = [cls._alone(session, each, exercise) for each in related]
        mine = replace(cls._alone(session, incident_id, exercise), kin=tuple(each for each in told if each.firsts))
        rule = policy.current(session).overlap
        if not rule.merge:
            return mine
        begun = session.scalar(_BEGUN, {"incident": incident_id}) or clock.now(session)
        others = set(overlapping(session, incident_id, exercise, begun)) - set(related)
        overlaps = tuple(cls._alone(session, each, exercise) for each in sorted(others))
        since = begun - timedelta(minutes=rule.within_minutes) if overlaps else None
        return replace(mine, overlaps=overlaps, serves_from=since, begun=begun if overlaps else None)

    def told_by_overlap(self) -> Condition:
        """Another incident told the subscriber by a first notice not too long ago, and no all-clear followed; or it is about to, and still
        cuts them off. They get no second one: what ends first passes them on to what goes on, as any two outages of one person."""
        return or_(
            false(),
            *(
                or_(
                    each._told_since(self.serves_from, queued=False),
                    and_(each.affected(), each._told_since(self.serves_from, queued=True)),
                )
                for each in self.overlaps
            ),
        )

    def reached_by_overlap(self) -> Condition:
        """Another incident told the subscriber in place of this one, whatever they were told since."""
        some = (
            and_(each._told_since(self.serves_from, queued=False, cleared=True), ~each._ended_before(self.begun))
            for each in self.overlaps
        )
        return or_(false(), *some)

    def _ended_before(self, at: datetime | None) -> Condition:
        e = D.alias("ended")
        given = select(literal(1)).where(e.c.notice_id.in_(self.clears), e.c.addressee == S.c.id, e.c.created_at < at)
        return given.exists() if self.clears else false()

    def _told_since(self, start: datetime | None, *, queued: bool, cleared: bool = False) -> Condition:
        """A first notice listed since `start` reached the subscriber, or (`queued`) waits; without `cleared`, and nothing ended it."""
        h, found = D.alias("overlap"), list[Condition]()
        for first in self.firsts:
            gone = _NOT_REACHED if queued and first not in self.halted else (*_NOT_REACHED, *QUEUED)
            told = select(literal(1)).where(h.c.notice_id == first, h.c.addressee == S.c.id, h.c.created_at >= start)
            there = told.where(h.c.state.not_in(gone)).exists()
            found.append(there if cleared else and_(there, ~self.cleared(first, S.c.id)))
        return or_(false(), *found)

    @classmethod
    def _alone(cls, session: Session, incident_id: int, exercise: bool) -> "Story":
        incident = {"incident": incident_id}
        rows = session.execute(_NOTICES, incident).all()
        took_over, concerns = session.execute(_MORE, incident).one()
        return cls(
            incident_id,
            exercise,
            tuple(id_ for id_, kind, _, _ in rows if kind == Kind.FIRST),
            tuple(id_ for id_, kind, _, _ in rows if kind == Kind.ALL_CLEAR),
            frozenset(id_ for id_, _, _, halted in rows if halted),
            bool(took_over),
            concerns=bool(concerns),
            selected=frozenset(id_ for id_, kind, basis, _ in rows if kind == Kind.FIRST and basis == Basis.SELECTION),
        )

    def affected(self, s: FromClause = S) -> Condition:
        """An open cut-off of the incident takes a service from the subscriber, or it concerns them otherwise."""
        cut = cut_off(s, C.c.incident_id == self.incident_id)
        return or_(cut, _concerned(s, self.incident_id)) if self.concerns else cut

    def concluded(self, source: int) -> Condition:
        """What first notice `source` said holds for the subscriber no more: they are not affected any more. Whoever was selected for it and
        never cut off learns the end with the last of those who were."""
        over = ~self.affected()
        if source not in self.selected:
            return over
        o = C.alias("still")
        n = N.alias("still_concerned")
        cut = select(literal(1)).where(o.c.incident_id == self.incident_id, o.c.until_at.is_(None)).exists()
        concerned = select(literal(1)).where(n.c.incident_id == self.incident_id, n.c.until_at.is_(None)).exists()
        return and_(over, or_(ever_cut(self.incident_id), ~or_(cut, concerned)))

    def cut_by_another(self) -> Condition:
        """Another live incident (of the same kind of reality) takes a service from the subscriber. Whom this incident concerned and never
        cut off had no word about their service: they are passed on only where the incident that this one was merged into concerns them."""
        cut = cut_off(S, and_(C.c.incident_id != self.incident_id, same(C.c.exercise, self.exercise)))
        if not self.concerns:
            return cut
        mine = select(literal(1)).where(N.c.incident_id == self.incident_id, N.c.subscriber_id == S.c.id).correlate(S)
        never_cut = ~ever_cut(self.incident_id)
        return or_(and_(cut, ~and_(mine.exists(), never_cut)), self._merged_into().is_not(None))

    def another(self) -> Any:
        """The incident that a subscriber is passed to: the one that this one was merged into and that concerns them, else the oldest that
        cuts them off."""
        theirs = and_(C.c.incident_id != self.incident_id, same(C.c.exercise, self.exercise))
        oldest = select(func.min(C.c.incident_id)).where(_open_on(S), theirs).correlate(S).scalar_subquery()
        merged = self._merged_into()
        return case((merged.is_not(None), merged), else_=oldest) if self.concerns else oldest

    def _merged_into(self) -> Any:
        """The incident into which this one was merged, where it concerns the subscriber now; null otherwise."""
        o = N.alias("o")
        still = select(literal(1)).where(
            o.c.incident_id == N.c.passed_to_id, o.c.subscriber_id == N.c.subscriber_id, o.c.until_at.is_(None)
        )
        mine = (N.c.incident_id == self.incident_id, N.c.subscriber_id == S.c.id, N.c.passed_to_id.is_not(None))
        return (
            select(func.min(N.c.passed_to_id)).where(*mine, still.correlate(N).exists()).correlate(S).scalar_subquery()
        )

    def cleared(self, first: int, addressee: ColumnElement[int]) -> Condition:
        """After `first`, the addressee was given an all-clear, or was passed to another incident."""
        later = [id_ for id_ in self.clears if id_ > first]
        if not later:
            return false()
        a = D.alias("a")
        given = [
            select(literal(1)).where(a.c.notice_id == id_, a.c.addressee == addressee, self._stands(a, id_)).exists()
            for id_ in later
        ]
        passed = select(literal(1)).where(P.c.from_notice_id.in_(later), P.c.addressee == addressee).exists()
        return or_(*given, passed)

    def _stands(self, a: FromClause, notice_id: int) -> Condition:
        gone = (State.WITHDRAWN, *QUEUED) if notice_id in self.halted else (State.WITHDRAWN,)
        return a.c.state.not_in(gone)

    def holds(self, addressee: ColumnElement[int], *, but: int | None = None, queued: bool = True) -> Condition:
        """A first notice (other than `but`) reached the addressee or is on its way, and no all-clear followed.

        `queued`: whether one that was not called yet counts as on its way."""
        return or_(false(), *(self._holds(first, addressee, queued) for first in self.firsts if first != but))

    def _holds(self, first: int, addressee: ColumnElement[int], queued: bool) -> Condition:
        h = D.alias("h")
        gone = _NOT_REACHED if queued and first not in self.halted else (*_NOT_REACHED, *QUEUED)
        return and_(
            select(literal(1))
            .where(h.c.notice_id == first, h.c.addressee == addressee, h.c.state.not_in(gone))
            .exists(),
            ~self.cleared(first, addressee),
        )

    def knows(self, addressee: ColumnElement[int]) -> Condition:
        """The incident told the subscriber, or is about to: what it still has queued for somebody it does not cut off any more is taken
        back."""
        return or_(self.holds(addressee, queued=False), and_(self.affected(), self.holds(addressee)))

    def reached(self, addressee: ColumnElement[int]) -> Condition:
        """A first notice reached the addressee or is on its way, whatever they were told since."""
        r = D.alias("reached")
        where = (r.c.notice_id.in_(self.firsts), r.c.addressee == addressee, r.c.state.not_in(_NOT_REACHED))
        return select(literal(1)).where(*where).exists() if self.firsts else false()

    def unreachable(self, addressee: ColumnElement[int]) -> Condition:
        """A first notice failed for good or was suppressed: another message would too."""
        u = D.alias("u")
        where = (u.c.notice_id.in_(self.firsts), u.c.addressee == addressee, u.c.state.in_(_UNREACHABLE))
        return select(literal(1)).where(*where).exists() if self.firsts else false()

    def knows_the_end(self, addressee: ColumnElement[int], until: ColumnElement[Any]) -> Condition:
        """An all-clear of the incident was queued for the addressee after their cut-off ended, or they were passed on."""
        e = D.alias("e")
        passed = and_(P.c.from_incident_id == self.incident_id, P.c.addressee == addressee)
        told = and_(
            e.c.notice_id.in_(self.clears),
            e.c.addressee == addressee,
            e.c.state != State.WITHDRAWN,
            e.c.created_at >= until,
        )
        return or_(select(literal(1)).where(told).exists(), select(literal(1)).where(passed).exists())


def overlapping(session: Session, incident_id: int, exercise: bool, begun: datetime) -> Sequence[int]:
    """The incidents, of the same kind of reality, that have told somebody lately and cut somebody off at `begun` or later."""
    since = clock.now(session) - LOOK_BACK
    given = {"incident": incident_id, "exercise": exercise, "since": since, "begun": begun}
    return session.scalars(_OVERLAPS, given).all()


def _open_on(s: FromClause) -> Condition:
    return and_(C.c.element_id == s.c.element_id, C.c.until_at.is_(None), C.c.services.bitwise_and(s.c.services) != 0)


def cut_off(s: FromClause, whose: Condition) -> Condition:
    return select(literal(1)).where(_open_on(s), whose).correlate(s).exists()


def ever_cut(incident_id: int) -> Condition:
    mine = and_(C.c.incident_id == incident_id, C.c.element_id == S.c.element_id)
    return select(literal(1)).where(mine, C.c.services.bitwise_and(S.c.services) != 0).correlate(S).exists()


def _concerned(s: FromClause, incident_id: int) -> Condition:
    mine = (N.c.incident_id == incident_id, N.c.subscriber_id == s.c.id, N.c.until_at.is_(None))
    return select(literal(1)).where(*mine).correlate(s).exists()


def same(column: ColumnElement[bool], value: bool) -> Condition:
    return column.is_(True) if value else column.is_(False)


# --- sources of recipients: selects whose rows are subscribers
