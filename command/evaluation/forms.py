"""What the forms of a report offer, and what was typed into them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from command.core import clock, names
from command.evaluation import api, rewording, texts
from command.evaluation.asked import CausesIn
from command.improvement import owners
from command.incidents import causing, house, plans
from command.incidents.models import Incident
from command.network.models import Area
from command.people.access import Principal, may
from command.resources.forms import given, valid
from playbooks.places import places

IN_DAYS = 30
"""After how many days an action is due unless somebody says otherwise."""


def offered(session: Session, incident: Incident, who: Principal) -> dict[str, Any]:
    """Causes to choose from, and for whoever may improve: owners, a day, and the clauses of the incident's plan that hold a text."""
    found: dict[str, Any] = {"causes": house.causes(), "known": causing.of(incident), "improves": may(who, "improve")}
    if found["improves"]:
        now = clock.now(session)
        found["owners"] = owners.choices(session)
        found["due_on"] = (house.today(session, now) + timedelta(days=IN_DAYS)).isoformat()
        found["clauses"] = list(_clauses(session, incident))
    return found


def _clauses(session: Session, incident: Incident) -> Sequence[str]:
    """Clauses of the plan in force for the incident's kind, as the form of an action takes them: the texts of its header and of the
    incident's tier."""
    plan = plans.current(session, incident.kind, clock.now(session))
    if plan is None:
        return []
    own = f"tiers.{incident.tier}"
    known = [place for place in places(plan) if not place.startswith("tiers.") or place.startswith(f"{own}.")]
    return [f"{plan.code}@{plan.version}#{text}" for place in known for text in rewording.texts(plan, place)]


def areas(session: Session, incidents: Sequence[Incident], language: str) -> dict[int, str]:
    """The names of the areas of incidents."""
    ids = {each.area_id for each in incidents if each.area_id}
    return {row.id: names.of(row, language) for row in session.scalars(select(Area).where(Area.id.in_(ids)))}


def causes(number: str, form: MultiDict[str, str]) -> api.Verb:
    """Name the causes that a form gives."""

    def verb(session: Session, who: Principal) -> None:
        fields = {**given(form, "root_cause", "cause_code"), "third_party": "third_party" in form}
        asked = valid(CausesIn, {**fields, "contributing": form.getlist("contributing")})
        texts.give_causes(session, number, asked.cause(), asked.contributing, who)

    return verb
