"""Whether an entry of a journal shows a sign: what players did, as the streams of the drill and of its incidents tell it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playbooks.scenario import Event, Sign

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry as it was read: `stream`, `seq`, when, its kind and its data."""

    stream: str
    seq: int
    at: datetime
    kind: str
    data: Data


KINDS: dict[Event, tuple[str, ...]] = {
    Event.reported: ("incident.reported", "incident.report_added"),
    Event.graded: ("incident.graded", "incident.raised", "incident.lowered"),
    Event.assessed: ("incident.assessed",),
    Event.activated: ("incident.activated",),
    Event.page_acknowledged: ("page.acknowledged",),
    Event.task_done: ("task.changed",),
    Event.notice_submitted: ("notice.submitted",),
    Event.notice_approved: ("notice.approved", "notice.submitted"),
    Event.resource_requested: ("request.asked",),
    Event.resource_dispatched: ("resource.changed",),
    Event.eta_set: ("incident.eta",),
    Event.objective_set: ("objective.set",),
    Event.command_transferred: ("role.transferred",),
    Event.restored: ("incident.restored",),
    Event.review_began: ("incident.review_began",),
    Event.answered: ("drill.inject_answered",),
}
"""The kinds of entries that can show each event."""

_ALSO: dict[Event, Callable[[str, Data], bool]] = {
    Event.reported: lambda kind, data: kind == "incident.report_added" or data.get("source") == "person",
    Event.task_done: lambda kind, data: data.get("state") == "done",
    Event.notice_approved: lambda kind, data: kind == "notice.approved" or bool(data.get("automatic")),
    Event.resource_dispatched: lambda kind, data: data.get("state") == "en_route",
    Event.eta_set: lambda kind, data: data.get("eta") is not None,
    Event.command_transferred: lambda kind, data: data.get("role") == "commander",
}


def shows(sign: Sign, seen: Seen) -> bool:
    """Whether an entry shows a sign. A tier is reached by that tier or a higher one; a notice that the plan pre-approves is approved as it
    is submitted; an incident that alarms opened is not reported by anybody."""
    if seen.kind not in KINDS[sign.event]:
        return False
    also = _ALSO.get(sign.event)
    return (also is None or also(seen.kind, seen.data)) and _named(sign, seen.data)


def _named(sign: Sign, data: Data) -> bool:
    """Whether the entry is about what the sign names; what it leaves out is any."""
    if sign.task is not None and data.get("task") != sign.task:
        return False
    if sign.notice is not None and data.get("notice_kind") != str(sign.notice):
        return False
    if sign.inject is not None and data.get("number") != sign.inject:
        return False
    if sign.choice is not None and data.get("choice") != sign.choice:
        return False
    return sign.tier is None or int(data.get("tier", 9)) <= sign.tier
