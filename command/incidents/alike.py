"""Open incidents that may be what somebody is about to report: rows and notes turned into pictures that can be compared."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.journal import Note
from command.incidents import house, places, similarity, visibility, words
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.models import Impact, Incident
from command.incidents.similarity import Likeness, Path, Picture
from command.network.models import CutOff, Element, Service
from command.people.access import Principal

Value = TypeVar("Value")

OPEN = (*BEFORE_RESTORATION, State.RESTORED)
"""Incidents to which a report can be added: a restored one too, for whoever says that it is still broken must be heard."""
MOST = 500
"""Open incidents that are looked at, the newest first."""
LEAST = 0.3
"""Below this an incident is not offered. (Ours: the same county and one thing more, such as the kind or a word.)"""
CLEAR = 0.6
"""From this on an incident is so like the report that it is offered before the report is taken, where the page could not show it."""


@lru_cache(maxsize=8192)
def terms(text: str) -> frozenset[str]:
    """The terms of a text by the house's lexicon."""
    return words.terms(text, house.lexicon())


def named_services(session: Session, text: str) -> frozenset[str]:
    """The codes of the services a text speaks of."""
    names = {s.code: (s.name_zh, s.name_en) for s in session.scalars(select(Service))}
    return words.services_of(text, house.lexicon(), names)


def named_element_kinds(text: str) -> frozenset[str]:
    """The kinds of element a text speaks of."""
    return words.element_kinds_of(text, house.lexicon())


def named_elements(session: Session, text: str) -> list[Element]:
    """The elements on record that a text names."""
    found = words.element_names(text)
    return list(session.scalars(select(Element).where(Element.name.in_(found)))) if found else []


def reported(
    session: Session, incident: Incident, text: str, services: Collection[str], elements: Collection[Element]
) -> Picture:
    """The picture of a report not yet made: what is chosen, and what its text speaks of besides."""
    spoken_of = {e.id: e for e in (*elements, *named_elements(session, text))}
    tree = places.tree(session)
    said = words.areas_of(text, {a.id: (a.name_zh, a.name_en) for a in tree.values() if a.level != "country"})
    said |= {e.area_id for e in spoken_of.values()}
    kinds = {e.kind for e in spoken_of.values()} | named_element_kinds(text)
    return Picture(
        kind=incident.kind,
        areas=_narrowest(tree, said, incident.area_id),
        services=frozenset(services) | named_services(session, text),
        elements=frozenset(spoken_of),
        element_kinds=frozenset(kinds),
        at=incident.detected_at,
        words=terms(text),
    )


def _narrowest(tree: places.Tree, said: frozenset[int], own: int | None) -> frozenset[int]:
    """The areas a text speaks of and the one chosen, without those that only contain another: the reporter's own is wide by default."""
    every = said | ({own} if own is not None else frozenset[int]())
    around = {area.id for each in every for area in list(places.upward(tree, each))[1:]}
    return every - around


def paths(session: Session) -> Mapping[int, Path]:
    """Every area with those that contain it, the narrowest first."""
    tree = places.tree(session)
    return {area_id: [area.id for area in places.upward(tree, area_id)] for area_id in tree}


def open_like(
    session: Session, new: Picture, who: Principal, *, exercise: bool, without: Collection[int] = ()
) -> list[Likeness[Incident]]:
    """The open incidents most like a picture that `who` may know of; `without` ids, and exercises only among themselves."""
    query = select(Incident).where(Incident.state.in_(OPEN), Incident.exercise == exercise)
    seen = visibility.only_visible(session, query, who).order_by(Incident.id.desc()).limit(MOST)
    found = [incident for incident in session.scalars(seen) if incident.id not in without]
    pictures = pictures_of(session, found, new.elements)
    candidates = [(incident, pictures[incident.id]) for incident in found]
    return similarity.closest(new, candidates, paths(session), similarity.SAME_EVENT, least=LEAST)


def pictures_of(session: Session, incidents: Sequence[Incident], elements: Collection[int] = ()) -> dict[int, Picture]:
    """Incidents as pictures, by id. Of their elements only those among `elements` are looked up: a storm has thousands."""
    ids = [incident.id for incident in incidents]
    texts, services = _texts(session, incidents), _services(session, ids)
    areas, kinds = _failed(session, ids)
    cut_off = _cut_off(session, ids, elements)
    made = {}
    for incident in incidents:
        own = {incident.area_id} if incident.area_id is not None else set()
        text = texts[incident.id]
        spoken = named_element_kinds(text) if text else frozenset[str]()
        made[incident.id] = Picture(
            kind=incident.kind,
            areas=frozenset(areas[incident.id] | own),
            services=frozenset(services[incident.id]),
            elements=frozenset(cut_off[incident.id]),
            element_kinds=frozenset(kinds[incident.id]) | spoken,
            at=incident.detected_at,
            words=terms(text),
        )
    return made


def with_alarms(picture: Picture, alarms: Iterable[str]) -> Picture:
    """The same picture with the alarms that the event raised."""
    return replace(picture, alarms=frozenset(alarms))


def _texts(session: Session, incidents: Sequence[Incident]) -> dict[int, str]:
    """What was said of each incident when it was reported."""
    cited = {i.id: [i.summary_note_id, i.feedback_note_id, i.measures_note_id] for i in incidents}
    wanted = {note for notes in cited.values() for note in notes if note is not None}
    bodies = dict(session.execute(select(Note.id, Note.body).where(Note.id.in_(wanted))).tuples().all())
    return {key: "\n".join(bodies.get(note) or "" for note in notes if note).strip() for key, notes in cited.items()}


def _services(session: Session, ids: Collection[int]) -> dict[int, set[str]]:
    query = select(Impact.incident_id, Service.code).join(Service, Service.id == Impact.service_id)
    return _grouped(session.execute(query.where(Impact.incident_id.in_(ids)).distinct()).tuples())


def _failed(session: Session, ids: Collection[int]) -> tuple[dict[int, set[int]], dict[int, set[str]]]:
    """Areas and kinds of the elements that failed, of each incident."""
    rows = session.execute(
        select(CutOff.incident_id, Element.area_id, Element.kind)
        .join(Element, Element.id == CutOff.element_id)
        .where(CutOff.incident_id.in_(ids), CutOff.failed)
        .distinct()
    ).all()
    return _grouped((r.incident_id, r.area_id) for r in rows), _grouped((r.incident_id, r.kind) for r in rows)


def _cut_off(session: Session, ids: Collection[int], elements: Collection[int]) -> dict[int, set[int]]:
    if not elements:
        return defaultdict(set)
    query = select(CutOff.incident_id, CutOff.element_id).where(
        CutOff.incident_id.in_(ids), CutOff.element_id.in_(elements), CutOff.until_at.is_(None)
    )
    return _grouped(session.execute(query).tuples())


def _grouped(pairs: Iterable[tuple[int, Value]]) -> dict[int, set[Value]]:
    found: dict[int, set[Value]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found
