"""The caller is told a number and an address, and sees how the case goes on: without signing in, and without anything personal."""

import re
import statistics
import time as wall
from typing import Any

import pytest
from sqlalchemy import select

from command.complaints import links
from command.complaints.models import Case
from command.messages import optouts
from command.messages.models import Delivery, Lane
from tests.complaints.conftest import CELL_1, CELL_1_ZH, Agent, steps

ORDER = ["Received", "Being handled", "Service restored", "Case closed"]


def text_of(page: str) -> str:
    """A page without what differs from one answer to the next."""
    return re.sub(r'value="[^"]*"', "", page)


@pytest.mark.proves("R5", "R15")
def test_the_caller_is_told_case_number_next_step_and_address(agent: Agent) -> None:
    number = agent.storm("CELL-1")
    case = agent.take(CELL_1_ZH, number, language="zh")["case"]
    ((row, text),) = agent.sms()
    assert case in text and "前答复您" in text and "10000" in text
    assert agent.installation.settings.origin + agent.link(case) in text
    assert row.lane == Lane.CORRECTION and row.addressee == agent.row(case).id
    assert agent.installation.keyring.decrypt(row.number) == CELL_1_ZH
    agent.send()
    assert agent.get("kef", "/api/v1/cases").json["items"][0]["sms"] in ("submitted", "sent", "delivered")


def test_who_wants_no_sms_gets_none(agent: Agent) -> None:
    assert agent.take(CELL_1, agent.storm("CELL-1"), tell=False)["sms"] is None
    assert agent.sms() == []


def test_an_opt_out_from_updates_does_not_silence_an_answer_that_was_asked_for(agent: Agent) -> None:
    index = agent.installation.keyring.index(CELL_1)
    agent.do(lambda session: optouts.opt_out(session, index, "reply"))
    agent.take(CELL_1, agent.storm("CELL-1"))
    assert [row.state for row, _ in agent.sms()] == ["ready"]


def test_an_sms_about_information_security_holds_no_link(agent: Agent) -> None:
    number = agent.report("ada", kind="information_security", restricted=False)["number"]
    agent.take(CELL_1, number)
    assert "http" not in agent.sms()[0][1]


@pytest.mark.proves("R15")
def test_the_customer_sees_each_step_as_it_is_reached(agent: Agent) -> None:
    number = agent.storm("CELL-1")
    case = agent.take(CELL_1, number)["case"]
    address = agent.link(case) + "?lang=en"

    def reached() -> list[bool]:
        found = steps(agent.outside("GET", address).text)
        assert [name for name, _ in found] == ORDER
        return [done for _, done in found]

    agent.act("dou", number, "activate")
    assert reached() == [True, True, False, False]
    agent.act("ada", number, "restore", evidence="test calls succeed")
    assert reached() == [True, True, True, False]
    agent.post("kef", f"/api/v1/cases/{case}/actions/close", result="works")
    assert reached() == [True, True, True, True]


@pytest.mark.proves("R15", "R27")
def test_the_page_is_light_bilingual_uncached_and_says_nothing_personal(agent: Agent) -> None:
    number = agent.responding()
    case = agent.take(CELL_1, number, note="my name is Wang")["case"]
    for lang, words in (("zh", "处理中"), ("en", "Being handled")):
        answer = agent.outside("GET", f"{agent.link(case)}?lang={lang}")
        assert answer.status_code == 200 and words in answer.text
        assert len(answer.data) < 30_000 and "<script" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
        for secret in ("20000000", "120****", "Wang", "kef", "Kef", number):
            assert secret not in answer.text


@pytest.mark.proves("R15")
def test_case_number_and_last_four_digits_lead_to_the_same_page(agent: Agent) -> None:
    case = agent.take(CELL_1, agent.storm("CELL-1"))["case"]
    for typed, digits in ((case, "0000"), (case.lower(), "００００"), (f" {case} ", " 0000 ")):
        answer = agent.look_up(typed, digits, follow_redirects=True)
        assert answer.status_code == 200 and case in answer.text and "Being handled" in answer.text


@pytest.mark.proves("R19", "R15")
def test_wrong_digits_and_an_unknown_case_get_the_same_answer(agent: Agent) -> None:
    case = agent.take(CELL_1, agent.storm("CELL-1"))["case"]
    wrong = agent.look_up(case, "1111")
    unknown = agent.look_up("C-2026-0101-0001", "0000")
    drivel = agent.look_up("'; DROP TABLE--", "<b>")
    empty = agent.look_up("", "")
    assert {answer.status_code for answer in (wrong, unknown, drivel, empty)} == {404}
    assert len({text_of(answer.text) for answer in (wrong, unknown, drivel, empty)}) == 1


@pytest.mark.proves("R19")
def test_the_answer_takes_as_long_whether_there_is_such_a_case_or_not(agent: Agent, monkeypatch: Any) -> None:
    monkeypatch.setattr("command.complaints.customer_pages.PER_ADDRESS", 1000)
    monkeypatch.setattr("command.complaints.customer_pages.PER_CASE", 1000)
    case = agent.take(CELL_1, agent.storm("CELL-1"))["case"]
    took: dict[str, list[float]] = {case: [], "C-2026-0101-0001": []}
    for reference in [case, "C-2026-0101-0001"] * 15:
        begun = wall.perf_counter()
        agent.look_up(reference, "1111")
        took[reference].append(wall.perf_counter() - begun)
    known, unknown = (statistics.median(each) for each in took.values())
    assert known < unknown * 3 and unknown < known * 3


@pytest.mark.proves("R19")
def test_guesses_are_counted_by_case_and_by_address(agent: Agent, monkeypatch: Any, time: Any) -> None:
    monkeypatch.setattr("command.complaints.customer_pages.PER_CASE", 3)
    monkeypatch.setattr("command.complaints.customer_pages.PER_ADDRESS", 5)
    case = agent.take(CELL_1, agent.storm("CELL-1"))["case"]
    assert [agent.look_up(case, f"111{n}").status_code for n in range(3)] == [404] * 3
    locked = agent.look_up(case, "0000")
    assert locked.status_code == 429 and int(locked.headers["Retry-After"]) > 0
    assert agent.look_up("C-2026-0101-0001", "0000").status_code == 404
    assert agent.look_up("C-2026-0101-0002", "0000").status_code == 429, "this address asked too often"
    time.forward(hours=2)
    assert agent.look_up(case, "0000").status_code == 303


@pytest.mark.proves("R19")
@pytest.mark.parametrize("token", ["1", "1.", "1.x", ".", "0001.x", "-1.x", "9" * 30, "1.%00", "../etc", "١.x"])
def test_a_forged_address_shows_nothing(agent: Agent, token: str) -> None:
    agent.take(CELL_1, agent.storm("CELL-1"))
    answer = agent.outside("GET", f"/c/{token}")
    assert answer.status_code in (400, 404) and "C-2026" not in answer.text.replace("C-2026-1126-0007", "")


def test_the_address_of_one_case_opens_no_other(agent: Agent) -> None:
    number = agent.storm("CELL-1")
    first, second = (agent.take(each, number)["case"] for each in (CELL_1, CELL_1_ZH))
    signature = agent.link(first).partition(".")[2]
    assert agent.outside("GET", f"/c/{agent.row(second).id}.{signature}").status_code == 404


def test_the_address_expires_and_says_what_to_do(agent: Agent, time: Any) -> None:
    address = agent.link(agent.take(CELL_1, agent.storm("CELL-1"))["case"])
    assert agent.outside("GET", address).status_code == 200
    time.forward(days=links.VALID.days, seconds=1)
    late = agent.outside("GET", address + "?lang=en")
    assert late.status_code == 404 and "last four digits" in late.text


@pytest.mark.proves("R19")
def test_of_a_restricted_incident_the_customer_sees_only_that_the_case_is_handled(agent: Agent) -> None:
    number = agent.report("sec", elements=["CELL-1"], restricted=True)["number"]
    case = agent.take(CELL_1, number, by="cou")["case"]
    page = agent.outside("GET", agent.link(case) + "?lang=en").text.partition("<footer")[0]
    assert [name for name, _ in steps(page)] == ["Received", "Being handled", "Case closed"]
    assert "expected by" not in page and "What you can do" not in page and number not in page


@pytest.mark.proves("B3", "I3")
def test_a_case_of_a_drill_goes_by_the_exercise_gateway_and_is_shown_to_nobody_outside(agent: Agent) -> None:
    number = agent.report("tra", elements=["CELL-1"], exercise=True)["number"]
    case = agent.take(CELL_1, number, by="dou")["case"]
    assert case.startswith("D-C-")
    agent.send()
    with agent.database.read() as session:
        (row,) = session.scalars(select(Delivery).where(Delivery.purpose == "case"))
        assert (
            row.exercise and row.gateway in (None, "exercise") and row.state not in ("submitted", "sent", "delivered")
        )
        assert session.scalars(select(Case)).one().exercise
    assert agent.outside("GET", agent.link(case)).status_code == 404
    assert agent.look_up(case, "0000").status_code == 404


def test_a_case_goes_on_in_the_incident_its_own_was_merged_into(agent: Agent) -> None:
    child, into = agent.report(elements=["CELL-1"])["number"], agent.responding(elements=["CELL-2"])
    case = agent.take(CELL_1, child)["case"]
    agent.act("dou", child, "merge", into=into, reason="the same cable")
    agent.act("ada", into, "restore", evidence="test calls succeed")
    found = steps(agent.outside("GET", agent.link(case) + "?lang=en").text)
    assert [done for _, done in found] == [True, True, True, False]
