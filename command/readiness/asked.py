"""What the addresses of readiness take."""

from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.people.posts import DEPARTMENTS
from command.resources import finding
from command.resources.asked import Maybe, Strict


class ReadinessIn(Strict):
    """One area with all that lies in it, and the pools of one department; empty for all."""

    area: Maybe = ""
    department: Maybe = ""


class ShownIn(ReadinessIn):
    """The same, and whose lines a page lists: of one playbook, of one tier."""

    plan: Maybe = ""
    tier: Annotated[int, Field(ge=1, le=4)] | None = None


def checked(session: Session, given: ReadinessIn) -> ReadinessIn:
    """The same; raise Invalid for an area or department that there is not."""
    if given.area:
        finding.area(session, given.area)
    if given.department and given.department not in DEPARTMENTS:
        raise Invalid(
            N_("There is no department %(code)s."),
            field="department",
            remedy=N_("The departments are: %(known)s."),
            code=given.department,
            known=", ".join(DEPARTMENTS),
        )
    return given
