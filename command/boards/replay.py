"""Replay of a board: its timeline, and its cards as HTML for a stretch of it. Read forward from one fold, never folded per frame."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, cast

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.boards import frames, moments, store
from command.boards.frames import Frame, ms_of
from command.boards.moments import Row
from command.boards.projection import Seen, State
from command.boards.render import Renderer, shown
from command.boards.words import WORDS
from command.core import clock
from command.core.journal import Entry, Stream
from command.core.problems import N_
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.rendering import Reader

MOST_MOMENTS = 3000
MOST_FRAMES = 64
ROWS = {
    "came": N_("%(number)s appears: %(after)s"),
    "went": N_("%(number)s is over"),
    "tier": N_("%(number)s: %(before)s → %(after)s"),
    "state": N_("%(number)s is now: %(after)s"),
}


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a board's life, both ends included."""

    begin: datetime
    end: datetime


def life(session: Session, board: str) -> Window:
    """An incident's whole life: from its first entry to its last, or to now while the outage is not over."""
    stream = store.line(board)
    ends = select(Entry.at).where(Entry.stream_id == stream).order_by(Entry.seq)
    first, last = session.scalar(ends.limit(1)), session.scalar(ends.order_by(None).order_by(Entry.seq.desc()).limit(1))
    now = clock.now(session)
    if first is None or last is None:
        return Window(now, now)
    head = store.load(session, board).state.cards.get("head", {})
    return Window(first, now if head.get("state") in BEFORE_RESTORATION else last + timedelta(milliseconds=1))


def between(session: Session, board: str, window: Window) -> Iterator[Seen]:
    """The entries of a board later than the beginning of the window, over the turn of months, in order."""
    query = (
        select(Entry.seq, Entry.at, Entry.actor, Entry.kind, Entry.data)
        .where(Entry.stream_id.in_(_streams(session, board)), Entry.at > window.begin, Entry.at <= window.end)
        .order_by(Entry.stream_id, Entry.seq)
    )
    for row in session.execute(query.execution_options(yield_per=500)):
        yield Seen(*row)


def _streams(session: Session, board: str) -> list[str]:
    line = store.line(board)
    if line.startswith("incident:"):
        return [line]
    return list(session.scalars(select(Stream.id).where(Stream.id.between(f"{line}:", f"{line};"))))


def timeline(session: Session, board: str, window: Window, language: str) -> dict[str, Any]:
    """`begin`, `end` and `instants` (at which the board changes) in milliseconds, and the moments with their words."""
    begin, end = ms_of(window.begin), ms_of(window.end)
    if store.line(board).startswith("incident:"):
        entries = list(between(session, board, Window(window.begin - timedelta(microseconds=1), window.end)))
        found = _of_incident(session, entries, language)
    else:
        entries = list(between(session, board, window))
        before = store.load_at(session, board, window.begin).state
        found = [_row(row) for row in moments.of_shared(before.cards, entries)]
    instants = sorted({begin, *(ms_of(entry.at) for entry in entries)})
    return {"begin": begin, "end": max(begin, end), "instants": instants, "moments": found[-MOST_MOMENTS:]}


def _of_incident(session: Session, entries: list[Seen], language: str) -> list[dict[str, Any]]:
    by_seq = {entry.seq: cast(Entry, entry) for entry in entries}
    found = list(moments.of_incident(entries))[-MOST_MOMENTS:]
    reader = Reader(session, [by_seq[moment.seq] for moment in found])
    lines = [reader.line(by_seq[moment.seq]) for moment in found]
    return [
        {"ms": each.ms, "seq": each.seq, "kind": each.kind, "group": each.group, "text": getattr(line, language)}
        for each, line in zip(found, lines, strict=True)
    ]


def _row(row: Row) -> dict[str, Any]:
    group = "state" if row.kind in ("went", "state") else "tier"
    before, after = (
        gettext(WORDS[group].get(str(v), str(v))) if v is not None else "" for v in (row.before, row.after)
    )
    text = gettext(ROWS[row.kind]) % {"number": row.number, "before": before, "after": after}
    return {"ms": row.ms, "seq": row.seq, "kind": f"row.{row.kind}", "group": row.group, "text": text}


def stretch(session: Session, board: str, window: Window, renderer: Renderer, language: str) -> list[dict[str, Any]]:
    """The frames of a window: the first with every card as HTML by id, each later one with those that differ from the one before it
    (null for a card that is gone). At most MOST_FRAMES; the first stands for the board at the beginning of the window."""
    board_then = store.load_at(session, board, window.begin)
    counts = _counts(session, board_then.stream, board_then.state.seq)
    first = Frame(ms_of(window.begin), board_then.state, frozenset(), counts)
    later = frames.frames(board_then.state, between(session, board, window))
    made, known = [], dict[str, str]()
    before: State | None = None
    for frame in islice((each for part in ((first,), later) for each in part), MOST_FRAMES):
        html = _differing(session, board, frame, before, renderer, language)
        cards = {name: text for name, text in html.items() if known.get(name) != text}
        gone = known.keys() - set(shown(board, frame.state))
        known = {**{n: t for n, t in known.items() if n not in gone}, **html}
        made.append({"ms": frame.ms, "cards": cards | dict.fromkeys(gone), "counts": frame.counts})
        before = frame.state
    return made


def _differing(
    session: Session, board: str, frame: Frame, before: State | None, renderer: Renderer, language: str
) -> dict[str, str]:
    """HTML of the cards that may differ from the frame before: those touched, and those that are made of several others."""
    ids = shown(board, frame.state)
    if before is not None:
        same_latest = before.latest == frame.state.latest
        made_of_others = {each for each in ids if each not in frame.state.cards} - (
            {"latest"} if same_latest else set()
        )
        ids = [each for each in ids if each in frame.touched or each in made_of_others]
    html = renderer.cards(session, board, frame.state, ids, language)
    return {name: text for name, text in html.items() if text is not None}


def _counts(session: Session, stream: str, until: int) -> dict[str, dict[str, int]]:
    query = select(Entry.seq, Entry.at, Entry.actor, Entry.kind, Entry.data).where(
        Entry.stream_id == stream, Entry.seq <= until, Entry.kind == frames.FINISHED
    )
    return frames.counted(Seen(*row) for row in session.execute(query.order_by(Entry.seq)))
