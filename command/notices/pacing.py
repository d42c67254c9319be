"""How often those told hear more: what has to be new for an update, the shortest time between two, and when one is late."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict
from command.messages import policy
from command.messages.policy import Change
from command.notices.models import Kind, Notice, NoticeState

TELLING = (Kind.FIRST, Kind.UPDATE)
LEFT = (NoticeState.APPROVED, NoticeState.SENDING, NoticeState.SENT)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was known when a notice was written. `services` are codes, `own_words`: a person wrote the text instead of taking the plan's.
    `said_at`: the time for which it was written ahead, and from which its promise of the next news counts."""

    eta: str | None
    tier: int
    services: tuple[str, ...]
    users: int
    own_words: bool = False
    said_at: str | None = None

    def kept(self) -> dict[str, Any]:
        """As a notice keeps them."""
        return asdict(self) | {"services": list(self.services)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Facts":
        """As a notice kept them."""
        return cls(**{**kept, "services": tuple(kept["services"])})


def news(before: Facts, now: Facts, rule: Change) -> tuple[str, ...]:
    """What has really changed: some of eta, tier, services, users, words. Pure.

    An ETA that is known, or unknown, for the first time is a change; so is one that moved by `eta_minutes` or more. Users count by their
    share of those there were."""
    found = []
    if _moved(before.eta, now.eta, timedelta(minutes=rule.eta_minutes)):
        found.append("eta")
    if rule.tier and before.tier != now.tier:
        found.append("tier")
    if rule.services and set(before.services) != set(now.services):
        found.append("services")
    if abs(now.users - before.users) * 100 >= rule.users_percent * max(before.users, 1):
        found.append("users")
    if now.own_words:
        found.append("words")
    return tuple(found)


def _moved(before: str | None, now: str | None, least: timedelta) -> bool:
    if before is None or now is None:
        return before != now
    return abs(datetime.fromisoformat(now) - datetime.fromisoformat(before)) >= least


def said_at(created_at: datetime, facts: Mapping[str, Any] | None) -> datetime:
    """From when a notice's promise of the next news counts: when it was written, or the time for which it was written ahead. Pure."""
    ahead = facts.get("said_at") if facts else None
    return datetime.fromisoformat(ahead) if ahead else created_at


def last_left(session: Session, incident_id: int) -> Notice | None:
    """The last first notice or update of an incident that left."""
    query = select(Notice).where(Notice.incident_id == incident_id, Notice.kind.in_(TELLING), Notice.state.in_(LEFT))
    return session.scalar(query.order_by(Notice.approved_at.desc(), Notice.id.desc()).limit(1))


def opens_at(session: Session, incident_id: int, tier: int) -> datetime | None:
    """From when on another update may leave, by the shortest gap of a tier; None where nothing left yet."""
    last = last_left(session, incident_id)
    if last is None or last.approved_at is None:
        return None
    left = last.approved_at if last.keeps_quiet or last.release_at is None else max(last.approved_at, last.release_at)
    return left + policy.current(session).cadence.of(tier).shortest


def waits_until(notice: Notice) -> datetime | None:
    """The time for which a notice was written ahead: nobody is sent it before. Pure."""
    ahead = notice.facts.get("said_at") if notice.facts else None
    return datetime.fromisoformat(str(ahead)) if ahead else None


def require_gap(session: Session, notice: Notice) -> None:
    """Raise Conflict for an update that would leave too soon after the last notice: it may be written and submitted meanwhile. First
    notices and all-clears are exempt. One that was written ahead of its time is let wait for the end of the gap instead."""
    if notice.kind != Kind.UPDATE:
        return
    opens = opens_at(session, notice.incident_id, notice.tier)
    now = clock.now(session)
    if opens is None or opens <= max(now, waits_until(notice) or now):
        return
    if waits_until(notice) is not None and not notice.keeps_quiet:
        notice.release_at = opens
        return
    raise Conflict(
        N_("Those told heard from us less than %(gap)s minutes ago: the next update may leave in %(wait)s minutes."),
        field="kind",
        remedy=N_("Wait, or send a correction if what they were told is wrong."),
        gap=policy.current(session).cadence.of(notice.tier).gap,
        wait=max(1, -int(-(opens - now).total_seconds() // 60)),
    )


def require_news(session: Session, notice: Notice, promised: datetime | None) -> None:
    """Raise Conflict for an update that says nothing new before the time at which one was `promised`."""
    last = last_left(session, notice.incident_id)
    if notice.kind != Kind.UPDATE or last is None or last.facts is None or notice.facts is None:
        return
    if promised is not None and clock.now(session) >= promised:
        return
    rule = policy.current(session).change
    if news(Facts.of(last.facts), Facts.of(notice.facts), rule):
        return
    raise Conflict(
        N_(
            "Nothing has changed enough since the last notice: ETA by %(minutes)s minutes, users by %(percent)s %%, tier or services."
        ),
        field="kind",
        remedy=N_("Set what is known now, write a text of your own, or wait for the time that was promised."),
        minutes=rule.eta_minutes,
        percent=rule.users_percent,
    )
