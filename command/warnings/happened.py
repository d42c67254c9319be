"""It has happened: a warning becomes incidents without retyping. Each incident knows its warning, and the warning its incidents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.incidents import entries as incident_entries
from command.incidents import intake, places
from command.incidents.intake import Report
from command.incidents.models import Incident
from command.network.models import Area, Element
from command.people.access import Principal
from command.warnings import covering, entries
from command.warnings.flags import event_of, parents
from command.warnings.models import Warning, WarningIncident
from playbooks.schema import Kind

MOST = 20


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What is known when it happens: one incident for each of `areas`; `elements` go to the incident of the area they stand in. `kind`
    empty: as the event's; `summary` empty: the warning's headline and text."""

    areas: Sequence[str]
    kind: str = ""
    elements: Sequence[str] = ()
    users: int | None = None
    summary: str = ""
    key: str | None = None


def report(session: Session, row: Warning, said: Occurrence, by: Principal) -> list[Incident]:
    """Report an incident for each area, linked with a locked warning both ways; raise Invalid at the field. A warning that is over can have
    happened too: word often comes late."""
    areas = list(dict.fromkeys(each.strip() for each in said.areas if each.strip()))
    if not areas or len(areas) > MOST:
        raise Invalid(N_("Where has it happened?"), field="areas", remedy=N_("Choose one area or more, 20 at most."))
    elements = _placed(session, areas, said.elements)
    if said.users is not None and len(areas) > 1:
        raise Invalid(
            N_("Users are said of one area."),
            field="users",
            remedy=N_("Leave the number out, or report one area after the other."),
        )
    return [_one(session, row, said, each, elements.get(each, ()), by) for each in areas]


def _placed(session: Session, areas: Sequence[str], names: Sequence[str]) -> dict[str, list[str]]:
    """Elements by the chosen area they stand in; raise Invalid for unknown areas or elements, and for one that stands elsewhere."""
    above = parents(session)
    for code in areas:
        places.named(session, code, "areas")
    if (inside := covering.nested(above, areas)) is not None:
        raise Invalid(
            N_("The area %(inner)s lies in %(outer)s, which is named too."),
            field="areas",
            remedy=N_("Leave one of the two out: an area stands for all it contains."),
            inner=inside[0],
            outer=inside[1],
        )
    places.elements_named(session, names)
    query = select(Element.name, Area.code).join(Area, Area.id == Element.area_id).where(Element.name.in_(list(names)))
    found: dict[str, list[str]] = {}
    for name, code in session.execute(query.order_by(Element.name)).tuples():
        mine = next((each for each in covering.upward(above, code) if each in areas), None)
        if mine is None:
            raise Invalid(
                N_("The element %(name)s stands in none of the areas chosen."),
                field="elements",
                remedy=N_("Choose its area (%(area)s) too, or leave it out."),
                name=name,
                area=code,
            )
        found.setdefault(mine, []).append(name)
    return found


def _one(
    session: Session, row: Warning, said: Occurrence, area: str, elements: Sequence[str], by: Principal
) -> Incident:
    kind = said.kind or event_of(row).kind.value
    given = Report(
        kind=Kind(kind).value,
        area=area,
        summary=said.summary.strip() or _summary(row, by.language),
        elements=tuple(elements),
        users=said.users,
        exercise=row.exercise,
        request_key=f"{said.key}/{area}" if said.key else None,
    )
    incident = intake.report(session, given, by, vouched=row.exercise)
    link(session, row, incident, area)
    return incident


def _summary(row: Warning, language: str) -> str:
    head, words = (row.headline_zh, row.text_zh) if language == "zh" else (row.headline_en, row.text_en)
    return f"{head}\n{words}".strip()


def link(session: Session, row: Warning, incident: Incident, area: str) -> None:
    """Put on record that an incident came of a warning; again changes nothing."""
    if session.get(WarningIncident, (row.id, incident.id)) is not None:
        return
    now = clock.now(session)
    session.add(WarningIncident(warning_id=row.id, incident_id=incident.id, at=now, exercise=row.exercise))
    session.flush()
    entries.record(session, row, entries.Happened(incident_id=incident.id, area=area))
    incident_entries.record(session, incident, entries.CameOfWarning(warning_id=row.id))


def incidents(session: Session, warning_ids: Collection[int]) -> list[tuple[int, Incident]]:
    """The incidents that came of warnings, with the id of the warning, the oldest first. Restricted ones among them: whoever shows them
    asks first who may know."""
    query = (
        select(WarningIncident.warning_id, Incident)
        .join(Incident, Incident.id == WarningIncident.incident_id)
        .where(WarningIncident.warning_id.in_(list(warning_ids)))
        .order_by(Incident.id)
    )
    return list(session.execute(query).tuples())


def warnings_of(session: Session, incident: Incident) -> Sequence[Warning]:
    """The warnings that an incident came of."""
    query = select(Warning).join(WarningIncident, WarningIncident.warning_id == Warning.id)
    return session.scalars(query.where(WarningIncident.incident_id == incident.id).order_by(Warning.id)).all()
