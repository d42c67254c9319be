"""What an incident asked of the pools and what serves it now, as its board's card; and what of that the shared board counts.

Only the incident's own requests are read, so one that asked for nothing costs one query, and a taking changes two cards at most: this
one, and its incident's row on the shared board."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.resources.models import Resource, ResourceAllocation, ResourceOrder, ResourceRequest, ResourceStock
from command.resources.requests import APPROVED, LIVE, UNDECIDED
from command.resources.states import OVER, State

REQUESTS, OUT = 30, 40
"""Requests and takings that the card holds at most; the incident's page of resources has them all."""
REQUEST = ("id", "resource_id", "type", "quantity", "need_by", "state")
TAKEN = ("id", "request_id", "unit_id", "state", "eta_at")
_FIRST = (State.EN_ROUTE, State.ON_SCENE, State.ASSIGNED, State.STAGED, State.HELD, State.RELEASED)


def of(session: Session, incident_id: int) -> dict[str, Any] | None:
    """The card from the tables; None where nothing was asked for."""
    query = select(ResourceRequest.__table__, Resource.kind.label("kind")).join(
        Resource, Resource.id == ResourceRequest.resource_id
    )
    asked = _rows(session, query.where(ResourceRequest.incident_id == incident_id).order_by(ResourceRequest.id))
    if not asked:
        return None
    taken, ordered = _taken(session, incident_id), _ordered(session, incident_id)
    covered = Counter(ordered)
    for each in taken:
        covered[each["request_id"]] += each["quantity"]
    out = [each for each in taken if each["state"] not in OVER and _still(each)]
    serving = {each["request_id"] for each in out}
    shown = [row for row in asked if row["state"] in LIVE or row["id"] in serving]
    kinds = {row["id"]: row["kind"] for row in asked}
    return {
        "requests": [_request(row, covered, ordered) for row in sorted(shown, key=_soonest)[:REQUESTS]],
        "out": [_out(each, kinds) for each in sorted(out, key=_nearest)[:OUT]],
        "more": max(0, len(shown) - REQUESTS) + max(0, len(out) - OUT),
        "over": len(asked) - len(shown),
        "sums": _sums(out, kinds),
        "wants": _wants(asked, covered),
    }


def _taken(session: Session, incident_id: int) -> list[dict[str, Any]]:
    """All that was taken for an incident's requests and not let go."""
    query = (
        select(ResourceAllocation.__table__, ResourceStock.resource_id)
        .join(ResourceRequest, ResourceRequest.id == ResourceAllocation.request_id)
        .join(ResourceStock, ResourceStock.id == ResourceAllocation.stock_id)
        .where(ResourceRequest.incident_id == incident_id, ResourceAllocation.state != State.LET_GO)
    )
    return _rows(session, query)


def _ordered(session: Session, incident_id: int) -> dict[int, int]:
    """Pieces ordered elsewhere, by request."""
    query = (
        select(ResourceOrder.request_id, func.sum(ResourceOrder.quantity))
        .join(ResourceRequest, ResourceRequest.id == ResourceOrder.request_id)
        .where(ResourceRequest.incident_id == incident_id, ResourceOrder.state != "cancelled")
        .group_by(ResourceOrder.request_id)
    )
    return {request_id: int(pieces) for request_id, pieces in session.execute(query).tuples()}


def _rows(session: Session, query: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(query).mappings()]


def _still(row: Mapping[str, Any]) -> int:
    return int(row["quantity"] - row["back"] - row["used"] - row["lost"])


def _soonest(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["need_by"], row["id"]


def _nearest(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What is under way stands first, by its time of arrival; then what is on scene, and what is still to leave."""
    eta = row["eta_at"]
    return _FIRST.index(row["state"]), eta is None, eta or row["taken_at"], row["id"]


def _request(row: Mapping[str, Any], covered: Mapping[int, int], ordered: Mapping[int, int]) -> dict[str, Any]:
    figures = {"covered": covered.get(row["id"], 0), "ordered": ordered.get(row["id"], 0), "kind": row["kind"]}
    return {name: row[name] for name in REQUEST} | figures


def _out(row: Mapping[str, Any], kinds: Mapping[int, str]) -> dict[str, Any]:
    figures = {"pieces": _still(row), "resource_id": row["resource_id"], "kind": kinds[row["request_id"]]}
    return {name: row[name] for name in TAKEN} | figures


def _sums(out: Sequence[Mapping[str, Any]], kinds: Mapping[int, str]) -> dict[str, dict[str, int]]:
    """Takings that serve the incident now, by kind and state: a unit, or a number of counted pieces, is one."""
    found: dict[str, Counter[str]] = {}
    for each in out:
        found.setdefault(kinds[each["request_id"]], Counter())[each["state"]] += 1
    return {kind: dict(sorted(states.items())) for kind, states in sorted(found.items())}


def _wants(asked: Sequence[Mapping[str, Any]], covered: Mapping[int, int]) -> dict[str, int]:
    """Requests that wait for approval, and approved ones that lack something."""
    lacking = [row for row in asked if row["state"] == APPROVED and covered.get(row["id"], 0) < row["quantity"]]
    return {"asked": sum(row["state"] == UNDECIDED for row in asked), "lacking": len(lacking)}


def counted(card: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the shared board counts of an incident's card; None for nothing."""
    if not card or not (card["sums"] or any(card["wants"].values())):
        return None
    return {"sums": card["sums"], "wants": card["wants"]}
