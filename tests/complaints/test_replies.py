"""What subscribers answer to notices: words go to the follow-up list, STOP and digits do not."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command import parts
from command.complaints.reply_models import NoticeReply
from command.messages import inbound
from command.messages.models import Body, Delivery, Purpose
from notifiers.base import Inbound
from tests.complaints.conftest import CELL_1, CELL_1_ZH, CELL_4, STRANGER, Agent
from tests.conftest import Time
from tests.notices.policies import written

LIST = "/api/v1/notice-replies"


class Phones:
    """Subscribers who were told of an outage, and what they send."""

    def __init__(self, agent: Agent) -> None:
        self.agent, self.sent = agent, 0
        self.number = agent.responding()
        agent.send()

    def says(self, text: str, number: str = CELL_1_ZH) -> str | None:
        self.sent += 1
        came = Inbound(f"SM{self.sent:04d}", number, "10690000", text)
        keyring = self.agent.installation.keyring
        return self.agent.do(  # type: ignore[no-any-return]
            lambda session: inbound.receive(session, "console", came, parts.handlers(), keyring)
        )

    def listed(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.agent.get("kef", LIST + query).json["replies"]
        return found

    def answers(self) -> list[str]:
        with self.agent.database.read() as session:
            query = select(Body.text).join(Delivery, Delivery.body_id == Body.id)
            return list(session.scalars(query.where(Delivery.purpose == Purpose.ANSWER).order_by(Delivery.id)))


@pytest.fixture
def phones(agent: Agent) -> Phones:
    return Phones(agent)


@pytest.mark.proves("R16", "R19")
def test_words_that_nobody_understood_wait_with_a_masked_number_and_the_notice_they_answer(phones: Phones) -> None:
    assert phones.says("还是上不了网，打我电话13800138000") == "not_understood"
    (reply,) = phones.listed()
    assert (reply["incident"], reply["notice_kind"], reply["state"]) == (phones.number, "first", "open")
    assert CELL_1_ZH not in str(reply) and "13800138000" not in str(reply) and reply["number"].endswith("0001")
    page = phones.agent.get("kef", "/complaints/replies?lang=en").text
    assert "还是上不了网" in page and CELL_1_ZH not in page and "13800138000" not in page
    assert "notice_reply.kept" in phones.agent.kinds(phones.number)
    assert phones.answers() == []


def test_it_is_taken_up_as_a_case_once(phones: Phones) -> None:
    phones.says("no service, still!", CELL_1)
    (reply,) = phones.listed()
    taken = phones.agent.post("kef", f"{LIST}/{reply['id']}/actions/take")
    assert taken.status_code == 200, taken.text
    case = phones.agent.row(taken.json["case"])
    assert case.complaint and case.owner_id and phones.listed() == []
    assert phones.agent.post("kef", f"{LIST}/{reply['id']}/actions/take").status_code == 409
    assert phones.listed("?all=1")[0]["case"] == case.reference


def test_it_is_answered_by_sms_or_closed_with_a_reason(phones: Phones) -> None:
    phones.says("谢谢")
    phones.says("什么时候能好？", CELL_1)
    first, second = (each["id"] for each in phones.listed())
    empty = phones.agent.post("kef", f"{LIST}/{first}/actions/close", reason=" ")
    assert (empty.status_code, empty.json["field"]) == (422, "reason")
    assert phones.agent.post("kef", f"{LIST}/{first}/actions/close", reason="no complaint").status_code == 200
    assert phones.agent.post("kef", f"{LIST}/{second}/actions/answer", text="x" * 401).json["field"] == "text"
    done = phones.agent.post("kef", f"{LIST}/{second}/actions/answer", text="We expect 18:00.")
    assert (done.json["state"], done.json["done_words"]) == ("answered", "We expect 18:00.")
    assert phones.answers() == ["We expect 18:00."]
    assert phones.agent.post("kef", f"{LIST}/99/actions/close", reason="x").status_code == 404
    assert phones.agent.post("eng", f"{LIST}/{first}/actions/close", reason="x").status_code == 403


def test_the_page_does_the_same_and_keeps_what_was_typed(phones: Phones) -> None:
    phones.says("hello?")
    (reply,) = phones.listed()
    address = f"/complaints/replies/{reply['id']}"
    refused = phones.agent.ask("kef", "POST", f"{address}/close", data={"reason": ""})
    assert refused.status_code == 422 and 'role="alert"' in refused.text
    assert phones.agent.ask("kef", "POST", f"{address}/sing").status_code == 422
    done = phones.agent.ask("kef", "POST", f"{address}/close", data={"reason": "a greeting"})
    assert done.status_code == 303 and phones.listed() == []


@pytest.mark.parametrize("text", ["TD", "stop.", "退订", "ＴＤ"])
def test_an_opt_out_is_no_complaint(phones: Phones, text: str) -> None:
    assert phones.says(text) == "opted_out"
    assert phones.listed() == [] and phones.answers() == []


def test_only_those_told_lately_are_listed_and_few_of_each(phones: Phones, time: Time) -> None:
    assert phones.says("hello", STRANGER) == "unknown_sender"
    assert phones.says("hello", CELL_4) == "unknown_sender"
    for _ in range(7):
        phones.says("again")
    assert len(phones.listed()) == 5
    time.forward(hours=73)
    phones.agent._tokens.clear()
    phones.says("late", CELL_1)
    assert len(phones.listed()) == 5


def test_one_sms_confirms_an_opt_out_where_the_policy_wants_it(phones: Phones, tmp_path: Path) -> None:
    own = {"notices": written(tmp_path, opt_out={"confirm": True})}
    phones.agent.database.info["settings"] = phones.agent.installation.settings.model_copy(update=own)
    for _ in range(3):
        phones.says("退订")
    assert len(phones.answers()) == 1 and "退订" in phones.answers()[0]
    phones.says("START")
    assert len(phones.answers()) == 2
    phones.says("STOP", STRANGER)
    assert len(phones.answers()) == 2


def test_where_the_policy_follows_nothing_up_replies_are_only_kept(phones: Phones, tmp_path: Path) -> None:
    own = {"notices": written(tmp_path, replies={"follow_up": False})}
    phones.agent.database.info["settings"] = phones.agent.installation.settings.model_copy(update=own)
    assert phones.says("hello") == "unknown_sender"
    with phones.agent.database.read() as session:
        assert session.scalar(select(NoticeReply.id)) is None
