"""The demo operator with its network, people and depots, and players who do what an inject expects, by the verbs that people have."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.progress import Progress
from sqlalchemy import select

from command import parts
from command.core import clock
from command.core.installation import Installation
from command.demo import load
from command.drills import kept
from command.drills.models import Drill, DrillInject
from command.drills.programme import planning
from command.drills.programme.planning import Draft
from command.drills.runs import joining
from command.engine import clocks, escalate
from command.engine import injects as engine
from command.people.models import Person
from command.resources import imports as resource_imports
from playbooks.scenario import Event, Inject, Method, Scenario, Sign
from tests.builders import application
from tests.incidents.conftest import Desk

TRAINER, EVALUATOR, CONTROLLER = "han.mei", "feng.xue", "zheng.fan"
SUPERVISORS = ("zhao.lei", "qian.yu")
COMMANDER, DEPUTY, LOGISTICS = "li.hong", "zhou.jing", "shen.gang"
PLAYERS = {
    "commander": COMMANDER,
    "deputy": DEPUTY,
    "duty_officer": "wu.tao",
    "operations_officer": "wu.tao",
    "agent": "wei.lan",
    "desk_lead": "wei.lan",
    "security_officer": "chen.bo",
    "security_lead": "chen.bo",
    "safety_officer": "chen.bo",
    "logistics": LOGISTICS,
}
ENGINEER = "wang.kai"
"""Who plays every other role."""
SOON, LONG = 1.0, 8.0
"""Minutes of exercise time until players look again: while something waits for them, and at most while nothing does."""


class Town(Desk):
    """The demo operator. `hold` plans, begins, plays and ends a scenario; its code."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.database = parts.join(installation.database)
        self.app = application(installation)
        self._tokens = {}
        self.tried: Counter[int] = Counter()
        with Progress(disable=True) as progress:
            load.load_network(installation, progress)
            depots = load.DEMO / "resources.csv"
            load._import(progress, depots, lambda file, bar: resource_imports.resources(self.database, file, bar))
        with self.database.read() as session:
            self.people = {row.username: row.id for row in session.scalars(select(Person))}

    def hold(self, scenario: str, mode: str, area: str, speed: float = 1.0) -> str:
        code = self._plan(scenario, mode, area)
        for name in SUPERVISORS:
            self.verb(code, "acknowledge", name)
        self.forward(10)
        self.verb(code, "begin", TRAINER, override="The day's shift plays on")
        if speed != 1:
            self.verb(code, "speed", TRAINER, speed=speed)
        for _ in range(400):
            self.rounds()
            if self.drill(code).state == "ended":
                return code
            self._play(code)
            self.forward(self._pause(code) / speed)
        raise AssertionError("the drill never ended")

    def _pause(self, code: str) -> float:
        """Minutes of exercise time until there is something to do: an inject is due, or a minute while one awaits an answer."""
        rows, second = self.injects(code), self.second(code)
        ahead = [(row.at_s - second) / 60 + 0.01 for row in rows if row.state == "pending" and row.at_s is not None]
        waits = any(row.state == "delivered" and self.tried[row.number] < 2 for row in rows)
        return max(0.1, min([SOON if waits else LONG, *(each for each in ahead if each > 0)]))

    def second(self, code: str) -> float:
        with self.database.read() as session:
            return kept.ticking(kept.find(session, code)).at(clock.now(session))

    def _plan(self, scenario: str, mode: str, area: str) -> str:
        def work(session: Any) -> str:
            local = clock.now(session).astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=10)
            roles = [role.id for role in planning.scenario_of(session, scenario).roles]
            draft = Draft(
                name="Scenario drill",
                scenario=scenario,
                mode=mode,
                area=area,
                due_at=local.replace(tzinfo=None),
                zone="Asia/Shanghai",
                supervisors=SUPERVISORS,
                parts={role: [f"person:{PLAYERS.get(role, ENGINEER)}"] for role in roles}
                | {"evaluator": [f"person:{EVALUATOR}"], "controller": [f"person:{CONTROLLER}"]},
            )
            return planning.plan(session, draft, self.principal(TRAINER)).code

        return str(self.do(work, f"person:{self.people[TRAINER]}"))

    def forward(self, minutes: float) -> None:
        self.database.write(lambda s: clock.move(s, timedelta(minutes=minutes), allowed=True))

    def rounds(self) -> None:
        while engine.run_once(self.installation):
            pass
        escalate.run_once(self.installation)
        with self.acting():
            clocks.run_once(self.installation)

    def drill(self, code: str) -> Drill:
        with self.database.read() as session:
            return kept.find(session, code)

    def scenario(self, code: str) -> Scenario:
        with self.database.read() as session:
            return kept.scenario_of(session, kept.find(session, code))

    def injects(self, code: str) -> list[DrillInject]:
        with self.database.read() as session:
            drill = kept.find(session, code)
            query = select(DrillInject).where(DrillInject.drill_id == drill.id).order_by(DrillInject.number)
            return list(session.scalars(query))

    def verb(self, code: str, name: str, by: str, **body: Any) -> Any:
        answer = self.post(by, f"/api/v1/drills/{code}/actions/{name}", **body)
        assert answer.status_code in (200, 201), f"{name} {body}: {answer.text}"
        return answer.json

    def _play(self, code: str) -> None:
        """A controller reads out what is due by phone; players do what was put to them. What the day does not allow yet waits."""
        second = self.second(code)
        for row in self.injects(code):
            inject = Inject.model_validate(row.content)
            if row.state == "pending" and inject.method == Method.phone and row.at_s is not None and row.at_s <= second:
                self.verb(code, "deliver", CONTROLLER, number=row.number)
            elif row.state == "delivered":
                self._respond(code, inject)

    def _respond(self, code: str, inject: Inject) -> None:
        player = PLAYERS.get(inject.to, ENGINEER)
        self.tried[inject.number] += 1
        if self.tried[inject.number] > 2:
            self.verb(code, "answer", CONTROLLER, number=inject.number, words="They had done that before")
        elif inject.choices:
            self.verb(code, "answer", player, number=inject.number, choice=inject.choices[0].id)
        elif inject.proof is None:
            self.verb(code, "answer", player, number=inject.number, words="We do that")
        elif inject.proof.event == Event.reported:
            self._report(code, player)
        elif number := self._incident(code):
            getattr(self, f"_{inject.proof.event}")(number, inject.proof)

    def _incident(self, code: str) -> str | None:
        with self.database.read() as session:
            return next((each.number for each in joining.incidents(session, kept.find(session, code))), None)

    def _report(self, code: str, player: str) -> None:
        opening = self.scenario(code).opening
        assert opening is not None
        body = {
            "kind": str(self.scenario(code).kind),
            "area": "80",
            "summary": opening.summary.en,
            "users": opening.users or 5000,
            "services": list(opening.services),
            "elements": list(opening.elements),
            "complaints": opening.complaints,
            "records_leaked": opening.records_leaked,
        }
        self.verb(code, "report", player, **body)

    def _assessed(self, number: str, sign: Sign) -> None:
        if self.see(number, COMMANDER)["state"] == "reported":
            self.act(COMMANDER, number, "assess")

    def _activated(self, number: str, sign: Sign) -> None:
        self._assessed(number, sign)
        if self.see(number, COMMANDER)["state"] == "assessed":
            self.act(COMMANDER, number, "activate")

    def _graded(self, number: str, sign: Sign) -> None:
        self.post(COMMANDER, f"/api/v1/incidents/{number}/actions/regrade", tier=sign.tier, reason="It spreads")

    def _page_acknowledged(self, number: str, sign: Sign) -> None:
        found = self.get(COMMANDER, f"/api/v1/pages?incident={number}").json["items"]
        names = {person_id: username for username, person_id in self.people.items()}
        if found:
            by = names[found[0]["person"]["id"]]
            self.post(by, f"/api/v1/pages/{found[0]['id']}/actions/acknowledge")

    def _task_done(self, number: str, sign: Sign) -> None:
        self._activated(number, sign)
        tasks = {task["code"]: task for task in self.see(number, COMMANDER)["tasks"]}
        self._finish(number, tasks, str(sign.task))

    def _finish(self, number: str, tasks: dict[str, Any], code: str) -> None:
        """A task and, before it, those it waits for."""
        if code not in tasks or tasks[code]["state"] == "done":
            return
        for before in tasks[code]["after"]:
            self._finish(number, tasks, before)
        base = f"/api/v1/incidents/{number}/tasks/{code}/actions"
        if tasks[code]["risky"]:
            safe = {"backup": "configuration", "place": "backup server", "rollback": "load it again"}
            assert self.post(COMMANDER, f"{base}/secure", **safe).status_code == 200
        answer = self.post(COMMANDER, f"{base}/done")
        assert answer.status_code == 200, answer.text
        tasks[code]["state"] = "done"

    def _notice_submitted(self, number: str, sign: Sign) -> None:
        made = self.post(COMMANDER, "/api/v1/notices", incident=number, kind="first")
        if made.status_code == 201:
            self.post(COMMANDER, f"/api/v1/notices/{made.json['id']}/actions/submit")

    def _objective_set(self, number: str, sign: Sign) -> None:
        self.post(COMMANDER, f"/api/v1/incidents/{number}/objectives", text="The hospital can be reached")

    def _eta_set(self, number: str, sign: Sign) -> None:
        self.act(COMMANDER, number, "eta", eta=self._soon(180))

    def _resource_requested(self, number: str, sign: Sign) -> None:
        body = {"resource": "generator", "type": 4, "quantity": 1, "need_by": self._soon(120), "place": "Site"}
        answer = self.post(LOGISTICS, f"/api/v1/incidents/{number}/resource-requests", **body)
        assert answer.status_code == 201, answer.text

    def _resource_dispatched(self, number: str, sign: Sign) -> None:
        (asked,) = self.get(LOGISTICS, f"/api/v1/incidents/{number}/resource-requests").json["items"][:1]
        address = f"/api/v1/resources/requests/{asked['id']}"
        if asked["state"] == "asked":
            self.post(COMMANDER, f"{address}/actions/approve")
        source = self.get(LOGISTICS, f"{address}/sources").json["items"][0]
        take = [{"stock": source["stock"]["id"], "unit": source["units"][0]["id"]}]
        filled = self.post(LOGISTICS, f"{address}/actions/fill", take=take)
        assert filled.status_code == 200, filled.text
        allocation = filled.json["taken"][-1]["id"]
        for step in ("assign", "dispatch"):
            answer = self.post(LOGISTICS, f"/api/v1/resources/out/{allocation}/actions/{step}", place="Site")
            assert answer.status_code == 200, answer.text

    def _command_transferred(self, number: str, sign: Sign) -> None:
        body = {"to": DEPUTY, "briefing": "All quiet"}
        self.post(COMMANDER, f"/api/v1/incidents/{number}/actions/transfer", **body)

    def _restored(self, number: str, sign: Sign) -> None:
        self.post(COMMANDER, f"/api/v1/incidents/{number}/actions/restore", evidence="Twenty test calls succeed")

    def _review_began(self, number: str, sign: Sign) -> None:
        body = {"cause": "Mains failed", "effect": "Two hours", "improvements": "More generators"}
        self.post(COMMANDER, f"/api/v1/incidents/{number}/actions/review", **body)

    def _soon(self, minutes: int) -> str:
        with self.database.read() as session:
            at: datetime = clock.now(session) + timedelta(minutes=minutes)
        return at.isoformat()
