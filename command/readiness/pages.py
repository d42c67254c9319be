"""Pages of readiness: what playbooks would lack, what ends, and one's own reminders. All work without scripts."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from sqlalchemy.orm import Session

from command.core.documents import document
from command.core.problems import Problem
from command.people.access import access, here, may, principal, unit
from command.people.entries import audit
from command.people.language import language
from command.people.posts import DEPARTMENTS
from command.readiness import export, plans, reminders, views, words
from command.readiness.asked import ReadinessIn, ShownIn, checked
from command.readiness.coverage import Stands
from command.readiness.entries import Exported
from command.readiness.views import AreaOut, LineOut, PlanOut, TierOut
from command.resources.forms import given, valid

pages = Blueprint("readiness", __name__)
Lacking = tuple[PlanOut, TierOut, LineOut]


@pages.get("/resources/readiness")
@access("read")
def readiness() -> Any:
    """Areas, playbooks and tiers as marks; what is lacking in the area asked for, or the widest; what ends."""
    return _page()


def _page(refused: Problem | None = None) -> str:
    asked = {name: request.values.get(name, "") for name in ShownIn.model_fields}
    with here().database.read() as session:
        try:
            shown = valid(ShownIn, given(request.values, *ShownIn.model_fields))
            checked(session, shown)
        except Problem as problem:
            shown, refused = ShownIn(), refused or problem
        found = views.readiness(session, shown.area, shown.department, language())
        areas = plans.areas(session)
        unread = reminders.unread(session, principal().person_id)
    area = next(iter(found.areas), None)
    return render_template(
        "resources/readiness.html",
        found=found,
        area=area,
        lacking=_lacking(area, shown) if area else [],
        shown=shown,
        asked=asked,
        areas=areas,
        departments=DEPARTMENTS,
        unread=unread,
        words=words,
        exporting=may(principal(), "export"),
        problem=document(refused, "") if refused else None,
    )


def _lacking(area: AreaOut, shown: ShownIn) -> list[Lacking]:
    """Lines of an area that its own pools do not cover, of the playbook and tier asked for; those that no pool covers first."""
    rows = [
        (plan, tier, line)
        for plan in area.plans
        if shown.plan in ("", plan.code)
        for tier in plan.tiers
        if shown.tier in (None, tier.tier)
        for line in tier.lines
        if line.stands != Stands.READY
    ]
    return sorted(rows, key=lambda row: row[2].stands != Stands.LACKING)


@pages.post("/resources/readiness/export")
@access("export")
def exported() -> Any:
    """What the page shows as CSV. That it was taken is on record."""
    who, tongue = principal(), language()

    def work(session: Session) -> str:
        asked = checked(session, valid(ReadinessIn, given(request.form, *ReadinessIn.model_fields)))
        text, lines = export.table(views.readiness(session, asked.area, asked.department, tongue))
        audit(session, Exported(person_id=who.person_id, lines=lines))
        return text

    try:
        text = unit(work)
    except Problem as refused:
        return _page(refused), refused.status
    return Response(
        "\ufeff" + text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="readiness.csv"'},
    )


@pages.get("/resources/reminders")
@access("read")
def mine() -> Any:
    """One's own reminders."""
    return _mine()


def _mine(refused: Problem | None = None) -> str:
    with here().database.read() as session:
        rows = reminders.mine(session, principal().person_id)
        found = views.reminders_out(session, rows, language())
    problem = document(refused, "") if refused else None
    return render_template("resources/reminders.html", reminders=found, words=words, problem=problem)


@pages.post("/resources/reminders/<int:reminder_id>/read")
@access("read")
def read(reminder_id: int) -> Any:
    """One has read a reminder."""
    me = principal().person_id
    return _marked(lambda session: reminders.read(session, me, reminder_id))


@pages.post("/resources/reminders/read")
@access("read")
def read_all() -> Any:
    """One has read them all."""
    me = principal().person_id
    return _marked(lambda session: reminders.read_all(session, me))


def _marked(work: Callable[[Session], object]) -> Any:
    try:
        unit(lambda session: bool(work(session)))
    except Problem as refused:
        return _mine(refused), refused.status
    return redirect("/resources/reminders", 303)
