"""By what a notice is told first and, where that did not reach, second: a call to critical customers, the carrier's app, SMS.

SMS is the road of everybody. A critical customer (a hospital, 110, a government office) is called about what is worth a call: somebody
must know, and a text may lie unread. The app takes the kinds its gateway names: by default none for people who are cut off, for a phone
without data gets no push (B4)."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.settings import Settings
from command.messages import gateways, policy
from command.messages.models import Lane
from command.messages.policy import NOBODY, Called
from command.messages.second import SPOKEN, another
from command.messages.ways import Head, Unreached, Way
from command.network.models import Subscriber
from command.notices.drafting import LANES
from command.notices.first_ways import SMS_ALONE, FirstWays
from command.notices.models import Basis, Kind, Notice, NoticeState
from command.notices.story import S, Story

_TITLES: Mapping[str, Mapping[str, str]] = {
    Kind.FIRST: {"zh": "网络故障通知", "en": "Network outage"},
    Kind.UPDATE: {"zh": "网络故障进展", "en": "Outage update"},
    Kind.ALL_CLEAR: {"zh": "网络恢复通知", "en": "Service is back"},
    Kind.CORRECTION: {"zh": "更正通知", "en": "Correction"},
    Kind.ADVISORY: {"zh": "预警提示", "en": "Advisory"},
    Kind.SURVEY: {"zh": "满意度回访", "en": "How did we do?"},
}


def first_ways(settings: Settings, kind: str, basis: str, *, exercise: bool) -> FirstWays:
    """By which ways besides SMS a notice is told first, and whom. Exercises are told by SMS alone."""
    if exercise:
        return SMS_ALONE
    roads = gateways.live(settings)
    lane = Lane.UPDATE if basis == Basis.AREAS else LANES[Kind(kind)]
    voice = any(one.channel == "voice" for one in roads)
    push = any(one.channel == "push" and kind in one.kinds for one in roads)
    return FirstWays(called(settings, lane) if voice else NOBODY, push)


def called(settings: Settings, lane: int) -> Called:
    """Which critical customers are called of what goes in a lane."""
    if not settings.call_critical or lane not in SPOKEN:
        return NOBODY
    return policy.read_file(settings.notices or policy.FILE).calls.of(Lane(lane).name.lower())


class Roads:
    """`messages.ways.OtherRoads` of an installation: its live gateways, its register of subscribers, its notices."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._roads = [(one.name, one.channel) for one in gateways.live(settings)]

    def heads(self, session: Session, notices: Collection[int]) -> Mapping[int, Head]:
        """What the app is told beside the text."""
        query = select(Notice.id, Notice.kind, Notice.incident_number).where(Notice.id.in_(notices))
        return {id: Head(kind, number, _TITLES[kind]) for id, kind, number in session.execute(query)}

    def ways(self, session: Session, unreached: Sequence[Unreached]) -> Mapping[int, Way]:
        """The second way of each that has one. A notice that was withdrawn takes none."""
        gone = select(Notice.id).where(
            Notice.id.in_({each.notice_id for each in unreached}), Notice.state == NoticeState.WITHDRAWN
        )
        withdrawn = set(session.scalars(gone))
        people = {each.addressee for each in unreached if each.notice_id not in withdrawn}
        found = {row.id: row for row in session.scalars(select(Subscriber).where(Subscriber.id.in_(people)))}
        chosen = {}
        for each in unreached:
            person = found.get(each.addressee) if each.notice_id not in withdrawn else None
            way = self._way(each, person) if person else None
            if way is not None:
                chosen[each.id] = way
        return chosen

    def _way(self, each: Unreached, person: Subscriber) -> Way | None:
        able = ("p" if person.app else "") + ("c" if person.critical in called(self._settings, each.lane) else "")
        channel = another(each.channel, each.gateway, each.code, each.lane, self._roads, able)
        if channel is None:
            return None
        address = person.app if channel == "push" else person.number
        return Way(channel, address) if address else None

    def untrue(self, session: Session, waiting: Sequence[tuple[int, int]]) -> Collection[tuple[int, int]]:
        """Whom an all-clear (or a word of what they missed) has overtaken, and who is not affected any more."""
        notices = {one.id: one for one in session.scalars(select(Notice).where(Notice.id.in_({n for n, _ in waiting})))}
        found: set[tuple[int, int]] = set()
        for id, notice in notices.items():
            people = [addressee for notice_id, addressee in waiting if notice_id == id]
            if notice.kind in (Kind.FIRST, Kind.UPDATE) and notice.incident_id:
                found |= {(id, each) for each in self._over(session, notice, people)}
        return found

    @staticmethod
    def _over(session: Session, notice: Notice, people: Sequence[int]) -> Sequence[int]:
        story = Story.of(session, notice.incident_id, notice.exercise)
        over = story.cleared(notice.id, S.c.id) | ~story.affected()
        return session.scalars(select(S.c.id).where(S.c.id.in_(people), over)).all()
