"""The register of sites: what is known of each before anything happens."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.keys import Keyring
from command.core.problems import N_, NotFound
from command.incidents.entries import NoteRef
from command.people.access import Principal, must
from command.resources import finding
from command.sites import entries
from command.sites.entries import Added, Changed, ContactUnmasked
from command.sites.models import Site, SiteElement


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of a site. `elements` are ids; `contact_number` is in E.164, empty for none."""

    name_zh: str
    name_en: str
    area_id: int
    site_class: str
    latitude: float | None
    longitude: float | None
    serves: tuple[str, ...]
    battery_minutes: int | None
    power_company: str
    contact: str
    contact_number: str
    elements: tuple[int, ...]


PLAIN = tuple(each.name for each in fields(Facts) if each.name not in ("serves", "contact_number", "elements"))


def find(session: Session, code: str) -> Site:
    """The site of a code; raise NotFound."""
    found = session.scalar(select(Site).where(Site.code == code))
    if found is None:
        raise NotFound(N_("There is no site %(code)s."), remedy=N_("Look it up in the list of sites."), code=code[:64])
    return found


def lock(session: Session, site_ids: Collection[int]) -> dict[int, Site]:
    """Sites by id, locked in ascending id until the unit of work ends."""
    query = select(Site).where(Site.id.in_(list(site_ids))).order_by(Site.id).with_for_update()
    return {site.id: site for site in session.scalars(query.execution_options(populate_existing=True))}


def put(session: Session, keyring: Keyring, rows: Mapping[str, Facts]) -> int:
    """Bring sites (by code) to what is said of them, and tell the journal what changed; the same again changes nothing. An element that
    stood at another site stands at the one that named it last. Returns how many sites are new."""
    query = select(Site).where(Site.code.in_(list(rows))).order_by(Site.id).with_for_update()
    known = {site.code: site for site in session.scalars(query)}
    fresh = [code for code in rows if code not in known]
    for code in fresh:
        known[code] = Site(code=code, changed_at=clock.now(session))
    turned = {code: _write(keyring, known[code], said) for code, said in rows.items()}
    session.add_all(known[code] for code in fresh)
    session.flush()
    moved = _stand(session, {known[code].id: said.elements for code, said in rows.items()})
    for code, site in known.items():
        changed = turned[code] + (["elements"] if site.id in moved else [])
        if code in fresh:
            payload = Added(site=site.code, area_id=site.area_id, elements=len(rows[code].elements))
            journal.record(session, journal.month("sites", clock.now(session)), payload)
        elif changed:
            site.changed_at = clock.now(session)
            entries.record(session, site, Changed(fields=changed))
    return len(fresh)


def _write(keyring: Keyring, site: Site, said: Facts) -> list[str]:
    """Set the columns; return the names of those that changed."""
    values: dict[str, Any] = {name: getattr(said, name) for name in PLAIN} | {"serves": list(said.serves)}
    changed = [name for name, value in values.items() if getattr(site, name) != value]
    for name in changed:
        setattr(site, name, values[name])
    held = keyring.decrypt(site.contact_number) if site.contact_number else ""
    if held != said.contact_number:
        site.contact_number = keyring.encrypt(said.contact_number) if said.contact_number else None
        changed.append("contact_number")
    return changed


def _stand(session: Session, wanted: Mapping[int, Sequence[int]]) -> set[int]:
    """Let elements stand at their sites; return the sites of which the elements changed."""
    named = {element: site for site, elements in wanted.items() for element in elements}
    held: dict[int, int] = {}
    for column, ids in ((SiteElement.element_id, list(named)), (SiteElement.site_id, list(wanted))):
        query = select(SiteElement.element_id, SiteElement.site_id).where(column.in_(ids))
        held |= dict(session.execute(query).tuples().all())
    gone = [element for element, site in held.items() if named.get(element) != site]
    come = {element: site for element, site in named.items() if held.get(element) != site}
    if gone:
        session.execute(delete(SiteElement).where(SiteElement.element_id.in_(gone)))
    session.add_all(SiteElement(element_id=element, site_id=site) for element, site in come.items())
    session.flush()
    return {*come.values(), *(held[element] for element in gone if held[element] in wanted)}


def unmask(session: Session, keyring: Keyring, site: Site, reason: str, by: Principal) -> str:
    """The whole number of the power company's contact, for a reason that is kept, on record. Raise Denied, Invalid and NotFound."""
    must(by, "unmask")
    finding.reason(reason)
    if site.contact_number is None:
        raise NotFound(
            N_("No number of the power company is on record for this site."),
            remedy=N_("Add it to the sites' file and import that again."),
        )
    note_id, digest = journal.add_note(session, reason.strip(), by.actor)
    said = ContactUnmasked(site=site.code, person_id=by.person_id, reason=NoteRef(id=note_id, hash=digest))
    entries.record(session, site, said)
    journal.record(session, journal.month("audit", clock.now(session)), said)
    return keyring.decrypt(site.contact_number)
