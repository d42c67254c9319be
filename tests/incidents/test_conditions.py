"""Rooms above an incident have their word before it is restored: as evidence, or as a condition that names what is missing."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from command.incidents import conditions
from command.incidents.lifecycle import Action, Refusal
from command.incidents.models import Incident
from playbooks.texts import Text
from tests.incidents.conftest import Desk

REFUNDS = Refusal("refunds", Text(zh="退费尚未完成", en="refunds are not made"), Text(zh="完成退费", en="make them"))


@pytest.fixture
def lists() -> Iterator[None]:
    before = list(conditions.asked), list(conditions.evidence), list(conditions.turned)
    yield
    conditions.asked[:], conditions.evidence[:], conditions.turned[:] = before


def test_a_condition_of_a_room_above_forbids_restoring_and_says_what_would_allow_it(desk: Desk, lists: None) -> None:
    number = desk.responding()
    waiting = [True]

    def refunds(session: Session, incident: Incident, action: Action) -> list[Refusal]:
        return [REFUNDS] if waiting and action is Action.RESTORE and incident.number == number else []

    conditions.asked.append(refunds)
    problem = desk.refused("dou", number, "restore", evidence="measured on site")
    assert (problem["status"], problem["code"]) == (409, "refunds")
    assert "make them" in problem["remedy"]
    waiting.clear()
    assert desk.act("dou", number, "restore", evidence="measured on site")["state"] == "restored"


def test_evidence_of_a_room_above_is_enough_and_is_named_in_the_journal(desk: Desk, lists: None) -> None:
    number = desk.responding()
    assert desk.refused("dou", number, "restore")["code"] == "restoration-shown"
    conditions.evidence.append(lambda _session, incident: "measurement" if incident.number == number else None)
    assert desk.act("dou", number, "restore")["state"] == "restored"
    restored = next(line for line in desk.journal(number) if line["kind"] == "incident.restored")
    assert restored["data"]["evidence"] == "measurement"


def test_rooms_above_hear_of_each_action(desk: Desk, lists: None) -> None:
    heard: list[Action] = []
    conditions.turned.append(lambda _session, _incident, action: heard.append(action))
    number = desk.responding()
    desk.act("dou", number, "restore", evidence="measured on site")
    desk.act("dou", number, "reopen", reason="it is back")
    desk.act("dou", number, "cancel", reason="a test call")
    assert heard == [Action.ACTIVATE, Action.RESTORE, Action.REOPEN, Action.CANCEL]
