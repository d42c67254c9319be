"""Service levels as people and programs read them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.agreements import service
from command.agreements.attainment import Attainment
from command.agreements.models import Dispute, Liability
from command.agreements.reading import Breach, Figures
from command.core import clock
from command.incidents import clock_rows, house
from command.incidents.views import PersonOut, note_text, person


class DecisionOut(BaseModel):
    """One decision on a breach, with its words (null once they were erased)."""

    liability: Liability
    dispute: Dispute
    penalty: float | None
    currency: str
    words: str | None
    at: datetime
    by: PersonOut | None


class BreachOut(BaseModel):
    """A breach. `late_minutes` is how late it was met, or how late it is by now while `met_at` is null, rounded down; `users` the peak of
    the incident when it was recorded, `customers` how many of those cut off have an agreement. `decisions`: the newest first."""

    incident: str
    incident_kind: str
    clock: str
    clock_name: str
    sla_class: str
    class_name: str
    tier: int
    due_at: datetime
    met_at: datetime | None
    late_minutes: int
    users: int
    customers: int
    liability: Liability
    dispute: Dispute
    penalty: float | None
    currency: str
    decisions: list[DecisionOut]


class AttainmentOut(BaseModel):
    """Met ÷ (met + breached); `percent` is rounded down to tenths, null where nothing counts."""

    met: int
    breached: int
    running: int
    left_out: int
    disputed: int
    accepted: int
    percent: float | None


class ClassOut(BaseModel):
    sla_class: str
    name: str
    respond: AttainmentOut
    resolve: AttainmentOut
    both: AttainmentOut


class FiguresOut(BaseModel):
    """`parts`: clocks of incidents that are part of another, counted nowhere."""

    classes: list[ClassOut]
    total: AttainmentOut
    parts: int


def shown(session: Session, rows: Sequence[Breach], language: str) -> list[BreachOut]:
    """Breaches with their names and decisions."""
    now = clock.now(session)
    known = service.decisions(session, [breach.id for breach, _, _ in rows])
    classes: dict[str, str] = {each.id: getattr(each.name, language) for each in house.clocks().sla_classes}
    made = []
    for breach, incident, its in rows:
        definition = clock_rows.definition(breach.code)
        made.append(
            BreachOut(
                incident=incident.number,
                incident_kind=incident.kind,
                clock=breach.code,
                clock_name=getattr(definition.name, language) if definition else breach.code,
                sla_class=breach.sla_class,
                class_name=classes.get(breach.sla_class, breach.sla_class),
                tier=breach.tier,
                due_at=breach.due_at,
                met_at=its.met_at,
                late_minutes=max(0, int(((its.met_at or now) - breach.due_at).total_seconds() // 60)),
                users=breach.users,
                customers=breach.customers,
                liability=Liability(breach.liability),
                dispute=Dispute(breach.dispute),
                penalty=_amount(breach.penalty_cents),
                currency=breach.currency,
                decisions=[
                    DecisionOut(
                        liability=Liability(each.liability),
                        dispute=Dispute(each.dispute),
                        penalty=_amount(each.penalty_cents),
                        currency=each.currency,
                        words=note_text(session, each.note_id),
                        at=each.at,
                        by=person(session, each.person_id, language),
                    )
                    for each in known[breach.id]
                ],
            )
        )
    return made


def _amount(cents: int | None) -> float | None:
    return None if cents is None else cents / 100


def figures_out(found: Figures, language: str) -> FiguresOut:
    """The attainment by class, in the order of config/clocks.yaml, those without clocks too."""
    nothing = Attainment()
    classes = [
        ClassOut(
            sla_class=each.id,
            name=getattr(each.name, language),
            respond=attainment_out(found.by_class.get((each.id, "respond"), nothing)),
            resolve=attainment_out(found.by_class.get((each.id, "resolve"), nothing)),
            both=attainment_out(found.of_class(each.id)),
        )
        for each in house.clocks().sla_classes
    ]
    return FiguresOut(classes=classes, total=attainment_out(found.total), parts=found.parts)


def attainment_out(each: Attainment) -> AttainmentOut:
    """One figure."""
    percent = None if each.tenths is None else each.tenths / 10
    return AttainmentOut(**{name: getattr(each, name) for name in each.__slots__}, percent=percent)
