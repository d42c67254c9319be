"""The report of a drill: everything known of it in one value, in a reader's language. Its figures come from the journal alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.problems import N_, Conflict
from command.drills import kept
from command.drills.entries import InjectSkipped
from command.drills.evaluation import comparing, hotwash, measuring, proposals, settling, timeline, words
from command.drills.evaluation import course as courses
from command.drills.evaluation.comparing import Run
from command.drills.evaluation.course import Happening
from command.drills.evaluation.facts import Figures
from command.drills.evaluation.measuring import figures
from command.drills.evaluation.models import DrillEvaluation, DrillRemark, DrillSettlement, Remarked
from command.drills.evaluation.proposals import Rating
from command.drills.evaluation.settling import Standing
from command.drills.evaluation.timeline import Moment
from command.drills.models import GOING_ON, HELD, Drill, DrillInject, Part
from command.drills.runs import taking_part
from command.incidents import views
from command.network.models import Area
from command.people.access import Principal
from command.people.models import Person
from playbooks.scenario import Objective, Scenario

__all__ = ["Report", "assemble", "figures"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an evaluator thinks of an objective."""

    person_id: int
    person: str
    rating: Rating
    words: str


@dataclass(frozen=True, slots=True)
class Judged:
    """An objective: what it says, what was measured, what the run proposes, what evaluators think, what stands in the end. `reason` is the
    trainer's where they settled it."""

    objective: Objective
    number: int
    text: str
    guide: str
    measured: str
    fact: str
    demand: str
    proposal: Rating | None
    opinions: Sequence[Opinion]
    differ: bool
    final: Rating | None
    reason: str
    settled_by: str


@dataclass(frozen=True, slots=True)
class Said:
    """A remark: by whom (empty where they want no name), when in exercise time, about which objective and inject."""

    text: str
    person: str
    second: float | None
    objective: str
    inject: int | None
    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Skipped:
    number: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Signed:
    person: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole of it. `parts` are names by part, players by role; `incidents` numbers of exercise incidents."""

    drill: Drill
    scenario: Scenario
    area: str
    over_at: datetime | None
    figures: Figures
    parts: Sequence[tuple[str, Sequence[str]]]
    incidents: Sequence[str]
    objectives: Sequence[Judged]
    moments: Sequence[Moment]
    notes: Sequence[Said]
    hotwash: Mapping[Remarked, Sequence[Said]]
    skipped: Sequence[Skipped]
    resources: Sequence[Moment]
    earlier: Sequence[Run]
    signed: Signed | None


def find(session: Session, code: str, who: Principal) -> Drill:
    """A drill that has a report, for somebody who may know of it: one that goes on or was held. Raise NotFound, Conflict."""
    drill = taking_part.find(session, code, who)
    if drill.state not in (*GOING_ON, *HELD):
        raise Conflict(N_("This drill has not begun."), remedy=N_("Its report begins with it."))
    if drill.state in GOING_ON and not taking_part.sees_all(session, drill, who):
        raise Conflict(N_("This drill is not over."), remedy=N_("Its report opens at its end."))
    return drill


def assemble(session: Session, drill: Drill, who: Principal, language: str) -> Report:
    """The report as it stands now. Incidents that the reader may not know of are left out of its lines, never out of its figures."""
    scenario = kept.scenario_of(session, drill)
    found = figures(session, drill)
    mine = measuring.of_drill(session, drill)
    lines = timeline.moments(session, drill, who, language)
    people = people_of(session, drill, language)
    return Report(
        drill=drill,
        scenario=scenario,
        area=names.of(session.get_one(Area, drill.area_id), language),
        over_at=courses.of(mine).over_at,
        figures=found,
        parts=_parts(session, drill, scenario, people, language),
        incidents=measuring.incidents_in(mine),
        objectives=judged(session, drill, found, language),
        moments=lines,
        notes=notes(session, drill, people),
        hotwash={part: said(session, rows, people) for part, rows in hotwash.said(session, drill).items()},
        skipped=_skipped(session, drill, mine, language),
        resources=[each for each in lines if each.kind == "resource"],
        earlier=comparing.earlier(session, drill),
        signed=_signed(session, drill, people),
    )


def judged(session: Session, drill: Drill, found: Figures, language: str) -> list[Judged]:
    """How each objective stands, in the order of the scenario."""
    people, standing = people_of(session, drill, language), settling.standings(session, drill)
    made = _Judging(session, drill, found, people, language)
    objectives = kept.scenario_of(session, drill).objectives
    return [made.one(number, each, standing[each.id]) for number, each in enumerate(objectives, 1)]


def notes(session: Session, drill: Drill, people: Mapping[int, str]) -> list[Said]:
    """What observers noted, in the order of exercise time."""
    query = select(DrillRemark).where(DrillRemark.drill_id == drill.id, DrillRemark.remarked == Remarked.SEEN)
    rows = session.scalars(query.order_by(DrillRemark.second, DrillRemark.id)).all()
    return said(session, rows, people)


def said(session: Session, rows: Sequence[DrillRemark], people: Mapping[int, str]) -> list[Said]:
    """Remarks with their texts; one that was erased is left out."""
    return [
        Said(text, people.get(row.person_id or 0, ""), row.second, row.objective or "", row.inject, row.at, row.id)
        for row in rows
        if (text := views.note_text(session, row.note_id)) is not None
    ]


def people_of(session: Session, drill: Drill, language: str) -> dict[int, str]:
    """Names of everybody who has to do with a drill, by id."""
    remarks = select(DrillRemark.person_id).where(DrillRemark.drill_id == drill.id)
    signed = select(DrillEvaluation.person_id).where(DrillEvaluation.drill_id == drill.id)
    settled = select(DrillSettlement.person_id).where(DrillSettlement.drill_id == drill.id)
    ids = {row.person_id for row in taking_part.participants(session, drill)} | {drill.trainer_id}
    for query in (remarks, signed, settled):
        ids |= {each for each in session.scalars(query) if each is not None}
    return {row.id: names.of(row, language) for row in session.scalars(select(Person).where(Person.id.in_(ids)))}


@dataclass(frozen=True, slots=True)
class _Judging:
    session: Session
    drill: Drill
    figures: Figures
    people: Mapping[int, str]
    language: str

    def one(self, number: int, objective: Objective, standing: Standing) -> Judged:
        measure, settled = objective.measure, standing.settled
        over = self.drill.state in HELD
        return Judged(
            objective=objective,
            number=number,
            text=words.said(objective.text, self.language),
            guide=words.said(objective.guide, self.language),
            measured=words.value(self.figures, measure.fact) if measure else "",
            fact=words.fact(measure.fact) if measure else "",
            demand=words.demand(measure) if measure else "",
            proposal=proposals.propose(measure, self.figures, over=over) if measure else None,
            opinions=[
                Opinion(row.person_id, self._name(row.person_id), Rating(row.rating), self._text(row.note_id))
                for row in standing.ratings
            ],
            differ=standing.differ,
            final=standing.final,
            reason=self._text(settled.note_id) if settled else "",
            settled_by=self._name(settled.person_id) if settled else "",
        )

    def _name(self, person_id: int) -> str:
        return self.people.get(person_id, f"#{person_id}")

    def _text(self, note_id: int | None) -> str:
        return views.note_text(self.session, note_id) or ""


def _parts(
    session: Session, drill: Drill, scenario: Scenario, people: Mapping[int, str], language: str
) -> list[tuple[str, Sequence[str]]]:
    """Who took part: players by role, then controllers, evaluators and supervisors."""
    rows = taking_part.participants(session, drill)

    def of(part: Part, role: str = "") -> list[str]:
        mine = (row for row in rows if row.part == part and (part != Part.PLAYER or row.role == role))
        return list(dict.fromkeys(people.get(row.person_id, "") for row in mine))

    players = [(words.said(role.name, language), of(Part.PLAYER, role.id)) for role in scenario.roles]
    others = [(words.part(part), of(part)) for part in (Part.CONTROLLER, Part.EVALUATOR, Part.SUPERVISOR)]
    trainer = (words.trainer(), [people.get(drill.trainer_id, "")])
    return [(title, found) for title, found in (trainer, *players, *others) if found]


def _skipped(session: Session, drill: Drill, mine: Sequence[Happening], language: str) -> list[Skipped]:
    rows = {row.number: row for row in session.scalars(select(DrillInject).where(DrillInject.drill_id == drill.id))}
    found = []
    for each in mine:
        if each.kind == InjectSkipped.kind and (row := rows.get(each.data["number"])):
            why = words.because(each.data["because"])
            note = views.note_text(session, row.note_id)
            found.append(Skipped(row.number, timeline.content(row, language), f"{why}: {note}" if note else why))
    return found


def _signed(session: Session, drill: Drill, people: Mapping[int, str]) -> Signed | None:
    row = settling.signature(session, drill)
    if row is None:
        return None
    return Signed(people.get(row.person_id, ""), row.at, views.note_text(session, row.note_id) or "")
