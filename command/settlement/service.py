"""What an incident leaves to be settled, verb by verb: made by rule once it is restored, taken, settled with what it came to, waived with a
reason, taken up again. An incident is not closed before everything required is settled or waived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import entries as journal
from command.incidents import house, standing, visibility
from command.incidents.guards import FINAL
from command.incidents.lifecycle import Action, Refusal
from command.incidents.models import Incident
from command.people.access import Principal
from command.people.models import Person
from command.settlement import entries, owners
from command.settlement.models import SettlementItem, Sort, State
from command.settlement.rules import rules
from playbooks.tasks import Department
from playbooks.texts import Text

ACT = "settle"
LONGEST = 120
"""Characters of a title, and of a reference."""
MOST_CENTS = 10**15
DUE = timedelta(days=30)
"""For what somebody adds without saying until when."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an item came to: words always; of a compensation what was paid (hundredths of the currency) to how many people; of a report
    its number or the name of the document."""

    words: str
    amount_cents: int | None = None
    people: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An item that somebody adds by hand."""

    sort: Sort
    title: str
    department: Department
    due_on: date | None = None
    required: bool = True


def of(session: Session, incident: Incident) -> Sequence[SettlementItem]:
    """The items of an incident, the one due first first."""
    query = select(SettlementItem).where(SettlementItem.incident_id == incident.id)
    return session.scalars(query.order_by(SettlementItem.due_on, SettlementItem.id)).all()


def turned(session: Session, incident: Incident, action: Action) -> None:
    """Make what the rules ask for when an incident is restored or reviewed; what is open is void once it was cancelled or merged."""
    if action in (Action.RESTORE, Action.REVIEW):
        _make(session, incident)
    elif action in (Action.CANCEL, Action.MERGE):
        _void(session, incident)


def _make(session: Session, incident: Incident) -> None:
    known = {item.code for item in of(session, incident)}
    now = clock.now(session)
    restored = house.today(session, incident.restored_at or now)
    made = [
        SettlementItem(
            incident_id=incident.id,
            code=rule.code,
            sort=rule.sort,
            title_zh=rule.title.zh,
            title_en=rule.title.en,
            department=rule.department,
            due_on=restored + timedelta(days=rule.due_days),
            required=rule.required,
            made_at=now,
            exercise=incident.exercise,
        )
        for rule in rules().of(incident.kind, incident.tier)
        if rule.code not in known
    ]
    _keep(session, incident, made)


def _keep(session: Session, incident: Incident, made: Sequence[SettlementItem]) -> None:
    if made:
        session.add_all(made)
        session.flush()
        codes = tuple(item.code for item in made)
        first = min(item.due_on for item in made)
        journal.record(session, incident, entries.ItemsMade(items=codes, settle_by=first))


def _void(session: Session, incident: Incident) -> None:
    items = [item for item in of(session, incident) if item.state == State.OPEN]
    for item in items:
        item.state = State.VOID
    if items:
        journal.record(session, incident, entries.ItemsVoid(items=tuple(item.code for item in items)))


def asked(session: Session, incident: Incident, action: Action) -> Sequence[Refusal]:
    """Against closing: what is required and still open, each by name."""
    if action is not Action.CLOSE:
        return ()
    items = [item for item in of(session, incident) if item.required and item.state == State.OPEN]
    if not items:
        return ()
    zh, en = "、".join(item.title_zh for item in items), "; ".join(item.title_en for item in items)
    return (
        Refusal(
            "settlement_done",
            Text(zh=f"善后事项尚未了结：{zh}", en=f"not everything is settled: {en}"),
            Text(
                zh="在“善后”页了结各项，或注明原因后免除",
                en="settle each on the page Settlement, or waive it with a reason",
            ),
        ),
    )


def add(session: Session, number: str, draft: Draft, by: Principal) -> SettlementItem:
    """Add an item to an incident that is not over in vain. Raise NotFound, Denied, Invalid or Conflict."""
    incident = _incident(session, number, by)
    if incident.state in FINAL:
        raise Conflict(
            N_("Nothing is settled of an incident that was cancelled or merged."),
            remedy=N_("Add it to the incident it was merged into."),
        )
    now = clock.now(session)
    today = house.today(session, now)
    hand = session.scalar(
        select(func.count()).where(
            SettlementItem.incident_id == incident.id, SettlementItem.code.startswith("hand-", autoescape=True)
        )
    )
    title = _short(draft.title, "title")
    item = SettlementItem(
        incident_id=incident.id,
        code=f"hand-{(hand or 0) + 1}",
        sort=draft.sort,
        title_zh=title,
        title_en=title,
        department=draft.department,
        due_on=_day(draft.due_on or today + DUE, today),
        required=draft.required,
        made_at=now,
        exercise=incident.exercise,
    )
    _keep(session, incident, [item])
    return item


def take(
    session: Session,
    number: str,
    code: str,
    by: Principal,
    *,
    owner: str = "",
    due_on: date | None = None,
    reason: str = "",
) -> SettlementItem:
    """Let somebody see to an open item (by default whoever asks), and set another day with a reason."""
    incident, item = _item(session, number, code, by, State.OPEN)
    person = owners.named(session, incident, owner) if owner else session.get_one(Person, by.person_id)
    if due_on is not None and due_on != item.due_on:
        item.due_on = _day(due_on, house.today(session, clock.now(session)))
        _reasoned(reason)
    item.owner_id = person.id
    payload = entries.ItemTaken(
        item=item.code,
        owner_id=person.id,
        due_on=item.due_on,
        person_id=by.person_id,
        reason=journal.note(session, reason),
    )
    journal.record(session, incident, payload)
    return item


def settle(session: Session, number: str, code: str, outcome: Outcome, by: Principal) -> SettlementItem:
    """An open item is settled. A compensation says what was paid to how many, a report names its document; raise Invalid."""
    incident, item = _item(session, number, code, by, State.OPEN)
    words = _reasoned(outcome.words, "words")
    if item.sort == Sort.COMPENSATION and (outcome.amount_cents is None or outcome.people is None):
        raise Invalid(
            N_("A compensation says what was paid, and to how many people."),
            field="amount" if outcome.amount_cents is None else "people",
            remedy=N_("Write 0 where nothing was owed after all, or waive it with the reason."),
        )
    if not 0 <= (outcome.amount_cents or 0) <= MOST_CENTS:
        raise Invalid(
            N_("This amount cannot be."), field="amount", remedy=N_("Write what was paid in all, such as 1280.50.")
        )
    if item.sort == Sort.REGULATOR and not outcome.reference.strip():
        raise Invalid(
            N_("A report to the regulator is named by its number."),
            field="reference",
            remedy=N_("Write the number of the report, or of the receipt."),
        )
    item.amount_cents, item.people = outcome.amount_cents, outcome.people
    item.reference = _short(outcome.reference, "reference") if outcome.reference.strip() else ""
    cited = _end(session, item, State.SETTLED, words, by)
    payload = entries.ItemSettled(
        item=item.code,
        person_id=by.person_id,
        amount_cents=item.amount_cents,
        people=item.people,
        words=cited,
    )
    journal.record(session, incident, payload)
    return item


def waive(session: Session, number: str, code: str, reason: str, by: Principal) -> SettlementItem:
    """Nothing is owed for an open item; the reason is on record."""
    incident, item = _item(session, number, code, by, State.OPEN)
    cited = _end(session, item, State.WAIVED, _reasoned(reason), by)
    journal.record(session, incident, entries.ItemWaived(item=item.code, person_id=by.person_id, reason=cited))
    return item


def reopen(session: Session, number: str, code: str, reason: str, by: Principal) -> SettlementItem:
    """Take a settled or waived item up again, with a reason; what it came to stays in the journal."""
    incident, item = _item(session, number, code, by, State.SETTLED, State.WAIVED)
    before, cited = item.state, journal.note(session, _reasoned(reason))
    item.state, item.settled_at, item.settled_by = State.OPEN, None, None
    item.note_id = cited.id if cited else None
    payload = entries.ItemReopened(item=item.code, person_id=by.person_id, before=before, reason=cited)
    journal.record(session, incident, payload)
    return item


def _end(session: Session, item: SettlementItem, state: State, words: str, by: Principal) -> journal.NoteRef | None:
    cited = journal.note(session, words)
    item.state, item.settled_at, item.settled_by = state, clock.now(session), by.person_id
    item.note_id = cited.id if cited else None
    return cited


def _incident(session: Session, number: str, by: Principal) -> Incident:
    incident = visibility.seen_by(session, standing.lock(session, number), by)
    standing.authorise(session, incident, by, ACT)
    return incident


def _item(session: Session, number: str, code: str, by: Principal, *states: State) -> tuple[Incident, SettlementItem]:
    """A locked incident and its item in one of `states`; raise NotFound, Denied or Conflict."""
    incident = _incident(session, number, by)
    found = next((item for item in of(session, incident) if item.code == code), None)
    if found is None:
        raise NotFound(
            N_("Incident %(number)s has nothing of this name to settle."),
            field="code",
            remedy=N_("Look at its page Settlement for what there is."),
            number=incident.number,
        )
    if found.state not in states:
        raise Conflict(
            N_("This is settled, waived or void already.")
            if State.OPEN in states
            else N_("Only what is settled or waived is taken up again."),
            remedy=N_("Load the page again: somebody may have been faster."),
        )
    return incident, found


def _reasoned(text: str, field: str = "reason") -> str:
    if not text.strip():
        raise Invalid(
            N_("Words are missing: an auditor reads them a year from now."),
            field=field,
            remedy=N_("Say in a sentence what was done, or why."),
        )
    return text


def _short(text: str, field: str) -> str:
    found = text.strip()
    if not found or len(found) > LONGEST:
        raise Invalid(
            N_("Between 1 and %(most)d characters, please."),
            field=field,
            remedy=N_("Say it in a few words."),
            most=LONGEST,
        )
    return found


def _day(day: date, today: date) -> date:
    if not today <= day <= today + timedelta(days=3650):
        raise Invalid(
            N_("It is due today or later, within ten years."), field="due_on", remedy=N_("Choose a day from today on.")
        )
    return day
