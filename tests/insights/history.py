"""Years of incidents at a stroke: rows as the verbs leave them, for figures to be counted over."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from command.incidents.models import KINDS, Impact, Incident, IncidentClock
from command.messages.models import State, Tally
from command.notices.models import Notice

RESTORE_HOURS = {1: 8, 2: 8, 3: 24, 4: 48}


def fill(session: Session, count: int, now: datetime, days: int, areas: list[int], services: list[int]) -> None:
    """`count` incidents reported over the last `days` days, nearly all handled well, with their clocks, impacts and notices."""
    chance = random.Random(2026)
    rows = [_incident(chance, n, now, days, areas) for n in range(count)]
    session.execute(insert(Incident), rows)
    session.execute(insert(IncidentClock), [_clock(row) for row in rows])
    session.execute(insert(Impact), [_impact(row, chance.choice(services)) for row in rows])
    told = [row for row in rows if row["tier"] < 4]
    session.execute(insert(Notice), [_notice(row) for row in told])
    session.execute(insert(Tally), [tally for row in told for tally in _tallies(row, chance)])


FIRST = 1_000_000
"""Ids below are left to incidents that tests make by the verbs."""


def _incident(chance: random.Random, n: int, now: datetime, days: int, areas: list[int]) -> dict[str, Any]:
    tier = chance.choices((1, 2, 3, 4), (1, 3, 10, 30))[0]
    reported = now - timedelta(minutes=chance.uniform(2 * 24 * 60, days * 24 * 60))
    begun = reported + timedelta(minutes=min(chance.lognormvariate(2.3, 0.6), 75))
    hours = min(chance.lognormvariate(0.7, 0.9), RESTORE_HOURS[tier] * (0.97 if chance.random() > 0.015 else 1.4))
    restored = begun + timedelta(hours=hours)
    users = int(chance.lognormvariate({1: 12.6, 2: 11.3, 3: 9, 4: 6}[tier], 0.5))
    return {
        "id": FIRST + n,
        "number": f"{reported:%Y-%m%d}-9{n:05}",
        "kind": chance.choice(KINDS),
        "state": "closed",
        "tier": tier,
        "current_tier": tier,
        "projected_tier": tier,
        "rules": ["rest"],
        "overruled": [],
        "area_id": chance.choice(areas),
        "source": "alarms",
        "users_now": 0,
        "users_peak": users,
        "occurred_at": reported - timedelta(minutes=6) if chance.random() > 0.1 else None,
        "detected_at": reported - timedelta(minutes=chance.uniform(0.5, 5)),
        "reported_at": reported,
        "responding_at": begun,
        "restored_at": restored,
        "closed_at": restored,
        "ended_at": restored,
        "measured_at": restored,
        "user_minutes": users * hours * 36,
        "exercise": False,
    }


def _clock(row: dict[str, Any]) -> dict[str, Any]:
    due = row["reported_at"] + timedelta(hours=RESTORE_HOURS[row["tier"]])
    met = row["restored_at"] <= due
    return {
        "incident_id": row["id"],
        "code": "sla-resolve",
        "started_at": row["reported_at"],
        "due_at": due,
        "met_at": row["restored_at"],
        "breached_at": None if met else due,
        "exercise": False,
        "state": "met" if met else "breached",
    }


def _impact(row: dict[str, Any], service: int) -> dict[str, Any]:
    return {
        "incident_id": row["id"],
        "service_id": service,
        "area_id": row["area_id"],
        "kind": "outage",
        "users": row["users_peak"],
        "share": 0.5,
        "declared": False,
        "exercise": False,
        "from_at": row["detected_at"],
        "until_at": row["restored_at"],
    }


def _notice(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "incident_id": row["id"],
        "incident_number": row["number"],
        "tier": row["tier"],
        "kind": "first",
        "state": "sent",
        "basis": "affected",
        "audience": row["users_peak"],
        "exercise": False,
        "validity_minutes": 60,
        "created_by": "playbook:x",
        "created_at": row["responding_at"],
        "approved_by": "playbook:x",
        "approved_at": row["responding_at"],
        "automatic": True,
    }


def _tallies(row: dict[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    left = row["users_peak"]
    for state, share in (
        (State.SUPPRESSED, 0.01),
        (State.FAILED, 0.008),
        (State.UNDELIVERED, 0.02),
        (State.UNKNOWN, 0.001),
    ):
        count = int(row["users_peak"] * share * chance.uniform(0.5, 1.5))
        left -= count
        yield {"notice_id": row["id"], "state": state.value, "count": count}
    yield {"notice_id": row["id"], "state": State.DELIVERED.value, "count": left}
