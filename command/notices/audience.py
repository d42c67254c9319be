"""Audiences as queries: those affected, concerned, told, passed on or never reached, of what `story` knows; and how many they are."""

from collections import Counter
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from command.messages.models import TOLD
from command.notices import selecting
from command.notices.models import Basis, Kind, Notice, NoticeText
from command.notices.story import A, C, Condition, D, E, N, P, S, Story, cut_off, ever_cut, same


def affected(story: Story, notice_id: int, kind: str, where: Condition) -> Select[Any]:
    """Those cut off now whom no first notice holds; `where` narrows cut-offs (C) and subscribers (S)."""
    query = (
        _recipients()
        .select_from(C.join(S, S.c.element_id == C.c.element_id))
        .where(
            C.c.incident_id == story.incident_id,
            C.c.until_at.is_(None),
            S.c.services.bitwise_and(C.c.services) != 0,
            where,
        )
    )
    return _not_yet_told(query, story, notice_id, kind)


def concerned(story: Story, notice_id: int, kind: str, where: Condition) -> Select[Any]:
    """Those whom the incident concerns and does not cut off, whom no first notice holds; `where` narrows those concerned (N)."""
    query = (
        _recipients()
        .select_from(N.join(S, S.c.id == N.c.subscriber_id))
        .where(N.c.incident_id == story.incident_id, N.c.until_at.is_(None), where)
        .where(~cut_off(S, C.c.incident_id == story.incident_id))
    )
    return _not_yet_told(query, story, notice_id, kind)


def _not_yet_told(query: Select[Any], story: Story, notice_id: int, kind: str) -> Select[Any]:
    if kind == Kind.FIRST and story.firsts != (notice_id,):
        query = query.where(~story.holds(S.c.id, but=notice_id))
    if kind == Kind.FIRST:
        query = query.where(*(~each.knows(S.c.id) for each in story.kin))
    if kind == Kind.FIRST and story.overlaps:
        query = query.where(~story.told_by_overlap())
    if kind == Kind.FIRST and story.took_over:
        query = query.where(~_told_elsewhere(story))
    return query


def of_areas(notice_id: int, where: Condition) -> Select[Any]:
    """The subscribers of the notice's areas, whatever they use; `where` narrows subscribers (S)."""
    joined = S.join(E, E.c.id == S.c.element_id).join(A, A.c.area_id == E.c.area_id)
    return _recipients().select_from(joined).where(A.c.notice_id == notice_id, where)


def selected(story: Story, notice: Notice, chosen: Condition, where: Condition) -> Select[Any]:
    """Those whom a person selected (`chosen`); of a first notice only those whom no other first notice holds."""
    return _not_yet_told(_recipients().where(chosen, where), story, notice.id, notice.kind)


def narrowed(session: Session, notice: Notice, query: Select[Any]) -> Select[Any]:
    """Of those told, the ones whom a person selected, where they did."""
    selection = selecting.of(notice.selection)
    return query if selection is None else query.where(selecting.matches(session, selection))


def _told_elsewhere(story: Story) -> Condition:
    """Another incident told the subscriber and passed them to this one, which owes them its all-clear: no second first notice."""
    owed = and_(P.c.incident_id == story.incident_id, P.c.addressee == S.c.id, P.c.notice_id.is_(None))
    return select(literal(1)).select_from(P).where(owed).exists()


def told(story: Story, notice: Notice, about: int, where: Condition) -> Select[Any]:
    """Those whom notice `about` told; an update only for those still affected, an all-clear only for those who are not."""
    query = _about(about, where).where(D.c.state.in_(TOLD))
    if notice.kind == Kind.UPDATE:
        return query.where(~story.concluded(about), ~story.cleared(about, S.c.id))
    if notice.kind == Kind.ALL_CLEAR:
        return query.where(story.concluded(about), ~story.cleared(about, S.c.id))
    return query


def passed(story: Story, where: Condition) -> Select[Any]:
    """Those passed to this incident whose debt is open and who are not affected any more."""
    return (
        _recipients()
        .select_from(P.join(S, S.c.id == P.c.addressee))
        .where(P.c.incident_id == story.incident_id, P.c.notice_id.is_(None), ~story.affected(), where)
    )


def never_reached(story: Story, where: Condition, *, queued: bool = True) -> Select[Any]:
    """Those cut off once and not any more (by nobody), whom no message of this incident reached."""
    return (
        _recipients()
        .select_from(C.join(S, S.c.element_id == C.c.element_id))
        .where(
            C.c.incident_id == story.incident_id,
            C.c.until_at.is_not(None),
            S.c.services.bitwise_and(C.c.services) != 0,
            where,
            ~_affected_now(story),
            ~story.holds(S.c.id, queued=queued),
            ~story.unreachable(S.c.id),
            ~story.knows_the_end(S.c.id, C.c.until_at),
            *(~each.reached(S.c.id) for each in story.kin),
            *((~story.reached_by_overlap(),) if story.overlaps else ()),
        )
    )


def concern_ended(story: Story, where: Condition, *, queued: bool = True) -> Select[Any]:
    """Those whom the incident concerned once and not any more, and never cut off, whom no message of it reached."""
    return (
        _recipients()
        .select_from(N.join(S, S.c.id == N.c.subscriber_id))
        .where(
            N.c.incident_id == story.incident_id,
            N.c.until_at.is_not(None),
            N.c.passed_to_id.is_(None),
            where,
            ~ever_cut(story.incident_id),
            ~story.holds(S.c.id, queued=queued),
            ~story.unreachable(S.c.id),
            ~story.knows_the_end(S.c.id, N.c.until_at),
        )
    )


def _affected_now(story: Story) -> Condition:
    """Cut off now, by this incident or by another of the same kind of reality."""
    o = C.alias("o")
    whose = or_(o.c.incident_id == story.incident_id, same(o.c.exercise, story.exercise))
    on = and_(o.c.element_id == S.c.element_id, o.c.until_at.is_(None), o.c.services.bitwise_and(S.c.services) != 0)
    return select(literal(1)).where(on, whose).correlate(S).exists()


def _recipients() -> Select[Any]:
    return select(S.c.id, S.c.number_index, S.c.number, S.c.language)


def _about(notice_id: int, where: Condition) -> Select[Any]:
    return _recipients().select_from(D.join(S, S.c.id == D.c.addressee)).where(D.c.notice_id == notice_id, where)


def sources(story: Story, notice: Notice) -> tuple[int, ...]:
    """The notices whose recipients a notice to the told goes to: what it corrects, else the first notices before it."""
    if notice.corrects_id is not None:
        return (notice.corrects_id,)
    return tuple(first for first in story.firsts if first < notice.id)


def count(session: Session, notice: Notice, *, missed: bool | None = None) -> int:
    """How many subscribers would get the notice now, besides those who have their row already; `missed` as for `languages`."""
    return sum(languages(session, notice, missed=missed).values())


def languages(session: Session, notice: Notice, *, missed: bool | None = None) -> dict[str, int]:
    """How many subscribers of each language would get the notice now, besides those who have their row already.

    `missed`: whether an all-clear will have words for those never reached; by default, whether it has."""
    has_row = D.alias("r")
    mine = select(literal(1)).where(has_row.c.notice_id == notice.id, has_row.c.addressee == S.c.id).exists()
    found: Counter[str] = Counter()
    for query in queries(session, notice, missed=missed):
        found.update(_sizes(session, query.where(~mine)))
    return dict(sorted(found.items()))


def queries(session: Session, notice: Notice, *, missed: bool | None = None) -> list[Select[Any]]:
    """Who would get the notice now, those who have their row already among them; nobody is in two of these."""
    story = Story.of(session, notice.incident_id, notice.exercise)
    anyone: Condition = S.c.id > 0
    if notice.basis == Basis.AREAS:
        asked = [of_areas(notice.id, anyone)]
    elif notice.basis == Basis.SELECTION and (selection := selecting.of(notice.selection)) is not None:
        asked = [selected(story, notice, selecting.matches(session, selection), anyone)]
    elif notice.kind in (Kind.FIRST, Kind.ADVISORY):
        asked = [affected(story, notice.id, notice.kind, anyone)]
        if story.concerns:
            asked.append(concerned(story, notice.id, notice.kind, anyone))
    else:
        asked = [narrowed(session, notice, told(story, notice, about, anyone)) for about in sources(story, notice)]
    if notice.kind == Kind.ALL_CLEAR:
        asked = [query.where(~story.cut_by_another()) for query in [*asked, passed(story, anyone)]]
        words = has_missed_text(session, notice) if missed is None else missed
        if words and meant(session, notice.incident_id):
            asked.append(never_reached(story, anyone, queued=False))
            if story.concerns:
                asked.append(concern_ended(story, anyone, queued=False))
    return asked


def any_to_pass(session: Session, notice: Notice) -> bool:
    """Whether somebody told would be passed to another incident instead of getting this all-clear."""
    story = Story.of(session, notice.incident_id, notice.exercise)
    queries = [told(story, notice, about, S.c.id > 0) for about in sources(story, notice)]
    queries.append(passed(story, S.c.id > 0))
    return any(session.execute(query.where(story.cut_by_another()).limit(1)).first() for query in queries)


def _sizes(session: Session, query: Select[Any]) -> dict[str, int]:
    people = query.with_only_columns(S.c.id, S.c.language).distinct().subquery()
    counted = select(people.c.language, func.count()).group_by(people.c.language)
    return dict(session.execute(counted).tuples().all())


def has_missed_text(session: Session, notice: Notice) -> bool:
    """Whether the notice has words for those never reached."""
    words = select(NoticeText.body_id).where(NoticeText.notice_id == notice.id, NoticeText.missed.is_(True))
    return session.scalar(words.limit(1)) is not None


def meant(session: Session, incident_id: int) -> bool:
    """Whether a first notice to those cut off was ever approved: else nobody can have missed it."""
    query = select(Notice.id).where(
        Notice.incident_id == incident_id,
        Notice.kind == Kind.FIRST,
        Notice.approved_at.is_not(None),
        Notice.basis != Basis.SELECTION,
    )
    return session.scalar(query.limit(1)) is not None
