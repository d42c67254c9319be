"""The figures of a bulletin: named, of one moment. Rooms beside this one add theirs where the application is put together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import standing
from command.incidents.family import kin
from command.incidents.figures import user_minutes_at
from command.incidents.models import Incident, Task
from command.resources.models import Resource, ResourceAllocation, ResourceRequest, ResourceStock
from command.resources.states import State

More = Callable[[Session, Incident], Mapping[str, int | float]]
more: list[More] = []
"""Each gives figures of an incident by name, such as `sites_out`; names have their words in WORDS, or the room adds them there."""

WORDS: dict[str, tuple[str, str]] = {
    "users_now": ("当前受影响用户（户）", "Users affected now"),
    "users_peak": ("最多受影响用户（户）", "Users affected at most"),
    "users_restored": ("已恢复用户（户）", "Users restored"),
    "user_minutes": ("累计影响用户分钟数", "User-minutes so far"),
    "users_told": ("已通知用户（户）", "Users told"),
    "sites_out": ("退服站点（个）", "Sites out of service"),
    "sites_peak": ("最多退服站点（个）", "Sites out at most"),
    "sites_restored": ("已恢复站点（个）", "Sites restored"),
    "without_mains": ("市电中断站点（个）", "Sites without mains"),
    "on_generator": ("油机供电站点（个）", "Sites on a generator"),
    "cable_km": ("受损光缆（千米）", "Cable damaged (km)"),
    "cable_km_restored": ("已修复光缆（千米）", "Cable repaired (km)"),
    "crews": ("投入抢修队伍（支）", "Crews deployed"),
    "people": ("投入人员（人）", "People deployed"),
    "vehicles": ("投入车辆（台）", "Vehicles deployed"),
    "generators": ("投入发电设备（台）", "Generators deployed"),
    "tasks_done": ("已完成任务（项）", "Tasks done"),
    "tasks_open": ("进行中任务（项）", "Tasks open"),
    "complaints": ("相关投诉（件）", "Complaints"),
    "records_leaked": ("涉及数据记录（条）", "Records concerned"),
}
"""(zh, en) of each figure, in the order in which they stand. Sites and cables are counted by the rooms that know them."""
ALWAYS = frozenset({"users_now", "users_peak", "users_restored", "user_minutes"})
"""Figures that stand even when they are nothing; others that are nothing are left out."""
SHORT = ("users_now", "users_restored", "sites_out", "sites_restored")
"""What recipients of the short text see."""
DEPLOYED = (State.ASSIGNED, State.EN_ROUTE, State.ON_SCENE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Pieces of a resource that are out for an incident."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    pieces: int


def of(session: Session, incident: Incident) -> dict[str, int | float]:
    """Every figure of an incident as it is now, with its parts, in the order of WORDS; those of rooms that have none to give are not
    there."""
    parts = kin.whole(session, incident.id)
    minutes = user_minutes_at(incident.user_minutes, incident.users_now, incident.measured_at, clock.now(session))
    found: dict[str, int | float] = {
        "users_now": incident.users_now,
        "users_peak": incident.users_peak,
        "users_restored": max(incident.users_peak - incident.users_now, 0),
        "user_minutes": round(minutes),
        "users_told": sum(standing.told_count(session, each) for each in parts),
        "complaints": incident.complaints,
        "records_leaked": incident.records_leaked,
        **_tasks(session, parts),
        **_counted(deployed(session, incident)),
    }
    for gives in more:
        found |= gives(session, incident)
    order = [*WORDS, *(name for name in found if name not in WORDS)]
    return {name: found[name] for name in order if name in found and (found[name] or name in ALWAYS)}


def _tasks(session: Session, parts: Sequence[int]) -> dict[str, int | float]:
    query = select(Task.state, func.count()).where(Task.incident_id.in_(parts)).group_by(Task.state)
    counts = dict(session.execute(query).tuples().all())
    return {"tasks_done": counts.get("done", 0), "tasks_open": sum(counts.get(s, 0) for s in standing.UNFINISHED)}


def deployed(session: Session, incident: Incident) -> list[Piece]:
    """What is out for an incident and its parts: assigned, under way or on scene, by resource."""
    out = ResourceAllocation.quantity - ResourceAllocation.back - ResourceAllocation.used - ResourceAllocation.lost
    query = (
        select(Resource.code, Resource.kind, Resource.name_zh, Resource.name_en, func.sum(out))
        .join(ResourceStock, ResourceStock.resource_id == Resource.id)
        .join(ResourceAllocation, ResourceAllocation.stock_id == ResourceStock.id)
        .join(ResourceRequest, ResourceRequest.id == ResourceAllocation.request_id)
        .where(ResourceRequest.incident_id.in_(kin.whole(session, incident.id)), ResourceAllocation.state.in_(DEPLOYED))
        .group_by(Resource.code, Resource.kind, Resource.name_zh, Resource.name_en)
        .order_by(Resource.code)
    )
    return [Piece(code, kind, zh, en, int(pieces)) for code, kind, zh, en, pieces in session.execute(query).tuples()]


def _counted(pieces: Iterable[Piece]) -> dict[str, int | float]:
    """Pieces by what bulletins name: a vehicle and a generator by the word in the resource's code, people by its kind."""
    found: dict[str, int | float] = {}
    for piece in pieces:
        name = _named(piece)
        if name:
            found[name] = found.get(name, 0) + piece.pieces
    return found


def _named(piece: Piece) -> str | None:
    if "generator" in piece.code:
        return "generators"
    if "vehicle" in piece.code:
        return "vehicles"
    if piece.kind == "human":
        return "crews" if "crew" in piece.code or "team" in piece.code else "people"
    return None


def words(name: str, language: str) -> str:
    """What a figure is called; its name where no room has given words."""
    zh, en = WORDS.get(name, (name, name))
    return zh if language == "zh" else en
