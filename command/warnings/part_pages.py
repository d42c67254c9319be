"""Parts of other rooms' pages, asked for by those pages: live warnings on the boards, the change freeze and the warning that an incident
came of, reinforced duty on the on-call page, what is to be staged on the resources page, and what came of a risk."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.problems import N_, Invalid
from command.incidents import places, standing, visibility
from command.incidents.models import Incident
from command.network.models import Area
from command.people.access import access, here, may, principal
from command.people.language import language
from command.people.models import Person
from command.people.posts import DEPARTMENTS
from command.resources.models import Resource, ResourceAllocation, ResourcePool, ResourceStock
from command.resources.states import State as Taken
from command.warnings import as_of, flags, happened, reading, standby, views, words

pages = Blueprint("warning_parts", __name__, url_prefix="/warnings/part")
STOCKS = 4
"""Stocks named for each resource that is to be staged."""


@pages.get("/board", endpoint="board")
@access("read")
def of_board() -> Any:
    """Live warnings of real life, or (`?exercise`) of exercises; with `?at=` as they stood then."""
    with here().database.read() as session:
        at = _at(session)
        rows = as_of.stood(session, at, exercise="exercise" in request.args)
        tongue = language()
        shown = [
            {
                "code": each.row.code,
                "colour": each.colour,
                "headline": each.row.headline_zh if tongue == "zh" else each.row.headline_en,
                "areas": [names.of(area, tongue) for area in _areas(session, each.areas)],
                "until_at": each.until_at,
                "holds": each.from_at <= at,
            }
            for each in rows
        ]
    return render_template("warnings/part_board.html", shown=shown, words=words)


def _at(session: Session) -> datetime:
    asked = request.args.get("at", "")
    if not asked:
        return clock.now(session)
    try:
        at = datetime.fromisoformat(asked.replace(" ", "+"))
        return (at if at.tzinfo else at.replace(tzinfo=here().settings.tz)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            N_("This is no date and time."), field="at", remedy=N_("Write it as 2026-11-21T14:05+08:00.")
        ) from error


def _areas(session: Session, codes: tuple[str, ...]) -> list[Area]:
    return list(session.scalars(select(Area).where(Area.code.in_(codes[:6])).order_by(Area.code)))


@pages.get("/incident", endpoint="incident")
@access("read")
def of_incident() -> Any:
    """Of an incident (`?number=`): whether changes are frozen where it is, and the warnings it came of."""
    with here().database.read() as session:
        found = standing.find(session, request.args.get("number", "")[:64])
        incident: Incident = visibility.seen_by(session, found, principal())
        codes = places.codes_upward(session, incident.area_id)[:1]
        asked = flags.of(session, codes, clock.now(session), exercise=incident.exercise)
        came_of = [views.warning_out(session, row, language()) for row in happened.warnings_of(session, incident)]
    return render_template("warnings/part_incident.html", frozen=asked.change_freeze, came_of=came_of, words=words)


@pages.get("/area", endpoint="area")
@access("read")
def of_area() -> Any:
    """Of an area (`?area=`): whether drills are suspended and changes frozen there, for the page of a drill."""
    code = request.args.get("area", "")[:64]
    with here().database.read() as session:
        asked = flags.of(session, [places.named(session, code).code], clock.now(session))
    return render_template("warnings/part_area.html", asked=asked)


@pages.get("/duty", endpoint="duty")
@access("read")
def of_duty() -> Any:
    """Of each live warning that reinforces duty: who stands by, and how many are wanted still."""
    with here().database.read() as session:
        rows = reading.warnings(session, "live")
        tongue, me = language(), session.get(Person, principal().person_id)
        shown = [
            (views.warning_out(session, row, tongue), strengths)
            for row in rows
            if (strengths := standby.strengths(session, row))
        ]
        people = {
            each.id: names.of(each, tongue)
            for _, strengths in shown
            for strength in strengths
            for each in (*strength.confirmed, *strength.asked)
        }
        department = me.department if me else None
    return render_template(
        "warnings/part_duty.html",
        shown=shown,
        people=people,
        me=principal().person_id,
        department=department,
        departments=DEPARTMENTS,
        words=words,
    )


@pages.get("/staging", endpoint="staging")
@access("read")
def of_staging() -> Any:
    """What live warnings want put in place: how much is held ahead of need, and the stocks that it can be taken from."""
    with here().database.read() as session:
        asked = flags.of(session, (), clock.now(session))
        wanted = [
            (row, count, _ahead(session, row.id), _stocks(session, row.id))
            for code, count in asked.staging.items()
            if (row := session.scalar(select(Resource).where(Resource.code == code))) is not None
        ]
        unknown = [code for code in asked.staging if code not in {row.code for row, *_ in wanted}]
    return render_template(
        "warnings/part_staging.html",
        wanted=wanted,
        unknown=unknown,
        codes=asked.warnings,
        managing=may(principal(), "manage_resources"),
    )


def _ahead(session: Session, resource_id: int) -> int:
    """Pieces of a resource that are held or staged ahead of need."""
    query = (
        select(func.sum(ResourceAllocation.quantity))
        .join(ResourceStock, ResourceStock.id == ResourceAllocation.stock_id)
        .where(
            ResourceStock.resource_id == resource_id,
            ResourceAllocation.request_id.is_(None),
            ResourceAllocation.exercise.is_(False),
            ResourceAllocation.state.in_((Taken.HELD, Taken.STAGED)),
        )
    )
    return int(session.scalar(query) or 0)


def _stocks(session: Session, resource_id: int) -> list[tuple[ResourceStock, ResourcePool]]:
    query = (
        select(ResourceStock, ResourcePool)
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .where(ResourceStock.resource_id == resource_id, ResourceStock.available > 0, ResourcePool.closed_at.is_(None))
        .order_by(ResourceStock.available.desc(), ResourceStock.id)
        .limit(STOCKS)
    )
    return list(session.execute(query).tuples())


@pages.get("/risk", endpoint="risk")
@access("read")
def of_risk() -> Any:
    """The warnings that were raised from a risk (`?risk=`)."""
    with here().database.read() as session:
        rows = reading.of_risk(session, request.args.get("risk", "")[:64])
        shown = [views.warning_out(session, row, language()) for row in rows]
    return render_template("warnings/part_risk.html", shown=shown, words=words)
