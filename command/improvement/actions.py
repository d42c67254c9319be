"""Improvement actions from the finding to the proof that it is better: find → analyse → improve → verify (R18).

Whoever verifies, sends back, drops or moves the day is never the owner: nobody closes or stretches their own loop."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from command.core import clock
from command.core.journal import Payload
from command.core.log import masked_words
from command.core.names import Words
from command.core.problems import N_, Conflict, Denied, Invalid
from command.improvement import clauses, entries, owners, sources, telling
from command.improvement.clauses import Clause
from command.improvement.entries import Dropped, EvidenceGiven, Given, Moved, Reopened, SentBack, Taken, Verified
from command.improvement.evidence import Evidence, hashed, keep
from command.improvement.models import UNDONE, WORKING, ImprovementAction, State
from command.improvement.words import STATES
from command.incidents import house
from command.incidents.entries import NoteRef, note
from command.people.access import Principal, must
from command.people.models import Person

LONGEST = 5 * 366
"""Days ahead at which an action may be due at most."""
TITLE = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """An action to be given. `owner` is a username, `source` as `sources.read` takes it; `starts_on` None: today."""

    title: str
    owner: str
    due_on: date
    source: str = ""
    words: str = ""
    finding: str = ""
    cause: str = ""
    starts_on: date | None = None
    clause: Clause | None = None


def give(session: Session, draft: Draft, who: Principal) -> ImprovementAction:
    """Give an action to its owner, who is told. Raise Invalid naming the field that cannot be used."""
    must(who, "improve")
    owner = owners.named(session, draft.owner)
    cited = {name: _note(session, getattr(draft, name)) for name in ("words", "finding", "cause")}
    now = clock.now(session)
    action = ImprovementAction(
        title=_title(draft.title),
        owner_id=owner.id,
        due_on=draft.due_on,
        given_by=who.person_id,
        given_at=now,
        changed_at=now,
        **_placed(session, draft, who),
        **{f"{name}_note_id": ref.id if ref else None for name, ref in cited.items()},
    )
    session.add(action)
    session.flush()
    plain = ("source", "source_ref", "owner_id", "starts_on", "due_on", "playbook")
    values = {name: getattr(action, name) for name in plain}
    clause = {"version": action.playbook_version, "place": action.playbook_place}
    entries.record(session, action, Given(**values, **clause, **cited))
    _tell(session, owner.id, action, "given", who)
    return action


def _title(text: str) -> str:
    title = masked_words(text.strip())
    if not title or len(title) > TITLE:
        raise Invalid(
            N_("An action has a title of %(most)d characters at most."),
            field="title",
            remedy=N_("Say in a few words what is to be done."),
            most=TITLE,
        )
    return title


def _placed(session: Session, draft: Draft, who: Principal) -> dict[str, Any]:
    """When an action starts, where it comes from, and which clause it changes, each checked."""
    starts = draft.starts_on or _today(session)
    _due(session, starts, draft.due_on)
    source = sources.read(session, draft.source, who)
    clause = clauses.known(session, draft.clause) if draft.clause else None
    return {
        "starts_on": starts,
        "source": source.kind,
        "source_ref": source.ref,
        "incident_id": source.incident.id if source.incident else None,
        "playbook": clause.code if clause else None,
        "playbook_version": clause.version if clause else None,
        "playbook_place": (clause.place or None) if clause else None,
    }


def take(session: Session, action: ImprovementAction, who: Principal) -> None:
    """The owner begins. Raise Denied for anybody else, Conflict unless it is open or was sent back."""
    must(who, "improve")
    if who.person_id != action.owner_id:
        raise Denied(
            N_("Only its owner takes an action."),
            remedy=N_("Move it to yourself first, with a reason, if you take it over."),
        )
    _from(action, (State.OPEN, State.SENT_BACK))
    _turn(session, action, State.IN_PROGRESS, Taken(person_id=who.person_id))


def give_evidence(session: Session, action: ImprovementAction, given: Evidence, who: Principal) -> None:
    """Say what shows that it was done; whoever gave the action is told, to verify it. Further evidence may follow until it is verified."""
    must(who, "improve")
    _from(action, UNDONE)
    row, cited = keep(session, action, given, who)
    action.evidence_by, action.evidence_at = who.person_id, row.at
    told = EvidenceGiven(
        evidence_id=row.id, person_id=who.person_id, words=cited, link=hashed(row.link), sha256=row.sha256
    )
    _turn(session, action, State.EVIDENCE_GIVEN, told)
    _tell(session, action.given_by, action, "evidence", who)


def verify(session: Session, action: ImprovementAction, words: str, who: Principal) -> None:
    """Somebody else than the owner and whoever gave the newest evidence finds that it was done and works: the loop is closed."""
    must(who, "improve")
    _other(action, who)
    if who.person_id == action.evidence_by:
        raise Denied(
            N_("Whoever gave the evidence does not verify it."),
            remedy=N_("Ask a colleague who may know of the action."),
        )
    _from(action, (State.EVIDENCE_GIVEN,))
    action.verified_by, action.verified_at = who.person_id, clock.now(session)
    cited = _note(session, words)
    action.reason_note_id = cited.id if cited else None
    _turn(session, action, State.VERIFIED, Verified(person_id=who.person_id, words=cited))


def send_back(session: Session, action: ImprovementAction, reason: str, who: Principal) -> None:
    """Somebody else than the owner finds that the evidence does not do; the owner is told."""
    must(who, "improve")
    _other(action, who)
    _from(action, (State.EVIDENCE_GIVEN,))
    cited = _reason(session, action, reason)
    _turn(session, action, State.SENT_BACK, SentBack(person_id=who.person_id, reason=cited))
    _tell(session, action.owner_id, action, "sent_back", who)


def drop(session: Session, action: ImprovementAction, reason: str, who: Principal) -> None:
    """Somebody else than the owner says why it will not be done."""
    must(who, "improve")
    _other(action, who)
    _from(action, UNDONE)
    cited = _reason(session, action, reason)
    _turn(session, action, State.DROPPED, Dropped(person_id=who.person_id, reason=cited))


def reopen(session: Session, action: ImprovementAction, reason: str, due_on: date, who: Principal) -> None:
    """A verified or dropped action turns out not to be done: it is open again, due on a new day, and its owner is told."""
    must(who, "improve")
    _from(action, (State.VERIFIED, State.DROPPED))
    _due(session, action.starts_on, due_on)
    cited = _reason(session, action, reason)
    before, action.due_on = action.state, due_on
    action.reopened += 1
    action.verified_by = action.verified_at = action.evidence_by = action.evidence_at = None
    _turn(session, action, State.OPEN, Reopened(person_id=who.person_id, before=before, reason=cited))
    _tell(session, action.owner_id, action, "given", who)


def move(
    session: Session,
    action: ImprovementAction,
    reason: str,
    who: Principal,
    *,
    owner: str = "",
    due_on: date | None = None,
) -> None:
    """Give it to another owner, set another day, or both, with a reason. A later day is set by somebody else than the owner; a new owner
    begins anew and is told."""
    must(who, "improve")
    _from(action, UNDONE)
    new = owners.named(session, owner).id if owner.strip() else action.owner_id
    day = due_on or action.due_on
    if (new, day) == (action.owner_id, action.due_on):
        raise Invalid(
            N_("Nothing would be moved."), field="owner", remedy=N_("Name another owner, another day, or both.")
        )
    if day != action.due_on:
        _due(session, action.starts_on, day)
    if day > action.due_on:
        _other(action, who)
    cited = _reason(session, action, reason)
    before = {"owner_before": action.owner_id, "due_before": action.due_on}
    moved = Moved(person_id=who.person_id, owner_id=new, due_on=day, reason=cited, **before)
    action.due_moved += day != action.due_on
    state = State(action.state)
    handed = new != action.owner_id
    action.owner_id, action.due_on = new, day
    _turn(session, action, State.OPEN if handed and state in WORKING else state, moved)
    if handed:
        _tell(session, new, action, "given", who)


def _today(session: Session) -> date:
    return house.today(session, clock.now(session))


def _due(session: Session, starts: date, due: date) -> None:
    today = _today(session)
    if starts > due or due < today:
        raise Invalid(
            N_("An action is due today or later, and not before it starts."),
            field="due_on",
            remedy=N_("Set a day from %(day)s on."),
            day=max(today, starts).isoformat(),
        )
    if (due - today).days > LONGEST:
        raise Invalid(
            N_("This day is too far ahead."), field="due_on", remedy=N_("Set a day within the next five years.")
        )


def _other(action: ImprovementAction, who: Principal) -> None:
    if who.person_id == action.owner_id:
        raise Denied(
            N_("Somebody else than the owner decides this."),
            remedy=N_("Ask whoever gave the action, or another colleague who may improve."),
        )


def _from(action: ImprovementAction, allowed: tuple[State, ...]) -> None:
    if action.state not in allowed:
        raise Conflict(
            N_("The action does not allow this as it stands: %(state)s."),
            remedy=N_("Look at its history; somebody may have acted before you."),
            state=Words((STATES[State(action.state)],)),
        )


def _note(session: Session, text: str) -> NoteRef | None:
    return note(session, masked_words(text.strip()))


def _reason(session: Session, action: ImprovementAction, reason: str) -> NoteRef | None:
    cited = _note(session, reason)
    if cited is None:
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    action.reason_note_id = cited.id
    return cited


def _turn(session: Session, action: ImprovementAction, state: State, payload: Payload) -> None:
    action.state, action.changed_at = state, clock.now(session)
    entries.record(session, action, payload)


def _tell(session: Session, person_id: int, action: ImprovementAction, what: str, who: Principal) -> None:
    """Tell somebody, unless it is they who act."""
    if person_id != who.person_id:
        telling.tell(session, session.get_one(Person, person_id), action, what)
