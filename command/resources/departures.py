"""What the rooms above have to say before something is sent, and that they hear of every step.

They append to the lists here where the application is put together (`command.parts`); nothing here knows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from command.people.access import Principal
from command.resources.models import ResourceAllocation, ResourceStock
from command.resources.states import Step


@dataclass(frozen=True, slots=True)
class Leaving:
    """Something is about to be sent by somebody (None: by automation). `override`: they insist, for the reason `note`."""

    held: ResourceAllocation
    stock: ResourceStock
    by: Principal | None
    override: bool
    note: str


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to know before it is sent: message ids with figures. `stops`: it is refused unless somebody overrides."""

    detail: str
    remedy: str
    values: dict[str, object]
    stops: bool = False


asked: list[Callable[[Session, Leaving], None]] = []
"""Each raises Conflict or Denied where it must not be sent."""
cautions: list[Callable[[Session, ResourceAllocation], Sequence[Caution]]] = []
"""Each names what to know before something taken is sent."""
stepped: list[Callable[[Session, ResourceAllocation, Step], None]] = []
"""Each hears of a step that was taken."""


def ask(session: Session, leaving: Leaving) -> None:
    """Let the rooms above refuse."""
    for refuse in asked:
        refuse(session, leaving)


def told(session: Session, held: ResourceAllocation) -> list[Caution]:
    """What the rooms above say of something that may be sent; what stops it first."""
    found = [caution for say in cautions for caution in say(session, held)]
    return sorted(found, key=lambda caution: not caution.stops)


def tell(session: Session, held: ResourceAllocation, step: Step) -> None:
    """Let the rooms above hear of a step."""
    for hear in stepped:
        hear(session, held, step)
