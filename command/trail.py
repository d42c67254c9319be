"""`tocsin trace ID`: what became of an alarm, from the database and from the logs of as many processes as are given."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TextIO

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core.journal import Entry, Stream
from command.core.settings import Settings
from command.messages.models import Delivery, Tally
from command.notices.models import Notice
from command.oncall.models import Page
from command.parts import open_installation

MOST = 1000
"""Entries that are shown."""
_ID = re.compile(r"[0-9a-f]{16}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?")
_OTHER = re.compile(r"(?:request|trace)\W{1,4}([0-9a-f]{16})")


@click.command()
@click.argument("trace", metavar="ID")
@click.argument("logs", nargs=-1, type=click.File("r", encoding="utf-8", errors="replace"), metavar="[LOG]...")
@click.pass_obj
def trace(settings: Settings, trace: str, logs: tuple[TextIO, ...]) -> None:
    """What is kept under a trace ID, and where it stands in LOG files (- reads standard input)."""
    if not _ID.fullmatch(trace):
        raise click.ClickException("a trace is 16 hexadecimal digits: take it from X-Trace or from a line of the log")
    with open_installation(settings).database.read() as session:
        found = [*kept(session, trace)]
    found += lines(trace, logs)
    if not found:
        raise click.ClickException(f"nothing is kept under {trace}, and no line of {len(logs)} logs has it")
    for line in found:
        click.echo(line)


def kept(session: Session, trace: str) -> Iterator[str]:
    """What the database keeps under an id: its streams with what happened, the messages, or the entries of one request."""
    streams = session.scalars(select(Stream.id).where(Stream.trace == trace).order_by(Stream.id)).all()
    which = Entry.stream_id.in_(streams) if streams else Entry.trace == trace
    order = (Entry.at, Entry.stream_id, Entry.seq)
    for entry in session.scalars(select(Entry).where(which).order_by(*order).limit(MOST)):
        beside = f"  request {entry.trace}" if entry.trace and entry.trace != trace else ""
        yield f"{entry.at:%Y-%m-%dT%H:%M:%S.%fZ}  {entry.stream_id}#{entry.seq}  {entry.kind}  {entry.actor}{beside}"
    for number in (name.partition(":")[2] for name in streams if name.startswith("incident:")):
        yield from _messages(session, number)


def _messages(session: Session, number: str) -> Iterator[str]:
    notices = (
        select(Notice.id, Notice.kind, Tally.state, Tally.count)
        .join(Tally, Tally.notice_id == Notice.id)
        .where(Notice.incident_number == number, Tally.count > 0)
        .order_by(Notice.id, Tally.state)
    )
    counts: dict[str, list[str]] = defaultdict(list)
    for id, kind, state, count in session.execute(notices):
        counts[f"notice {id} ({kind})"].append(f"{state} {count}")
    pages = (
        select(Delivery.state, func.count())
        .join(Page, Page.id == Delivery.page_id)
        .where(Page.incident_number == number)
        .group_by(Delivery.state)
        .order_by(Delivery.state)
    )
    counts["pages"] += [f"{state} {count}" for state, count in session.execute(pages)]
    for what, states in counts.items():
        if states:
            yield f"{what}: {', '.join(states)}"


def lines(trace: str, logs: Iterable[Iterable[str]]) -> list[str]:
    """The lines of logs that bear an id, in order of their times. What others did about the same matter stands under their own requests:
    those lines are there too."""
    read = [line.rstrip("\n") for file in logs for line in file]
    others = {id for line in read if trace in line for id in _OTHER.findall(line)}
    wanted = re.compile("|".join(sorted({trace, *others})))
    return sorted((line for line in read if wanted.search(line)), key=_when)


def _when(line: str) -> str:
    found = _TIME.search(line)
    return found[0].replace(" ", "T") if found else ""
