"""The form of an escalation policy: its fields are named as the faults name them (`steps.0.targets.1`). Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from command.oncall.escalation.policy import MOST_STEPS
from command.oncall.escalation.policy_api import PolicyOut

PLACES = 3
"""Targets of a step that the form has room for, if it has no more already."""
TRIED = ("department", "tier", "area", "at")
BLANK: dict[str, str] = {}
_SCOPE = ("department", "tier", "area", "repeat", "version", "accept_gaps", "try_tier", "try_area", "at")


def of(found: PolicyOut) -> dict[str, str]:
    """The fields of a policy that is kept."""
    fields = {
        "department": found.department,
        "tier": str(found.tier or ""),
        "area": found.area or "",
        "repeat": str(found.repeat),
        "version": str(found.version),
    }
    for n, step in enumerate(found.steps):
        fields |= {f"steps.{n}.targets.{at}": target for at, target in enumerate(step.targets)}
        fields |= {f"steps.{n}.delay_minutes": str(step.delay_minutes), f"steps.{n}.ack_minutes": str(step.ack_minutes)}
    return fields


def tidy(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, steps and targets that were left empty taken out, so that faults name the places that are shown again."""
    fields = {name: form[name].strip() for name in _SCOPE if name in form}
    kept = 0
    for n in range(MOST_STEPS):
        named = [form.get(f"steps.{n}.targets.{at}", "").strip() for at in range(PLACES + 2)]
        wanted = [target for target in named if target]
        if not wanted:
            continue
        fields |= {f"steps.{kept}.targets.{at}": target for at, target in enumerate(wanted)}
        for name, usual in (("delay_minutes", "0"), ("ack_minutes", "5")):
            fields[f"steps.{kept}.{name}"] = form.get(f"steps.{n}.{name}", "").strip() or usual
        kept += 1
    return fields


def targets_in(fields: Mapping[str, str]) -> dict[str, str]:
    """The targets among tidy fields, by field."""
    return {name: typed for name, typed in fields.items() if ".targets." in name}


def steps_in(fields: Mapping[str, str]) -> int:
    """How many steps tidy fields hold."""
    return sum(1 for n in range(MOST_STEPS) if f"steps.{n}.targets.0" in fields)


def policy(fields: Mapping[str, str]) -> dict[str, Any]:
    """The input (PolicyIn) that tidy fields make."""
    return {
        "department": fields.get("department", ""),
        "tier": fields.get("tier") or None,
        "area": fields.get("area") or None,
        "repeat": fields.get("repeat") or 0,
        "version": fields.get("version") or None,
        "accept_gaps": fields.get("accept_gaps") == "1",
        "steps": _steps(fields),
    }


def draft(fields: Mapping[str, str], zone: tzinfo) -> dict[str, Any]:
    """The input (SimulateIn) that tries tidy fields."""
    asked = {
        "department": fields.get("department", ""),
        "tier": fields.get("try_tier") or fields.get("tier", ""),
        "area": fields.get("try_area") or fields.get("area", ""),
        "at": fields.get("at", ""),
    }
    return {**simulation(asked, zone), "repeat": fields.get("repeat") or 0, "steps": _steps(fields)}


def simulation(fields: Mapping[str, str], zone: tzinfo) -> dict[str, Any]:
    """The input (SimulateIn) of what was asked on the list; `at` is on the reader's wall clock."""
    return {
        "department": fields.get("department", ""),
        "tier": fields.get("tier", ""),
        "area": fields.get("area") or None,
        "at": _instant(fields.get("at", ""), zone),
    }


def trial(now: datetime, zone: tzinfo) -> dict[str, str]:
    """What the simulation asks unless somebody says otherwise: the coming Saturday at ten past three."""
    local = now.astimezone(zone)
    saturday = local.date() + timedelta(days=(5 - local.weekday()) % 7 or 7)
    return {"at": f"{saturday:%Y-%m-%d}T03:10", "try_tier": "2"}


def _instant(text: str, zone: tzinfo) -> datetime | str:
    """A wall time as an instant; what is none stays as it was typed, for the input to refuse."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return text


def _steps(fields: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "targets": [t for at in range(PLACES + 2) if (t := fields.get(f"steps.{n}.targets.{at}", ""))],
            "delay_minutes": fields[f"steps.{n}.delay_minutes"],
            "ack_minutes": fields[f"steps.{n}.ack_minutes"],
        }
        for n in range(steps_in(fields))
    ]
