"""Cards of the command board that follow from its rows: alerts, affected areas, notices under way, resources that serve incidents. Pure,
so that replay holds; and as a restricted incident has no row, nothing of it is in them."""

from collections.abc import Callable, Mapping
from typing import Any

from command.boards.projection import Card

Rows = Mapping[str, Card]
"""Summary cards by incident number."""

ALERTS, AREAS, NOTICES, RESOURCES = "alerts", "map", "notices", "resources"


def alerts(rows: Rows) -> dict[str, Any]:
    """Alerts that nobody has seen yet, the gravest first, then the oldest."""
    unseen = [row for row in rows.values() if (alert := row.get("alert")) and alert["seen_at"] is None]
    return {"alerts": sorted(unseen, key=lambda row: (row["alert"]["tier"], row["alert"]["since"], row["number"]))}


def areas(rows: Rows) -> dict[str, Any]:
    """Areas affected now: users, share and incidents, those of the largest share first. A subscriber is counted once an incident; of
    several incidents in one area the shares add up, to all of it at most. What is part of another is counted with that one."""
    found: dict[int, dict[str, Any]] = {}
    for number in sorted(rows):
        if rows[number].get("parent") in rows:
            continue
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


def resources(rows: Rows) -> dict[str, Any]:
    """What serves the incidents now, by kind and state, and by tier the requests that wait for approval or lack something."""
    sums: dict[str, dict[str, int]] = {}
    open_by_tier: dict[str, int] = {}
    for row in rows.values():
        mine = row.get("resources") or {"sums": {}, "wants": {}}
        for kind, states in mine["sums"].items():
            found = sums.setdefault(kind, {})
            for state, count in states.items():
                found[state] = found.get(state, 0) + count
        if wanted := sum(mine["wants"].values()):
            open_by_tier[str(row["tier"])] = open_by_tier.get(str(row["tier"]), 0) + wanted
    return {"sums": sums, "open": open_by_tier}


CARDS: Mapping[str, Callable[[Rows], dict[str, Any]]] = {
    ALERTS: alerts,
    AREAS: areas,
    NOTICES: notices,
    RESOURCES: resources,
}
"""The derived cards of a shared board, by id."""


def changed(before: Rows, after: Rows) -> frozenset[str]:
    """The ids of derived cards that differ between two states of a board."""
    return frozenset(name for name, made in CARDS.items() if made(before) != made(after))
