"""The work on a version of a plan, verb by verb: begun from an existing version or from nothing, changed step by step, submitted, commented
on clause by clause, sent back or dropped. Verbs take a session and never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import house
from command.incidents.entries import note
from command.people.access import Principal, must
from command.plans import drafting, entries, gathering, readers, sound
from command.plans.models import OPEN, PlanComment, PlanWork, State
from playbooks.loader import Sheet, UnknownPlaybook
from playbooks.places import part
from playbooks.schema import Kind

WRITE, APPROVE = "write_plan", "approve_plan"
MOST_WORDS = 4000


@dataclass(frozen=True, slots=True)
class Changes:
    """What somebody changes of a work; None: left as it is. `team` and `targets` as people write them (usernames, person:<username>)."""

    head: dict[str, Any] | None = None
    body: str | None = None
    team: Sequence[tuple[str, str]] | None = None
    gathered: Sequence[tuple[str, str]] | None = None
    risks: Sequence[str] | None = None
    assessment: str | None = None
    targets: Sequence[str] | None = None


def find(session: Session, work_id: int, *, lock: bool = False) -> PlanWork:
    """A work by id, locked where asked for; raise NotFound."""
    query = select(PlanWork).where(PlanWork.id == work_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound(N_("There is no such plan."), remedy=N_("Look it up in the list of plans."))
    return row


def begin(session: Session, kind: Kind, version: int | None, by: Principal, code: str = "") -> PlanWork:
    """Begin the next version of the plan for a kind, from an existing one or, without `version`, from nothing. A kind has one plan, so
    `code` is asked for only where it has none. Raise Denied, Invalid, or Conflict where somebody is at it."""
    must(by, WRITE)
    known = next((s.playbook.code for s in house.library(session).sheets if s.playbook.kind == kind), None)
    code = known or code or str(kind)
    _require_nobody_at(session, code)
    head, body, team, rest = _start(session, code, version)
    now = clock.now(session)
    row = PlanWork(
        code=code,
        kind=kind,
        based_on=version,
        head=head,
        body=body,
        team=team or [{"person_id": by.person_id, "duty": ""}],
        authors=[by.person_id],
        begun_by=by.person_id,
        begun_at=now,
        changed_at=now,
        **rest,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # somebody else began at the same moment
        _require_nobody_at(session, code)
        raise
    entries.record(session, row, entries.Begun(person_id=by.person_id, code=code, event=str(kind), based_on=version))
    return row


def _require_nobody_at(session: Session, code: str) -> None:
    busy = session.scalar(select(PlanWork.id).where(PlanWork.code == code, PlanWork.state.in_(OPEN)))
    if busy is not None:
        raise Conflict(
            N_("The next version of this plan is being written already (#%(work)d)."),
            remedy=N_("Open that one, or drop it first."),
            work=busy,
        )


def _start(
    session: Session, code: str, version: int | None
) -> tuple[dict[str, Any], str, list[dict[str, Any]], dict[str, Any]]:
    """Top, rest, editing group and the other steps of the version a work begins from."""
    if version is None:
        return drafting.empty_head(), drafting.SKELETON, [], {}
    try:
        sheet = house.library(session).sheet(code, version)
    except UnknownPlaybook:
        raise Invalid(
            N_("There is no version %(version)d of this plan."),
            field="version",
            remedy=N_("Choose one of the list, or begin from nothing."),
            version=version,
        ) from None
    query = select(PlanWork).where(PlanWork.code == code, PlanWork.version == version, PlanWork.digest == sheet.digest)
    before = session.scalar(query.order_by(PlanWork.id.desc()).limit(1))
    if before is None:
        return drafting.head_of(sheet.playbook), _body(sheet), [], {}
    rest = {name: getattr(before, name) for name in ("gathered", "risks", "assessment", "targets")}
    return drafting.head_of(sheet.playbook), before.body, list(before.team), rest


def _body(sheet: Sheet) -> str:
    """The rest of a plan: of its file with the comments there, else written out."""
    try:
        return drafting.body_of(Path(sheet.file).read_text("utf-8-sig"))
    except OSError:  # published here, or its file is gone since the start
        return drafting.written(sheet.playbook)


def change(session: Session, work_id: int, edition: int, changes: Changes, by: Principal) -> PlanWork:
    """Change a draft. It may have faults until it is submitted. Raise Denied, Invalid, or Conflict where somebody changed it since."""
    row = _drafted(session, work_id, by)
    if edition != row.edition:
        raise Conflict(
            N_("Somebody changed this step since you opened it."),
            remedy=N_("Copy what you wrote, open it again, and write it in."),
            code="changed-since",
        )
    fresh = _fresh(session, changes)
    steps = tuple(name for name, value in fresh.items() if value != getattr(row, name))
    for name in steps:
        setattr(row, name, fresh[name])
    if steps:
        row.edition += 1
        row.changed_at = clock.now(session)
        row.authors = sorted({*row.authors, by.person_id})
        entries.record(session, row, entries.Changed(person_id=by.person_id, steps=steps, digest=content_mark(row)))
    return row


def _fresh(session: Session, changes: Changes) -> dict[str, Any]:
    fresh: dict[str, Any] = {}
    for name in ("head", "body", "assessment"):
        if (value := getattr(changes, name)) is not None:
            fresh[name] = value
    if changes.team is not None:
        fresh["team"] = [{"person_id": readers.named(session, who), "duty": duty} for who, duty in changes.team]
    if changes.gathered is not None:
        fresh["gathered"] = [{"words": words, "link": _link(link)} for words, link in changes.gathered]
    if changes.risks is not None:
        fresh["risks"] = gathering.known(session, changes.risks)
    if changes.targets is not None:
        fresh["targets"] = readers.kept(session, changes.targets)
    return fresh


def _link(link: str) -> str:
    if link and not link.startswith(("https://", "http://", "/")):
        raise Invalid(
            N_("%(link)s is no address."),
            field="gathered",
            remedy=N_("Write it as https://… or as a page of this system, such as /risks."),
            link=link[:80],
        )
    return link


def content_mark(row: PlanWork) -> str:
    """SHA-256 (hex) of a work as it is."""
    return drafting.mark(row.head, row.body, row.team, row.gathered, row.risks, row.assessment, row.targets)


def submit(session: Session, work_id: int, by: Principal) -> PlanWork:
    """Give a draft without faults to others to review; the census of today is kept with it. Raise Denied, Conflict, Invalid."""
    row = _drafted(session, work_id, by)
    sound.require(session, row)
    if not row.team:
        raise Invalid(
            N_("The editing group is empty."), field="team", remedy=N_("Name who writes the plan, and as what.")
        )
    row.figures = gathering.figures(session)
    row.state, row.submitted_by, row.submitted_at = State.REVIEW, by.person_id, clock.now(session)
    entries.record(session, row, entries.Submitted(person_id=by.person_id, digest=content_mark(row)))
    return row


def comment(session: Session, work_id: int, place: str, words: str, by: Principal) -> PlanComment:
    """Say something of a clause of a plan that is reviewed (empty: of the whole). Raise Denied, Conflict, Invalid."""
    must(by, WRITE)
    row = in_state(find(session, work_id, lock=True), State.REVIEW)
    if place and part(sound.plan(session, row), place) is None:
        raise Invalid(
            N_("The playbook has no place %(place)s."),
            field="place",
            remedy=N_("Choose one of the list. Leave it empty for the whole plan."),
            place=place[:200],
        )
    cited = note(session, reasoned(words, "words"))
    assert cited is not None  # words are there
    found = PlanComment(work_id=row.id, place=place, note_id=cited.id, by=by.person_id, at=clock.now(session))
    session.add(found)
    session.flush()
    entries.record(session, row, entries.Commented(person_id=by.person_id, comment=found.id, place=place, words=cited))
    return found


def answer(session: Session, work_id: int, comment_id: int, words: str, by: Principal) -> PlanComment:
    """Say what becomes of a comment. Raise Denied, NotFound, Conflict, Invalid."""
    must(by, WRITE)
    row = in_state(find(session, work_id, lock=True), *OPEN)
    found = session.scalar(select(PlanComment).where(PlanComment.id == comment_id, PlanComment.work_id == row.id))
    if found is None:
        raise NotFound(N_("There is no such comment."), remedy=N_("Look at the list of comments of the plan."))
    if found.answered_at is not None:
        raise Conflict(N_("This comment was answered already."), remedy=N_("Read the answer; make a new comment."))
    cited = note(session, reasoned(words, "words"))
    found.answer_note_id = cited.id if cited else None
    found.answered_by, found.answered_at = by.person_id, clock.now(session)
    entries.record(session, row, entries.Answered(person_id=by.person_id, comment=found.id, words=cited))
    return found


def comments(session: Session, work_id: int) -> Sequence[PlanComment]:
    """The comments on a work, in their order."""
    return session.scalars(select(PlanComment).where(PlanComment.work_id == work_id).order_by(PlanComment.id)).all()


def send_back(session: Session, work_id: int, reason: str, by: Principal) -> PlanWork:
    """Give a submitted or approved plan back to be written on; an approval is void then. Raise Denied, Conflict, Invalid."""
    must(by, WRITE)
    row = in_state(find(session, work_id, lock=True), State.REVIEW, State.APPROVED)
    cited = note(session, reasoned(reason))
    row.state, row.reason_note_id = State.DRAFT, cited.id if cited else None
    row.submitted_by, row.submitted_at, row.approved_by, row.approved_at = None, None, None, None
    row.version, row.digest, row.approved_as, row.override = None, None, None, False
    entries.record(session, row, entries.SentBack(person_id=by.person_id, reason=cited))
    return row


def drop(session: Session, work_id: int, reason: str, by: Principal) -> PlanWork:
    """Give a work up that is not published. Raise Denied, Conflict, Invalid."""
    must(by, WRITE)
    row = in_state(find(session, work_id, lock=True), *OPEN)
    cited = note(session, reasoned(reason))
    row.state, row.reason_note_id = State.DROPPED, cited.id if cited else None
    entries.record(session, row, entries.Dropped(person_id=by.person_id, reason=cited))
    return row


def _drafted(session: Session, work_id: int, by: Principal) -> PlanWork:
    must(by, WRITE)
    return in_state(find(session, work_id, lock=True), State.DRAFT)


def in_state(row: PlanWork, *states: State) -> PlanWork:
    """The same work; raise Conflict where it is in none of the states."""
    if row.state not in states:
        raise Conflict(
            N_("This is not possible in the state in which the plan is now."),
            remedy=N_("Load the page again: somebody may have been faster."),
            code=f"plan-{row.state}",
        )
    return row


def reasoned(text: str, field: str = "reason") -> str:
    """The words that somebody has to give; raise Invalid without any."""
    if not text.strip():
        raise Invalid(
            N_("Words are missing: an auditor reads them a year from now."),
            field=field,
            remedy=N_("Say it in a sentence."),
        )
    return text
