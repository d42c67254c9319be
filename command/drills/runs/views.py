"""What a drill looks like to whoever asks: frozen pictures for the console, the player's page and the API. Texts come in both languages.

Players see what was put to their roles once it was delivered, and never what is expected of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.journal import Note
from command.drills import kept
from command.drills.models import AHEAD, Drill, DrillInject, InjectState, Part, State
from command.drills.runs import injects, joining, starting, taking_part
from command.incidents import visibility
from command.network.models import Area
from command.people.access import Principal
from command.people.models import Person
from command.resources import recalling
from playbooks.scenario import Choice, Inject, Method, Scenario, Sign
from playbooks.texts import Text


@dataclass(frozen=True, slots=True)
class Someone:
    """Somebody who takes part: one of `part` player, controller, evaluator, supervisor; a player's `role` and its name."""

    person_id: int
    username: str
    name_zh: str
    name_en: str
    part: str
    role: str
    role_name: Text | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class InjectView:
    """One inject. `due_s`, `delivered_s`, `answered_s` are seconds of exercise time; `due_s` None: it waits for the sign `after`.
    `overdue`: due and not delivered (a controller is to read it out). `expected` and what proves it are for those who run or evaluate."""

    number: int
    extra: bool
    state: str
    due_s: float | None
    overdue: bool
    after: Sign | None
    sender: Text
    to: str
    role_name: Text
    method: str
    content: Text
    expected: Text | None
    objective: str
    proof: Sign | None
    choices: tuple[Choice, ...]
    delivered_s: float | None
    answered_s: float | None
    answered_by: str | None
    choice: str | None
    words: str | None
    reason: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An exercise incident of the drill that whoever asks may know of."""

    number: str
    kind: str
    state: str
    tier: int


@dataclass(frozen=True, slots=True)
class UnitView:
    """Something out for the drill: back for a real event within `recall_minutes`."""

    allocation_id: int
    incident: str
    resource_zh: str
    resource_en: str
    serial: str | None
    quantity: int
    state: str
    recall_minutes: int


@dataclass(frozen=True, slots=True)
class DrillView:
    """A drill as somebody sees it. `second` of exercise time passed; it goes on at `speed` where `ticking`. `missing`: supervisors who have
    not agreed. `may_run`: the console is theirs; `sees_all`: all injects are shown. `roles` are those they play, `parts` all they do."""

    code: str
    name: str
    scenario: str
    scenario_name: Text
    goal: Text
    subject: str
    mode: str
    area: str
    area_zh: str
    area_en: str
    departments: tuple[str, ...]
    state: str
    reason: str | None
    announced: bool
    due_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    duration_s: int
    second: float
    ticking: bool
    speed: float
    stop_word: str
    trainer: str
    missing: int
    may_run: bool
    sees_all: bool
    parts: tuple[str, ...]
    roles: tuple[str, ...]
    people: tuple[Someone, ...]
    injects: tuple[InjectView, ...]
    incidents: tuple[IncidentView, ...]
    units: tuple[UnitView, ...]


def listed(session: Session, who: Principal, *, states: Sequence[str] = (), limit: int = 200) -> list[DrillView]:
    """The drills that somebody may know of, without their injects and people: those that go on first, then what is next, then the past."""
    query = select(Drill).order_by(Drill.due_at.desc(), Drill.id.desc())
    if states:
        query = query.where(Drill.state.in_(list(states)))
    rows = [row for row in session.scalars(query.limit(limit)) if taking_part.may_know(session, row, who)]
    return [_drill(session, row, who, whole=False) for row in sorted(rows, key=_place)]


def _place(drill: Drill) -> tuple[int, float]:
    if drill.state in (State.RUNNING, State.PAUSED):
        return 0, -drill.due_at.timestamp()
    return (1, drill.due_at.timestamp()) if drill.state in AHEAD else (2, -drill.due_at.timestamp())


def one(session: Session, code: str, who: Principal) -> DrillView:
    """A drill with all that somebody may see of it; raise NotFound."""
    return _drill(session, taking_part.find(session, code, who), who, whole=True)


def going_on_for(session: Session, who: Principal) -> list[DrillView]:
    """The drills that go on and in which somebody takes part: what the frame of every page shows them."""
    found = [each for each in listed(session, who, states=(State.RUNNING, State.PAUSED)) if each.parts]
    return found


def _drill(session: Session, drill: Drill, who: Principal, *, whole: bool) -> DrillView:
    scenario, area = kept.scenario_of(session, drill), session.get_one(Area, drill.area_id)
    mine = taking_part.rows_of(session, drill, who.person_id)
    sees_all = taking_part.sees_all(session, drill, who)
    view = DrillView(
        code=drill.code,
        name=drill.name,
        scenario=scenario.code,
        scenario_name=scenario.name,
        goal=scenario.goal,
        subject=drill.subject,
        mode=drill.mode,
        area=area.code,
        area_zh=area.name_zh,
        area_en=area.name_en,
        departments=tuple(drill.departments),
        state=drill.state,
        reason=drill.reason,
        announced=drill.announced,
        due_at=drill.due_at,
        began_at=drill.began_at,
        ended_at=drill.ended_at,
        duration_s=drill.duration_minutes * 60,
        second=round(kept.ticking(drill).at(clock.now(session)), 1),
        ticking=drill.ticking_from is not None,
        speed=drill.speed,
        stop_word=drill.stop_word,
        trainer=session.get_one(Person, drill.trainer_id).username,
        missing=starting.waiting_for(session, drill) if drill.state in AHEAD else 0,
        may_run=taking_part.runs(session, drill, who),
        sees_all=sees_all,
        parts=tuple(dict.fromkeys(row.part for row in mine)),
        roles=tuple(row.role for row in mine if row.part == Part.PLAYER),
        people=(),
        injects=(),
        incidents=(),
        units=(),
    )
    return _whole(session, drill, who, view, scenario) if whole else view


def _whole(session: Session, drill: Drill, who: Principal, view: DrillView, scenario: Scenario) -> DrillView:
    names = {role.id: role.name for role in scenario.roles}
    rows = injects.of(session, drill)
    if not view.sees_all:
        shown = (InjectState.DELIVERED, InjectState.ANSWERED)
        rows = [row for row in rows if row.state in shown and injects.read(row).to in view.roles]
    mine = joining.incidents(session, drill)
    return replace(
        view,
        people=tuple(_people(session, drill, names)),
        injects=tuple(_inject(session, row, view, names) for row in rows),
        incidents=tuple(
            IncidentView(each.number, each.kind, each.state, each.tier)
            for each in mine
            if visibility.visible(session, each, who)
        ),
        units=tuple(_units(session, drill, [incident.id for incident in mine])),
    )


def _units(session: Session, drill: Drill, incident_ids: Sequence[int]) -> list[UnitView]:
    return [
        UnitView(
            allocation_id=each.allocation_id,
            incident=each.incident,
            resource_zh=each.resource_zh,
            resource_en=each.resource_en,
            serial=each.serial,
            quantity=each.quantity,
            state=each.state,
            recall_minutes=drill.recall_minutes,
        )
        for each in recalling.out(session, incident_ids)
    ]


def _people(session: Session, drill: Drill, names: Mapping[str, Text]) -> list[Someone]:
    people = {person.id: person for person in taking_part.people(session, drill)}
    return [
        Someone(
            person_id=row.person_id,
            username=people[row.person_id].username,
            name_zh=people[row.person_id].name_zh,
            name_en=people[row.person_id].name_en,
            part=row.part,
            role=row.role,
            role_name=names.get(row.role),
            acknowledged_at=row.acknowledged_at,
        )
        for row in taking_part.participants(session, drill)
    ]


def _inject(session: Session, row: DrillInject, view: DrillView, names: Mapping[str, Text]) -> InjectView:
    inject: Inject = injects.read(row)
    note = session.get(Note, row.note_id) if row.note_id is not None else None
    by = session.get(Person, row.answered_by) if row.answered_by is not None else None
    pending = row.state == InjectState.PENDING
    return InjectView(
        number=row.number,
        extra=row.extra,
        state=row.state,
        due_s=row.at_s,
        overdue=pending and row.at_s is not None and row.at_s <= view.second and view.began_at is not None,
        after=inject.after if view.sees_all else None,
        sender=inject.sender,
        to=inject.to,
        role_name=names.get(inject.to, Text(zh="角色", en=inject.to)),
        method=str(inject.method if view.sees_all or inject.method != Method.alarms else Method.screen),
        content=inject.content,
        expected=inject.expected if view.sees_all else None,
        objective=inject.objective,
        proof=inject.proof if view.sees_all else None,
        choices=inject.choices,
        delivered_s=row.delivered_s,
        answered_s=row.answered_s,
        answered_by=by.username if by is not None else None,
        choice=row.choice,
        words=note.body if note is not None else None,
        reason=row.reason if view.sees_all else None,
        mine=inject.to in view.roles,
    )
