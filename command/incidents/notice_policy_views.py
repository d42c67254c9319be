"""The notice policy as people and machines read it: its rules, where they come from, and what they mean now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.messages import policy
from command.messages.policy import Policy
from command.network.models import Area
from command.notices import quiet

NAMED = 5
"""Areas named for a zone; the rest are counted."""


class ZoneOut(BaseModel):
    """One time zone of the operator's areas: its `areas` by name (at most five, `more` beside them), the time there, and until when it is
    quiet (null: it is not quiet now, or quiet hours are turned off)."""

    zone: str
    areas: list[str]
    more: int
    local_time: datetime
    quiet_until: datetime | None


class PolicyOut(BaseModel):
    """`policy` is the file as it is written; `quiet_hours` whether the settings keep quiet hours at all; `zones` what that means now."""

    quiet_hours: bool
    policy: dict[str, Any]
    zones: list[ZoneOut]


def out(session: Session, language: str) -> PolicyOut:
    """The policy and what it means now."""
    rule = policy.current(session)
    return PolicyOut(
        quiet_hours=policy.settings(session).quiet_hours,
        policy=rule.model_dump(mode="json", by_alias=True),
        zones=zones(session, rule, language),
    )


def zones(session: Session, rule: Policy, language: str) -> list[ZoneOut]:
    """Every zone of the operator's areas, the operator's own first."""
    settings, now = policy.settings(session), clock.now(session)
    own = settings.zone
    tree = {area.id: area for area in session.scalars(select(Area).order_by(Area.code))}
    found: dict[str, list[Area]] = {own: []}
    for area in tree.values():
        here, above = area.zone or own, tree.get(area.parent_id or 0)
        if above is None or (above.zone or own) != here:
            found.setdefault(here, []).append(area)
    return [_zone(name, areas, now, rule, settings.quiet_hours, language) for name, areas in found.items()]


def _zone(name: str, areas: Sequence[Area], now: datetime, rule: Policy, kept: bool, language: str) -> ZoneOut:
    there = ZoneInfo(name)
    until = quiet.release(now, there, rule.quiet) if kept else None
    return ZoneOut(
        zone=name,
        areas=[names.of(area, language) for area in areas[:NAMED]],
        more=max(0, len(areas) - NAMED),
        local_time=now.astimezone(there),
        quiet_until=until.astimezone(there) if until else None,
    )
