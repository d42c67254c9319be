"""What happened in a drill, in order of exercise time: injects, how the run went, and what was done about its incidents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import journal
from command.drills.evaluation import course as courses
from command.drills.evaluation import measuring, words
from command.drills.evaluation.course import Course, Happening
from command.drills.models import Drill, DrillInject
from command.incidents import rendering, visibility
from command.incidents.models import Incident
from command.people.access import Principal
from playbooks.texts import Text

NOISE = (
    *("board.", "impact.", "clock.started", "clock.moved", "task.given", "case.", "knowledge.", "stream."),
    *("page.submitted", "page.bundled", "page.next_method", "page.held", "notice.wave", "notice.drafted", "alert."),
    "escalation.",
)
"""Beginnings of kinds that say nothing of what people did."""

RESOURCES = ("resource.", "request.")
"""Beginnings of kinds that tell of emergency resources."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line: the second of exercise time, when by the clock, `kind` (inject, run, done or resource), what in the reader's language, by
    whom, and the incident it belongs to."""

    second: float
    at: datetime
    kind: str
    text: str
    actor: str
    incident: str


def moments(session: Session, drill: Drill, who: Principal, language: str) -> list[Moment]:
    """The timeline of a drill up to its end, for a reader: incidents that they may not know of are left out."""
    mine = measuring.of_drill(session, drill)
    course = courses.of(mine)
    injects = {row.number: row for row in session.scalars(select(DrillInject).where(DrillInject.drill_id == drill.id))}
    found = [*_own(mine, course, injects, language)]
    for number in measuring.incidents_in(mine):
        incident = session.scalar(select(Incident).where(Incident.number == number))
        if incident is not None and visibility.visible(session, incident, who):
            found += _done(session, incident, course, language)
    return sorted(found, key=lambda each: (each.second, each.at))


def content(row: DrillInject, language: str) -> str:
    """What an inject says."""
    return words.said(Text.model_validate(row.content["content"]), language)


def expected(row: DrillInject, language: str) -> str:
    """What players are expected to do about an inject."""
    return words.said(Text.model_validate(row.content["expected"]), language)


def _own(
    mine: Sequence[Happening], course: Course, injects: Mapping[int, DrillInject], language: str
) -> Iterator[Moment]:
    for each in mine:
        text = _said(each, injects, language)
        if text:
            second = float(each.data.get("second", course.second(each.at)))
            kind = "inject" if each.kind.startswith("drill.inject_") else "run"
            yield Moment(second, each.at, kind, text, "", each.data.get("number", "") if kind == "run" else "")


def _said(each: Happening, injects: Mapping[int, DrillInject], language: str) -> str:
    """An entry of the drill's stream in words; nothing for what the report tells elsewhere."""
    data = each.data
    if each.kind.startswith("drill.inject_"):
        return _inject(each, injects.get(data["number"]), language)
    if each.kind == "drill.began":
        return str(gettext("The drill begins: %(players)d players, %(injects)d injects", **_counts(data)))
    if each.kind == "drill.incident_joined":
        joined = words.joined(data["by"])
        return str(gettext("Exercise incident %(number)s, %(by)s", number=data["number"], by=joined))
    if each.kind == "drill.paused":
        return str(gettext("Paused: %(why)s", why=words.because(data["because"])))
    if each.kind == "drill.resumed":
        return str(gettext("Goes on, %(speed)s times as fast as the clock", speed=f"{data['speed']:g}"))
    if each.kind == "drill.ended":
        return str(gettext("The drill ends"))
    if each.kind == "drill.stopped":
        return str(gettext("The drill is stopped: %(why)s", why=words.because(data["because"])))
    return ""


def _counts(data: Mapping[str, object]) -> dict[str, object]:
    return {"players": data["players"], "injects": data["injects"]}


def _inject(each: Happening, row: DrillInject | None, language: str) -> str:
    data, said = each.data, content(row, language) if row else ""
    if each.kind == "drill.inject_delivered":
        return str(gettext("Inject %(number)d: %(said)s", number=data["number"], said=said))
    if each.kind == "drill.inject_answered":
        how = expected(row, language) if row and data.get("proof") else data.get("choice") or ""
        return str(gettext("Inject %(number)d answered %(how)s", number=data["number"], how=how)).strip()
    if each.kind == "drill.inject_skipped":
        return str(
            gettext("Inject %(number)d skipped: %(why)s", number=data["number"], why=words.because(data["because"]))
        )
    return str(gettext("Inject %(number)d added by a controller: %(said)s", number=data["number"], said=said))


def _done(session: Session, incident: Incident, course: Course, language: str) -> Iterator[Moment]:
    rows = [
        entry
        for entry in journal.entries(session, f"incident:{incident.number}")
        if not entry.kind.startswith(NOISE) and (course.over_at is None or entry.at < course.over_at)
    ]
    reader = rendering.Reader(session, rows)
    for entry in rows:
        line = reader.line(entry)
        text = line.zh if language == "zh" else line.en
        kind = "resource" if entry.kind.startswith(RESOURCES) else "done"
        yield Moment(course.second(entry.at), entry.at, kind, text, line.actor, incident.number)
