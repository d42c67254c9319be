"""The written report of an incident (R7): from its journal, edited without losing a word, signed by posts, void when it changes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.evaluation.conftest import ONE, WORDS, Office

pytestmark = pytest.mark.proves("R7")


@ONE
def test_a_report_begins_with_what_the_journal_and_the_review_say(office: Office) -> None:
    number = office.over()
    found = office.read(number)
    said = {each["part"]: (each["text"], each["version"]) for each in found["parts"]}
    assert (said["cause"], said["effect"], said["improvement"]) == (
        ("A digger", 0),
        ("Quick", 0),
        ("Mark the route", 0),
    )
    assert found["moments"]["restored"] >= found["moments"]["responded"] >= found["moments"]["detected"]
    assert found["moments"]["occurred"] is None, "nobody said when it occurred"
    assert found["state"] == "draft"
    assert found["missing"] == ["the summary", "the root cause", "an action, or why none is needed"]
    assert "evaluation.begun" not in office.kinds(number), "reading begins nothing"


@ONE
def test_an_incident_that_is_not_restored_and_an_exercise_have_none(office: Office) -> None:
    number = office.responding()
    assert office.get("dou", office.address(number)).status_code == 409
    refused = office.write(number, "summary", "Too soon", version=0)
    assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    drill = office.report("tra", elements=["CELL-2"], exercise=True)["number"]
    office.act("dou", drill, "assess")
    office.act("dou", drill, "activate")
    office.act("ada", drill, "restore", evidence="said the controller")
    assert office.write(drill, "summary", "A drill", version=0).status_code == 409
    assert drill not in office.get("dou", "/api/v1/evaluations").text

    def forced(session: Session) -> None:
        session.execute(
            text(
                "INSERT INTO evaluation_report (id, incident_id, state, public_id, contributing, round, begun_by, begun_at,"
                " changed_at, exercise) SELECT 1, id, 'signed', 'x', '[]', 1, 1, reported_at, reported_at, exercise"
                f" FROM incident WHERE number = '{drill}'"
            )
        )

    with pytest.raises(DBAPIError, match="evaluation_report_real"):
        office.do(forced)


def test_two_who_write_the_same_part_lose_nothing(office: Office) -> None:
    number = office.over()
    assert office.write(number, "effect", "Quick, and nobody was hurt").status_code == 200
    with ThreadPoolExecutor(4) as at_once:
        said = [(by, f"Words of {by}, {at}") for at in (1, 2) for by in ("dou", "dep")]
        answers = list(at_once.map(lambda each: office.write(number, "worked", each[1], 0, each[0]), said))
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    first = next(each.json["text"] for each in answers if each.status_code == 200)
    assert all(first in each.json["detail"] for each in answers if each.status_code == 409)
    assert office.write(number, "summary", "First words").json["version"] == 1
    mine = office.write(number, "summary", "Words of the duty officer", version=1)
    assert mine.json["version"] == 2
    late = office.write(number, "summary", "Words of the deputy", version=1, by="dep")
    assert (late.status_code, late.json["code"], late.json["field"]) == (409, "changed-since", "text")
    assert "Words of the duty officer" in late.json["detail"] and "dou" in late.json["detail"]
    assert office.write(number, "summary", "Both", version=2, by="dep").json["by"]["username"] == "dep"
    told = office.get("aud", office.address(number, "/parts/summary")).json["versions"]
    assert [each["text"] for each in told] == ["", "First words", "Words of the duty officer", "Both"]
    kept = [line["data"] for line in office.journal(number) if line["kind"] == "evaluation.written"][2:]
    assert [(each["part"], each["version"]) for each in kept] == [("summary", 1), ("summary", 2), ("summary", 3)]


@ONE
def test_a_part_is_kept_as_it_fits(office: Office) -> None:
    number = office.over()
    assert office.write(number, "whys", " One \n\n Two ").json["text"] == "One\nTwo"
    many = office.write(number, "whys", "\n".join("why" for _ in range(8)))
    assert (many.status_code, many.json["field"]) == (422, "text")
    assert office.write(number, "summary", "x" * 8001).status_code == 422
    assert office.write(number, "poem", "Roses", version=0).status_code == 404
    called = office.write(number, "summary", "Call 13800138000 if it returns").json["text"]
    assert "13800138000" not in called and "138****8000" in called
    assert office.write(number, "summary", "x", by="tra").status_code == 403
    assert office.causes(number, root_cause="system_failure", cause_code="storm").json["field"] == "cause_code"
    assert office.causes(number, cause_code="gremlins").json["field"] == "cause_code"
    assert office.causes(number, contributing=["gremlins"]).json["field"] == "contributing"


@ONE
def test_causes_are_said_at_the_review_or_in_the_report(office: Office) -> None:
    number = office.over()
    office.act("dou", number, "review", cause_code="construction_damage", third_party=True)
    assert office.read(number)["causes"] == {
        "root_cause": "human_error",
        "cause_code": "construction_damage",
        "third_party": True,
        "contributing": [],
    }
    office.act("dou", number, "review", root_cause="system_failure")
    seen = office.see(number)
    assert (seen["root_cause"], seen["cause_code"], seen["third_party"]) == ("system_failure", None, True)
    assert office.causes(number, cause_code="storm", contributing=["flood", "storm"]).status_code == 200
    assert office.read(number)["causes"]["contributing"] == ["flood"], "the cause itself contributes to nothing"
    told = [line["text"] for line in office.journal(number) if line["kind"] == "incident.cause_given"]
    form, writer = f"/incidents/{number}/do/review", office.sign_in("dou")
    page = writer.see(form)
    assert '<option value="storm" selected>' in page and 'name="third_party" value="1">' in page
    typed = {"root_cause": "system_failure", "cause_code": "storm", "third_party": "1"}
    refused = writer.send(form, form, **typed)
    assert refused.status_code == 422 and "belongs to another root" in refused.text
    assert writer.send(form, form, **typed | {"root_cause": ""}).status_code == 303
    assert office.read(number)["causes"]["third_party"] is True
    assert "storm" in told[-1]["en"] and "台风与大风" in told[-1]["zh"]
    assert "root cause" not in office.read(number)["missing"]


@pytest.mark.parametrize("tier", [1])
def test_each_post_of_the_tier_signs_once_and_the_last_makes_it_signed(office: Office, tier: int) -> None:
    number = office.whole(tier)
    early = office.no("ada", number, "sign")
    assert (early["status"], early["code"]) == (409, "not-for-signature")
    office.verb("dou", number, "submit")
    assert [each["post"] for each in office.read(number)["signatures"]] == ["commander", "deputy", "duty_officer"]
    assert office.no("eng", number, "sign")["status"] == 403
    seen = office.read(number)["digest"]
    office.verb("ada", number, "sign", seen=seen)
    assert office.no("ada", number, "sign")["code"] == "signed-twice"
    other = office.no("pre", number, "sign")
    assert (other["status"], "deputy, duty officer" in other["remedy"]) == (403, True), "one signature a post"
    office.verb("dep", number, "sign")
    assert office.read(number)["state"] == "for_signature"
    assert office.verb("dou", number, "sign")["state"] == "signed"
    kinds = [kind for kind in office.kinds(number) if kind.startswith("evaluation.")]
    assert kinds[-4:] == ["evaluation.for_signature", *["evaluation.signed"] * 3]
    assert office.write(number, "summary", "After the fact").json["code"] == "signed"
    assert office.causes(number, cause_code="storm").json["code"] == "signed"
    refused = office.refused("ada", number, "review", cause_code="storm")
    assert (refused["status"], refused["code"]) == (409, "signed"), "the review is no way round it"


@ONE
def test_a_report_that_lacks_something_is_not_signed_and_says_what(office: Office) -> None:
    number = office.over(2)
    office.write(number, "whys", "One\nTwo")
    refused = office.no("dou", number, "submit")
    assert (refused["status"], refused["code"]) == (409, "not-whole")
    for named in ("the summary", "the root cause", "enough steps of why", "an action, or why none is needed"):
        assert named in refused["detail"]
    for part, words in WORDS.items():
        office.write(number, part, words)
    office.causes(number, cause_code="storm")
    assert office.verb("dou", number, "submit")["state"] == "for_signature"


@ONE
def test_a_change_after_a_signature_makes_it_void_and_says_so(office: Office) -> None:
    number = office.whole(1)
    office.verb("dou", number, "submit")
    seen = office.read(number)["digest"]
    office.verb("ada", number, "sign")
    assert office.write(number, "worked", "The hotline").status_code == 200
    found = office.read(number)
    assert (found["state"], found["void"], [each["by"] for each in found["signatures"]]) == ("draft", 1, [None] * 3)
    told = next(line["data"] for line in office.journal(number) if line["kind"] == "evaluation.reopened")
    assert (told["because"], told["signatures"]) == ("part_changed", 1)
    office.verb("dou", number, "submit")
    assert office.no("dep", number, "sign", seen=seen)["code"] == "changed-since"
    assert office.verb("ada", number, "sign")["signatures"][0]["by"]["username"] == "ada", "a new round"


@ONE
def test_a_signed_report_is_reopened_with_a_reason_or_by_the_fault_itself(office: Office) -> None:
    number = office.signed()
    assert office.no("dou", number, "reopen", reason=" ")["field"] == "reason"
    assert office.verb("dou", number, "reopen", reason="the cause was another")["state"] == "draft"
    office.verb("dou", number, "submit")
    assert office.verb("dou", number, "sign")["state"] == "signed"
    office.act("ada", number, "regrade", tier=3, reason="the town was cut off")
    assert office.read(number)["state"] == "draft", "others have to sign now"
    office.verb("dou", number, "submit")
    office.verb("dou", number, "sign")
    office.act("ada", number, "reopen", reason="it is back")
    assert office.read(number)["state"] == "draft"
    told = [line["data"]["because"] for line in office.journal(number) if line["kind"] == "evaluation.reopened"]
    assert told == ["by_person", "tier_changed", "incident_reopened"]


@ONE
def test_reports_are_listed_and_the_late_ones_wait_on_the_command_board(office: Office) -> None:
    number = office.whole()
    other = office.over(elements=["CELL-2"])
    assert {each["incident"] for each in office.rows("draft")} == {number, other}
    assert office.rows("mine") == []
    office.verb("dou", number, "submit")
    assert [each["incident"] for each in office.rows("mine")] == [number]
    assert office.rows("mine", "ada") == [], "tier IV is not the commander's to sign"
    board = office.get("dou", "/board/part/decisions?lang=en").text
    assert f"/incidents/{number}/evaluation#signatures" in board and "Read and sign" in board
    for each in (number, other):
        office.act("dou", each, "facts", feedback="calm", measures="a splice")
        office.finish_tasks(each)
        office.send()
        office.waive(each)
        office.act("ada", each, "close")
    assert office.rows("overdue") == []
    office.time.forward(seconds=timedelta(days=31).total_seconds())
    office._tokens.clear()
    assert [each["incident"] for each in office.rows("overdue")] == [other, number]
    assert "/evaluations?show=overdue" in office.get("dou", "/board/part/decisions?lang=en").text
    assert "/evaluations?show=overdue" not in office.get("eng", "/board/part/decisions?lang=en").text
    office.verb("dou", number, "sign")
    assert [each["incident"] for each in office.rows("signed")] == [number]
    assert [each["incident"] for each in office.rows("overdue")] == [other]


@ONE
def test_nobody_else_learns_of_the_report_of_a_restricted_incident(office: Office) -> None:
    number = office.report("dou", kind="information_security", records_leaked=1000)["number"]
    office.act("dou", number, "assess")
    assert office.get("tra", office.address(number)).status_code == 404
    assert number not in office.get("tra", "/api/v1/evaluations").text
