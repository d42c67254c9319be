"""Whom a notice leaves out because providers say for good that their number takes no SMS: the condition, and how many they are.

They belong to the audience and are counted as left out, so that told + not told + left out stays the audience. Whoever is told first by
a call or in the app is told so all the same: what is said of a number says nothing of those. What an opt-out covers is counted there."""

from collections import Counter
from collections.abc import Callable

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, not_, select
from sqlalchemy.orm import Session

from command.messages import bad, policy
from command.messages.bad_models import Standing
from command.notices import audience, otherwise
from command.notices.first_ways import SMS_ALONE, FirstWays
from command.notices.models import Notice
from command.notices.story import Condition, D, S

Span = Callable[[ColumnElement[int]], Condition]
"""The condition that an id of a subscriber, in whichever column, is among those that are looked at now."""


def marked(ways: FirstWays = SMS_ALONE, span: Span | None = None) -> Condition:
    """The subscriber (S) would be told by SMS, and their number is marked.

    It begins with the marks (those of the `span`), which are few, rather than with an audience: a chunk of a million is not read again."""
    few = select(bad.B.c.addressee).where(bad.B.c.state == literal_column(f"'{Standing.MARKED}'"))
    if span is not None:
        few = few.where(span(bad.B.c.addressee))
    return and_(S.c.id.in_(few), *(not_(when) for when in (ways.spoken, ways.pushed) if when is not None))


def counted(session: Session, notice: Notice, *, missed: bool | None = None) -> dict[str, int]:
    """How many of each language it would leave out of those still to get it; nobody where it is sent to all."""
    if not notice.leaves_bad or not bad.any_marked(session):
        return {}
    left = marked(ways_of(session, notice))
    has_row = D.alias("r")
    mine = exists().where(has_row.c.notice_id == notice.id, has_row.c.addressee == S.c.id)
    found: Counter[str] = Counter()
    for query in audience.queries(session, notice, missed=missed):
        people = query.where(left, ~mine).with_only_columns(S.c.id, S.c.language).distinct().subquery()
        grouped = select(people.c.language, func.count()).group_by(people.c.language)
        found.update(dict(session.execute(grouped).tuples().all()))
    return dict(sorted(found.items()))


def recount(session: Session, notice: Notice, told: int = 0, languages: dict[str, int] | None = None) -> None:
    """Count those still to get it besides the `told`, and those of them it leaves out; keep both."""
    notice.counted(languages if languages is not None else audience.languages(session, notice), told)
    notice.left_out = counted(session, notice)


def leaves_out(session: Session, kind: str, tier: int, event: str) -> bool:
    """Whether the operator's policy has a notice of a kind, a tier and an event leave marked numbers out."""
    return policy.current(session).bad_numbers.leaves_out(kind, tier, event)


def ways_of(session: Session, notice: Notice) -> FirstWays:
    """The ways besides SMS by which it is told first."""
    settings = policy.settings(session)
    return otherwise.first_ways(settings, notice.kind, notice.basis, exercise=notice.exercise)
