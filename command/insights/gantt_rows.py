"""What the bars of one incident are made of, from its rows and its journal, in the reader's language and zone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.boards.projection import Seen
from command.boards.words import WORDS
from command.core import names
from command.core.problems import N_
from command.incidents import clock_rows
from command.incidents.models import Incident, Task
from command.insights import gantt
from command.insights.charts import Say
from command.insights.gantt import Bar, Tone
from command.notices.models import Notice, NoticeState
from command.oncall.models import Escalation, Page, PageState
from command.people.models import Person
from command.people.posts import DEPARTMENTS
from command.resources.models import Resource, ResourceAllocation, ResourceStock, ResourceUnit
from command.resources.states import OVER
from command.resources.words import STATES

GIVEN, CHANGED, TURNED = "task.given", "task.changed", "resource.changed"
ENDED = ("done", "skipped")
PAGES: dict[str, Tone] = {PageState.ACKNOWLEDGED: "done", PageState.SENDING: "open", PageState.WAITING: "open"}
"""Pages that are none of these came to nothing, or went to somebody else."""
NEVER = (NoticeState.DRAFT, NoticeState.REJECTED)
"""Notices that nobody was to get."""


class Rows:
    """The bars of an incident; `entries` are those of its stream that the reader sees."""

    def __init__(
        self,
        session: Session,
        incident: Incident,
        entries: Sequence[Seen],
        zone: tzinfo,
        language: str,
        say: Say,
        now: datetime,
    ) -> None:
        self.session, self.incident, self.zone, self.language, self.say, self.now = (
            session,
            incident,
            zone,
            language,
            say,
            now,
        )
        self.entries = [
            (entry, orjson.loads(entry.data)) for entry in entries if entry.kind in (GIVEN, CHANGED, TURNED)
        ]

    def bars(self) -> list[Bar]:
        """All bars, those of one group together."""
        return [*self._phases(), *self._clocks(), *self._tasks(), *self._pages(), *self._notices(), *self._resources()]

    def _phases(self) -> list[Bar]:
        one, say = self.incident, self.say
        moments = (
            (say(N_("Occurred")), one.occurred_at),
            (say(N_("Detected")), one.detected_at),
            (say(N_("Reported")), one.reported_at),
            (say(N_("Responding")), one.responding_at),
            (say(N_("Restored")), one.restored_at),
            (say(N_("Closed")), one.closed_at or one.ended_at),
        )
        over = one.closed_at is not None or one.ended_at is not None
        words = (say(N_("phase")), say(N_("ends before it begins: an error in the data")))
        return gantt.phases([(name, self._here(at)) for name, at in moments], over, words)

    def _clocks(self) -> Iterator[Bar]:
        for row in clock_rows.rows(self.session, self.incident):
            if row.state == clock_rows.VOID:
                continue
            known = clock_rows.definition(row.code)
            name = getattr(known.name, self.language) if known else row.code
            said = self.say(WORDS["clock"].get(row.state, row.state))
            colour = gantt.tone(row.met_at, row.due_at, self.now)
            yield Bar(
                "clock",
                name,
                self._at(row.started_at),
                self._here(row.met_at),
                colour,
                said,
                due=self._here(row.due_at),
            )

    def _tasks(self) -> Iterator[Bar]:
        given: dict[str, datetime] = {}
        ended: dict[str, datetime | None] = {}
        for entry, data in self.entries:
            if entry.kind == GIVEN:
                given.setdefault(data["task"], entry.at)
            elif entry.kind == CHANGED:
                ended[data["task"]] = entry.at if data["state"] in ENDED else None
        query = select(Task).where(Task.incident_id == self.incident.id).order_by(Task.department, Task.due_at, Task.id)
        for task in self.session.scalars(query):
            end = task.done_at or (ended.get(task.code) if task.state in ENDED else None)
            begin = given.get(task.code) or self.incident.responding_at or self.incident.reported_at
            title = (task.title_zh if self.language == "zh" else task.title_en) or task.code
            colour: Tone = "apart" if task.state == "skipped" else gantt.tone(end, task.due_at, self.now)
            said, part = self.say(WORDS["task"].get(task.state, task.state)), self._department(task.department)
            yield Bar("task", title, self._at(begin), self._here(end), colour, said, part, self._here(task.due_at))

    def _department(self, code: str) -> str:
        return self.say(DEPARTMENTS[code]) if code in DEPARTMENTS else code

    def _pages(self) -> Iterator[Bar]:
        query = (
            select(Page, Person, Escalation.ended_at)
            .join(Person, Person.id == Page.person_id)
            .join(Escalation, Escalation.id == Page.escalation_id)
            .where(Page.incident_id == self.incident.id)
            .order_by(Page.created_at, Page.id)
        )
        for page, person, over in self.session.execute(query).tuples():
            colour = PAGES.get(page.state, "apart")
            end = (
                page.answered_at
                or page.response_at
                or (None if colour == "open" else max(over or page.created_at, page.created_at))
            )
            said = self.say(WORDS["page"].get(page.state, page.state))
            yield Bar("page", names.of(person, self.language), self._at(page.created_at), self._here(end), colour, said)

    def _notices(self) -> Iterator[Bar]:
        query = (
            select(Notice).where(Notice.incident_id == self.incident.id, Notice.state.not_in(NEVER)).order_by(Notice.id)
        )
        count: dict[str, int] = {}
        for notice in self.session.scalars(query):
            count[notice.kind] = count.get(notice.kind, 0) + 1
            name = self.say(WORDS["notice"].get(notice.kind, notice.kind))
            end = notice.withdrawn_at or notice.finished_at
            colour: Tone = "apart" if notice.withdrawn_at else "open" if end is None else "done"
            said = self.say(WORDS["notice_state"].get(notice.state, notice.state))
            begin = notice.submitted_at or notice.created_at
            label = name if count[notice.kind] == 1 else f"{name} {count[notice.kind]}"
            yield Bar("notice", label, self._at(begin), self._here(end), colour, said)

    def _resources(self) -> Iterator[Bar]:
        """From the moment something was taken: on the way apart from on the scene, and what is done there."""
        turns: dict[int, list[tuple[datetime, str]]] = {}
        for entry, data in self.entries:
            if entry.kind == TURNED:
                turns.setdefault(data["allocation_id"], []).append((entry.at, data["state"]))
        named = self._named(turns)
        for allocation, course in turns.items():
            name = named.get(allocation, f"#{allocation}")
            for at, (begin, state) in enumerate(course):
                if state in OVER:
                    continue
                end = course[at + 1][0] if at + 1 < len(course) else None
                colour: Tone = "apart" if state != "on_scene" else "open" if end is None else "done"
                said = self.say(STATES[state])
                yield Bar("resource", name, self._at(begin), self._here(end), colour, said)

    def _named(self, allocations: Iterable[int]) -> dict[int, str]:
        """What was taken, by allocation: the thing, and a unit's serial or how many pieces."""
        query = (
            select(ResourceAllocation, Resource, ResourceUnit.serial)
            .join(ResourceStock, ResourceStock.id == ResourceAllocation.stock_id)
            .join(Resource, Resource.id == ResourceStock.resource_id)
            .outerjoin(ResourceUnit, ResourceUnit.id == ResourceAllocation.unit_id)
            .where(ResourceAllocation.id.in_(list(allocations)))
        )
        return {
            taken.id: f"{names.of(thing, self.language)} {serial or f'× {taken.quantity}'}"
            for taken, thing, serial in self.session.execute(query).tuples()
        }

    def _at(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def _here(self, moment: datetime | None) -> datetime | None:
        return moment.astimezone(self.zone) if moment else None
