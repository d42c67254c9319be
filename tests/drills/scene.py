"""Drills on the small operator: planned as rows, run by an engine that keeps nothing between two rounds, played over the API."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core import journal as kept_journal
from command.drills import kept
from command.drills.models import Drill, DrillInject, DrillParticipant
from command.drills.runs import injects, starting, taking_part
from command.engine import injects as engine
from command.incidents.models import Incident
from command.messages.models import Delivery, Purpose
from playbooks.scenario import Scenario
from tests.incidents.conftest import Desk

PLAYERS = {"desk": ("dou",), "field": ("eng",)}
SUPERVISORS = ("ada", "dep")


def _text(en: str) -> dict[str, str]:
    return {"zh": f"演练文本：{len(en)}", "en": en}


def line(number: int, **given: Any) -> dict[str, Any]:
    """A line of a scenario: to the desk, on the screen, at its number in minutes, unless something else is said."""
    return {
        "number": number,
        "at_minutes": None if "after" in given else float(number),
        "sender": _text("Network centre"),
        "to": "desk",
        "method": "screen",
        "content": _text(f"Something happens {number}"),
        "expected": _text("Do something about it"),
        "objective": "act",
        **given,
    }


def scenario(*lines: dict[str, Any], **given: Any) -> Scenario:
    """A scenario of an hour with two roles and these lines."""
    fields: dict[str, Any] = {
        "code": "cable_cut",
        "version": 1,
        "subject": "network_fault",
        "kind": "network_fault",
        "modes": ["tabletop", "live", "simulation"],
        "name": _text("A cable is cut"),
        "goal": _text("Learn"),
        "duration_minutes": 60,
        "departments": ["operations"],
        "roles": [
            {"id": "desk", "name": _text("Desk"), "posts": ["duty_officer"]},
            {"id": "field", "name": _text("Field"), "posts": ["engineer"]},
        ],
        "objectives": [{"id": "act", "text": _text("Act"), "guide": _text("Watch")}],
        "injects": list(lines) or [line(1)],
        **given,
    }
    return Scenario.model_validate(fields)


class Stage(Desk):
    """The small operator with drills: `plan` and `begun` make one, `engine` and `minutes` let it go on."""

    def plan(self, made: Scenario | None = None, *, mode: str = "simulation", area: str = "80", **given: Any) -> str:
        """A drill whose rows stand as planning leaves them; its code."""
        return str(self.do(lambda s: self._plan(s, made or scenario(), mode, area, given)))

    def _plan(self, session: Session, made: Scenario, mode: str, area: str, given: dict[str, Any]) -> str:
        now, players = clock.now(session), given.pop("players", PLAYERS)
        code = f"DR-{1 + len(session.scalars(select(Drill.id)).all()):02d}"
        drill = Drill(
            code=code,
            name="Cable drill",
            local_date=now.date(),
            slot=0,
            scenario_id=kept.keep(session, made).id,
            subject=str(made.subject),
            mode=mode,
            area_id=self.network.areas[area],
            departments=["operations"],
            due_at=now,
            duration_minutes=made.duration_minutes,
            trainer_id=self.people["tra"],
            made_at=now,
            stop_word="STOPDRILL",
            exercise=True,
            **given,
        )
        session.add(drill)
        session.flush()
        for role, names in players.items():
            self._join(session, drill, "player", names, role)
        self._join(session, drill, "supervisor", SUPERVISORS)
        self._join(session, drill, "controller", ("ops",))
        return code

    def _join(self, session: Session, drill: Drill, part: str, names: Iterable[str], role: str = "") -> None:
        for name in names:
            row = DrillParticipant(drill_id=drill.id, person_id=self.people[name], part=part, role=role, exercise=True)
            session.add(row)
        session.flush()

    def agree(self, code: str, *names: str) -> None:
        for name in names or SUPERVISORS:
            self.run(code, lambda s, d, name=name: starting.acknowledge(s, d, self.principal(name)))

    def begun(self, made: Scenario | None = None, **given: Any) -> str:
        """A drill that has just begun; its code."""
        code = self.plan(made, **given)
        self.agree(code)
        self.run(code, lambda s, d: starting.begin(s, d))
        return code

    def run(self, code: str, work: Any, who: str = "tra") -> Any:
        """Do something to a locked drill, as a program or person that asks over HTTP would."""
        actor = f"person:{self.people[who]}"
        return self.do(lambda s: work(s, kept.find(s, code, lock=True)), actor)

    def engine(self) -> None:
        while engine.run_once(self.installation):
            pass

    def minutes(self, count: float) -> None:
        """So many minutes pass, and the engine has its rounds."""
        self.database.write(lambda s: clock.move(s, timedelta(minutes=count), allowed=True))
        self.engine()

    def drill(self, code: str) -> Drill:
        with self.database.read() as session:
            return kept.find(session, code)

    def states(self, code: str) -> dict[int, str]:
        with self.database.read() as session:
            return {row.number: row.state for row in injects.of(session, kept.find(session, code))}

    def inject(self, code: str, number: int) -> DrillInject:
        with self.database.read() as session:
            return injects.find(session, kept.find(session, code), number)

    def told(self, code: str, kind: str = "") -> list[tuple[str, dict[str, Any]]]:
        """The entries of a drill's stream, of one kind where it is named (without `drill.`)."""
        with self.database.read() as session:
            stream = f"drill:{kept.find(session, code).id}"
            found = [
                (e.kind, kept_journal.Payload.registry[e.kind].model_validate_json(e.data))
                for e in kept_journal.entries(session, stream)
            ]
            return [(k, p.model_dump()) for k, p in found if not kind or k == f"drill.{kind}"]

    def texts(self, code: str) -> list[Delivery]:
        """Every text of drills, the first first."""
        with self.database.read() as session:
            query = select(Delivery).where(Delivery.purpose == Purpose.DRILL).order_by(Delivery.id)
            return list(session.scalars(query))

    def incidents(self, *, exercise: bool = True) -> list[Incident]:
        with self.database.read() as session:
            query = select(Incident).where(Incident.exercise.is_(exercise)).order_by(Incident.id)
            return list(session.scalars(query))

    def verb(self, name: str, code: str, by: str = "tra", **body: Any) -> Any:
        """An action over the API."""
        return self.post(by, f"/api/v1/drills/{code}/actions/{name}", **body)

    def takes_part(self, code: str) -> int:
        with self.database.read() as session:
            return len(taking_part.people(session, kept.find(session, code)))
