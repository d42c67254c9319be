"""One chunk of a wave: recipients' rows inserted, or queued ones taken back, the tally and the cursor moved, all in one transaction.

The caller holds the incident's oldest notice, so that the chunks of an incident come one after another and each sees what the one
before did. A notice that nobody may send is never materialised, and one approved by a playbook alone stops at its cap (I9)."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock, journal, tracing
from command.notices import audience, living, queued, selecting, slices, told_waves
from command.notices.entries import WaveFinished
from command.notices.first_ways import SMS_ALONE, FirstWays
from command.notices.models import Basis, Kind, Notice, NoticeState, Wave
from command.notices.recipients import Inserts, Pass, Row, insert_rows, inserts, queue
from command.notices.slices import Place
from command.notices.story import N, Story

ONE_EVENT = 0x54_6F_63_00 << 32
"""Where the keys of advisory locks for events begin, far above those that anything else would choose."""
_SENT_TO = (NoticeState.APPROVED, NoticeState.SENDING)

CONCERNED_STAGE = -2
"""Where a wave to the affected stands once it is through the elements: its cursor is this and a subscriber. Before, it is a Place."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a chunk did: rows inserted or taken back, and whether the wave has more to do at once."""

    rows: int
    more: bool


def advance(session: Session, wave: Wave, notice: Notice, size: int, ways: FirstWays = SMS_ALONE) -> Step:
    """Do the next chunk of an open wave. `ways` are those besides SMS by which some are told first."""
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
        rows, more = _BY_BASIS.get(Basis(wave.basis), told_waves.to_told)(at)
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
    trace = journal.trace_of(at.session, at.notice.stream)
    tracing.say(at.session, "fan_out", trace, notice=at.notice.id, basis=at.wave.basis, rows=at.wave.inserted)


# --- those affected


def _to_affected(at: Pass) -> tuple[int, bool]:
    if at.wave.cursor and at.wave.cursor[0] == CONCERNED_STAGE:
        return _to_concerned(at, at.wave.cursor[1])
    part = slices.next_slice(at.session, at.story.incident_id, Place(*at.wave.cursor), at.size)
    if part is None:
        at.stand(CONCERNED_STAGE, 0) if at.story.concerns else at.end()
        return 0, at.story.concerns
    rows = insert_rows(at, _for_affected(Row.of(at), at.story, at.notice.kind), part.given)
    at.stand(*part.cursor)
    return rows, True


def _to_concerned(at: Pass, after: int) -> tuple[int, bool]:
    bound = slices.concerned_bound(at.session, at.story.incident_id, after, at.size)
    if bound is None:
        at.end()
        return 0, False
    span = slices.between(after, bound)
    people = audience.concerned(at.story, at.notice.id, at.notice.kind, span(N.c.subscriber_id))
    rows = queue(at, people, span)
    at.stand(CONCERNED_STAGE, bound)
    return rows, True


@lru_cache(maxsize=256)
def _for_affected(row: Row, story: Story, kind: str) -> Inserts:
    return inserts(row, audience.affected(story, row.notice_id, kind, slices.WITHIN), slices.bounds)


# --- those of areas


def _to_areas(at: Pass) -> tuple[int, bool]:
    after, span = at.wave.cursor or (0, at.size)
    part = slices.next_range(at.session, at.notice.id, after, span, at.size)
    if part is None:
        at.end()
        return 0, False
    rows = insert_rows(at, _for_areas(Row.of(at)), part.given)
    at.stand(*part.cursor)
    return rows, True


@lru_cache(maxsize=64)
def _for_areas(row: Row) -> Inserts:
    return inserts(row, audience.of_areas(row.notice_id, slices.WITHIN_IDS), slices.bounds)


# --- those a person selected


def _to_selected(at: Pass) -> tuple[int, bool]:
    selection = selecting.of(at.notice.selection)
    if selection is None:
        raise ValueError(f"notice {at.notice.id} has no selection")
    chosen = selecting.matches(at.session, selection)
    after, span = at.wave.cursor or (0, at.size)
    part = slices.next_selected(at.session, chosen, after, span, at.size)
    if part is None:
        at.end()
        return 0, False
    people = audience.selected(at.story, at.notice, chosen, slices.WITHIN_IDS)
    rows = insert_rows(at, inserts(Row.of(at), people, slices.bounds), part.given)
    at.stand(*part.cursor)
    return rows, True


_BY_BASIS = {Basis.AFFECTED: _to_affected, Basis.AREAS: _to_areas, Basis.SELECTION: _to_selected}
"""How the recipients of a basis are found; of every other one among those told."""
