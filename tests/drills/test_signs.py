"""What entries of a journal show, and what they do not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from command import models
from command.core.journal import Payload
from command.drills.runs.signs import KINDS, Seen, shows
from playbooks.scenario import Event, Sign

TABLE: list[tuple[dict[str, Any], str, dict[str, Any], bool]] = [
    ({"event": "reported"}, "incident.reported", {"source": "person"}, True),
    ({"event": "reported"}, "incident.reported", {"source": "alarms"}, False),
    ({"event": "reported"}, "incident.report_added", {}, True),
    ({"event": "graded"}, "incident.graded", {"tier": 4}, True),
    ({"event": "graded", "tier": 2}, "incident.graded", {"tier": 3}, False),
    ({"event": "graded", "tier": 2}, "incident.raised", {"tier": 2}, True),
    ({"event": "graded", "tier": 2}, "incident.raised", {"tier": 1}, True),
    ({"event": "task_done"}, "task.changed", {"task": "spares", "state": "open"}, False),
    ({"event": "task_done"}, "task.changed", {"task": "spares", "state": "done"}, True),
    ({"event": "task_done", "task": "calls"}, "task.changed", {"task": "spares", "state": "done"}, False),
    ({"event": "notice_submitted", "notice": "first"}, "notice.submitted", {"notice_kind": "first"}, True),
    ({"event": "notice_submitted", "notice": "first"}, "notice.submitted", {"notice_kind": "update"}, False),
    ({"event": "notice_approved"}, "notice.submitted", {"automatic": False}, False),
    ({"event": "notice_approved"}, "notice.submitted", {"automatic": True}, True),
    ({"event": "notice_approved"}, "notice.approved", {}, True),
    ({"event": "resource_dispatched"}, "resource.changed", {"state": "held"}, False),
    ({"event": "resource_dispatched"}, "resource.changed", {"state": "en_route"}, True),
    ({"event": "eta_set"}, "incident.eta", {"eta": None}, False),
    ({"event": "command_transferred"}, "role.transferred", {"role": "liaison"}, False),
    ({"event": "command_transferred"}, "role.transferred", {"role": "commander"}, True),
    ({"event": "answered", "inject": 4}, "drill.inject_answered", {"number": 5, "choice": "wait"}, False),
    (
        {"event": "answered", "inject": 5, "choice": "act"},
        "drill.inject_answered",
        {"number": 5, "choice": "wait"},
        False,
    ),
    (
        {"event": "answered", "inject": 5, "choice": "wait"},
        "drill.inject_answered",
        {"number": 5, "choice": "wait"},
        True,
    ),
    ({"event": "restored"}, "incident.quiet", {}, False),
]


@pytest.mark.parametrize(("sign", "kind", "data", "seen"), TABLE)
def test_a_sign_is_seen_in_the_entry_that_shows_it_alone(
    sign: dict[str, Any], kind: str, data: dict[str, Any], seen: bool
) -> None:
    entry = Seen("incident:D-1", 1, datetime(2026, 11, 27, tzinfo=UTC), kind, data)
    assert shows(Sign.model_validate(sign), entry) is seen


def test_every_event_is_shown_by_kinds_that_the_journal_has() -> None:
    assert models.metadata is not None
    assert set(KINDS) == set(Event)
    assert {kind for kinds in KINDS.values() for kind in kinds} <= set(Payload.registry)
