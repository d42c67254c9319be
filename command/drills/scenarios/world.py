"""What this operator has of what scenarios name: posts, tasks of the plans in force, elements, services and problems."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.alarms.models import ProblemKind
from command.core import clock
from command.incidents import house
from command.network.models import Element, Service
from command.people.posts import POSTS
from playbooks.loader import Library, UnknownPlaybook
from playbooks.scenario_checks import Asked, World
from playbooks.schema import TIERS, Kind


def around(session: Session, names: Asked) -> World:
    """The world of a database, as far as `names` ask for it."""
    elements = session.scalars(select(Element.name).where(Element.name.in_(names.elements)))
    services = session.scalars(select(Service.code).where(Service.code.in_(names.services)))
    problems = session.scalars(select(ProblemKind.problem).where(ProblemKind.problem.in_(names.problems)))
    return World(
        posts=frozenset(POSTS),
        tasks=tasks(house.library(session), house.today(session, clock.now(session))),
        elements=frozenset(elements),
        services=frozenset(services),
        problems=frozenset(problems),
    )


def tasks(library: Library, on: date) -> dict[str, frozenset[str]]:
    """Codes of tasks of the plan in force on a day, of all its tiers, by event kind; kinds without a plan are not there."""
    found = dict[str, frozenset[str]]()
    for kind in Kind:
        try:
            plan = library.current(kind, on)
        except UnknownPlaybook:
            continue
        found[kind] = frozenset(task.id for number in TIERS for task in plan.tier(number).tasks)
    return found
