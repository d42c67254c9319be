"""What a signed report leads to: a changed playbook that waits for its approval, and words that users read."""

import re

import pytest

from command.evaluation.plain import findings
from tests.evaluation.conftest import ONE, WORDS, Office

pytestmark = pytest.mark.proves("R7")
NEW = {
    "new_zh": "先问道路施工单位，再按步骤查找。",
    "new_en": "Ask whoever digs nearby first, then search step by step.",
}


@pytest.mark.proves("R18")
@ONE
def test_signing_puts_the_new_text_into_a_draft_that_waits_for_the_usual_approval(office: Office) -> None:
    number = office.whole()
    clause = office.clause()
    given = office.improve(number, title="Ask the digger", clause=clause, **NEW)
    assert given.status_code == 201, given.text
    assert given.json["actions"][0]["title"] == "Ask the digger"
    action = office.one(given.json["actions"][0]["id"])
    assert (action["source"]["kind"], action["source"]["ref"]) == ("incident", number)
    assert office.get("dou", "/api/v1/plans").json["items"] == [], "nothing is proposed before it is signed"
    office.verb("dou", number, "submit")
    signed = office.verb("dou", number, "sign")
    work = signed["proposals"][0]["work"]
    assert work is not None and signed["proposals"][0]["waits"] == ""
    draft = office.get("dou", f"/api/v1/plans/{work}?lang=en").json
    assert (draft["state"], draft["based_on"]) == ("draft", int(clause.split("@")[1].split("#")[0]))
    assert f"#{action['id']}" in draft["assessment"] and number in draft["assessment"]
    shown = office.get("dou", f"/plans/{work}/compare?lang=en").text
    assert NEW["new_en"] in shown and "<del>" in shown
    told = next(line for line in office.journal(number) if line["kind"] == "evaluation.proposed")
    assert (told["data"]["work"], told["data"]["actions"]) == (work, [action["id"]])
    assert office.post("dou", f"/api/v1/plans/{work}/actions/submit").status_code == 200, "it is a sound plan"
    own = office.post("dou", f"/api/v1/plans/{work}/actions/approve")
    assert own.status_code == 403, "whoever signed last wrote it, and does not approve it"


@ONE
def test_a_plan_that_others_write_keeps_the_proposal_waiting(office: Office) -> None:
    number = office.whole()
    assert office.improve(number, title="Ask the digger", clause=office.clause(), **NEW).status_code == 201
    busy = office.post("eng", "/api/v1/plans", kind="network_fault", version=1)
    assert busy.status_code == 201, busy.text
    office.verb("dou", number, "submit")
    signed = office.verb("dou", number, "sign")
    assert (signed["state"], signed["proposals"][0]["waits"]) == ("signed", "plan_busy"), (
        "signing never hangs on a plan"
    )
    dropped = office.post("eng", f"/api/v1/plans/{busy.json['id']}/actions/drop", reason="another way")
    assert dropped.status_code == 200, dropped.text
    again = office.verb("dou", number, "propose")
    assert (again["proposals"][0]["waits"], again["proposals"][0]["work"] is None) == ("", False)


@ONE
def test_a_new_text_that_the_plan_would_not_take_is_refused_where_it_is_typed(office: Office) -> None:
    number = office.over()
    plain = office.improve(number, title="x", clause="", **NEW)
    assert (plain.status_code, plain.json["field"]) == (422, "clause")
    several = office.improve(number, title="x", clause=office.clause().rpartition(".")[0], **NEW)
    assert (several.status_code, several.json["field"]) == (422, "place")
    english = office.improve(number, title="x", clause=office.clause(), new_zh="no Chinese", new_en="English")
    assert (english.status_code, english.json["field"]) == (422, "new_zh")
    half = office.improve(number, title="x", clause=office.clause(), new_zh="只有中文")
    assert (half.status_code, half.json["field"]) == (422, "new_en")
    assert office.read(number)["actions"] == [], "nothing was half applied"


@pytest.mark.proves("I10")
@ONE
def test_users_read_plain_words_once_they_are_signed_and_published(office: Office) -> None:
    number = office.whole()
    address = office.read(number)["public"]["address"]
    assert office.no("dou", number, "publish")["code"] == "not-signed"
    assert office.client().get(address).status_code == 404
    office.verb("dou", number, "submit")
    office.verb("dou", number, "sign")
    assert office.client().get(address).status_code == 404, "signed is not published"
    office.verb("dou", number, "publish")
    english, chinese = (office.client().get(f"{address}?lang={tongue}").text for tongue in ("en", "zh"))
    assert WORDS["public_en"] in english and WORDS["public_zh"] in chinese
    assert number not in english and "dou" not in re.sub(r"<[^>]*>", " ", english).split()
    status = office.client().get("/status.json").json
    assert [each["id"] for each in status["reports"]] == [address.rsplit("/", 1)[1]]
    assert address in office.client().get("/status?lang=en").text
    assert office.no("dou", number, "unpublish", reason="")["field"] == "reason"
    office.verb("dou", number, "unpublish", reason="a wrong day")
    assert office.client().get(address).status_code == 404
    office.verb("dou", number, "publish")
    office.verb("dou", number, "reopen", reason="the cause was another")
    assert office.client().get(address).status_code == 404, "a draft is nobody's to read"


@pytest.mark.proves("I10")
@ONE
def test_what_users_should_not_read_is_named_before_it_is_published(office: Office) -> None:
    number = office.whole()
    office.write(number, "public_en", f"Tier II incident {number}: call 4008123456, says Ada. See www.example.com")
    found = {(each["what"], each["language"]) for each in office.read(number)["public"]["findings"]}
    assert {("incident", "en"), ("phone", "en"), ("link", "en"), ("term", "en")} <= found
    office.verb("dou", number, "submit")
    office.verb("dou", number, "sign")
    refused = office.no("dou", number, "publish")
    assert (refused["status"], refused["field"]) == (422, "public_en")
    assert "tier" in refused["detail"] and number in refused["detail"]


@ONE
def test_a_restricted_incident_is_told_to_nobody(office: Office) -> None:
    number = office.signed()
    office.verb("dou", number, "publish")
    address = office.read(number)["public"]["address"]
    office.restrict(number)
    assert office.client().get(address).status_code == 404
    assert office.no("dou", number, "publish")["code"] == "restricted"
    assert "evaluation.unpublished" in [line["kind"] for line in office.journal(number, "dou")]


def test_words_are_found_whole_in_english_and_anywhere_in_chinese() -> None:
    assert findings("The frontier team", [], [], ["tier"]) == []
    assert [each.words for each in findings("A TIER of it", [], [], ["tier"])] == ["tier"]
    assert [each.what for each in findings("由李红告知", ["李红"], [], [])] == ["name"]
    assert [each.what for each in findings("CELL-123 fell", [], ["CELL-123"], [])] == ["element"]
    assert findings("From 14:05 to 16:42 on 2026-11-21, 1200 users", [], [], []) == []
