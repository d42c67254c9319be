"""Reading a calendar file (iCalendar, RFC 5545) as duty: each event is a turn of the person its attendee or title names. Pure.

A file is used whole or not at all: the first fault names its line, the event and the remedy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

from command.core.names import Words
from command.core.problems import N_, Invalid
from command.oncall.duties import rotation

LARGEST = 1_000_000
MOST = 5000
MOST_RULES = 200
FINE = ("BYHOUR", "BYMINUTE", "BYSECOND")
EARLIEST, LATEST = 1970, 2200
RULES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody (an id) holds the duty from `start` (inclusive) to `end` (exclusive), UTC."""

    member: int
    start: datetime
    end: datetime


def read(data: bytes, people: Mapping[str, int], zone: ZoneInfo, start: datetime, end: datetime) -> list[Turn]:
    """The turns of a calendar file that end after `start` and begin before `end`, the earliest first, recurrences written out. `people`
    are ids by username and by names, lower case; times without a zone and whole days are read in `zone`. Raise Invalid."""
    calendar, lines = _parsed(data)
    events = [each for each in calendar.walk("VEVENT") if isinstance(each, Event)]
    if not events:
        raise _fault(1, 0, N_("there is no event"), N_("Export the calendar again, with its events."))
    if sum("RRULE" in event for event in events) > MOST_RULES:
        raise Invalid(N_("More than 200 recurring events."), field="ics", remedy=N_("Export fewer events."))
    seen: set[tuple[str, str]] = set()
    for number, event in enumerate(events, 1):
        _check(event, number, lines, people)
        key = _series(event, number)
        if key in seen:
            where = _line(lines, number, "UID")
            raise _fault(
                where, number, N_("an event before it has the same UID"), N_("Give each event a UID of its own.")
            )
        seen.add(key)
    found = sorted(_turns(calendar, people, zone, start, end), key=lambda turn: turn.start)
    for one, two in pairwise(found):
        if two.start < one.end:
            raise Invalid(
                N_("Two events meet at %(at)s: nobody could tell who holds the duty."),
                field="ics",
                remedy=N_("End one before the other begins."),
                at=two.start.isoformat(timespec="minutes"),
            )
    return found


def _parsed(data: bytes) -> tuple[Calendar, list[str]]:
    if len(data) > LARGEST:
        raise Invalid(N_("The file is larger than 1 MB."), field="ics", remedy=N_("Export fewer events."))
    try:
        text = data.decode("utf-8-sig")
        calendar = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError) as error:
        raise Invalid(
            N_("This is no calendar file."), field="ics", remedy=N_("Export it as iCalendar (.ics), in UTF-8.")
        ) from error
    assert isinstance(calendar, Calendar)
    return calendar, text.splitlines()


def _series(event: Any, number: int) -> tuple[str, str]:
    """What tells an event from the others: its UID, and which recurrence it changes."""
    changed = event.get("RECURRENCE-ID")
    return str(event.get("UID", number)), str(getattr(changed, "dt", ""))


def _check(event: Any, number: int, lines: list[str], people: Mapping[str, int]) -> None:
    """Raise Invalid for what an event lacks or gets wrong."""

    def wrong(name: str, what: str, remedy: str) -> Invalid:
        return _fault(_line(lines, number, name), number, what, remedy)

    for name, _ in event.errors:
        raise wrong(name or "", N_("a value cannot be read"), N_("Correct the line, or remove the event."))
    begins, ends = event.get("DTSTART"), event.get("DTEND")
    if begins is None:
        raise wrong("", N_("it has no beginning"), N_("Add DTSTART."))
    if isinstance(begins, list) or isinstance(ends, list):
        raise wrong("DTSTART", N_("a value cannot be read"), N_("Correct the line, or remove the event."))
    if not EARLIEST <= begins.dt.year < LATEST:
        raise wrong("DTSTART", N_("it lies too far from today"), N_("Begin it between 1970 and 2200."))
    for name, given in (("DTSTART", begins), ("DTEND", ends)):
        if given is not None and "TZID" in given.params and getattr(given.dt, "tzinfo", None) is None:
            raise wrong(name, N_("its time zone is unknown"), N_("Use an IANA name such as Asia/Shanghai."))
    if ends is not None and not _before(begins.dt, ends.dt):
        raise wrong("DTEND", N_("it ends before it begins"), N_("Correct DTSTART or DTEND."))
    if ends is None and "DURATION" not in event and isinstance(begins.dt, datetime):
        raise wrong("", N_("it has no end"), N_("Add DTEND."))
    rules = event.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        every = rule.get("INTERVAL", [1])[0]
        if str(rule.get("FREQ", [""])[0]).upper() not in RULES or every < 1 or any(part in rule for part in FINE):
            raise wrong("RRULE", N_("its recurrence cannot be used"), N_("Use DAILY, WEEKLY, MONTHLY or YEARLY."))
    if _person(event, people) is None and not _cancelled(event):
        name = "ATTENDEE" if "ATTENDEE" in event else "SUMMARY"
        raise wrong(name, N_("it names nobody who is known"), N_("Write a username or a person's whole name."))


def _cancelled(event: Any) -> bool:
    """Whether an event, or one of its recurrences, was called off: calendar programs leave it in the file."""
    return str(event.get("STATUS", "")).strip().upper() == "CANCELLED"


def _before(begins: date, ends: date) -> bool:
    """Whether two times of one sort follow each other."""
    alike = type(begins) is type(ends) and _floats(begins) == _floats(ends)
    return alike and begins < ends


def _floats(at: date) -> bool:
    return getattr(at, "tzinfo", None) is None


def _turns(
    calendar: Calendar, people: Mapping[str, int], zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[Turn]:
    for count, event in enumerate(_occurrences(calendar, start, end)):
        if _cancelled(event):
            continue
        member = _person(event, people)
        begins, ends = (_instant(event[name].dt, zone) for name in ("DTSTART", "DTEND"))
        if count >= MOST:
            raise Invalid(N_("More than 5,000 turns."), field="ics", remedy=N_("Export fewer events."))
        if member is not None and max(begins, start) < ends:
            yield Turn(member, begins, ends)


def _occurrences(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Any]:
    """Every occurrence that meets [start, end); raise Invalid for what cannot be followed."""
    try:
        yield from recurring_ical_events.of(calendar).between(start, end)
    except Exception as error:  # whatever else the library makes of a rule: refused, never applied by half
        raise Invalid(
            N_("A recurrence of this calendar cannot be followed."),
            field="ics",
            remedy=N_("Write the events out one by one."),
        ) from error


def _person(event: Any, people: Mapping[str, int]) -> int | None:
    """Whom an event names: its first attendee's name or address, else its title, or what stands in the title after the last colon."""
    attendee = event.get("ATTENDEE")
    first = attendee[0] if isinstance(attendee, list) and attendee else attendee
    said = []
    if first is not None:
        address = str(first).lower().removeprefix("mailto:")
        said += [address.partition("@")[0], str(first.params.get("CN", "")).strip().lower()]
    title = str(event.get("SUMMARY", "")).replace("：", ":").strip().lower()
    said += [title, title.rpartition(":")[2].strip()]
    return next((people[name] for name in said if name in people), None)


def _instant(at: date, zone: ZoneInfo) -> datetime:
    """An instant in UTC: floating times and whole days stand on the zone's wall clock."""
    if not isinstance(at, datetime):
        return rotation.instant(datetime.combine(at, time()), zone)
    whole = at.replace(microsecond=0)
    return whole.astimezone(UTC) if whole.tzinfo else rotation.instant(whole, zone)


def _line(lines: list[str], number: int, name: str) -> int:
    """The line (from 1) of a property of the event of a number (from 1); of its beginning where it has none of that name."""
    begun = [at for at, line in enumerate(lines) if line.strip().upper() == "BEGIN:VEVENT"][number - 1]
    for at in range(begun, len(lines)):
        if lines[at].strip().upper() == "END:VEVENT":
            break
        if name and lines[at].upper().startswith((f"{name}:", f"{name};")):
            return at + 1
    return begun + 1


def _fault(line: int, number: int, what: str, remedy: str) -> Invalid:
    return Invalid(
        N_("Line %(line)d, event %(event)d: %(what)s."),
        field="ics",
        remedy=remedy,
        line=line,
        event=number,
        what=Words((what,)),
    )
