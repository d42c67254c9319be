"""The small operator with a short scenario, and the ways a test plans drills and lets an engine look at them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from command.core import clock
from command.core import journal as kept_journal
from command.core.installation import Installation
from command.drills import kept
from command.drills.models import Drill
from command.drills.programme import planning, programmes
from command.drills.programme.planning import Draft
from command.drills.programme.programmes import SeriesDraft
from command.drills.runs import starting
from command.engine import drill_programmes
from command.messages.models import Body, Delivery
from playbooks.scenario import Scenario
from tests.builders import Operator

ZONE = "Asia/Shanghai"
PARTS = {"lead": ["person:dou"], "engineer": ["post:engineer"], "controller": ["person:kef"]}


def text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def scenario(code: str = "cut_fibre", **given: Any) -> Scenario:
    """A short scenario: two roles, three injects, one of which waits for a sign."""
    line = {"sender": text("导调", "Control"), "content": text("光缆中断", "A fibre is cut"), "objective": "report"}
    expected = {"expected": text("上报", "Report it")}
    fields: dict[str, Any] = {
        "code": code,
        "version": 1,
        "subject": "network_fault",
        "kind": "network_fault",
        "modes": ["tabletop", "simulation", "live"],
        "name": text("光缆中断", "Cut fibre"),
        "goal": text("及时上报", "Report in time"),
        "duration_minutes": 60,
        "departments": ["technical", "operations"],
        "roles": [
            {"id": "lead", "name": text("值班长", "Duty officer"), "posts": ["duty_officer"]},
            {"id": "engineer", "name": text("工程师", "Engineer"), "posts": ["engineer"]},
        ],
        "objectives": [{"id": "report", "text": text("上报", "Report"), "guide": text("看时间", "Watch the time")}],
        "injects": [
            {"number": 1, "at_minutes": 0, "to": "lead", "method": "screen", **line, **expected},
            {"number": 2, "at_minutes": 20.5, "to": "engineer", "method": "discussion", **line, **expected},
            {"number": 3, "after": {"event": "graded"}, "to": "lead", "method": "screen", **line, **expected},
        ],
    }
    return Scenario.model_validate_json(orjson.dumps({**fields, **given}), strict=True)


class Stage(Operator):
    """`tra` is the trainer who plans; `ada` and `dep` supervise."""

    def __init__(self, installation: Installation) -> None:
        super().__init__(installation)
        self.database.write(lambda session: kept.keep(session, scenario()))

    def now(self) -> datetime:
        return self.database.write(clock.now)

    def set_clock(self, local: str, zone: str = ZONE) -> None:
        """Move to a time on a zone's wall clock; it must lie ahead."""
        at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
        self.move(at - self.now())

    def move(self, by: timedelta) -> None:
        self.database.write(lambda session: clock.move(session, by, allowed=True))

    def draft(self, **given: Any) -> Draft:
        ahead = (
            (self.now() + timedelta(days=2)).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None, second=0, microsecond=0)
        )
        fields = {
            "name": "季度演练",
            "scenario": "cut_fibre",
            "mode": "tabletop",
            "area": "8001",
            "due_at": ahead,
            "zone": ZONE,
            "supervisors": ("ada", "dep"),
            "parts": PARTS,
        }
        return Draft(**{**fields, **given})

    def plan(self, by: str = "tra", **given: Any) -> Drill:
        who, draft = self.principal(by), self.draft(**given)
        made: Drill = self.do(lambda session: planning.plan(session, draft, who), who.actor)
        return made

    def drills(self) -> list[Drill]:
        with self.database.read() as session:
            return list(session.scalars(select(Drill).order_by(Drill.due_at, Drill.id)))

    def texts(self, username: str) -> list[str]:
        """Every text put in the queue for somebody, in order."""
        query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).order_by(Delivery.id)
        with self.database.read() as session:
            return list(session.scalars(query.where(Delivery.addressee == self.people[username])))

    def journal(self, stream: str) -> list[tuple[str, dict[str, Any]]]:
        with self.database.read() as session:
            return [(each.kind, orjson.loads(each.data)) for each in kept_journal.entries(session, stream)]

    def series(self, by: str = "tra", **given: Any) -> int:
        """A series; its id. `starts` and `zone` as in SeriesDraft."""
        who, draft = self.principal(by), self.series_draft(**given)
        return int(self.do(lambda session: programmes.keep(session, draft, who).id, who.actor))

    def series_draft(self, **given: Any) -> SeriesDraft:
        ahead = (
            (self.now() + timedelta(days=2)).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None, second=0, microsecond=0)
        )
        fields = {
            "name": "季度演练",
            "scenario": "cut_fibre",
            "mode": "tabletop",
            "area": "8001",
            "starts": ahead,
            "zone": ZONE,
            "supervisors": ("ada", "dep"),
            "parts": PARTS,
        }
        return SeriesDraft(**{**fields, **given})

    def engine(self) -> None:
        """An engine looks, as if it had just been started: it keeps nothing between two rounds."""
        while drill_programmes.run_once(self.installation):
            pass

    def acknowledge(self, drill_id: int, *people: str) -> None:
        for name in people or ("ada", "dep"):
            who = self.principal(name)
            self.do(lambda session, who=who: starting.acknowledge(session, session.get_one(Drill, drill_id), who))

    def only(self) -> Drill:
        (made,) = self.drills()
        return made

    def kinds(self, drill_id: int) -> list[str]:
        return [kind for kind, _ in self.journal(f"drill:{drill_id}")]
