"""Where an action comes from: `drill:<code>`, `incident:<number>`, `risk:<code>`, or by hand (empty).

Drills and risks are not known on this floor: whoever knows them joins in `finders` what looks one up."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid, NotFound
from command.improvement.models import Source
from command.incidents import standing, visibility
from command.incidents.models import Incident
from command.people.access import Principal

finders: dict[str, Callable[[Session, str], object]] = {}
"""By kind of source (drill, risk): looks one up by its code and raises NotFound. Joined where the application is put together."""
ADDRESSES = {Source.DRILL: "/drills/", Source.INCIDENT: "/incidents/", Source.RISK: "/risks/"}


@dataclass(frozen=True, slots=True)
class From:
    """A source that is there; `incident` where it is one."""

    kind: Source
    ref: str = ""
    incident: Incident | None = None


def read(session: Session, text: str, who: Principal) -> From:
    """The source that a text names; raise Invalid where there is none that `who` may know of."""
    if not text.strip():
        return From(Source.HAND)
    kind, _, ref = text.strip().partition(":")
    if kind not in (*finders, Source.INCIDENT) or not ref.strip():
        raise Invalid(
            N_("%(text)s names no source."),
            field="source",
            remedy=N_("Write it as incident:NUMBER, drill:CODE or risk:CODE, or leave it empty."),
            text=text[:80],
        )
    try:
        if kind == Source.INCIDENT:
            incident = visibility.seen_by(session, standing.find(session, ref.strip()), who)
            return From(Source.INCIDENT, incident.number, incident)
        finders[kind](session, ref.strip())
    except NotFound as missing:
        raise Invalid(missing.detail, field="source", remedy=missing.remedy, **missing.values) from missing
    return From(Source(kind), ref.strip())


def address(kind: str, ref: str) -> str:
    """The page of a source; empty for one by hand."""
    return ADDRESSES[Source(kind)] + ref if kind != Source.HAND else ""
