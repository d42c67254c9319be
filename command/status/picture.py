"""The picture the public gets, made from confirmed impact. Pure: values in, values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from command.status.models import AreaOut, How, PastOut, ServiceOut, TextOut

LEVEL = "prefecture"
RANK: Mapping[str, int] = {"ok": 0, "degradation": 1, "outage": 2}
MOST_PAST = 60


@dataclass(frozen=True, slots=True)
class Spot:
    """An area of the tree."""

    id: int
    code: str
    parent_id: int | None
    level: str
    name: TextOut


@dataclass(frozen=True, slots=True)
class Line:
    """Confirmed impact: a service in an area, of one incident. `until_at` None: it goes on."""

    incident_id: int
    area_id: int
    service: str
    how: How
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class Promise:
    """What may be said of an incident's end, and the advice of its plan."""

    eta: datetime | None = None
    next_update: datetime | None = None
    advice: TextOut | None = None


def once(lines: Collection[Line], parents: Mapping[int, int]) -> list[Line]:
    """The lines without what an incident only says because a part of it does: the part has its own, with its own end. `parents` has the
    incident that each is a part of."""
    said: dict[tuple[int, str, int], list[Line]] = {}
    for line in lines:
        above, seen = parents.get(line.incident_id), {line.incident_id}
        while above is not None and above not in seen:
            said.setdefault((above, line.service, line.area_id), []).append(line)
            seen.add(above)
            above = parents.get(above)
    return [line for line in lines if not any(_meet(line, each) for each in said.get(_key(line), ()))]


def _key(line: Line) -> tuple[int, str, int]:
    return line.incident_id, line.service, line.area_id


def _meet(one: Line, other: Line) -> bool:
    begins_in_time = other.until_at is None or one.from_at <= other.until_at
    return begins_in_time and (one.until_at is None or other.from_at <= one.until_at)


def shown_at(spots: Mapping[int, Spot], area_id: int) -> Spot | None:
    """The prefecture an area is in; the area itself where it is wider; None for one that is not on file."""
    spot = spots.get(area_id)
    at = spot
    while at is not None and at.level != LEVEL:
        at = spots.get(at.parent_id) if at.parent_id is not None else None
    return at or spot


def areas(
    spots: Mapping[int, Spot],
    lines: Collection[Line],
    services: Mapping[str, TextOut],
    promises: Mapping[int, Promise],
) -> list[AreaOut]:
    """Every prefecture, and wider areas hit as a whole, the worst first."""
    going: dict[int, list[Line]] = {spot.id: [] for spot in spots.values() if spot.level == LEVEL}
    for line in lines:
        spot = shown_at(spots, line.area_id)
        if line.until_at is None and spot is not None and line.service in services:
            going.setdefault(spot.id, []).append(line)
    made = [_area(spots, spots[each], found, services, promises) for each, found in going.items()]
    return sorted(made, key=lambda area: (-RANK[area.status], area.code))


def worst(statuses: Collection[How]) -> How:
    """The worst of some."""
    return max(statuses, key=RANK.__getitem__, default="ok")


def _area(
    spots: Mapping[int, Spot],
    spot: Spot,
    lines: Sequence[Line],
    services: Mapping[str, TextOut],
    promises: Mapping[int, Promise],
) -> AreaOut:
    by_service: dict[str, list[Line]] = {code: [] for code in services}
    for line in lines:
        by_service[line.service].append(line)
    hit = [_service(spots, spot, services[code], found, promises) for code, found in by_service.items() if found]
    kept = [promises.get(each, Promise()).advice for each in dict.fromkeys(line.incident_id for line in lines)]
    advice = {text.zh: text for text in kept if text is not None}
    return AreaOut(
        code=spot.code,
        name=spot.name,
        status=worst([each.status for each in hit]),
        services=sorted(hit, key=lambda each: -RANK[each.status]),
        advice=list(advice.values()),
    )


def _service(
    spots: Mapping[int, Spot], spot: Spot, name: TextOut, lines: Sequence[Line], promises: Mapping[int, Promise]
) -> ServiceOut:
    made = [promises.get(each, Promise()) for each in {line.incident_id for line in lines}]
    etas = [each.eta for each in made]
    updates = [each.next_update for each in made if each.next_update]
    hit = {line.area_id for line in lines}
    parts = [] if spot.id in hit else [spots[each].name for each in sorted(hit) if each in spots]
    return ServiceOut(
        code=lines[0].service,
        name=name,
        status=worst([line.how for line in lines]),
        since=min(line.from_at for line in lines),
        eta=max(each for each in etas if each) if all(etas) else None,
        next_update=min(updates) if updates else None,
        parts=parts,
    )


def alike(services: Sequence[ServiceOut]) -> list[list[ServiceOut]]:
    """Services of an area that share everything but their name, together: people read one line, not six. Times count by the minute."""
    groups: dict[object, list[ServiceOut]] = {}
    for each in services:
        since = each.since.replace(second=0, microsecond=0) if each.since else None
        key = (each.status, since, each.eta, each.next_update, tuple(part.zh for part in each.parts))
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def history(
    spots: Mapping[int, Spot], lines: Collection[Line], services: Mapping[str, TextOut], since: datetime
) -> list[PastOut]:
    """Disturbances that ended after `since`, one an incident, the latest first."""
    by_incident: dict[int, list[Line]] = {}
    for line in lines:
        by_incident.setdefault(line.incident_id, []).append(line)
    made = [_past(spots, found, services) for found in by_incident.values() if all(line.until_at for line in found)]
    recent = [each for each in made if each is not None and each.until_at >= since]
    return sorted(recent, key=lambda each: each.until_at, reverse=True)[:MOST_PAST]


def _past(spots: Mapping[int, Spot], lines: Sequence[Line], services: Mapping[str, TextOut]) -> PastOut | None:
    places = {spot.code: spot.name for line in lines if (spot := shown_at(spots, line.area_id)) is not None}
    hit = [name for code, name in services.items() if any(line.service == code for line in lines)]
    if not places or not hit:
        return None
    return PastOut(
        areas=[places[code] for code in sorted(places)],
        services=hit,
        status=worst([line.how for line in lines]),
        from_at=min(line.from_at for line in lines),
        until_at=max(line.until_at for line in lines if line.until_at is not None),
    )
