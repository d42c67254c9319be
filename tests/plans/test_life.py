"""A plan is made in steps and comes into use: written, reviewed, approved by somebody else, published (R26)."""

from datetime import date

import pytest

from command.incidents import plans, standing
from playbooks.places import part
from tests.plans.conftest import API, ONE, House


@pytest.mark.proves("R26", "R34")
def test_a_plan_goes_from_draft_to_the_next_incident_and_a_running_one_keeps_its_own(house: House) -> None:
    before = house.responding()
    work = house.begun()
    assert (work["state"], work["based_on"], work["wrong"]) == ("draft", 1, [])
    body = work["body"].replace("due_minutes: 30", "due_minutes: 20", 1)
    assert body != work["body"]
    house.changed(work["id"], body=body, team=[{"person": "eng", "duty": "writes"}, {"person": "ada", "duty": "leads"}])
    sent = house.step("eng", work["id"], "submit")
    assert sent["state"] == "review" and sent["figures"]["subscribers"] == 50
    own = house.no("eng", work["id"], "approve")
    assert own["status"] == 403
    approved = house.step("ada", work["id"], "approve")
    assert (approved["state"], approved["version"]) == ("approved", 2) and len(approved["digest"]) == 64
    assert plan_of(house, before).version == 1, "approved is not published"
    done = house.step("eng", work["id"], "publish")
    assert done["state"] == "published"
    assert plan_of(house, before).version == 1, "a running incident keeps its plan"
    after = house.responding(elements=["CELL-4"], area="800201")
    found = plan_of(house, after)
    assert (found.version, part(found, "tiers.3.tasks.locate_fault").due_minutes) == (2, 20)
    assert found.approved_on == house.today() and found.approved_by == "commander"
    listed = house.get("ada", "/api/v1/playbooks/network_fault").json
    assert listed["current"]["version"] == 2 and listed["current"]["digest"] == approved["digest"]


def plan_of(house: House, number: str):  # type: ignore[no-untyped-def]
    with house.database.read() as session:
        found = plans.of(session, standing.find(session, number))
        assert found is not None
        return found


@pytest.mark.proves("R26")
def test_comments_on_clauses_are_answered_before_it_is_approved(house: House) -> None:
    work = house.begun()["id"]
    assert house.no("eng", work, "approve")["status"] == 403, "an engineer approves nothing"
    assert house.no("ada", work, "approve")["code"] == "plan-draft"
    house.step("eng", work, "submit")
    assert house.ask("eng", "PATCH", f"{API}/{work}", json={"edition": 1, "body": "x: 1"}).status_code == 409
    lost = house.post("ada", f"{API}/{work}/comments", place="tiers.9.tasks.nothing", words="What?")
    assert (lost.status_code, lost.json["field"]) == (422, "place")  # type: ignore[index]
    said = house.made("ada", f"{API}/{work}/comments?lang=en", 201, place="tiers.2.tasks.locate_fault", words="30 min?")
    assert house.no("ada", work, "approve")["code"] == "open-comments"
    number = said["comments"][0]["id"]
    house.made("eng", f"{API}/{work}/comments/{number}/actions/answer", words="Drills show it.")
    assert house.post("eng", f"{API}/{work}/comments/{number}/actions/answer", words="x").status_code == 409
    back = house.step("ada", work, "send-back", reason="Name the second engineer.")
    assert (back["state"], back["reason"]) == ("draft", "Name the second engineer.")
    assert [line["kind"] for line in back["history"]][-3:] == ["plan.commented", "plan.answered", "plan.sent_back"]


@ONE
@pytest.mark.proves("R6")
def test_who_wrote_it_approves_it_by_an_override_alone_which_is_reviewed(house: House) -> None:
    work = house.begun(by="ada")["id"]
    house.step("ada", work, "submit")
    assert house.no("ada", work, "approve")["code"] == "needs-approval"
    assert house.no("ada", work, "approve", override=True)["field"] == "reason"
    assert house.step("ada", work, "approve", override=True, reason="The storm comes tonight.")["override"] is True
    owed = house.get("dep", "/api/v1/overrides").json["items"]  # type: ignore[index]
    assert [each["act"] for each in owed] == ["approve_plan"]


@pytest.mark.proves("R26")
def test_a_withdrawn_version_is_followed_by_nothing_new_and_its_number_is_never_used_again(house: House) -> None:
    first = house.published()
    incident = house.responding()
    assert house.no("eng", first, "withdraw", reason="wrong")["status"] == 403
    house.step("ada", first, "withdraw", reason="The 20 minutes cannot be kept.")
    assert plan_of(house, incident).version == 2, "a running incident keeps it"
    assert plan_of(house, house.report()["number"]).version == 1
    second = house.published()
    assert house.plan(second)["version"] == 3
    third = house.begun(version=3)
    assert third["body"] == house.plan(second)["body"], "what was written before is written on"
    busy = house.post("ops", API, kind="network_fault", version=1)
    assert busy.status_code == 409 and f"#{third['id']}" in busy.json["detail"]  # type: ignore[index]
    house.step("eng", third["id"], "drop", reason="not now")
    assert house.begun()["state"] == "draft"


@ONE
@pytest.mark.proves("R26")
def test_an_improvement_action_names_a_clause_of_what_was_published_here(house: House) -> None:
    work = house.published()
    given = house.given(playbook="network_fault", playbook_version=2, playbook_place="tiers.3.tasks.locate_fault")
    assert "v2" in given["clause"]["title"] and given["clause"]["address"] == "/playbooks/network_fault?tier=3"
    house.step("ada", work, "withdraw", reason="wrong")
    assert house.one(given["id"])["clause"]["title"] == given["clause"]["title"], "an old link is still read"


@ONE
@pytest.mark.proves("R26")
def test_a_plan_from_nothing_says_what_it_lacks_and_is_not_submitted(house: House) -> None:
    work = house.begun("complaint_surge", version=None)
    fields = {each["field"] for each in work["wrong"]}
    assert {"title.zh", "goal.en"} <= fields and any(each["line"] > 0 for each in work["wrong"])
    refused = house.no("eng", work["id"], "submit")
    assert refused["status"] == 422 and refused["field"] in ("title", "body")
    twice = house.changed(work["id"], body="title: {zh: 标题, en: Title}\n" + work["body"])
    assert any(each["field"] == "title" and each["line"] == 1 for each in twice["wrong"])
    for body in ("", "[]", "just words", "a: &b 1", "tiers: {1: {tasks: 7}}", "\t- x"):
        assert house.changed(work["id"], body=body)["wrong"], body
    assert house.post("eng", API, kind="network_fault", version=77).status_code == 422
    assert house.post("eng", API, kind="flood").status_code == 422
    missing = house.ask("eng", "PATCH", f"{API}/{work['id']}", json={"edition": 99, "assessment": "x"})
    assert missing.status_code == 409
    wild = {"words": "x", "link": "javascript:alert(1)"}
    cases = {"risks": ["none"], "targets": ["area:99"], "team": [{"person": "x"}], "gathered": [wild]}
    for field, value in cases.items():
        edition = house.plan(work["id"])["edition"]
        wrong = house.ask("eng", "PATCH", f"{API}/{work['id']}?lang=en", json={"edition": edition, field: value})
        assert (wrong.status_code, wrong.json["field"]) == (422, field)  # type: ignore[index]
    assert house.get("eng", f"{API}/999").status_code == 404


@ONE
@pytest.mark.proves("R1")
def test_what_a_kind_lacks_is_shown_by_tier_and_area(house: House) -> None:
    covers = {each["kind"]: each for each in house.get("ada", f"{API}/coverage").json["items"]}  # type: ignore[index]
    assert len(covers) == 5 and {each["state"] for each in covers.values()} == {"valid"}
    county = next(tier for tier in covers["network_fault"]["tiers"] if tier["echelon"] == "county")
    assert (county["without"], county["groups"]) == (["800102", "800201"], 1)
    house.at(9, days=(date(2027, 12, 1) - house.today()).days)
    late = house.get("ada", f"{API}/coverage").json["items"]  # type: ignore[index]
    assert {each["state"] for each in late} == {"expired"}
    assert house.client().get("/status.json").status_code == 200
