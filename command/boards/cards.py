"""The cards of the boards as the tables tell them, and the hook that journals what changed.

Cards hold ids and figures that do not depend on who looks or when; names and elapsed times are joined when rendering. The hook runs
while the incident's stream is locked and reads columns afresh, so two units of work can never journal each other's past."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from command.boards.models import BoardCard
from command.boards.projection import CARDS
from command.core import clock, journal
from command.core.columns import dump
from command.core.journal import Payload
from command.incidents.models import Impact, Incident, IncidentClock, Role, Task
from command.network.models import CutOff
from command.notices.models import Notice
from command.oncall.models import Page

GONE = ("closed", "cancelled", "merged")


class Cards(Payload, kind=CARDS):
    """Cards of a board that changed, by id; null removes one."""

    cards: dict[str, dict[str, Any] | None]


def board_prefix(exercise: bool) -> str:
    """The monthly line of entries behind the command board, or behind the one for exercises."""
    return "board:exercise" if exercise else "board:command"


def record_changes(session: Session, streams: frozenset[str]) -> None:
    """For each incident whose stream grows: journal the cards that differ from what the journal last said."""
    for stream in sorted(s for s in streams if s.startswith("incident:")):
        incident = _columns(session, Incident, Incident.number == stream.removeprefix("incident:"))
        if not incident:
            continue
        exercise = incident[0]["exercise"]
        cards = incident_cards(session, incident[0])
        _journal(session, stream, stream, cards, exercise)
        prefix = board_prefix(exercise)
        summary = summary_card(incident[0], cards)
        number = incident[0]["number"]
        _journal(
            session,
            journal.month(prefix, clock.now(session)),
            prefix,
            {number: summary} if summary else {},
            exercise,
            only=number,
        )


def incident_cards(session: Session, incident: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every card of one incident's board, from the tables."""
    mine = incident["id"]
    tasks = _columns(session, Task, Task.incident_id == mine, order=Task.id)
    cards = {
        "head": _head(incident),
        "clocks": {
            "clocks": [
                _pick(row, CLOCK)
                for row in _columns(
                    session, IncidentClock, IncidentClock.incident_id == mine, order=IncidentClock.due_at
                )
            ]
        },
        "impact": _impact(session, mine, incident),
        "people": {
            "roles": [
                _pick(row, ROLE)
                for row in _columns(session, Role, (Role.incident_id == mine) & Role.until_at.is_(None), order=Role.id)
            ]
        },
        "pages": {
            "pages": [_pick(row, PAGE) for row in _columns(session, Page, Page.incident_id == mine, order=Page.id)]
        },
        "notices": {
            "notices": [
                _pick(row, NOTICE) for row in _columns(session, Notice, Notice.incident_id == mine, order=Notice.id)
            ]
        },
    }
    for department in sorted({task["department"] for task in tasks}):
        cards[f"tasks:{department}"] = {"tasks": [_pick(t, TASK) for t in tasks if t["department"] == department]}
    return {name: orjson.loads(dump(card)) for name, card in cards.items()}


# fmt: off
HEAD = (
    "number", "kind", "state", "tier", "current_tier", "projected_tier", "rules", "response_level",
    "area_id", "source", "restricted", "exercise", "detected_at", "reported_at", "responding_at", "quiet_at",
    "restored_at", "closed_at", "eta", "commander_id", "commander_since", "owner_id", "users_now",
    "users_peak", "users_projected", "user_minutes", "measured_at", "summary_note_id",
)
# fmt: on
CLOCK = ("code", "due_at", "state", "met_at")
ROLE = ("role", "person_id", "from_at")
PAGE = ("id", "person_id", "state", "step", "target", "created_at", "answered_at", "answered_via", "reason")
NOTICE = (
    "id",
    "kind",
    "state",
    "audience",
    "automatic",
    "created_at",
    "approved_by",
    "approved_at",
    "finished_at",
    "withdrawn_at",
)
TASK = ("id", "code", "state", "due_at", "done_at", "done_by", "risky")


def _head(incident: Mapping[str, Any]) -> dict[str, Any]:
    return _pick(incident, HEAD)


def _impact(session: Session, incident_id: int, incident: Mapping[str, Any]) -> dict[str, Any]:
    rows = _columns(session, Impact, (Impact.incident_id == incident_id) & Impact.until_at.is_(None), order=Impact.id)
    cut = _columns(session, CutOff, (CutOff.incident_id == incident_id) & CutOff.until_at.is_(None), order=CutOff.id)
    return {
        "rows": [_pick(row, ("service_id", "area_id", "kind", "users", "share", "from_at")) for row in rows],
        "failed": sum(row["failed"] for row in cut),
        "isolated": sum(not row["failed"] for row in cut),
        "users_now": incident["users_now"],
        "users_peak": incident["users_peak"],
    }


def summary_card(incident: Mapping[str, Any], cards: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """The incident's row on the command board; None once it is over, or where only named people may know of it."""
    if incident["state"] in GONE or incident["restricted"]:
        return None
    running = [c for c in cards["clocks"]["clocks"] if c["state"] == "running"]
    breached = [c for c in cards["clocks"]["clocks"] if c["state"] == "breached" and not c["met_at"]]
    summary = _pick(
        incident,
        (
            *(
                "number",
                "kind",
                "state",
                "tier",
                "projected_tier",
                "area_id",
                "users_now",
                "users_peak",
                "users_projected",
            ),
            *("commander_id", "detected_at", "eta", "quiet_at", "restored_at", "exercise"),
        ),
    )
    summary["next_clock"] = running[0] if running else None
    summary["breached"] = [c["code"] for c in breached]
    summary["waiting"] = sum(n["state"] == "submitted" for n in cards["notices"]["notices"])
    return orjson.loads(dump(summary))  # type: ignore[no-any-return]


def _journal(
    session: Session,
    stream: str,
    board: str,
    cards: Mapping[str, dict[str, Any]],
    exercise: bool,
    only: str | None = None,
) -> None:
    query = select(BoardCard.card, BoardCard.data).where(BoardCard.board == board)
    if only is not None:
        query = query.where(BoardCard.card == only)
    known = {row.card: row.data for row in session.execute(query)}
    texts = {name: dump(card) for name, card in cards.items()}
    changes: dict[str, dict[str, Any] | None] = {n: cards[n] for n, text in texts.items() if known.get(n) != text}
    changes.update({name: None for name in known if name not in texts})
    if not changes:
        return
    journal.record(session, stream, Cards(cards=changes), exercise=exercise)
    session.execute(delete(BoardCard).where(BoardCard.board == board, BoardCard.card.in_(list(changes))))
    now: datetime = clock.now(session)
    for name, card in changes.items():
        if card is not None:
            session.add(BoardCard(board=board, card=name, data=texts[name], changed_at=now, exercise=exercise))
    session.flush()


def _columns(session: Session, model: Any, where: Any, order: Any = None) -> list[dict[str, Any]]:
    """Rows as plain columns, past the session's memory of them."""
    query = select(*model.__table__.c).where(where)
    rows = session.execute(query if order is None else query.order_by(order)).mappings()
    return [dict(row) for row in rows]


def _pick(row: Mapping[str, Any], names: tuple[str, ...] | list[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}
