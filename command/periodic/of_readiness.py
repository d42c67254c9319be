"""Chapters about being ready: drills held, improvement actions, resources under their minimum; the last two as they stood when counted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from command.core.problems import N_
from command.drills.models import HELD, Drill, State
from command.drills.programme import words as drill_words
from command.improvement import reading
from command.improvement.models import UNDONE, ImprovementAction
from command.improvement.models import State as ActionState
from command.people.models import Person
from command.periodic.blocks import Block, table, words
from command.periodic.chapter import SHOWN, Chapter, Figures
from command.periodic.facts import Facts, open_to_many
from command.periodic.speech import Speech
from command.resources.models import Resource, ResourcePool, ResourceStock


def _count_drills(facts: Facts) -> Figures:
    states = (*HELD, State.MISSED)
    query = select(Drill).where(facts.within(Drill.due_at), Drill.state.in_(states)).order_by(Drill.due_at, Drill.id)
    rows = facts.session.scalars(query).all()
    return {
        "held": sum(row.state in HELD for row in rows),
        "evaluated": sum(row.state == State.EVALUATED for row in rows),
        "missed": sum(row.state == State.MISSED for row in rows),
        "drills": [
            {
                "code": row.code,
                "name": row.name,
                "subject": row.subject,
                "mode": row.mode,
                "day": row.local_date,
                "state": row.state,
            }
            for row in rows[:SHOWN]
        ],
    }


def _write_drills(figures: Figures, s: Speech) -> Sequence[Block]:
    if not figures["drills"]:
        return []
    said = s.gettext(
        "Held: %(held)s, evaluated of these: %(evaluated)s; missed: %(missed)s.",
        **{name: s.count(figures[name]) for name in ("held", "evaluated", "missed")},
    )
    head = [s.gettext("Drill"), s.gettext("Day"), s.gettext("Subject"), s.gettext("Form"), s.gettext("State")]
    rows = [
        [
            f"{each['code']} {each['name']}",
            each["day"],
            s.word(drill_words.SUBJECTS[each["subject"]]),
            s.word(drill_words.MODES[each["mode"]]),
            s.word(drill_words.STATES[each["state"]]),
        ]
        for each in figures["drills"]
    ]
    links = [f"/drills/{each['code']}" for each in figures["drills"]]
    return [words(said), table(head, rows, (6, 2, 3, 2, 2), links=links)]


def _count_improvement(facts: Facts) -> Figures:
    row = ImprovementAction
    many = open_to_many(row.incident_id)
    overdue = reading.late(facts.today)
    late = facts.session.execute(
        select(row, Person).join(Person, Person.id == row.owner_id).where(many, overdue).order_by(row.due_on, row.id)
    ).tuples()
    return {
        "open": _number(facts, many, row.state.in_(UNDONE)),
        "late": _number(facts, many, overdue),
        "to_verify": _number(facts, many, row.state == ActionState.EVIDENCE_GIVEN),
        "given": _number(facts, many, facts.within(row.given_at)),
        "verified": _number(facts, many, row.state == ActionState.VERIFIED, facts.within(row.verified_at)),
        "late_ones": [_action(facts, action, owner) for action, owner in late.fetchmany(SHOWN)],
    }


def _number(facts: Facts, *among: Any) -> int:
    query = select(func.count()).select_from(ImprovementAction).where(*among)
    return int(facts.session.scalar(query) or 0)


def _action(facts: Facts, action: ImprovementAction, owner: Person) -> dict[str, Any]:
    return {
        "id": action.id,
        "title": action.title,
        "owner": {"zh": owner.name_zh, "en": owner.name_en},
        "due_on": action.due_on,
        "days": (facts.today - action.due_on).days,
    }


def _write_improvement(figures: Figures, s: Speech) -> Sequence[Block]:
    names = {
        "open": N_("Not done"),
        "late": N_("of these late"),
        "to_verify": N_("of these waiting to be verified"),
        "given": N_("Given in the period"),
        "verified": N_("Verified in the period"),
    }
    rows = [[s.word(name), s.count(figures[code])] for code, name in names.items()]
    said: list[Block] = [table([s.gettext("Improvement actions"), s.gettext("Count")], rows, (6, 2), (1,))]
    if figures["late_ones"]:
        head = [s.gettext("Late action"), s.gettext("Responsible"), s.gettext("Due"), s.gettext("Days late")]
        rows = [
            [f"{each['id']} · {each['title']}", s.named(each["owner"]), each["due_on"], s.count(each["days"])]
            for each in figures["late_ones"]
        ]
        links = [f"/improvement/{each['id']}" for each in figures["late_ones"]]
        said.append(table(head, rows, (7, 3, 2, 2), (3,), links))
    return said


def _count_resources(facts: Facts) -> Figures:
    query = (
        select(ResourceStock, Resource, ResourcePool)
        .join(Resource, Resource.id == ResourceStock.resource_id)
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .where(ResourceStock.minimum > 0, ResourcePool.closed_at.is_(None))
        .order_by(ResourcePool.code, Resource.code)
    )
    rows = facts.session.execute(query).tuples().all()
    short = [(stock, what, pool) for stock, what, pool in rows if stock.available + stock.in_reserve < stock.minimum]
    return {
        "with_minimum": len(rows),
        "short": len(short),
        "stocks": [
            {
                "id": stock.id,
                "resource": {"zh": what.name_zh, "en": what.name_en},
                "pool": {"zh": pool.name_zh, "en": pool.name_en},
                "there": stock.available + stock.in_reserve,
                "minimum": stock.minimum,
            }
            for stock, what, pool in short[:SHOWN]
        ],
    }


def _write_resources(figures: Figures, s: Speech) -> Sequence[Block]:
    if not figures["with_minimum"]:
        return []
    said: list[Block] = [
        words(
            s.gettext(
                "Under their minimum: %(short)s of %(all)s stocks that have one.",
                short=s.count(figures["short"]),
                all=s.count(figures["with_minimum"]),
            )
        )
    ]
    if figures["stocks"]:
        head = [s.gettext("Resource"), s.gettext("Pool"), s.gettext("There"), s.gettext("Minimum")]
        rows = [
            [s.named(each["resource"]), s.named(each["pool"]), s.count(each["there"]), s.count(each["minimum"])]
            for each in figures["stocks"]
        ]
        links = [f"/resources/stocks/{each['id']}" for each in figures["stocks"]]
        said.append(table(head, rows, (4, 4, 2, 2), (2, 3), links))
    return said


DRILLS = Chapter(N_("Drills"), N_("No drill was due."), _count_drills, _write_drills)
IMPROVEMENT = Chapter(N_("Improvement"), "", _count_improvement, _write_improvement)
RESOURCES = Chapter(N_("Resources"), N_("No stock has a minimum."), _count_resources, _write_resources)
