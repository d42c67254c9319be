"""When each lane is expected to be through, by the roads that would carry what waits in it.

Roads work side by side, and each carries its lanes one after the other: what waits for one road does not make another slower, and a road
that carries nothing of a lane does not make it faster. Calls and messages of the app are few and counted with the SMS they replace."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.messages.models import SMS, Lane, Tally
from command.messages.routes import Needs
from command.notices import queues
from command.notices.drafting import texts_of
from command.notices.forecast import Standing, loads
from command.notices.models import Notice

CHINESE = Needs(unicode=True, channel=SMS)
"""What a message asks whose text is not looked at: most are Chinese."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many messages of a lane that would go by one road; None: no road carries them now."""

    lane: Lane
    road: str | None
    count: int


def through(session: Session, counts: Mapping[Lane, int]) -> dict[Lane, float | None]:
    """By lane with so many that wait, seconds until the last of it has left; None where no road carries some of it now."""
    standing = Standing(session)
    found: list[Waiting] = []
    by_notice = _of_notices(session, standing)
    for lane, count in counts.items():
        known = [each for each in by_notice if each.lane == lane]
        rest = count - sum(each.count for each in known)
        found += known
        if rest > 0:
            needs = Needs() if lane == Lane.PAGE else CHINESE
            found.append(Waiting(lane, standing.leading(lane, needs), rest))
    return ends(found, lambda road, ahead, lane: standing.rate(road, ahead, pages=lane == Lane.PAGE))


def ends(found: Iterable[Waiting], rate: Callable[[str, int, Lane], Fraction]) -> dict[Lane, float | None]:
    """The same of what is found to wait; `rate` is what a road takes a second where so many wait for it. Pure."""
    ahead: Counter[str] = Counter()
    seconds: dict[str, Fraction] = {}
    by_lane: dict[Lane, float | None] = {}
    given = list(found)
    for lane in sorted({each.lane for each in given}):
        mine: Counter[str] = Counter()
        for each in given:
            if each.lane == lane and each.road is not None:
                mine[each.road] += each.count
        for road, count in mine.items():
            ahead[road] += count
            seconds[road] = seconds.get(road, Fraction(0)) + Fraction(count) / rate(road, ahead[road], lane)
        stuck = any(each.lane == lane and each.road is None and each.count for each in given)
        by_lane[lane] = None if stuck else float(max((seconds[road] for road in mine), default=Fraction(0)))
    return by_lane


def _of_notices(session: Session, standing: Standing) -> Sequence[Waiting]:
    """What waits of each live notice, shared out among its texts as its audience's languages were when they were last counted."""
    query = (
        select(Notice, func.sum(Tally.count))
        .join(Tally, Tally.notice_id == Notice.id)
        .where(Notice.state.in_(queues.LIVE), Notice.exercise.is_(False), Tally.state.in_(queues.WAITING))
        .group_by(Notice.id)
    )
    found = []
    for notice, waits in session.execute(query).tuples():
        lane, waits = queues.LANES[notice.kind], int(waits)
        if lane not in queues.BY_TALLY or not waits:
            continue
        parts = loads(texts_of(session, notice), notice.languages or {"zh": 1})
        shares = shared_out(waits, [each.people for each in parts])
        found += [
            Waiting(lane, standing.leading(lane, standing.fit(part), notice.id), share)
            for part, share in zip(parts, shares, strict=True)
        ]
    return found


def shared_out(count: int, weights: Sequence[int]) -> list[int]:
    """A count in parts as the weights are, none lost. Pure."""
    made, done, before, all_ = [], 0, 0, sum(weights)
    for weight in weights:
        before += weight
        upto = count * before // all_
        made.append(upto - done)
        done = upto
    return made
