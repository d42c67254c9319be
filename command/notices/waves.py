"""One chunk of a wave: recipients' rows inserted, or queued ones taken back, the tally and the cursor moved, all in one transaction.

The caller holds the incident's oldest notice, so that the chunks of an incident come one after another and each sees what the one
before did. A notice that nobody may send is never materialised, and one approved by a playbook alone stops at its cap (I9)."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Select, Table, and_, delete, func, literal, null, select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.notices import audience, living, queued, selecting, slices
from command.notices.entries import WaveFinished
from command.notices.models import Basis, Kind, Notice, NoticeState, Owed, Wave
from command.notices.recipients import Inserts, Pass, Row, insert_once, insert_rows, inserter, inserts, queue
from command.notices.slices import Place
from command.notices.story import IN_THE_AIR, QUEUED, Condition, D, N, P, S, Story
from notifiers.base import Channel

LOOK_AGAIN = timedelta(seconds=1)
"""How often a wave looks whether messages in the air have landed."""
ONE_EVENT = 0x54_6F_63_00 << 32
"""Where the keys of advisory locks for events begin, far above those that anything else would choose."""
_SENT_TO = (NoticeState.APPROVED, NoticeState.SENDING)
O = cast(Table, Owed.__table__)  # noqa: E741

# Stages of a wave to the told; its cursor is the stage and where it stands in that: (notice, addressee), addressee, Place, nothing.
TOLD_STAGE, PASSED_STAGE, MISSED_STAGE, WAITING_STAGE, CONCERN_ENDED_STAGE = range(5)
CONCERNED_STAGE = -2
"""Where a wave to the affected stands once it is through the elements: its cursor is this and a subscriber. Before, it is a Place."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a chunk did: rows inserted or taken back, and whether the wave has more to do at once."""

    rows: int
    more: bool


def advance(session: Session, wave: Wave, notice: Notice, size: int, ways: frozenset[Channel] = frozenset()) -> Step:
    """Do the next chunk of an open wave. `ways` are the channels besides SMS by which some are told first."""
    story = _story(session, notice)
    at = Pass(session, wave, notice, story, size, clock.now(session), ways)
    if wave.basis == Basis.RECALL:
        rows, more = queued.recall(at)
    elif wave.basis == Basis.RELEASE:
        rows, more = queued.release(at)
    else:
        if notice.state not in _SENT_TO or notice.approved_at is None:
            return Step(0, False)
        if living.is_automatic(notice) and not _within_cap(at):
            return Step(0, False)
        notice.state = NoticeState.SENDING
        rows, more = _BY_BASIS.get(Basis(wave.basis), _to_told)(at)
    wave.inserted += rows
    if wave.cursor and wave.cursor[0] == -1:
        _finish(at)
    session.flush()
    return Step(rows, more)


def _story(session: Session, notice: Notice) -> Story:
    """Who knows what. Chunks of incidents that are parts of one event, or overlap, come one after another too, so that each sees whom the
    others told:
    on PostgreSQL by a lock that only they ask for, SQLite has one writer anyway."""
    story = Story.of(session, notice.incident_id, notice.exercise)
    related = (*story.kin, *(story.overlaps if notice.kind == Kind.FIRST else ()))
    if not related or session.get_bind().dialect.name == "sqlite":
        return story
    first = min(notice.incident_id, *(each.incident_id for each in related))
    session.execute(select(func.pg_advisory_xact_lock(ONE_EVENT + first)))
    return Story.of(session, notice.incident_id, notice.exercise)


def _within_cap(at: Pass) -> bool:
    """Cut the chunk to what the cap leaves; False if the notice was put before a person."""
    left = living.cap_of(at.notice) - living.inserted(at.session, at.notice)
    if left <= 0 and living.hold_if_over(at.session, at.notice):
        return False
    at.size = min(at.size, left) if left > 0 else at.size
    return True


def _finish(at: Pass) -> None:
    at.wave.done_at = at.now
    finished = WaveFinished(
        notice_id=at.notice.id,
        notice_kind=at.notice.kind,
        wave_id=at.wave.id,
        basis=at.wave.basis,
        rows=at.wave.inserted,
    )
    living.record(at.session, at.notice, finished)


def _end(at: Pass) -> None:
    at.stand(-1)


# --- those affected


def _to_affected(at: Pass) -> tuple[int, bool]:
    if at.wave.cursor and at.wave.cursor[0] == CONCERNED_STAGE:
        return _to_concerned(at, at.wave.cursor[1])
    part = slices.next_slice(at.session, at.story.incident_id, Place(*at.wave.cursor), at.size)
    if part is None:
        at.stand(CONCERNED_STAGE, 0) if at.story.concerns else _end(at)
        return 0, at.story.concerns
    rows = insert_rows(at, _for_affected(Row.of(at), at.story, at.notice.kind), part.given)
    at.stand(*part.cursor)
    return rows, True


def _to_concerned(at: Pass, after: int) -> tuple[int, bool]:
    bound = slices.concerned_bound(at.session, at.story.incident_id, after, at.size)
    if bound is None:
        _end(at)
        return 0, False
    some = and_(N.c.subscriber_id > after, N.c.subscriber_id <= bound)
    rows = queue(at, audience.concerned(at.story, at.notice.id, at.notice.kind, some))
    at.stand(CONCERNED_STAGE, bound)
    return rows, True


@lru_cache(maxsize=256)
def _for_affected(row: Row, story: Story, kind: str) -> Inserts:
    return inserts(row, audience.affected(story, row.notice_id, kind, slices.WITHIN))


# --- those of areas


def _to_areas(at: Pass) -> tuple[int, bool]:
    after, span = at.wave.cursor or (0, at.size)
    part = slices.next_range(at.session, at.notice.id, after, span, at.size)
    if part is None:
        _end(at)
        return 0, False
    rows = insert_rows(at, _for_areas(Row.of(at)), part.given)
    at.stand(*part.cursor)
    return rows, True


@lru_cache(maxsize=64)
def _for_areas(row: Row) -> Inserts:
    return inserts(row, audience.of_areas(row.notice_id, slices.WITHIN_IDS))


# --- those a person selected


def _to_selected(at: Pass) -> tuple[int, bool]:
    selection = selecting.of(at.notice.selection)
    if selection is None:
        raise ValueError(f"notice {at.notice.id} has no selection")
    chosen = selecting.matches(at.session, selection)
    after, span = at.wave.cursor or (0, at.size)
    part = slices.next_selected(at.session, chosen, after, span, at.size)
    if part is None:
        _end(at)
        return 0, False
    people = audience.selected(at.story, at.notice, chosen, slices.WITHIN_IDS)
    rows = insert_rows(at, inserts(Row.of(at), people), part.given)
    at.stand(*part.cursor)
    return rows, True


_BY_BASIS = {Basis.AFFECTED: _to_affected, Basis.AREAS: _to_areas, Basis.SELECTION: _to_selected}
"""How the recipients of a basis are found; of every other one among those told."""


# --- those told, passed or missed


def _to_told(at: Pass) -> tuple[int, bool]:
    stage, *place = at.wave.cursor or (TOLD_STAGE, 0, 0)
    if stage == TOLD_STAGE:
        return _told_stage(at, *place)
    if stage == PASSED_STAGE:
        return _passed_stage(at, *place)
    if stage == MISSED_STAGE:
        return _missed_stage(at, Place(*place))
    if stage == CONCERN_ENDED_STAGE:
        return _concern_ended_stage(at, *place)
    return _waiting_stage(at)


def _told_stage(at: Pass, about: int, after: int) -> tuple[int, bool]:
    rest = [source for source in audience.sources(at.story, at.notice) if source >= about]
    if not rest:
        clear = at.notice.kind == Kind.ALL_CLEAR
        at.stand(*((PASSED_STAGE, 0) if clear else (WAITING_STAGE,)))
        return 0, True
    source = rest[0]
    bound = slices.told_bound(at.session, source, after if source == about else 0, at.size)
    if bound is None:
        at.stand(TOLD_STAGE, source + 1, 0)
        return 0, True
    rows = _tell(at, source, and_(D.c.addressee > (after if source == about else 0), D.c.addressee <= bound))
    at.stand(TOLD_STAGE, source, bound)
    return rows, True


def _tell(at: Pass, source: int, where: Condition) -> int:
    """Queue the notice for some of those whom `source` told; remember those of whom that is not known yet."""
    if at.notice.kind in (Kind.ALL_CLEAR, Kind.CORRECTION):
        _remember(at, source, where)
    told = audience.narrowed(at.session, at.notice, audience.told(at.story, at.notice, source, where))
    if at.notice.kind == Kind.ALL_CLEAR:
        _pass_on(at, told.where(at.story.cut_by_another()))
        told = told.where(~at.story.cut_by_another())
    return queue(at, told)


def _remember(at: Pass, source: int, where: Condition) -> None:
    """A call handed back after the recall went by (a refusal by quota, say) is queued again: it is taken back when it is decided."""
    flying: Condition = D.c.state.in_(IN_THE_AIR)
    if at.notice.kind == Kind.ALL_CLEAR and source not in at.story.halted:
        flying = flying | (D.c.state.in_(QUEUED) & at.story.concluded(source))
    people = (
        select(literal(at.notice.id), D.c.notice_id, D.c.addressee, literal(at.notice.exercise))
        .select_from(D.join(S, S.c.id == D.c.addressee))
        .where(D.c.notice_id == source, where, flying)
    )
    names = ["notice_id", "about_id", "addressee", "exercise"]
    insert_once(at.session, O, names, people, ["notice_id", "about_id", "addressee"])


def _pass_on(at: Pass, people: Select[Any]) -> None:
    """Another incident still cuts them off: it owes them the all-clear."""
    columns = (
        at.story.another(),
        S.c.id,
        literal(at.story.incident_id),
        literal(at.notice.id),
        null(),
        literal(at.notice.exercise),
    )
    names = ["incident_id", "addressee", "from_incident_id", "from_notice_id", "notice_id", "exercise"]
    made = inserter(at.session, P).from_select(names, people.with_only_columns(*columns))
    again = {"from_notice_id": made.excluded.from_notice_id, "notice_id": None}
    at.session.execute(
        made.on_conflict_do_update(index_elements=["incident_id", "addressee", "from_incident_id"], set_=again)
    )


def _passed_stage(at: Pass, after: int) -> tuple[int, bool]:
    whose = and_(P.c.incident_id == at.story.incident_id, P.c.notice_id.is_(None))
    bound = slices.passed_bound(at.session, whose, after, at.size)
    if bound is None:
        missed = audience.has_missed_text(at.session, at.notice) and audience.meant(at.session, at.notice.incident_id)
        at.stand(MISSED_STAGE if missed else WAITING_STAGE)
        return 0, True
    people = audience.passed(at.story, and_(P.c.addressee > after, P.c.addressee <= bound))
    _pass_on(at, people.where(at.story.cut_by_another()))
    rows = queue(at, people.where(~at.story.cut_by_another()))
    _settle_passed(at, after, bound)
    at.stand(PASSED_STAGE, bound)
    return rows, True


def _settle_passed(at: Pass, after: int, bound: int) -> None:
    s = S.alias("settled")
    unaffected = select(literal(1)).where(s.c.id == P.c.addressee, ~at.story.affected(s)).exists()
    mine = (P.c.incident_id == at.story.incident_id, P.c.notice_id.is_(None))
    at.session.execute(
        update(P).where(*mine, P.c.addressee > after, P.c.addressee <= bound, unaffected).values(notice_id=at.notice.id)
    )


def _missed_stage(at: Pass, place: Place) -> tuple[int, bool]:
    part = slices.next_slice(at.session, at.story.incident_id, place, at.size, ended=True)
    if part is None:
        at.stand(*((CONCERN_ENDED_STAGE, 0) if at.story.concerns else (WAITING_STAGE,)))
        return 0, True
    people = audience.never_reached(at.story, slices.WITHIN)
    rows = insert_rows(at, inserts(Row.of(at, missed=True), people), part.given)
    at.stand(MISSED_STAGE, *part.cursor)
    return rows, True


def _concern_ended_stage(at: Pass, after: int) -> tuple[int, bool]:
    bound = slices.concerned_bound(at.session, at.story.incident_id, after, at.size, ended=True)
    if bound is None:
        at.stand(WAITING_STAGE)
        return 0, True
    some = and_(N.c.subscriber_id > after, N.c.subscriber_id <= bound)
    rows = queue(at, audience.concern_ended(at.story, some), missed=True)
    at.stand(CONCERN_ENDED_STAGE, bound)
    return rows, True


def _waiting_stage(at: Pass) -> tuple[int, bool]:
    """Decide those whose message was in the air and has landed; come back while any is still flying."""
    joined = and_(D.c.notice_id == O.c.about_id, D.c.addressee == O.c.addressee)
    landed = (
        select(O.c.about_id, O.c.addressee)
        .select_from(O.join(D, joined))
        .where(O.c.notice_id == at.notice.id, D.c.state.not_in(IN_THE_AIR))
        .order_by(O.c.about_id, O.c.addressee)
        .limit(min(at.size, 500))
    )
    found = at.session.execute(landed).tuples().all()
    rows = sum(_landed(at, about, [a for b, a in found if b == about]) for about in sorted({b for b, _ in found}))
    if found:
        return rows, True
    if at.session.scalar(select(O.c.addressee).where(O.c.notice_id == at.notice.id).limit(1)) is None:
        _end(at)
    else:
        at.wave.lease_until = at.now + LOOK_AGAIN
    return 0, False


def _landed(at: Pass, about: int, people: list[int]) -> int:
    mine = D.c.addressee.in_(people)
    rows = _tell(at, about, mine)
    if at.notice.kind == Kind.ALL_CLEAR:
        queued.take_back(at, about, mine, at.story.concluded(about), queued.NO_LONGER_AFFECTED)
        if audience.has_missed_text(at.session, at.notice):
            rows += queue(at, audience.never_reached(at.story, S.c.id.in_(people)), missed=True)
            if at.story.concerns:
                rows += queue(at, audience.concern_ended(at.story, S.c.id.in_(people)), missed=True)
    at.session.execute(delete(O).where(O.c.notice_id == at.notice.id, O.c.about_id == about, O.c.addressee.in_(people)))
    return rows
