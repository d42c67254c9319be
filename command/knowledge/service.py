"""Keeping what an incident taught, and offering it again (R24)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Note, Payload
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid
from command.incidents import activation, entries, telling
from command.incidents.models import Incident
from command.knowledge import finding, terms
from command.knowledge.entries import Edited, Judged, Kept, Offered, Turned
from command.knowledge.models import KEPT, RETIRED, SolvedFeedback, SolvedProblem, SolvedTerm, SolvedVersion
from command.people.access import Principal

TITLE = 80
"""Characters of a title taken from a text."""
CHANGES = 20
"""Tags of one problem at most."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a person may say of a solved problem; either language may be empty, but not the title in both."""

    title_zh: str = ""
    title_en: str = ""
    symptoms_zh: str = ""
    symptoms_en: str = ""
    cause_zh: str = ""
    cause_en: str = ""
    solution_zh: str = ""
    solution_en: str = ""
    tags: tuple[str, ...] = field(default=())


def keep(session: Session, incident: Incident) -> SolvedProblem | None:
    """Keep the problem and the solution of an incident that is being closed; None for an exercise. Closed again after a reopening it
    is kept in a new version, unless a person has worked on the words: these stay, and what it is recognised by is brought up to date."""
    if incident.exercise:
        return None
    now = clock.now(session)
    problem = session.scalar(select(SolvedProblem).where(SolvedProblem.incident_id == incident.id).with_for_update())
    seen = finding.picture(session, incident)
    recognised = {
        "kind": incident.kind,
        "fault_class": incident.fault_class,
        "area_id": incident.area_id,
        "element_kinds": sorted(seen.element_kinds),
        "alarm_kinds": sorted(seen.alarms),
        "services": sorted(seen.services),
        "restricted": incident.restricted,
        "changed_at": now,
    }
    if problem is None:
        problem = SolvedProblem(incident_id=incident.id, state=KEPT, version=0, kept_at=now, **recognised)
        session.add(problem)
        session.flush()
    else:
        for name, value in recognised.items():
            setattr(problem, name, value)
    if not _worked_on(session, problem):
        _write(session, problem, _from_review(session, incident), None)
    _index(session, problem)
    _record(session, incident, Kept(problem_id=problem.id, version=problem.version))
    return problem


def follow(session: Session, incident: Incident) -> None:
    """What an incident taught is as restricted as the incident."""
    for problem in session.scalars(select(SolvedProblem).where(SolvedProblem.incident_id == incident.id)):
        problem.restricted = incident.restricted


def _worked_on(session: Session, problem: SolvedProblem) -> bool:
    query = select(SolvedVersion.version).where(SolvedVersion.problem_id == problem.id, SolvedVersion.by.is_not(None))
    return session.scalar(query.limit(1)) is not None


def _from_review(session: Session, incident: Incident) -> Words:
    """Symptoms as reported, the cause, and as solution what was done, what it achieved and what is to be improved."""
    said = {
        "symptoms": _texts(session, incident.summary_note_id, incident.feedback_note_id),
        "cause": _texts(session, incident.cause_note_id),
        "solution": _texts(session, incident.measures_note_id, incident.effect_note_id, incident.improvement_note_id),
    }
    found = _titles(session, incident, said["symptoms"] or said["cause"])
    for part, texts in said.items():
        for text in texts:
            name = f"{part}_{'zh' if _is_chinese(text) else 'en'}"
            found[name] = f"{found[name]}\n{text}" if name in found else text
    return Words(tags=(), **found)


def _texts(session: Session, *note_ids: int | None) -> list[str]:
    wanted = [note_id for note_id in note_ids if note_id is not None]
    bodies = dict(session.execute(select(Note.id, Note.body).where(Note.id.in_(wanted))).tuples().all())
    return [masked_words(body) for note_id in wanted if (body := bodies.get(note_id))]


def _is_chinese(text: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" for letter in text)


def _titles(session: Session, incident: Incident, texts: Sequence[str]) -> dict[str, str]:
    """The first line of what was said; kind and area in the language in which nothing was."""
    zh, en = activation.KIND_WORDS[incident.kind]
    made = {
        "title_zh": f"{telling.area_words(session, incident, 'zh', ())}{zh}",
        "title_en": f"{en[:1].upper()}{en[1:]}, {telling.area_words(session, incident, 'en', ())}",
    }
    for text in reversed(texts):
        made["title_zh" if _is_chinese(text) else "title_en"] = text.strip().splitlines()[0][:TITLE]
    return made


def edit(session: Session, problem: SolvedProblem, words: Words, by: Principal) -> None:
    """Complete or correct the words of a locked solved problem: a new version, in the name of whoever wrote it. Raise Invalid."""
    if not (words.title_zh or words.title_en):
        raise Invalid(
            N_("A solved problem has a title."), field="title_zh", remedy=N_("Give it one, in Chinese or in English.")
        )
    present = session.get_one(SolvedVersion, (problem.id, problem.version))
    if _same(present, words):
        return
    _write(session, problem, words, by.person_id)
    _index(session, problem)
    incident = session.get_one(Incident, problem.incident_id)
    _record(session, incident, Edited(problem_id=problem.id, version=problem.version, person_id=by.person_id))


def _same(present: SolvedVersion, words: Words) -> bool:
    values = asdict(words)
    return tuple(present.tags) == words.tags and all(
        getattr(present, name) == value for name, value in values.items() if name != "tags"
    )


def _write(session: Session, problem: SolvedProblem, words: Words, by: int | None) -> None:
    now = clock.now(session)
    values = {name: masked_words(value) for name, value in asdict(words).items() if name != "tags"}
    tags = list(dict.fromkeys(masked_words(tag) for tag in words.tags))[:CHANGES]
    problem.version += 1
    problem.changed_at = now
    version = SolvedVersion(problem_id=problem.id, version=problem.version, at=now, by=by, tags=tags, **values)
    session.add(version)
    session.flush()


def _index(session: Session, problem: SolvedProblem) -> None:
    """Write the terms by which it is found anew."""
    text = session.get_one(SolvedVersion, (problem.id, problem.version))
    found = terms.found_by(finding.pictured(problem, text)) | {f"tag:{tag}" for tag in text.tags}
    session.execute(delete(SolvedTerm).where(SolvedTerm.problem_id == problem.id))
    session.execute(insert(SolvedTerm), [{"problem_id": problem.id, "term": term} for term in sorted(found)])


def retire(session: Session, problem: SolvedProblem, reason: str, by: Principal) -> None:
    """Offer a locked solved problem no more: it is out of date or wrong. Raise Invalid without a reason, Conflict if it is retired."""
    if not reason.strip():
        raise Invalid(
            N_("A solved problem is retired with a reason."),
            field="reason",
            remedy=N_("Say why it is not to be offered any more."),
        )
    _turn(session, problem, RETIRED, masked_words(reason.strip()), by)


def reinstate(session: Session, problem: SolvedProblem, by: Principal) -> None:
    """Offer a retired solved problem again; raise Conflict if it is not retired."""
    _turn(session, problem, KEPT, "", by)


def _turn(session: Session, problem: SolvedProblem, state: str, reason: str, by: Principal) -> None:
    if problem.state == state:
        raise Conflict(N_("This solved problem is so already."), remedy=N_("Nothing is left to do for it."))
    problem.state, problem.reason, problem.changed_at = state, reason, clock.now(session)
    incident = session.get_one(Incident, problem.incident_id)
    _record(session, incident, Turned(problem_id=problem.id, state=state, person_id=by.person_id))


def offer(session: Session, incident: Incident) -> None:
    """Put on the record of a new incident which solved problems are like it (see intake.on_report). Restricted ones are left out: many
    read a journal. Nothing is recorded where none is."""
    if session.scalar(select(SolvedProblem.id).limit(1)) is None:
        return
    found = finding.like(session, finding.picture(session, incident), None, without=incident.id)
    ids = [each.who[0].id for each in found]
    if not ids:
        return
    if not incident.exercise:
        session.execute(
            update(SolvedProblem)
            .where(SolvedProblem.id.in_(ids))
            .values(offered=SolvedProblem.offered + 1)
            .execution_options(synchronize_session=False)
        )
    _record(session, incident, Offered(problems=tuple(ids)))


def judge(session: Session, problem: SolvedProblem, incident: Incident, helped: bool, by: Principal) -> None:
    """Say whether a locked solved problem helped with an incident; saying it again changes what one said. What people say of it in an
    exercise is on that record but does not count."""
    held = session.scalar(
        select(SolvedFeedback).where(
            SolvedFeedback.problem_id == problem.id,
            SolvedFeedback.incident_id == incident.id,
            SolvedFeedback.person_id == by.person_id,
        )
    )
    if held is not None and held.helped == helped:
        return
    if not incident.exercise:
        counts: Mapping[bool, str] = {True: "helped", False: "unfit"}
        if held is not None:
            setattr(problem, counts[held.helped], getattr(problem, counts[held.helped]) - 1)
        setattr(problem, counts[helped], getattr(problem, counts[helped]) + 1)
    now = clock.now(session)
    if held is None:
        session.add(
            SolvedFeedback(
                problem_id=problem.id, incident_id=incident.id, person_id=by.person_id, helped=helped, at=now
            )
        )
    else:
        held.helped, held.at = helped, now
    _record(session, incident, Judged(problem_id=problem.id, helped=helped, person_id=by.person_id))


def _record(session: Session, incident: Incident, payload: Payload) -> None:
    journal.record(session, entries.stream(incident), payload, exercise=incident.exercise)
