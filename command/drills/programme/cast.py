"""Who takes part in a drill: roles of its scenario, controllers and evaluators, each behind targets that are looked up when it is made."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.names import Words
from command.core.problems import N_, Invalid
from command.drills.models import Part
from command.oncall.phone_drill import groups
from command.oncall.reach import ways
from command.people.models import Person
from playbooks.scenario import Mode, Scenario

Parts = Mapping[str, Sequence[str]]
"""By role of the scenario, `controller` or `evaluator`: targets, such as `post:engineer` or `person:qin.yang` (see phone drills)."""
OTHERS = (Part.CONTROLLER, Part.EVALUATOR)
PHONES = ("sms", "voice")
NAMED = 5
"""People a refusal names at most."""


def kept(session: Session, scenario: Scenario, parts: Parts) -> dict[str, list[str]]:
    """Parts as rows keep them; raise Invalid at `parts.<role>` for a role nobody takes, an unknown one, or a target that does not exist."""
    roles = {role.id for role in scenario.roles}
    for key in parts:
        if key not in roles and key not in OTHERS:
            raise Invalid(
                N_("The scenario has no role %(role)s."),
                field=f"parts.{key}"[:80],
                remedy=N_("Use a role of the scenario, controller or evaluator."),
                role=key[:64],
            )
    found: dict[str, list[str]] = {}
    for key, targets in parts.items():
        written = [each.strip() for each in targets if each.strip()]
        try:
            found[key] = list(dict.fromkeys(groups.kept(session, each) for each in written))
        except Invalid as problem:
            raise Invalid(problem.detail, field=f"parts.{key}", remedy=problem.remedy, **problem.values) from problem
    for role in scenario.roles:
        if not found.get(role.id) or not groups.people(session, found[role.id]):
            raise Invalid(
                N_("Nobody plays %(role)s: no active person stands behind it."),
                field=f"parts.{role.id}",
                remedy=N_("Choose a post, group, schedule or person that has somebody."),
                role=role.id,
            )
    return {key: targets for key, targets in found.items() if targets}


def people(session: Session, parts: Parts) -> dict[str, list[Person]]:
    """The active people behind kept parts now."""
    return {key: groups.people(session, targets) for key, targets in parts.items()}


def supervisors(session: Session, usernames: Sequence[str], trainer_id: int) -> tuple[int, int]:
    """The ids of the two who acknowledge before the start; raise Invalid unless they are two active people, neither the trainer."""
    given = [each.strip() for each in usernames if each.strip()]
    rows = {
        row.username: row for row in session.scalars(select(Person).where(Person.username.in_(given), Person.active))
    }
    for each in given:
        if each not in rows:
            raise Invalid(
                N_("There is no active person %(name)s."),
                field="supervisors",
                remedy=N_("Use the username of somebody who can sign in."),
                name=each[:64],
            )
    ids = [rows[each].id for each in given]
    if len(ids) != 2 or ids[0] == ids[1]:
        raise Invalid(
            N_("A drill needs two supervisors, two different people."),
            field="supervisors",
            remedy=N_("Name two: both acknowledge before it starts."),
        )
    if trainer_id in ids:
        raise Invalid(
            N_("Whoever plans a drill cannot supervise it."),
            field="supervisors",
            remedy=N_("Name two others: a second pair of eyes looks at it before the start."),
        )
    return ids[0], ids[1]


def require_numbers(session: Session, mode: str, roles: Mapping[str, Sequence[Person]]) -> None:
    """Raise Invalid where a live drill has a player whom no phone reaches: no number on record and none that a code has proved."""
    if mode != Mode.live:
        return
    for key, players in roles.items():
        without = [person for person in players if key not in OTHERS and not _reached(session, person)]
        if without:
            raise Invalid(
                N_("No verified number: %(people)s. A live drill calls real phones."),
                field=f"parts.{key}",
                remedy=N_("Have their number set on their record, choose others, or hold a tabletop or simulation."),
                people=", ".join(person.username for person in without[:NAMED]),
            )


def _reached(session: Session, person: Person) -> bool:
    return person.number is not None or any(row.kind in PHONES for row in ways.proved(session, person.id))


def unsuited(scenario: Scenario, roles: Mapping[str, Sequence[Person]]) -> dict[str, list[Person]]:
    """Players by role who hold none of the posts that the scenario wants for it."""
    wanted = {role.id: set(role.posts) for role in scenario.roles}
    found = {
        key: [person for person in players if not wanted[key] & {each.post for each in person.posts}]
        for key, players in roles.items()
        if key in wanted
    }
    return {key: players for key, players in found.items() if players}


def words(people: Sequence[Person]) -> Words:
    """Usernames for a warning, a few of them."""
    return Words(person.username for person in people[:NAMED])
