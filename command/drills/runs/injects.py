"""What is put to the players: due by exercise time, delivered once, answered by proof or by word, skipped with a reason."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.drills import entries, kept
from command.drills.models import GOING_ON, Drill, DrillInject, InjectState
from command.drills.runs import feeding, phones, taking_part
from command.drills.runs import words as names
from command.drills.runs.phones import Said
from command.drills.runs.signs import Seen
from command.incidents.entries import note
from command.people.access import Principal
from playbooks.scenario import Inject, Method
from playbooks.texts import Text

_TEXTS = ("sender", "content", "expected")


def read(row: DrillInject) -> Inject:
    """What a row puts to the players. Texts that a controller typed in one language stand for both."""
    if not row.extra:
        return Inject.model_validate(row.content)
    texts = {field: Text.model_construct(**row.content[field]) for field in _TEXTS}
    return Inject.model_construct(**{**row.content, **texts, "method": Method(row.content["method"])})


def of(session: Session, drill: Drill) -> list[DrillInject]:
    """The injects of a drill by number."""
    mine = select(DrillInject).where(DrillInject.drill_id == drill.id).order_by(DrillInject.number)
    return list(session.scalars(mine))


def find(session: Session, drill: Drill, number: int) -> DrillInject:
    """One inject; raise NotFound."""
    mine = select(DrillInject).where(DrillInject.drill_id == drill.id, DrillInject.number == number)
    row = session.scalar(mine)
    if row is None:
        raise NotFound(
            N_("This drill has no inject %(number)d."),
            field="number",
            remedy=N_("Look at the list of its injects."),
            number=number,
        )
    return row


def complete(session: Session, drill: Drill) -> int:
    """Let every line of the scenario have its row; return how many injects there are."""
    there = {row.number for row in of(session, drill)}
    for inject in kept.scenario_of(session, drill).injects:
        if inject.number not in there:
            session.add(_row(drill, inject))
    session.flush()
    return len(of(session, drill))


def _row(drill: Drill, inject: Inject) -> DrillInject:
    at_s = inject.at_minutes * 60 if inject.at_minutes is not None and inject.after is None else None
    return DrillInject(
        drill_id=drill.id,
        number=inject.number,
        content=inject.model_dump(mode="json"),
        at_s=at_s,
        exercise=True,
    )


def second_now(session: Session, drill: Drill) -> float:
    """Exercise time now, in seconds, to the tenth that has begun: what is due at it is due now."""
    return math.floor(kept.ticking(drill).at(clock.now(session)) * 10) / 10


def due(session: Session, drill: Drill) -> list[DrillInject]:
    """Injects of a locked drill that are due and were not delivered, the earliest first."""
    second = kept.ticking(drill).at(clock.now(session))
    mine = select(DrillInject).where(
        DrillInject.drill_id == drill.id, DrillInject.state == InjectState.PENDING, DrillInject.at_s <= second
    )
    return list(session.scalars(mine.order_by(DrillInject.at_s, DrillInject.number)))


def deliver_due(session: Session, drill: Drill) -> int:
    """Deliver what is due of a locked drill that runs; return how many. What a controller reads out waits until they say that they did."""
    ready = [row for row in due(session, drill) if read(row).method != Method.phone]
    for row in ready:
        deliver(session, drill, row)
    return len(ready)


def deliver(session: Session, drill: Drill, row: DrillInject) -> None:
    """Put a pending inject of a locked drill to its players: on their pages, by text in a live drill, as alarms."""
    inject = read(row)
    row.state, row.delivered_at = InjectState.DELIVERED, clock.now(session)
    row.delivered_s = second_now(session, drill)
    players = taking_part.people(session, drill, role=inject.to)
    texts = phones.say(session, drill, players, _said(inject)) if inject.method == Method.sms else 0
    alarms = 0
    if inject.method == Method.alarms:
        feeding.begin(session, row)
        alarms = len(feeding.of(inject))
    session.flush()
    told = entries.InjectDelivered(
        number=row.number, second=row.delivered_s, people=len(players), texts=texts, alarms=alarms
    )
    entries.record(session, drill, told)


def _said(inject: Inject) -> Said:
    sender, content = inject.sender, inject.content
    return Said(zh=f"{sender.zh}：{content.zh}", en=f"{sender.en}: {content.en}")


def proved(session: Session, drill: Drill, row: DrillInject, seen: Seen, second: float, incident: str | None) -> None:
    """A delivered inject of a locked drill is answered: an entry shows what was expected."""
    row.state, row.answered_at, row.answered_s = InjectState.ANSWERED, seen.at, second
    row.reason = seen.kind
    session.flush()
    told = entries.InjectAnswered(
        number=row.number, second=second, proof=seen.kind, incident=incident, seq=seen.seq if incident else None
    )
    entries.record(session, drill, told)


def answer(
    session: Session, drill: Drill, row: DrillInject, who: Principal, *, choice: str | None = None, words: str = ""
) -> None:
    """Somebody answers a delivered inject of a locked drill: one of its players, with a choice or in words, or who runs the drill. Raise
    Denied, Invalid or Conflict."""
    goes_on(drill)
    inject = read(row)
    _may_answer(session, drill, inject, who)
    _is(row, InjectState.DELIVERED)
    _check_choice(inject, choice, words)
    row.state, row.answered_at, row.answered_by = InjectState.ANSWERED, clock.now(session), who.person_id
    row.answered_s, row.choice = second_now(session, drill), choice
    cited = note(session, words)
    row.note_id = cited.id if cited else None
    session.flush()
    told = entries.InjectAnswered(
        number=row.number, second=row.answered_s, person_id=who.person_id, choice=choice, words=cited
    )
    entries.record(session, drill, told)


def _may_answer(session: Session, drill: Drill, inject: Inject, who: Principal) -> None:
    if not taking_part.runs(session, drill, who) and inject.to not in taking_part.player(session, drill, who):
        raise Conflict(N_("This was put to another role."), field="number", remedy=N_("Answer what was put to you."))


def _check_choice(inject: Inject, choice: str | None, words: str) -> None:
    known = [each.id for each in inject.choices]
    if choice is not None and choice not in known:
        raise Invalid(
            N_("There is no such choice."),
            field="choice",
            remedy=N_("Choose one of: %(known)s.") if known else N_("Answer in words."),
            known=", ".join(known),
        )
    if choice is None and not words.strip():
        raise Invalid(
            N_("Nothing was answered."),
            field="choice" if known else "words",
            remedy=N_("Choose one of: %(known)s.") if known else N_("Answer in words."),
            known=", ".join(known),
        )


def skip(session: Session, drill: Drill, row: DrillInject, because: str) -> None:
    """A pending inject of a locked drill is not put to anybody, because of `unless`, `controller` or `over`. Raise Conflict."""
    _is(row, InjectState.PENDING)
    row.state, row.reason = InjectState.SKIPPED, because
    session.flush()
    told = entries.InjectSkipped(number=row.number, second=second_now(session, drill), because=because)
    entries.record(session, drill, told)


def mark_delivered(session: Session, drill: Drill, row: DrillInject, who: Principal) -> None:
    """A controller put a pending inject to its players: read out on the phone, or ahead of its time. Raise Denied or Conflict."""
    taking_part.must_run(session, drill, who)
    goes_on(drill)
    _is(row, InjectState.PENDING)
    deliver(session, drill, row)


def skip_by_hand(session: Session, drill: Drill, row: DrillInject, who: Principal) -> None:
    """A controller leaves a pending inject out. Raise Denied or Conflict."""
    taking_part.must_run(session, drill, who)
    goes_on(drill)
    skip(session, drill, row, "controller")


@dataclass(frozen=True, slots=True)
class Extra:
    """An inject that a controller adds: to a role, by screen, text, phone or discussion, now or at a minute of exercise time. Its texts are
    in the controller's own language."""

    to: str
    sender: str
    content: str
    expected: str = ""
    method: Method = Method.screen
    at_minutes: float | None = None
    objective: str = ""


def add(session: Session, drill: Drill, extra: Extra, who: Principal) -> DrillInject:
    """Put a further inject into a locked drill that goes on. Raise Denied, Invalid or Conflict."""
    taking_part.must_run(session, drill, who)
    goes_on(drill)
    scenario, second = kept.scenario_of(session, drill), second_now(session, drill)
    _one_of("to", extra.to, [role.id for role in scenario.roles])
    objectives = [each.id for each in scenario.objectives]
    objective = extra.objective or objectives[0]
    _one_of("objective", objective, objectives)
    for field in ("sender", "content"):
        if not getattr(extra, field).strip():
            raise Invalid(N_("Nothing is said here."), field=field, remedy=N_("Write who says what to the players."))
    if extra.method == Method.alarms:
        raise Invalid(
            N_("Alarms are injects of scenarios alone."),
            field="method",
            remedy=N_("Choose screen, sms, phone or discussion."),
        )
    at_s = second if extra.at_minutes is None else extra.at_minutes * 60
    if at_s < second:
        raise Invalid(
            N_("This minute of exercise time is over."),
            field="at_minutes",
            remedy=N_("Give a later one, or leave it out to put it to them at once."),
        )
    last = session.scalar(select(func.max(DrillInject.number)).where(DrillInject.drill_id == drill.id)) or 0
    row = DrillInject(
        drill_id=drill.id,
        number=last + 1,
        extra=True,
        content={
            "number": last + 1,
            "at_minutes": at_s / 60,
            "to": extra.to,
            "method": str(extra.method),
            "objective": objective,
            **{field: dict.fromkeys(("zh", "en"), masked_words(getattr(extra, field).strip())) for field in _TEXTS},
        },
        at_s=at_s,
        exercise=True,
    )
    session.add(row)
    session.flush()
    entries.record(session, drill, entries.InjectAdded(number=row.number, at_s=round(at_s, 1)))
    return row


def _one_of(field: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise Invalid(
            N_("The scenario has no %(name)s."),
            field=field,
            remedy=N_("Use one of: %(known)s."),
            name=given[:80],
            known=", ".join(known),
        )


def goes_on(drill: Drill) -> None:
    """Raise Conflict unless a drill is running or paused."""
    if drill.state not in GOING_ON:
        raise Conflict(
            N_("This drill does not go on: it is %(state)s."),
            remedy=N_("Look at its page for what can be done now."),
            code="not-running",
            state=names.state(drill.state),
        )


def _is(row: DrillInject, state: InjectState) -> None:
    if row.state != state:
        raise Conflict(
            N_("Inject %(number)d is %(state)s."),
            field="number",
            remedy=N_("Look at the list of injects as it is now."),
            code="inject-state",
            number=row.number,
            state=names.inject(row.state),
        )
