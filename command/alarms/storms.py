"""From alarms to incidents: what correlation says is done to the rows, and the incidents concerned hear what has failed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, func, literal_column, select, update
from sqlalchemy.orm import Session

from command.alarms.correlation import AlarmFact, Correlation, OpenIncident, Rule
from command.alarms.correlation import correlate as share_out
from command.alarms.dedupe import State
from command.alarms.models import Alarm
from command.core.settings import CorrelationSettings, Settings
from command.incidents import impacts, observing_rows, returning, service
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import Incident
from command.network import service as network
from command.network.models import CutOff, Element

SOURCE = "alarms"

RAISED: ColumnElement[str] = literal_column(f"'{State.RAISED}'")
"""Written out, so that SQLite sees that the partial indexes serve."""


@dataclass(frozen=True, slots=True)
class Touched:
    """An alarm of a batch after it was stored: whether it is raised, and whether what it says has failed changed."""

    id: int
    incident_id: int | None
    element_id: int | None
    raised: bool
    at: datetime
    turned: bool


def open_ids(session: Session, exercise: bool) -> frozenset[int]:
    """The incidents that take alarms: reported, assessed or responding."""
    query = select(Incident.id).where(Incident.state.in_(BEFORE_RESTORATION), Incident.exercise == exercise)
    return frozenset(session.scalars(query))


def pass_on(session: Session, child_id: int, target_id: int) -> None:
    """The alarms of an incident that is merged become those of the one it is merged into (see incidents.service.on_merge)."""
    session.execute(
        update(Alarm)
        .where(Alarm.incident_id == child_id)
        .values(incident_id=target_id)
        .execution_options(synchronize_session=False)
    )


def pass_some(session: Session, from_id: int, to_id: int, elements: Collection[int]) -> None:
    """The alarms of some elements of an incident become those of a part of it that is handled on its own from now on."""
    session.execute(
        update(Alarm)
        .where(Alarm.incident_id == from_id, Alarm.element_id.in_(network.ids(session, elements)))
        .values(incident_id=to_id)
        .execution_options(synchronize_session=False)
    )


def correlate(session: Session, touched: Collection[Touched], *, exercise: bool) -> dict[int, str]:
    """Give the loose alarms near the touched ones to incidents, and tell each incident concerned what has failed; their numbers by id, but
    those of restricted ones: a feed is nobody who may know of them."""
    touched = _returning(session, touched, exercise)
    concerned = {one.incident_id for one in touched if one.turned and one.incident_id is not None}
    free = [one for one in touched if one.incident_id is None and one.element_id is not None and one.raised]
    opened: list[Incident] = []
    if free:
        settings = correlation_settings(session)
        facts = _loose(session, free, timedelta(seconds=settings.window_seconds), exercise)
        found = share_out(
            facts.values(), _open_incidents(session, exercise), network.topology(session), _rule(settings)
        )
        opened = [_open(session, [facts[id] for id in ids], exercise) for ids in found.new]
        concerned |= _attach(session, found, opened, facts)
    told = [_tell(session, incident_id) for incident_id in sorted(concerned & open_ids(session, exercise))]
    return {incident.id: incident.number for incident in (*told, *opened) if not incident.restricted}


def incidents_of(session: Session, alarm_ids: Collection[int]) -> dict[int, int | None]:
    """The incidents that alarms belong to now, by the alarms' ids."""
    chosen = network.ids(session, list(alarm_ids))
    return dict(session.execute(select(Alarm.id, Alarm.incident_id).where(Alarm.id.in_(chosen))).tuples().all())


def _returning(session: Session, touched: Collection[Touched], exercise: bool) -> Collection[Touched]:
    """Reopen incidents under observation of which enough elements fail again: as many as make an incident, or all that it had. The alarms
    on those elements become theirs."""
    failing = {one.element_id for one in touched if one.turned and one.raised and one.incident_id is None}
    watched = observing_rows.watched(session, exercise=exercise) if failing - {None} else frozenset()
    given: dict[int, int] = {}
    for incident_id in sorted(watched):
        had = _had_failed(session, incident_id)
        if not had & failing:
            continue
        incident = service.lock(session, incident_id)
        if incident.restricted:
            continue
        again = _failing(session, had, exercise)
        elements = set(again.values())
        enough = min(correlation_settings(session).min_elements, len(had))
        if len(elements) >= enough and returning.returned(
            session, incident, SOURCE, _names(session, elements), elements
        ):
            _set_incident(session, again, incident_id)
            given |= dict.fromkeys(again, incident_id)
    return [replace(one, incident_id=given.get(one.id, one.incident_id)) for one in touched] if given else touched


def _had_failed(session: Session, incident_id: int) -> set[int | None]:
    """The elements that failed themselves in an incident, now or before."""
    query = select(CutOff.element_id).where(CutOff.incident_id == incident_id, CutOff.failed)
    return set(session.scalars(query.distinct()))


def _failing(session: Session, elements: Collection[int | None], exercise: bool) -> dict[int, int]:
    """The loose affecting alarms that are raised on some elements, with their elements."""
    chosen = network.ids(session, [each for each in elements if each is not None])
    query = select(Alarm.id, Alarm.element_id).where(
        Alarm.incident_id.is_(None),
        Alarm.state == RAISED,
        Alarm.affecting,
        Alarm.element_id.in_(chosen),
        Alarm.exercise == exercise,
    )
    return {id: element for id, element in session.execute(query).tuples() if element is not None}


def _names(session: Session, elements: Collection[int]) -> list[str]:
    query = select(Element.name).where(Element.id.in_(network.ids(session, list(elements))))
    return list(session.scalars(query.order_by(Element.name)))


def correlation_settings(session: Session) -> CorrelationSettings:
    """The operator's rule for correlation; the defaults where the session has no settings."""
    found = session.info.get("settings")
    return found.correlation if isinstance(found, Settings) else CorrelationSettings()


def _rule(settings: CorrelationSettings) -> Rule:
    return Rule(settings.window_seconds, settings.max_hops, settings.min_elements, settings.min_alarms)


def _loose(session: Session, free: Sequence[Touched], window: timedelta, exercise: bool) -> dict[int, AlarmFact]:
    """The loose raised alarms on known elements around the times of the free ones, these included."""
    first, last = min(one.at for one in free) - window, max(one.at for one in free) + window
    query = select(Alarm.id, Alarm.element_id, Alarm.last_at, Alarm.affecting).where(
        Alarm.incident_id.is_(None),
        Alarm.state == RAISED,
        Alarm.last_at.between(first, last),
        Alarm.element_id.is_not(None),
        Alarm.exercise == exercise,
    )
    rows = session.execute(query).tuples()
    return {id: AlarmFact(id, element, at.timestamp(), affecting) for id, element, at, affecting in rows}


def _open_incidents(session: Session, exercise: bool) -> list[OpenIncident]:
    """The incidents that take alarms by correlation, with the elements that alarms or people named. Each query is of a moment of its own:
    people open incidents meanwhile, and what one query alone sees counts too."""
    # Never a restricted one: an ordinary outage drawn into it would vanish from everybody else, and nobody would be told.
    is_open = (Incident.state.in_(BEFORE_RESTORATION), Incident.exercise == exercise, Incident.restricted.is_(False))
    elements: dict[int, set[int]] = defaultdict(set)
    last_at: dict[int, float] = defaultdict(float)
    for query in (_held(), _evidence()):
        for owner, element, detected, heard in session.execute(query.where(*is_open)).tuples():
            elements[owner].add(element)
            last_at[owner] = max(last_at[owner], detected.timestamp(), heard.timestamp())
    return [OpenIncident(key, frozenset(found), last_at[key]) for key, found in sorted(elements.items())]


def _held() -> Select[int, int, datetime, datetime]:
    """(incident id, element id, when detected, twice) of what incidents hold as failed."""
    return (
        select(CutOff.incident_id, CutOff.element_id, Incident.detected_at, Incident.detected_at)
        .join(Incident, Incident.id == CutOff.incident_id)
        .where(CutOff.failed, CutOff.until_at.is_(None))
    )


def _evidence() -> Select[int, int, datetime, datetime]:
    """(incident id, element id, when detected, when last raised) of the affecting alarms that incidents have."""
    return (
        select(Incident.id, Element.id, Incident.detected_at, func.max(Alarm.last_at))
        .join_from(Alarm, Incident, Incident.id == Alarm.incident_id)
        .join(Element, Element.id == Alarm.element_id)
        .where(Alarm.affecting)
        .group_by(Incident.id, Element.id)
    )


def _open(session: Session, members: Sequence[AlarmFact], exercise: bool) -> Incident:
    affecting = [fact for fact in members if fact.affecting]
    failed = {fact.element for fact in affecting if fact.element is not None}
    detected_at = datetime.fromtimestamp(min(fact.at for fact in affecting), UTC)
    return service.open_for_elements(session, failed, detected_at, exercise, SOURCE)


def _attach(
    session: Session, found: Correlation, opened: Sequence[Incident], facts: Mapping[int, AlarmFact]
) -> set[int]:
    """Write whose each alarm is; the open incidents that got affecting ones."""
    members: dict[int, list[int]] = defaultdict(list)
    for alarm_id, incident_id in found.attach.items():
        members[incident_id].append(alarm_id)
    members |= {incident.id: list(taken) for incident, taken in zip(opened, found.new, strict=True)}
    for incident_id, ids in members.items():
        _set_incident(session, ids, incident_id)
    return {incident_id for alarm_id, incident_id in found.attach.items() if facts[alarm_id].affecting}


def _set_incident(session: Session, alarm_ids: Iterable[int], incident_id: int) -> None:
    chosen = network.ids(session, list(alarm_ids))
    session.execute(
        update(Alarm)
        .where(Alarm.id.in_(chosen))
        .values(incident_id=incident_id)
        .execution_options(synchronize_session=False)
    )


def _tell(session: Session, incident_id: int) -> Incident:
    """Tell an open incident which of its elements have failed now."""
    incident = service.lock(session, incident_id)
    held = impacts.failed_now(session, incident)
    wanted = failed(session, incident, held)
    if wanted != held or not wanted:
        service.set_failed(session, incident, wanted)
    return incident


def tell(session: Session, incident_ids: Iterable[int]) -> None:
    """Tell incidents which of their elements have failed now; those that take no alarms any more are left alone."""
    query = select(Incident.id).where(Incident.id.in_(list(incident_ids)), Incident.state.in_(BEFORE_RESTORATION))
    for incident_id in session.scalars(query.order_by(Incident.id)).all():
        _tell(session, incident_id)


def failed(session: Session, incident: Incident, held: Collection[int]) -> frozenset[int]:
    """The elements with a raised affecting alarm of the incident, and those a person named, of which no alarm says anything."""
    query = (
        select(Alarm.element_id, func.max(case((Alarm.state == State.RAISED, 1), else_=0)))
        .where(Alarm.incident_id == incident.id, Alarm.affecting, Alarm.element_id.is_not(None))
        .group_by(Alarm.element_id)
    )
    said = {element: bool(raised) for element, raised in session.execute(query).tuples() if element}
    return frozenset(element for element, raised in said.items() if raised) | (frozenset(held) - said.keys())
