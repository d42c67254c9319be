"""The driver's parts: it reads pages, answers each once, and confirms a restoration only when the elements are quiet."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from command.alarms.caller import Refused
from command.demo.driver import ANSWER_AFTER, CONFIRM_AFTER, DutyOfficer, Engineers, answer_to, on_call_numbers
from command.demo.load import DEMO
from command.oncall.paging.wording import Call, together


@dataclass
class Server:
    """What a server would answer to GET, and what was posted to it: the wire is all that stands in."""

    answers: Any
    posted: list[tuple[str, Any]] = field(default_factory=list)
    refusing: bool = False

    def get(self, path: str) -> Any:
        return {"items": self.answers(path) if callable(self.answers) else self.answers}

    def post(self, path: str, body: Any) -> Any:
        if self.refusing:
            raise Refused(409, {"detail": "Not yet."})
        self.posted.append((path, body))
        return {}


def test_a_page_is_known_by_the_answer_it_asks_for() -> None:
    assert (
        answer_to("【示例通信】呼叫：2026-1122-001 影响2918户。请回复8919应答，或打开http://127.0.0.1:18000/p/1.HN1")
        == "ACK 8919"
    )
    english = "[Example] 2026-1122-001, 2918 users. Reply 8919 to acknowledge, or open http://x/p/1"
    assert answer_to(english) == "ACK 8919"
    several = [Call(f"Example page: {n}, network fault.", str(8918 + n), None) for n in (1, 2)]
    assert [answer_to(together(several, language)) for language in ("zh", "en")] == ["ACK ALL"] * 2
    assert answer_to("【示例通信】梅江区网络已于16:42恢复，如仍异常请致电10000。") is None


def test_a_page_is_answered_once_some_seconds_after_it_came() -> None:
    page = {"sid": "SM1", "direction": "out", "body": "请回复8919应答"}
    mine = {"sid": "SM2", "direction": "inbound", "body": "回复8919"}
    server = Server([page, mine])
    engineers = Engineers(server, ("+8612000000008",))  # type: ignore[arg-type]
    engineers.look(100)
    assert not server.posted
    for now in (100 + ANSWER_AFTER, 200):
        engineers.look(now)
    assert server.posted == [("/api/phones/%2B8612000000008/reply", {"body": "ACK 8919"})]


def incident(state: str, quiet: bool, exercise: bool = False) -> dict[str, Any]:
    return {"number": "1", "state": state, "quiet_at": "2026-11-22T03:28:55Z" if quiet else None, "exercise": exercise}


@pytest.mark.parametrize(
    ("found", "confirms"),
    [
        (incident("responding", quiet=True), True),
        (incident("responding", quiet=False), False),
        (incident("assessed", quiet=True), False),
        (incident("restored", quiet=True), False),
        (incident("responding", quiet=True, exercise=True), False),
    ],
)
def test_a_restoration_is_confirmed_when_the_elements_of_a_handled_incident_are_quiet(
    found: dict[str, Any], confirms: bool
) -> None:
    server = Server([found])
    officer = DutyOfficer(server)  # type: ignore[arg-type]
    officer.look(0)
    assert not server.posted
    officer.look(CONFIRM_AFTER)
    assert [path for path, _ in server.posted] == (["/api/v1/incidents/1/actions/restore"] if confirms else [])


def test_elements_that_fail_again_are_waited_for_again() -> None:
    state = [incident("responding", quiet=True)]
    server = Server(lambda _: state)
    officer = DutyOfficer(server)  # type: ignore[arg-type]
    officer.look(0)
    state[0] = incident("responding", quiet=False)
    officer.look(CONFIRM_AFTER)
    state[0] = incident("responding", quiet=True)
    officer.look(2 * CONFIRM_AFTER)
    assert not server.posted


def test_a_refusal_is_no_restoration() -> None:
    officer = DutyOfficer(Server([incident("responding", quiet=True)], refusing=True))  # type: ignore[arg-type]
    officer.look(0)
    officer.look(CONFIRM_AFTER)
    assert officer.restored == []


def test_those_on_call_are_read_from_the_roster() -> None:
    assert "+8612000000008" in on_call_numbers(DEMO / "people.yaml")
