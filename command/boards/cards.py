"""The cards of the boards as the tables tell them, and the hook that journals what changed.

Cards hold ids and figures that do not depend on who looks or when; names and elapsed times are joined when rendering. The hook runs
while the incident's stream is locked and reads columns afresh, so two units of work can never journal each other's past."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from command.boards import resource_cards, store
from command.boards.models import BoardCard
from command.boards.projection import CARDS
from command.core import clock, journal
from command.core.columns import dump
from command.core.journal import Payload
from command.field.models import FieldNote, Photo
from command.incidents import alerts, area_shares, observing_rows, plans
from command.incidents.models import Impact, Incident, IncidentClock, Objective, Role, Task
from command.network.models import Concerned, CutOff
from command.notices import pacing
from command.notices.models import Notice
from command.oncall.models import Escalation, EscalationState, Page

GONE = ("closed", "cancelled", "merged")


class Cards(Payload, kind=CARDS):
    """Cards of a board that changed, by id; null removes one."""

    cards: dict[str, dict[str, Any] | None]


def board_of(exercise: bool) -> str:
    """The shared board an incident has its row on."""
    return "exercise" if exercise else "command"


def record_changes(session: Session, streams: frozenset[str]) -> None:
    """For each incident whose stream grows: journal the cards that differ from what the journal last said."""
    for stream in sorted(s for s in streams if s.startswith("incident:")):
        incident = _rows(session, Incident, Incident.number == stream.removeprefix("incident:"))
        if not incident:
            continue
        exercise, number = incident[0]["exercise"], incident[0]["number"]
        cards = incident_cards(session, incident[0])
        _journal(session, stream, stream, cards, _known(session, stream), exercise)
        line = store.line(board_of(exercise))
        summary = summary_card(incident[0], cards)
        row = {number: summary} if summary else {}
        _journal(session, _month(session, exercise), line, row, _known(session, line, number), exercise)


def _month(session: Session, exercise: bool) -> str:
    """The stream of this month, or the newest there is: a unit of work that began before midnight never writes behind one of after."""
    board = board_of(exercise)
    return max(journal.month(store.line(board), clock.now(session)), store.current_stream(session, board))


def incident_cards(session: Session, incident: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every card of one incident's board, from the tables."""
    mine = incident["id"]
    clocks = _rows(session, IncidentClock, IncidentClock.incident_id == mine, IncidentClock.due_at, IncidentClock.id)
    roles = _rows(session, Role, (Role.incident_id == mine) & Role.until_at.is_(None), Role.id)
    tasks = _rows(session, Task, Task.incident_id == mine, Task.due_at, Task.id)
    notices = _rows(session, Notice, Notice.incident_id == mine, Notice.id)
    pages = _rows(session, Page, Page.incident_id == mine, Page.id)
    cards = {
        "head": _head(session, incident, clocks, notices),
        "clocks": {"clocks": [_pick(row, CLOCK) for row in clocks if row["state"] != "void"]},
        "impact": _impact(session, incident),
        "people": {"roles": [_pick(row, ROLE) for row in roles], "responses": _responses(pages)},
        "objectives": {
            "objectives": [
                _pick(row, OBJECTIVE) for row in _rows(session, Objective, Objective.incident_id == mine, Objective.id)
            ]
        },
        "pages": {
            "pages": [_pick(row, PAGE) for row in pages],
            "chains": [
                _chain(row) for row in _rows(session, Escalation, Escalation.incident_id == mine, Escalation.id)
            ],
        },
        "notices": {"notices": [_pick(row, NOTICE) for row in notices]},
    }
    for department in sorted({task["department"] for task in tasks}):
        cards[f"tasks:{department}"] = {"tasks": [_pick(t, TASK) for t in tasks if t["department"] == department]}
    if reports := _reports(session, mine):
        cards["field"] = reports
    if resources := resource_cards.of(session, mine):
        cards["resources"] = resources
    return {name: _plain(card) for name, card in cards.items()}


HEAD = (
    *("number", "kind", "state", "tier", "current_tier", "projected_tier", "rules", "response_level", "area_id"),
    *("source", "restricted", "exercise", "detected_at", "reported_at", "responding_at", "quiet_at", "restored_at"),
    *("ended_at", "eta", "commander_id", "commander_since", "owner_id", "users_now", "users_peak", "users_projected"),
    *("user_minutes", "measured_at", "summary_note_id", "reviewing_at", "closed_at", "assessed_at", "merged_into_id"),
)
CLOCK = ("code", "due_at", "state", "met_at")
ROLE = ("role", "person_id", "from_at", "briefing_note_id", "accepted_at")
OBJECTIVE = ("id", "note_id", "state", "created_at", "created_by", "settled_at", "settled_by")
PAGE = (
    *("id", "escalation_id", "person_id", "state", "step", "target", "created_at", "answered_at", "answered_via"),
    *("reason", "response", "response_at", "eta_minutes", "note_id", "help_at", "help_by"),
)
RESPONSE = ("person_id", "response", "response_at", "eta_minutes", "help_at", "help_by")
REPORT = ("id", "page_id", "person_id", "note_id", "added_at")
REPORTS = 12
"""The newest notes and photos of the field that a card holds; the journal has them all."""
NOTICE = (
    *("id", "kind", "state", "audience", "automatic", "override", "created_at", "submitted_by"),
    *("approved_by", "approved_at", "finished_at", "withdrawn_at"),
)
TASK = ("id", "code", "state", "due_at", "done_at", "done_by", "risky", "after", "note_id", "owner_id")


SUMMARY = (
    *("number", "kind", "state", "tier", "projected_tier", "area_id", "users_now", "users_peak", "users_projected"),
    *("commander_id", "detected_at", "eta", "quiet_at", "restored_at", "exercise"),
)


UNDER_WAY = ("submitted", "approved", "sending")
"""States of notices that the command board shows as under way."""


def _head(
    session: Session,
    incident: Mapping[str, Any],
    clocks: Sequence[Mapping[str, Any]],
    notices: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Who, how bad, since when; the clock that runs out next, and when those who were told are owed an update."""
    running = [_pick(row, CLOCK) for row in clocks if row["state"] == "running"]
    left = [row for row in notices if row["kind"] in ("first", "update") and row["approved_at"]]
    left = [row for row in left if row["state"] in (*UNDER_WAY, "sent")]
    told = [pacing.said_at(row["created_at"], row["facts"]) for row in left]
    handled = incident["state"] == "responding" and incident["quiet_at"] is None
    minutes = plans.cadence(session, incident["playbook_id"], incident["tier"]) if told and handled else None
    alert = alerts.of(session, incident["id"], incident["state"])
    return _pick(incident, HEAD) | {
        **_above(session, incident),
        "user_minutes": round(incident["user_minutes"], 1),
        "next_clock": running[0] if running else None,
        "alert": asdict(alert) if alert else None,
        **_watched(session, incident),
        **_reach(session, incident),
        "update_due_at": max(told) + timedelta(minutes=minutes) if minutes else None,
        **(_late(left) if minutes else {}),
    }


def _late(left: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Since when the update that the last notice promised is on record as late, where it is."""
    last = max(left, key=lambda row: (row["approved_at"], row["id"]))
    return {"update_late_at": last["late_at"]} if last["late_at"] else {}


def _above(session: Session, incident: Mapping[str, Any]) -> dict[str, Any]:
    """The number of the incident that this one is a part of, or nothing. A restricted one is named to nobody who sees an open part."""
    if incident["parent_id"] is None:
        return {}
    alike = Incident.restricted.is_(incident["restricted"])
    number = session.scalar(select(Incident.number).where(Incident.id == incident["parent_id"], alike))
    return {"parent": number} if number else {}


def _watched(session: Session, incident: Mapping[str, Any]) -> dict[str, Any]:
    """Until when the repair is watched, where it is."""
    until = observing_rows.until(session, incident["id"]) if incident["state"] == "restored" else None
    return {"watch_until": until} if until else {}


def _reach(session: Session, incident: Mapping[str, Any]) -> dict[str, Any]:
    """Where nobody lost service: how many it concerns all the same, or concerned when it ended, and how many have complained."""
    if incident["users_peak"]:
        return {}
    mine = Concerned.incident_id == incident["id"]
    query = select(func.count()).where(mine, Concerned.passed_to_id.is_(None))
    found = {"concerned": session.scalar(query) or 0, "complaints": incident["complaints"]}
    return {"reach": found} if any(found.values()) else {}


def _chain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A chain of pages: how it stands, and whom it pages next and when."""
    runs = row["state"] == EscalationState.RUNNING
    after = row["steps"][row["step"]]["target"] if runs and row["step"] < len(row["steps"]) else None
    return _pick(row, ("id", "state", "step", "due_at", "reason")) | {"steps": len(row["steps"]), "next": after}


def _impact(session: Session, incident: Mapping[str, Any]) -> dict[str, Any]:
    mine = incident["id"]
    rows = _rows(session, Impact, (Impact.incident_id == mine) & Impact.until_at.is_(None), Impact.id)
    cut = _rows(session, CutOff, (CutOff.incident_id == mine) & CutOff.until_at.is_(None), CutOff.id)
    return {
        "rows": [_pick(row, ("service_id", "area_id", "kind", "users", "share", "from_at")) for row in rows],
        "areas": area_shares.of(session, mine),
        "failed": sum(row["failed"] for row in cut),
        "isolated": sum(not row["failed"] for row in cut),
        "users_now": incident["users_now"],
        "users_peak": incident["users_peak"],
    }


def _responses(pages: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What each person paged does about it, by person: their last word."""
    answered = [page for page in pages if page["response"]]
    ordered = sorted(answered, key=lambda page: (page["response_at"], page["id"]))
    return {str(page["person_id"]): _pick(page, RESPONSE) for page in ordered}


def _reports(session: Session, incident_id: int) -> dict[str, Any] | None:
    """What came from the field, the newest first; None for nothing."""
    notes = _rows(session, FieldNote, FieldNote.incident_id == incident_id, FieldNote.id)
    photos = _rows(session, Photo, Photo.incident_id == incident_id, Photo.id)
    found = [{"kind": "note", **_pick(row, REPORT)} for row in notes]
    found += [{"kind": "photo", **_pick(row, (*REPORT, "width", "height"))} for row in photos]
    found.sort(key=lambda each: (each["added_at"], each["kind"], each["id"]), reverse=True)
    return {"notes": len(notes), "photos": len(photos), "reports": found[:REPORTS]} if found else None


def summary_card(incident: Mapping[str, Any], cards: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """The incident's row on the command board; None once it is over, or where only named people may know of it."""
    if incident["state"] in GONE or incident["restricted"]:
        return None
    parent = cards["head"].get("parent")
    clocks = cards["clocks"]["clocks"]
    notices = cards["notices"]["notices"]
    running = [clock for clock in clocks if clock["state"] == "running"]
    return _plain(
        _pick(incident, SUMMARY)
        | ({"parent": parent} if parent else {})
        | {
            "next_clock": running[0] if running else None,
            "breached": [c["code"] for c in clocks if c["state"] == "breached" and not c["met_at"]],
            "help": sum(bool(page["help_at"] and not page["help_by"]) for page in cards["pages"]["pages"]),
            "waiting": sum(notice["state"] == "submitted" for notice in notices),
            "notices": [_pick(n, ("id", "kind", "state", "audience")) for n in notices if n["state"] in UNDER_WAY],
            "alert": cards["head"]["alert"],
            "areas": cards["impact"]["areas"],
            "resources": resource_cards.counted(cards.get("resources")),
        }
        | {name: cards["head"][name] for name in ("watch_until", "reach", "update_late_at") if name in cards["head"]}
        | _degraded(cards["impact"]["rows"])
    )


def _degraded(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The largest share by which a service is worse than it should be somewhere, where nothing need be cut off."""
    share = max((row["share"] for row in rows if row["kind"] == "degradation"), default=None)
    return {} if share is None else {"degraded": share}


def _known(session: Session, board: str, card: str | None = None) -> dict[str, str]:
    """What the journal last said of a board's cards, or of one of them."""
    query = select(BoardCard.card, BoardCard.data).where(BoardCard.board == board)
    if card is not None:
        query = query.where(BoardCard.card == card)
    return dict(session.execute(query).tuples().all())


def _journal(
    session: Session,
    stream: str,
    board: str,
    cards: Mapping[str, dict[str, Any]],
    known: Mapping[str, str],
    exercise: bool,
) -> None:
    """Record the cards that differ from the known ones, and remember them; a known card that is no more is recorded as null."""
    texts = {name: dump(card) for name, card in cards.items()}
    changes: dict[str, dict[str, Any] | None] = {n: cards[n] for n, text in texts.items() if known.get(n) != text}
    changes |= dict.fromkeys(known.keys() - texts.keys())
    if not changes:
        return
    journal.record(session, stream, Cards(cards=changes), exercise=exercise)
    session.execute(delete(BoardCard).where(BoardCard.board == board, BoardCard.card.in_(list(changes))))
    rows = [
        {"board": board, "card": name, "data": texts[name], "changed_at": clock.now(session), "exercise": exercise}
        for name in changes
        if name in texts
    ]
    if rows:
        session.execute(insert(BoardCard), rows)


def _rows(session: Session, model: Any, where: Any, *order: Any) -> list[dict[str, Any]]:
    """Rows as plain columns, past the session's memory of them."""
    return [dict(row) for row in session.execute(select(*model.__table__.c).where(where).order_by(*order)).mappings()]


def _pick(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _plain(card: Mapping[str, Any]) -> dict[str, Any]:
    """The card as it reads back from JSON, so that what is folded equals what is computed."""
    plain: dict[str, Any] = orjson.loads(dump(card))
    return plain
