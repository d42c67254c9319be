"""Cards of the command board that follow from its rows: alerts, affected areas, notices under way. Pure, so that replay holds."""

from collections.abc import Callable, Mapping
from typing import Any

from command.boards.projection import Card

Rows = Mapping[str, Card]
"""Summary cards by incident number."""

ALERTS, AREAS, NOTICES = "alerts", "map", "notices"


def alerts(rows: Rows) -> dict[str, Any]:
    """Alerts that nobody has seen yet, the gravest first, then the oldest."""
    unseen = [row for row in rows.values() if (alert := row.get("alert")) and alert["seen_at"] is None]
    return {"alerts": sorted(unseen, key=lambda row: (row["alert"]["tier"], row["alert"]["since"], row["number"]))}


def areas(rows: Rows) -> dict[str, Any]:
    """Areas affected now: users, share and incidents, those of the largest share first. A subscriber is counted once an incident; of
    several incidents in one area the shares add up, to all of it at most."""
    found: dict[int, dict[str, Any]] = {}
    for number in sorted(rows):
        for area, users, share in rows[number].get("areas", ()):
            one = found.setdefault(area, {"area_id": area, "users": 0, "share": 0.0, "incidents": []})
            one["users"] += users
            one["share"] = min(1.0, round(one["share"] + share, 4))
            one["incidents"].append(number)
    return {"areas": sorted(found.values(), key=lambda one: (-one["share"], -one["users"], one["area_id"]))}


def notices(rows: Rows) -> dict[str, Any]:
    """Notices that wait for approval or are being sent, by age."""
    found = [
        {**notice, "number": row["number"], "tier": row["tier"]}
        for row in rows.values()
        for notice in row.get("notices", ())
    ]
    return {"notices": sorted(found, key=lambda notice: notice["id"])}


CARDS: Mapping[str, Callable[[Rows], dict[str, Any]]] = {ALERTS: alerts, AREAS: areas, NOTICES: notices}
"""The derived cards of a shared board, by id."""


def changed(before: Rows, after: Rows) -> frozenset[str]:
    """The ids of derived cards that differ between two states of a board."""
    return frozenset(name for name, made in CARDS.items() if made(before) != made(after))
