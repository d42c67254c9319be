"""What a drill measures by itself, from the journals of the drill and of its incidents. Pure.

Everything is in exercise time: seconds that entries of the drill hold, instants of incidents by the drill's course (paused time is not
counted, each stretch counts at its speed). Nothing after the end of the drill is looked at. "The first" is the first in any of the drill's
incidents, so that a merge or a second incident changes no rule. See docs/reference/figures.md."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from command.drills.evaluation.course import Course, Happening
from playbooks.scenario import Fact

_NOTICES = ("notice.submitted", "notice.approved", "notice.wave_opened", "notice.wave_finished", "notice.finished")
PERSON = "person"
"""The source of a report that somebody made, as the journal has it."""
SHARES = (Fact.tasks_done, Fact.clocks_met)


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes of exercise time from one thing to another. `minutes` is None where the second has not happened; `begun` is false where the
    first has not: then there is nothing to measure (n/a)."""

    minutes: float | None
    begun: bool


@dataclass(frozen=True, slots=True)
class Share:
    """So many `met` out of so many; nothing to count is n/a, never 0 % or 100 %."""

    met: int
    of: int

    @property
    def value(self) -> float | None:
        """0..1, or None where there is nothing to count."""
        return self.met / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a drill measures: the seven facts of scenarios, and what stands beside them. Minutes are of exercise time but for
    `paused_minutes`, which are of the clock; answers to injects in minutes from delivery, None where nothing was answered."""

    time_to_report: Span
    time_to_grade: Span
    time_to_activate: Span
    time_to_acknowledge: Span
    time_to_first_notice: Span
    tasks_done: Share
    clocks_met: Share
    injects_answered: Share
    pages_acknowledged: Share
    injects_skipped: int
    answer_median: float | None
    answer_slowest: float | None
    exercise_minutes: float
    paused_minutes: float

    def span(self, fact: Fact) -> Span:
        """One of the facts that are spans."""
        found: Span = getattr(self, fact.value)
        return found

    def share(self, fact: Fact) -> Share:
        """One of the facts that are shares."""
        found: Share = getattr(self, fact.value)
        return found

    def value(self, fact: Fact) -> float | None:
        """Minutes or a share (0..1), as the fact is; None where it is n/a or has not happened."""
        return self.share(fact).value if fact in SHARES else self.span(fact).minutes


def measure(course: Course, drill: Sequence[Happening], incidents: Iterable[Happening], now: datetime) -> Figures:
    """The figures of a drill as they stand at `now`, or at its end where it is over. `drill` are the entries of its stream, `incidents`
    those of all its incidents, in any order."""
    until = course.over_at or now
    mine = [each for each in drill if each.at <= until]
    theirs = sorted((each for each in incidents if each.at < until), key=lambda each: each.at)
    reported = _first(course, theirs, "incident.reported")
    answers = list(_answers(mine))
    taken = [later - sooner for sooner, later in answers if later is not None]
    return Figures(
        time_to_report=_time_to_report(course, mine, theirs),
        time_to_grade=_span(reported, _first(course, theirs, "incident.graded")),
        time_to_activate=_span(reported, _first(course, theirs, "incident.activated")),
        time_to_acknowledge=_span(_first(course, theirs, "page.queued"), _first(course, theirs, "page.acknowledged")),
        time_to_first_notice=_span(reported, _first_notice(course, theirs)),
        tasks_done=_tasks(theirs),
        clocks_met=_clocks(course, theirs, until),
        injects_answered=Share(len(taken), len(answers)),
        pages_acknowledged=_pages(theirs),
        injects_skipped=len({each.data["number"] for each in mine if each.kind == "drill.inject_skipped"}),
        answer_median=median(taken) / 60 if taken else None,
        answer_slowest=max(taken) / 60 if taken else None,
        exercise_minutes=course.second(until) / 60,
        paused_minutes=course.paused_s(now) / 60,
    )


def _first(course: Course, happenings: Iterable[Happening], *kinds: str) -> float | None:
    """The second at which one of these kinds was first seen; entries come in order of time."""
    return next((course.second(each.at) for each in happenings if each.kind in kinds), None)


def _first_notice(course: Course, happenings: Iterable[Happening]) -> float | None:
    """When a first notice was submitted, or something later showed that it had been. A draft is none, nor are updates and corrections."""
    firsts = (each for each in happenings if each.data.get("notice_kind") == "first")
    return _first(course, firsts, *_NOTICES)


def _span(start: float | None, end: float | None) -> Span:
    if start is None:
        return Span(None, begun=False)
    return Span(None if end is None else (end - start) / 60, begun=True)


def _time_to_report(course: Course, drill: Sequence[Happening], incidents: Iterable[Happening]) -> Span:
    """From the first inject delivered to the first report by a person: that alarms opened an incident is no report, nor is what a
    controller reported in the players' place. A report added to an incident that is there counts. Where players reported before anything
    had been delivered it is n/a: nothing had been put to them."""
    delivered = [float(each.data["second"]) for each in drill if each.kind == "drill.inject_delivered"]
    stood_in = {
        f"incident:{each.data['number']}"
        for each in drill
        if each.kind == "drill.incident_joined" and each.data["by"] == "controller"
    }
    reports = (each for each in incidents if _by_people(each) and each.stream not in stood_in)
    reported = _first(course, reports, "incident.reported", "incident.report_added")
    start = min(delivered, default=None)
    if start is not None and reported is not None and reported < start:
        return Span(None, begun=False)
    return _span(start, reported)


def _by_people(each: Happening) -> bool:
    return each.kind == "incident.report_added" or each.data.get("source") == PERSON


def _answers(drill: Iterable[Happening]) -> Iterator[tuple[float, float | None]]:
    """Of each inject that was delivered: the seconds of delivery and answer. An answer counts if it came before the end of the drill."""
    delivered: dict[int, float] = {}
    answered: dict[int, float] = {}
    for each in drill:
        if each.kind == "drill.inject_delivered":
            delivered.setdefault(each.data["number"], float(each.data["second"]))
        elif each.kind == "drill.inject_answered":
            answered.setdefault(each.data["number"], float(each.data["second"]))
    for number, second in delivered.items():
        yield second, answered.get(number)


def _tasks(incidents: Iterable[Happening]) -> Share:
    """Tasks done of those given. One that was skipped or still waits was given and not done; one that was opened again is not done."""
    states: dict[tuple[str, str], str] = {}
    for each in incidents:
        if each.kind == "task.given":
            states.setdefault((each.stream, each.data["task"]), "given")
        elif each.kind == "task.changed":
            states[each.stream, each.data["task"]] = each.data["state"]
    return Share(sum(state == "done" for state in states.values()), len(states))


def _pages(incidents: Iterable[Happening]) -> Share:
    """Pages acknowledged of those queued."""
    queued: set[int] = set()
    answered: set[int] = set()
    for each in incidents:
        if each.kind == "page.queued":
            queued.add(each.data["page_id"])
        elif each.kind == "page.acknowledged":
            answered.add(each.data["page_id"])
    return Share(len(queued & answered), len(queued))


@dataclass(slots=True)
class _Clock:
    """A clock of an incident in seconds of exercise time: by when it asks for something, and when that was there."""

    started_at: datetime
    due: float
    met: float | None = None


def _clocks(course: Course, incidents: Iterable[Happening], until: datetime) -> Share:
    """Clocks met of those due, judged in exercise time: from its start each has as many minutes as the clock on the wall would have given
    it, so that a pause breaks none and a faster simulation shortens none. Met exactly when due is met. One still open whose time has come
    is breached, one whose time has not come is not counted."""
    clocks: dict[tuple[str, str], _Clock] = {}
    for each in incidents:
        if each.kind.startswith("clock.") and "clock" in each.data:
            _note(course, clocks, each)
    end = course.second(until)
    decided = [each for each in clocks.values() if each.met is not None or each.due < end]
    return Share(sum(each.met is not None and each.met <= each.due for each in decided), len(decided))


def _note(course: Course, clocks: dict[tuple[str, str], _Clock], each: Happening) -> None:
    key = (each.stream, each.data["clock"])
    known = clocks.get(key)
    if "due_at" in each.data and each.kind != "clock.breached":
        started = known.started_at if known else each.at
        due = course.second(started) + (_instant(each.data) - started).total_seconds()
        clocks[key] = _Clock(started, due)
    elif each.kind == "clock.stopped" and known:
        known.met = course.second(datetime.fromisoformat(each.data["met_at"]))


def _instant(data: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(data["due_at"])
