"""Cases written straight into the tables, many at once; and what a search of them must find, in plain Python."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from command.archive import index
from command.archive.filters import Filter
from command.core import finding, journal
from command.incidents.models import Impact, Incident, Role, Task
from command.oncall.models import Escalation, Page
from tests.builders import AREAS, Network

START = datetime(2026, 11, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
PHRASES = (
    *("光缆中断", "基站退服，梅江区用户无法上网", "机房断电", "Fibre cut near the river", "Base station DOWN"),
    *("用户投诉激增", "ＤＤｏＳ攻击", "数据库泄露", "100%的用户", "under_score", "致电13812345678"),
)
KINDS = ("natural_disaster", "network_fault", "service_interruption", "complaint_surge", "information_security")
STATES = ("reported", "responding", "restored", "closed", "cancelled", "merged")
COLUMNS = ("summary_note_id", "feedback_note_id", "measures_note_id", "cause_note_id", "effect_note_id")


class Case(dict[str, Any]):
    """All a search may ask of a case."""


def write(session: Session, network: Network, people: dict[str, int], at: int, dice: random.Random) -> Case:
    """One case, with people, places and notes that the dice choose."""
    area = dice.choice([code for code, *_ in AREAS])
    exercise = dice.random() < 0.2
    detected = START + timedelta(hours=dice.randrange(24 * 20), minutes=dice.randrange(60))
    made = Case(
        number=f"{'D-' if exercise else ''}2026-{detected:%m%d}-{at:03}",
        kind=dice.choice(KINDS),
        state=dice.choice(STATES),
        tier=dice.randint(1, 4),
        exercise=exercise,
        restricted=dice.random() < 0.2,
        detected=detected,
        users=dice.choice([0, 10, 10, 5000]),
        minutes=dice.choice([0.0, 12.5, 12.5, 99.25]),
        areas={area},
        services=set(),
        people=set(),
        holders=set(),
        texts=[],
    )
    commander, owner = dice.choice([None, "ada", "dep"]), dice.choice([None, "dou", "sec"])
    row = Incident(
        **{name: made[name] for name in ("number", "kind", "state", "tier", "exercise", "restricted")},
        current_tier=made["tier"],
        projected_tier=made["tier"],
        rules=["r"],
        source="person",
        detected_at=detected,
        reported_at=detected,
        users_peak=made["users"],
        user_minutes=made["minutes"],
        area_id=network.areas[area],
        commander_id=people[commander] if commander else None,
        owner_id=people[owner] if owner else None,
    )
    session.add(row)
    session.flush()
    made |= {"id": row.id, "owner": owner}
    made["people"] |= {commander, owner} - {None}
    _parts(session, network, people, row, made, dice)
    for column in dice.sample(COLUMNS, dice.randint(0, 3)):
        text = dice.choice(PHRASES)
        note, _ = journal.add_note(session, text, "person:1")
        setattr(row, column, note)
        index.add(session, f"incident:{row.number}", {note})
        made["texts"].append(text)
    return made


def _parts(
    session: Session, network: Network, people: dict[str, int], row: Incident, made: Case, dice: random.Random
) -> None:
    of = {"incident_id": row.id, "exercise": row.exercise}
    if dice.random() < 0.5:
        area, service = dice.choice([code for code, *_ in AREAS]), dice.choice(["voice", "mobile_data"])
        where = {"area_id": network.areas[area], "service_id": network.services[service]}
        session.add(Impact(**of, **where, users=1, share=0.1, from_at=row.detected_at))
        made["areas"].add(area)
        made["services"].add(service)
    if dice.random() < 0.4:
        who, ended = dice.choice(["eng", "kef"]), dice.random() < 0.5
        until = row.detected_at if ended else None
        session.add(Role(**of, role="technical_lead", person_id=people[who], from_at=row.detected_at, until_at=until))
        made["people"].add(who)
        made["holders"] |= set() if ended else {who}
    if dice.random() < 0.3:
        times = {"due_at": row.detected_at, "done_at": row.detected_at}
        words = {"title_zh": "任务", "title_en": "task", "after": [], "state": "done", "department": "operations"}
        session.add(Task(**of, code="t", **times, **words, done_by=f"person:{people['ops']}"))
        made["people"].add("ops")
    if dice.random() < 0.3:
        chain = Escalation(
            **of, incident_number=row.number, tier=row.tier, steps=[], area_codes=[], texts={}, due_at=row.detected_at,
            created_at=row.detected_at,
        )  # fmt: skip
        session.add(chain)
        session.flush()
        called = {"escalation_id": chain.id, "incident_number": row.number, "person_id": people["eng"]}
        made["holders"].add("eng")
        session.add(Page(**of, **called, target="oncall:technical", step=0, code="1", created_at=row.detected_at))
        made["people"].add("eng")


def wanted(case: Case, asked: Filter, since: datetime | None, until: datetime | None) -> bool:
    """Whether a case is one that was asked for, as anybody would decide it by reading."""
    parents = {code: parent for code, parent, *_ in AREAS}

    def within(code: str | None, area: str) -> bool:
        while code is not None and code != area:
            code = parents[code]
        return code == area

    text = [finding.folded(each.replace("13812345678", "138****5678")) for each in case["texts"]]
    checks = (
        not asked.number or asked.number.upper() in case["number"],
        all(any(word in each for each in text) for word in finding.words(asked.text or "")),
        not asked.area or any(within(code, asked.area) for code in case["areas"]),
        not asked.service or asked.service in case["services"],
        not asked.person or asked.person in case["people"],
        asked.tier in (None, case["tier"]),
        asked.kind is None or asked.kind.value == case["kind"],
        asked.state is None or asked.state.value == case["state"],
        since is None or case["detected"] >= since,
        until is None or case["detected"] < until,
        asked.exercise is None or (asked.exercise == "yes") == case["exercise"],
    )
    return all(checks)


def seen(case: Case, username: str) -> bool:
    """Whether somebody may know of a case: its owner, who holds a role now, and who was paged for it."""
    return not case["restricted"] or username == case["owner"] or username in case["holders"]


ORDERS = {
    "newest": (lambda case: case["detected"], True),
    "oldest": (lambda case: case["detected"], False),
    "tier": (lambda case: case["tier"], False),
    "users": (lambda case: case["users"], True),
    "user_minutes": (lambda case: case["minutes"], True),
}


def ordered(cases: list[Case], sort: str) -> list[str]:
    """Their numbers in the order asked for."""
    key, down = ORDERS[sort]
    return [case["number"] for case in sorted(cases, key=lambda case: (key(case), case["id"]), reverse=down)]
