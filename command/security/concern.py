"""The list of those whose data are concerned, from a CSV of phone numbers or record ids: who is found is concerned, rows that cannot be
used are given back with their line and why. Numbers are looked up by their blind index and kept nowhere."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.keys import Keyring
from command.core.problems import N_, Invalid, Problem
from command.incidents import concerned, entries, grades, house, standing
from command.incidents.models import Incident
from command.network.models import Subscriber
from command.people import numbers
from command.people.access import Principal
from command.security import flows
from command.security.entries import ConcernedImported

MOST = 500_000
"""Rows of one list."""
AT_ONCE = 500
HEADS = ("number", "record", "号码", "用户编号")
"""What a first line may be called: of phone numbers, or of record ids."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be used: its line in the file and why; never what it said."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many the list added, how many rows it had that nobody was found for or that could not be read, and how many there are now."""

    added: int
    total: int
    refused: tuple[Refused, ...]


def bring(session: Session, keyring: Keyring, incident: Incident, body: bytes, who: Principal) -> Outcome:
    """Bring in a list of those concerned by a locked incident; the number of records leaked becomes theirs if it was less. Raise Denied,
    Conflict, or Invalid where the file is no such list."""
    standing.authorise(session, incident, who, "keep_evidence")
    flows.handled(incident)
    by_record, rows = _rows(body)
    ids, refused = _found(session, keyring, rows, by_record=by_record)
    added = concerned.add(session, incident, ids, source="list") if ids else 0
    total = concerned.count(session, incident)
    if total > incident.records_leaked:
        incident.records_leaked = total
        grades.regrade(session, incident)
    brought = ConcernedImported(person_id=who.person_id, added=added, refused=len(refused), total=total)
    entries.record(session, incident, brought)
    return Outcome(added, total, tuple(refused))


def _rows(body: bytes) -> tuple[bool, list[tuple[int, str]]]:
    """Whether the list is of record ids, and its rows: line and first cell."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("gb18030", errors="replace")
    try:
        read = [(line, row[0].strip()) for line, row in enumerate(csv.reader(io.StringIO(text)), 1) if row]
    except csv.Error:
        read = []
    rows = [(line, cell) for line, cell in read if cell]
    head = rows[0][1].lower() if rows else ""
    if head not in HEADS or len(rows) < 2 or len(rows) > MOST + 1:
        raise Invalid(
            N_("This is no list of those concerned."),
            field="file",
            remedy=N_("Give a CSV whose first line says number or record, then one a line, %(most)d at most."),
            most=MOST,
        )
    return head in ("record", "用户编号"), rows[1:]


def _found(
    session: Session, keyring: Keyring, rows: list[tuple[int, str]], *, by_record: bool
) -> tuple[set[int], list[Refused]]:
    found: set[int] = set()
    refused: list[Refused] = []
    for begin in range(0, len(rows), AT_ONCE):
        part = rows[begin : begin + AT_ONCE]
        keys = dict(_records(part, refused) if by_record else _numbers(session, keyring, part, refused))
        known = _known(session, set(keys.values()), by_record=by_record)
        found.update(known[key] for key in keys.values() if key in known)
        refused += [Refused(line, "nobody has it") for line, key in keys.items() if key not in known]
    return found, sorted(refused, key=lambda each: each.line)


def _records(rows: list[tuple[int, str]], refused: list[Refused]) -> Iterator[tuple[int, object]]:
    for line, cell in rows:
        if cell.isascii() and cell.isdecimal() and len(cell) <= 18:
            yield line, int(cell)
        else:
            refused.append(Refused(line, "no record id"))


def _numbers(
    session: Session, keyring: Keyring, rows: list[tuple[int, str]], refused: list[Refused]
) -> Iterator[tuple[int, object]]:
    given = house.settings(session)
    region = numbers.REGIONS.get(given.profile)
    for line, cell in rows:
        try:
            number = numbers.understood(cell, region, made_up=given.demo_allowed, sms=False, field="file")
        except Problem:
            refused.append(Refused(line, "no phone number"))
        else:
            yield line, keyring.index(number)


def _known(session: Session, keys: set[object], *, by_record: bool) -> dict[object, int]:
    column = Subscriber.id if by_record else Subscriber.number_index
    query = select(column, Subscriber.id).where(column.in_(keys))
    return dict(session.execute(query).tuples().all())


def refused_csv(refused: tuple[Refused, ...]) -> str:
    """The rows that could not be used, as CSV: line and why."""
    made = io.StringIO()
    out = csv.writer(made)
    out.writerow(("line", "why"))
    out.writerows((each.line, each.why) for each in refused)
    return made.getvalue()
