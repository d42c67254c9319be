"""A chunk of a wave to those told: all-clears, updates and corrections go to those whom earlier notices told, to those passed on by other
incidents, and to those never reached; whose message is still in the air is waited for."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, delete, literal, null, select, update

from command.notices import audience, queued, slices
from command.notices.models import Kind, Owed
from command.notices.recipients import Pass, Row, insert_once, insert_rows, inserter, inserts, queue
from command.notices.slices import Place
from command.notices.sparing import Span
from command.notices.story import IN_THE_AIR, QUEUED, Condition, D, N, P, S

LOOK_AGAIN = timedelta(seconds=1)
"""How often a wave looks whether messages in the air have landed."""
O = cast(Table, Owed.__table__)  # noqa: E741

# Stages of a wave to the told; its cursor is the stage and where it stands in that: (notice, addressee), addressee, Place, nothing.
TOLD_STAGE, PASSED_STAGE, MISSED_STAGE, WAITING_STAGE, CONCERN_ENDED_STAGE = range(5)


def to_told(at: Pass) -> tuple[int, bool]:
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
    rows = _tell(at, source, slices.between(after if source == about else 0, bound))
    at.stand(TOLD_STAGE, source, bound)
    return rows, True


def _tell(at: Pass, source: int, span: Span) -> int:
    """Queue the notice for some of those whom `source` told; remember those of whom that is not known yet."""
    where = span(D.c.addressee)
    if at.notice.kind in (Kind.ALL_CLEAR, Kind.CORRECTION):
        _remember(at, source, where)
    told = audience.narrowed(at.session, at.notice, audience.told(at.story, at.notice, source, where))
    if at.notice.kind == Kind.ALL_CLEAR:
        _pass_on(at, told.where(at.story.cut_by_another()))
        told = told.where(~at.story.cut_by_another())
    return queue(at, told, span)


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
    span = slices.between(after, bound)
    people = audience.passed(at.story, span(P.c.addressee))
    _pass_on(at, people.where(at.story.cut_by_another()))
    rows = queue(at, people.where(~at.story.cut_by_another()), span)
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
    rows = insert_rows(at, inserts(Row.of(at, missed=True), people, slices.bounds), part.given)
    at.stand(MISSED_STAGE, *part.cursor)
    return rows, True


def _concern_ended_stage(at: Pass, after: int) -> tuple[int, bool]:
    bound = slices.concerned_bound(at.session, at.story.incident_id, after, at.size, ended=True)
    if bound is None:
        at.stand(WAITING_STAGE)
        return 0, True
    span = slices.between(after, bound)
    rows = queue(at, audience.concern_ended(at.story, span(N.c.subscriber_id)), span, missed=True)
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
        at.end()
    else:
        at.wave.lease_until = at.now + LOOK_AGAIN
    return 0, False


def _landed(at: Pass, about: int, people: list[int]) -> int:
    def span(column: ColumnElement[int]) -> Condition:
        return column.in_(people)

    mine = span(D.c.addressee)
    rows = _tell(at, about, span)
    if at.notice.kind == Kind.ALL_CLEAR:
        queued.take_back(at, about, mine, at.story.concluded(about), queued.NO_LONGER_AFFECTED)
        if audience.has_missed_text(at.session, at.notice):
            rows += queue(at, audience.never_reached(at.story, span(S.c.id)), span, missed=True)
            if at.story.concerns:
                rows += queue(at, audience.concern_ended(at.story, span(S.c.id)), span, missed=True)
    at.session.execute(delete(O).where(O.c.notice_id == at.notice.id, O.c.about_id == about, O.c.addressee.in_(people)))
    return rows
