"""Base data of a plan: the census of the network and the pools as they are now, and the risks of the register that it answers."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.network import service as network
from command.network.models import Area, Element, Service
from command.oncall.models import Schedule
from command.people.models import EmergencyGroup
from command.resources.models import ResourcePool, ResourceStock, ResourceUnit

registers: list[Callable[[Session], Sequence[Mapping[str, str]]]] = []
"""Each gives risks: code, name_zh, name_en, kind and level (likelihood × impact). Joined where the application is put together."""


def figures(session: Session) -> dict[str, int]:
    """How much there is of what a plan counts on, by name."""
    counted = {
        "areas": select(func.count()).select_from(Area),
        "services": select(func.count()).select_from(Service),
        "elements": select(func.count()).select_from(Element),
        "groups": select(func.count()).select_from(EmergencyGroup),
        "schedules": select(func.count()).select_from(Schedule),
        "pools": select(func.count()).select_from(ResourcePool),
        "stocks": select(func.count()).select_from(ResourceStock),
        "units": select(func.count()).select_from(ResourceUnit),
    }
    found = {name: session.scalar(query) or 0 for name, query in counted.items()}
    return {"subscribers": network.subscribers_total(session, None), **found}


def risks(session: Session) -> list[Mapping[str, str]]:
    """The risks of the register."""
    return [risk for register in registers for risk in register(session)]


def known(session: Session, codes: Sequence[str]) -> list[str]:
    """The same codes, each once; raise Invalid for one that is not on the register."""
    there = {risk["code"] for risk in risks(session)}
    missing = next((code for code in codes if code not in there), None)
    if missing is not None:
        raise Invalid(
            N_("There is no risk %(code)s."),
            field="risks",
            remedy=N_("Look it up in the register of risks."),
            code=missing[:64],
        )
    return list(dict.fromkeys(codes))
