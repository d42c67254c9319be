"""What an emergency leaves behind is settled on record before the incident is closed (R32)."""

from datetime import timedelta
from typing import Any

import pytest

from command.core.installation import Installation
from command.engine import settlement
from command.settlement.models import Sort
from command.settlement.rules import rules
from playbooks.schema import Kind
from tests.conftest import Time
from tests.improvement.conftest import Works

pytestmark = pytest.mark.proves("R32")
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Office(Works):
    """Somebody who settles what an incident leaves."""

    def restored(self, kind: str = "complaint_surge", **fields: Any) -> str:
        number: str = self.report("dou", kind=kind, **fields)["number"]
        self.act("dou", number, "assess")
        self.act("dou", number, "activate")
        self.act("dou", number, "restore", evidence="calls are back to normal")
        return number

    def items(self, number: str, by: str = "dou") -> dict[str, dict[str, Any]]:
        answer = self.get(by, f"/api/v1/incidents/{number}/settlement?lang=en")
        assert answer.status_code == 200, answer.text
        return {item["code"]: item for item in answer.json["items"]}

    def item(self, number: str, code: str, verb: str, by: str = "dou", **body: Any) -> Any:
        return self.post(by, f"/api/v1/incidents/{number}/settlement/{code}/actions/{verb}?lang=en", **body)

    def remind(self) -> None:
        for _ in range(2):
            settlement.run_once(self.installation)

    def reviewed(self, number: str) -> None:
        """Everything but the settlement is done."""
        self.act("dou", number, "review", cause="a tariff", effect="calmed", improvements="tell first")
        self.act("dou", number, "facts", feedback="angry", measures="more agents")
        self.finish_tasks(number)
        self.send()


@pytest.fixture
def office(installation: Installation, time: Time) -> Office:
    return Office(installation).opened(time)


def test_the_rules_cover_the_four_consequences_of_the_handbook() -> None:
    assert {rule.sort for rule in rules().items} == set(Sort)
    for kind in Kind:
        required = {rule.sort for rule in rules().of(kind, 1) if rule.required}
        assert {Sort.COMPENSATION, Sort.REGULATOR, Sort.ACCOUNTABILITY} <= required, kind


def test_a_surge_of_complaints_is_closed_once_refunds_are_made(office: Office) -> None:
    number = office.restored(services=["voice"])
    refunds = office.items(number)["refunds"]
    assert (refunds["state"], refunds["required"], refunds["days"]) == ("open", True, 15)
    office.reviewed(number)
    problem = office.refused("dou", number, "close")
    assert (problem["status"], problem["code"]) == (409, "settlement-done")
    assert "Refund what was charged wrongly" in problem["detail"] + problem["remedy"]
    done = office.item(number, "refunds", "settle", words="refunded with the May bill", amount="1280.50", people=31)
    assert done.status_code == 200, done.text
    assert (done.json["state"], done.json["amount"], done.json["people"]) == ("settled", 1280.5, 31)
    assert office.act("dou", number, "close")["state"] == "closed"
    told = next(line for line in office.journal(number) if line["kind"] == "settlement.settled")
    assert told["data"]["amount_cents"] == 128_050
    assert "refunds" in told["text"]["en"] and "refunded with the May bill" in told["text"]["en"]


@ONE
def test_a_small_fault_leaves_nothing_to_settle(office: Office) -> None:
    assert office.items(office.restored("network_fault", elements=["CELL-1"])) == {}


@ONE
def test_what_it_came_to_is_asked_for_by_field(office: Office) -> None:
    number = office.restored("information_security", records_leaked=1000)
    lawyer = office.item(number, "accountability_data", "settle", words="  ")
    assert (lawyer.status_code, lawyer.json["field"]) == (422, "words")
    number = office.restored()
    unpaid = office.item(number, "refunds", "settle", words="done")
    assert (unpaid.status_code, unpaid.json["field"]) == (422, "amount")
    absurd = office.item(number, "refunds", "settle", words="done", amount="-1", people=1)
    assert (absurd.status_code, absurd.json["field"]) == (422, "amount")
    assert office.item(number, "nothing", "settle", words="done").status_code == 404
    assert office.item(number, "refunds", "waive", reason="").status_code == 422
    assert office.items(number)["refunds"]["state"] == "open", "nothing was half applied"


@ONE
def test_an_item_is_waived_with_a_reason_and_taken_up_again(office: Office) -> None:
    number = office.restored()
    assert office.item(number, "refunds", "waive", reason="nobody was charged").json["state"] == "waived"
    assert office.item(number, "refunds", "settle", words="x", amount=0, people=0).status_code == 409
    assert office.item(number, "refunds", "reopen", reason="two were").json["state"] == "open"
    kinds = [kind for kind in office.kinds(number) if kind.startswith("settlement.")]
    assert kinds == ["settlement.made", "settlement.waived", "settlement.reopened"]


@ONE
def test_somebody_adds_what_no_rule_knows_and_gives_it_to_a_colleague(office: Office) -> None:
    number = office.restored("network_fault", elements=["CELL-1"])
    body = {"sort": "accountability", "title": "Talk to the excavator's owner", "department": "security"}
    made = office.post("dou", f"/api/v1/incidents/{number}/settlement", **body)
    assert (made.status_code, made.json["code"]) == (201, "hand-1"), made.text
    later = (office.today() + timedelta(days=40)).isoformat()
    silent = office.item(number, "hand-1", "take", owner="kef", due_on=later)
    assert (silent.status_code, silent.json["field"]) == (422, "reason")
    given = office.item(number, "hand-1", "take", owner="kef", due_on=later, reason="the court decides in May")
    assert given.json["owner"]["username"] == "kef" and given.json["due_on"] == later
    assert office.item(number, "hand-1", "take", owner="aud").status_code == 422, "an auditor settles nothing"
    mine = office.get("kef", "/api/v1/settlement?mine=1").json["items"]
    assert [(item["incident"], item["code"]) for item in mine] == [(number, "hand-1")]


def test_whoever_sees_to_it_is_reminded_a_week_before_on_the_day_and_weekly_after(office: Office) -> None:
    number = office.restored()
    office.item(number, "refunds", "take", owner="kef")
    told = []
    for day in range(15, -16, -1):
        before = len(office.texts("kef", "is to be settled"))
        office.remind()
        told += [day] * (len(office.texts("kef", "is to be settled")) - before)
        office.at(9, days=1)
    assert told == [7, 0, -7, -14]
    assert "7 days late" in office.texts("kef", "is to be settled")[2]


@ONE
def test_a_cancelled_incident_asks_for_nothing_any_more(office: Office) -> None:
    number = office.restored()
    office.act("dou", number, "reopen", reason="again")
    office.act("dou", number, "cancel", reason="a test call")
    assert office.items(number)["refunds"]["state"] == "void"


@ONE
def test_nobody_learns_of_the_settlement_of_a_restricted_incident(office: Office) -> None:
    number = office.restored("information_security", records_leaked=1000)
    assert office.get("tra", f"/api/v1/incidents/{number}/settlement").status_code == 404
    assert number not in office.get("tra", "/api/v1/settlement").text
    assert number not in office.sign_in("tra").see("/settlement")


@ONE
def test_the_page_settles_and_keeps_what_was_typed(office: Office) -> None:
    number = office.restored()
    visitor = office.sign_in("dou")
    page = f"/incidents/{number}/settlement"
    assert "Refund what was charged wrongly" in visitor.see(page) and "退还" in visitor.see(page, "zh")
    refused = visitor.send(f"{page}/refunds/settle", page, words="paid in full", people="3")
    assert refused.status_code == 422 and "paid in full" in refused.text
    assert visitor.send(f"{page}/refunds/settle", page, words="paid", amount="12", people="3").status_code == 303
    assert "12.00" in visitor.see(page)
    assert "Nothing is left" in visitor.see("/settlement")
