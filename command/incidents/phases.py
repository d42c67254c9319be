"""The fault flow of the handbook as phases with times: report, confirm, locate, handle, recover, record and feed back (R22)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from playbooks.texts import Text


class Phase(StrEnum):
    """The six phases in their order; each is reached by one event of the incident's journal."""

    REPORT = "report"  # the report is received
    CONFIRM = "confirm"  # the incident is assessed
    LOCATE = "locate"  # the failed part and the cause are found
    HANDLE = "handle"  # repair begins
    RECOVER = "recover"  # service is restored
    RECORD = "record"  # the incident is closed and its lessons are passed on


NAMES: dict[Phase, Text] = {
    Phase.REPORT: Text(zh="故障上报", en="report"),
    Phase.CONFIRM: Text(zh="故障确认", en="confirm"),
    Phase.LOCATE: Text(zh="故障定位", en="locate"),
    Phase.HANDLE: Text(zh="故障处理", en="handle"),
    Phase.RECOVER: Text(zh="故障恢复", en="recover"),
    Phase.RECORD: Text(zh="记录与反馈", en="record and feed back"),
}


@dataclass(frozen=True, slots=True)
class Reached:
    """One phase: when it was reached (None: not yet) and the minutes since the last phase before it that was reached.

    Negative minutes are an error of the data; they are shown as they are, so that somebody corrects them.
    """

    phase: Phase
    at: datetime | None
    minutes: float | None


def flow(times: Mapping[Phase, datetime]) -> tuple[Reached, ...]:
    """All six phases in order. A phase that was skipped (a fault that heals before it is located) stays without a time."""
    reached: list[Reached] = []
    before: datetime | None = None
    for phase in Phase:
        at = times.get(phase)
        minutes = (at - before).total_seconds() / 60 if at and before else None
        reached.append(Reached(phase, at, minutes))
        before = at or before
    return tuple(reached)


def current(times: Mapping[Phase, datetime]) -> Phase | None:
    """The furthest phase that was reached; None before the report."""
    return next((phase for phase in reversed(Phase) if phase in times), None)
