"""A duty changes hands: what is open passes on record, nothing passes silently, and until it is accepted whoever leaves answers for it."""

import threading

import pytest
from sqlalchemy import update

from command.core.settings import GatewaySettings, Settings
from command.engine import hand_over
from command.incidents.models import Incident, Role
from command.oncall.duties import cover, schedules
from command.oncall.models import Escalation, PageState
from command.people.models import Person
from tests.handover.conftest import Duty

TASK = "rule_out_attack"
once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what the databases do alike."""


def owner(duty: Duty, number: str, code: str = TASK) -> str | None:
    found = {each["code"]: each["owner"] for each in duty.see(number)["tasks"]}[code]
    return found["username"] if found else None


@pytest.mark.proves("R14", "R28")
def test_what_is_open_passes_to_the_next_one_on_record(duty: Duty) -> None:
    number = duty.acknowledged()
    duty.take(number, TASK)
    (case,) = duty.prepared()["cases"]
    assert (case["incident"], case["state"], case["next_clock"]) == (number, "responding", "report-to-centre")
    assert [each["kind"] for each in case["promises"]] == ["page", "task"]
    assert case["promises"][0]["response"] == "acknowledged"
    assert case["promises"][1]["due_at"] is not None
    items = [{**each, "note": f"see to {each['item']}"} for each in duty.everything()]
    handover = duty.offered(items=items, note="The guard has the key of the shelter.")
    assert (owner(duty, number), duty.page(number, duty.leaver).state) == (duty.leaver, PageState.ACKNOWLEDGED)
    done = duty.settle(handover, "accept").json
    assert (done["state"], [each["outcome"] for each in done["items"]]) == ("accepted", ["passed", "passed"])
    assert owner(duty, number) == duty.taker
    assert duty.page(number, duty.leaver).state == PageState.HANDED_OVER
    assert duty.page(number, duty.taker).state == PageState.ACKNOWLEDGED
    assert {"handover.passed", "page.handed_over", "task.passed"} <= set(duty.kinds(number))
    (passed,) = duty.entries(f"incident:{number}", "handover.passed")
    assert (passed["from_person_id"], passed["to_person_id"]) == (duty.people[duty.leaver], duty.people[duty.taker])
    (accepted,) = duty.audit("oncall.handover_accepted")
    assert (accepted["passed"], accepted["over"]) == (2, 0)
    told = str(duty.journal(number))
    assert "see to page:" in told and "see to task:" in told
    assert "relieved" in duty.inbox(duty.leaver)[-1]
    assert [each["kind"] for each in duty.prepared()["cases"][0]["promises"]] == ["incident"]


@once
def test_what_is_not_ticked_stays_with_whoever_leaves(duty: Duty) -> None:
    number = duty.acknowledged()
    duty.take(number, TASK)
    pages = [each for each in duty.everything() if each["item"].startswith("page:")]
    duty.settle(duty.offered(items=pages), "accept")
    assert owner(duty, number) == duty.leaver
    assert duty.page(number, duty.taker).state == PageState.ACKNOWLEDGED


@once
def test_a_page_nobody_has_answered_is_answered_by_accepting(duty: Duty) -> None:
    number = duty.called()
    handover = duty.offered()
    duty.settle(handover, "accept")
    page = duty.page(number, duty.taker)
    assert (page.state, page.answered_via) == (PageState.ACKNOWLEDGED, "hand_over")
    with duty.database.read() as session:
        assert session.get_one(Escalation, page.escalation_id).state == "acknowledged"
    assert [e["via"] for e in duty.entries(f"incident:{number}", "page.acknowledged")] == ["hand_over"]


@once
@pytest.mark.proves("R14")
def test_the_ownership_of_an_incident_passes_too(duty: Duty) -> None:
    number = duty.responding(by=duty.leaver)
    assert duty.see(number)["owner"]["username"] == duty.leaver
    duty.settle(duty.offered(), "accept")
    assert duty.see(number)["owner"]["username"] == duty.taker
    (changed,) = duty.entries(f"incident:{number}", "role.transferred")
    assert changed["from_person_id"] == duty.people[duty.leaver]


def test_the_next_one_is_told_once_before_the_change_and_takes_over_by_sms(duty: Duty) -> None:
    number = duty.acknowledged()
    handover = duty.offered()
    duty.engine()
    assert not any("hands" in text for text in duty.inbox(duty.taker))
    duty.until_change(minutes=29)
    duty.engine()
    duty.engine()
    (text,) = [text for text in duty.inbox(duty.taker) if "hands" in text]
    assert "text TAKE OVER" in text and text.endswith(f"/on-call/hand-over/{handover}")
    answer = duty.reply(duty.taker, "Take over.")
    assert answer is not None and answer.startswith("You have taken over Technical")
    assert duty.page(number, duty.taker).state == PageState.ACKNOWLEDGED
    assert duty.reply(duty.taker, "接班") == "No duty waits for you to take over."
    assert [entry["reached"] for entry in duty.audit("oncall.handover_told")] == [True]


@pytest.mark.proves("R28", "I11")
def test_the_duty_officer_hears_once_of_what_nobody_has_accepted(duty: Duty) -> None:
    duty.acknowledged()
    duty.offered()
    duty.until_change(minutes=-14)
    duty.engine()
    assert not any("not taken over" in text for text in duty.inbox("dou"))
    duty.until_change(minutes=-15)
    for _ in range(3):
        hand_over.run_once(duty.installation)
    (text,) = [text for text in duty.inbox("dou") if "not taken over" in text]
    assert f"{duty.leaver.title()} stays responsible" in text
    (entry,) = duty.audit("oncall.handover_unaccepted")
    assert (entry["minutes"], entry["told"]) == (15, [duty.people["dou"]])
    assert duty.prepared()["offered"] is not None


@pytest.mark.proves("I11")
def test_two_engines_at_once_tell_once(duty: Duty) -> None:
    duty.acknowledged()
    duty.offered()
    duty.until_change(minutes=-16)
    before = len(duty.inbox(duty.taker)), len(duty.inbox("dou"))
    engines = [threading.Thread(target=hand_over.run_once, args=(duty.installation,)) for _ in range(2)]
    for each in engines:
        each.start()
    for each in engines:
        each.join()
    assert (len(duty.inbox(duty.taker)), len(duty.inbox("dou"))) == (before[0] + 1, before[1] + 1)


@pytest.mark.proves("R28", "R14")
def test_a_duty_that_ends_with_something_open_and_is_not_handed_over_does_not_pass_silently(duty: Duty) -> None:
    number = duty.acknowledged()
    duty.engine()
    before = duty.inbox(duty.leaver)
    duty.until_change(minutes=29)
    for _ in range(2):
        duty.engine()
    (text,) = duty.inbox(duty.leaver)[len(before) :]
    assert "your duty Technical ends at" in text and "1 items open" in text
    duty.until_change(minutes=-14)
    duty.engine()
    assert duty.audit("oncall.handover_missing") == []
    duty.until_change(minutes=-15)
    for _ in range(2):
        duty.engine()
    (entry,) = duty.audit("oncall.handover_missing")
    assert (entry["items"], entry["told"]) == (1, [duty.people["dou"]])
    assert duty.leaver.title() in duty.inbox("dou")[-1]
    assert duty.settle(duty.offered(), "accept").json["state"] == "accepted"
    assert duty.page(number, duty.taker).state == PageState.ACKNOWLEDGED


@once
def test_a_duty_that_ends_with_nothing_open_bothers_nobody(duty: Duty) -> None:
    duty.responding()
    before = duty.inbox(duty.leaver), duty.inbox("dou")
    for minutes in (29, -20):
        duty.until_change(minutes=minutes)
        duty.engine()
    assert (duty.inbox(duty.leaver), duty.inbox("dou")) == before


@once
def test_declining_takes_a_reason_and_tells_whoever_leaves_and_the_duty_officer(duty: Duty) -> None:
    number = duty.acknowledged()
    handover = duty.offered()
    bare = duty.settle(handover, "decline", reason=" ")
    assert (bare.status_code, bare.json["field"]) == (422, "reason")
    done = duty.settle(handover, "decline", reason="I have a fever.").json
    assert (done["state"], done["reason"]) == ("declined", "I have a fever.")
    assert duty.page(number, duty.leaver).state == PageState.ACKNOWLEDGED
    for who in (duty.leaver, "dou"):
        assert "does not take over" in duty.inbox(who)[-1]
        assert "fever" not in duty.inbox(who)[-1]
    assert duty.settle(handover, "accept").status_code == 409
    duty.until_change(hours=-1)
    duty.engine()
    assert duty.audit("oncall.handover_unaccepted") == []


@once
def test_an_offer_is_withdrawn_and_made_anew(duty: Duty) -> None:
    number = duty.acknowledged()
    handover = duty.offered()
    assert duty.offer().status_code == 409
    assert duty.settle(handover, "withdraw").json["state"] == "withdrawn"
    assert duty.settle(handover, "withdraw").json["state"] == "withdrawn"
    refused = duty.settle(handover, "accept")
    assert (refused.status_code, refused.json["detail"]) == (409, "This hand-over is settled.")
    assert duty.page(number, duty.leaver).state == PageState.ACKNOWLEDGED
    assert duty.settle(duty.offered(), "accept").json["state"] == "accepted"


@once
def test_accepting_twice_changes_nothing_and_nobody_else_settles_it(duty: Duty) -> None:
    number = duty.acknowledged()
    handover = duty.offered()
    for verb, by in (("accept", duty.leaver), ("accept", "dou"), ("decline", "ops"), ("withdraw", duty.taker)):
        body = {"reason": "no"} if verb == "decline" else {}
        assert duty.settle(handover, verb, by=by, **body).status_code == 403
    assert duty.get("ops", f"/api/v1/hand-overs/{handover}").status_code == 403
    assert duty.get("dou", f"/api/v1/hand-overs/{handover}").status_code == 200
    assert duty.get("dou", "/api/v1/hand-overs/999").status_code == 404
    for _ in range(2):
        assert duty.settle(handover, "accept").status_code == 200
    assert len(duty.entries(f"incident:{number}", "page.handed_over")) == 1
    assert duty.settle(handover, "withdraw").status_code == 409
    assert [each["id"] for each in duty.get(duty.taker, "/api/v1/hand-overs").json["items"]] == [handover]


def test_of_what_is_over_meanwhile_nothing_passes_and_the_rest_does(duty: Duty) -> None:
    gone, stays = duty.acknowledged(), duty.acknowledged()
    duty.take(gone, TASK)
    duty.take(stays, TASK)
    duty.take(stays, "brief_agents")
    handover = duty.offered()
    duty.act("ada", gone, "merge", into=stays, reason="one event")
    assert duty.post("sec", f"/api/v1/incidents/{stays}/tasks/{TASK}/actions/done").status_code == 200
    found = {
        (each["incident"], each["item"][:4], each["outcome"]) for each in duty.settle(handover, "accept").json["items"]
    }
    assert {each for each in found if each[0] == gone} == {(gone, "page", "over"), (gone, "task", "over")}
    assert {each[1:] for each in found if each[0] == stays} == {
        ("page", "passed"),
        ("task", "over"),
        ("task", "passed"),
    }
    assert owner(duty, stays, "brief_agents") == duty.taker
    assert owner(duty, gone) == duty.leaver
    (accepted,) = duty.audit("oncall.handover_accepted")
    assert (accepted["passed"], accepted["over"]) == (2, 3)
    assert duty.entries(f"incident:{gone}", "handover.passed") == []


@once
def test_a_plan_that_changes_meanwhile_is_not_overrun(duty: Duty) -> None:
    number = duty.acknowledged()
    handover = duty.offered()
    session_of = duty.principal("dou")

    def covered(session: object) -> None:
        found = schedules.find(session, "technical")  # type: ignore[arg-type]
        person = session.get_one(Person, duty.people["ops"])  # type: ignore[attr-defined]
        end = duty.change.replace(hour=(duty.change.hour + 6) % 24)
        cover.cover(session, found, person, duty.change, max(end, duty.change.replace(minute=30)), session_of)  # type: ignore[arg-type]

    duty.do(covered, session_of.actor)
    refused = duty.settle(handover, "accept")
    assert (refused.status_code, refused.json["detail"]) == (409, "The plan has changed: somebody else follows now.")
    assert duty.page(number, duty.leaver).state == PageState.ACKNOWLEDGED
    assert [each["state"] for each in duty.get(duty.taker, "/api/v1/hand-overs").json["items"]] == ["offered"]


@once
def test_after_the_fact_it_says_so(duty: Duty) -> None:
    duty.acknowledged()
    handover = duty.offered(items=[])
    duty.until_change(hours=-25)
    refused = duty.settle(handover, "accept")
    assert (refused.status_code, refused.json["detail"]) == (409, "Your own turn of this duty is over.")
    duty.settle(handover, "withdraw")
    duty.until_change(hours=-37)
    late = duty.offer(by=duty.taker)
    assert (late.status_code, late.json["field"]) == (403, "schedule")


@once
def test_what_is_not_ones_own_is_not_handed_over(duty: Duty) -> None:
    duty.acknowledged()
    for key in ("page:9999", "task:1", "owner:1", "nothing"):
        refused = duty.offer(items=[{"item": key}])
        assert (refused.status_code, refused.json["field"]) == (422, "items"), key
    assert duty.offer(by="ops").status_code == 403
    assert duty.offer(to="ops").json["field"] == "to"
    assert duty.offer(items=[], note="x" * 2001).status_code == 422
    assert duty.offer(items=[], surprise=1).status_code == 422
    assert duty.post(duty.leaver, "/api/v1/schedules/none/hand-overs").status_code == 404
    assert duty.get(duty.leaver, "/api/v1/hand-overs").json["items"] == []


@once
def test_where_nobody_follows_somebody_is_chosen(duty: Duty) -> None:
    address = "/api/v1/schedules/operations/hand-overs"
    for body, field in (({}, "to"), ({"to": "ops"}, "to"), ({"to": "nobody"}, "to"), ({"to": "eng"}, "to")):
        duty.database.write(lambda s: s.execute(update(Person).where(Person.username == "eng").values(active=False)))
        refused = duty.post("ops", address, **body)
        assert (refused.status_code in (404, 422), refused.json["field"]) == (True, field)
    made = duty.post("ops", address, to="dou", note="Quiet night.").json
    assert (made["chosen"], made["items"], made["note"]) == (True, [], "Quiet night.")
    duty.engine()
    assert "Operations" in duty.inbox("dou")[-1]
    assert duty.settle(made["id"], "accept", by="dou").json["state"] == "accepted"


@once
@pytest.mark.proves("R19")
def test_who_may_not_know_of_a_restricted_incident_does_not_read_of_it_in_a_hand_over(duty: Duty) -> None:
    number = duty.acknowledged()
    handover = duty.offered()
    duty.database.write(lambda s: s.execute(update(Incident).values(restricted=True)))
    seen = duty.get("dep", f"/api/v1/hand-overs/{handover}").json
    assert (seen["items"], seen["hidden"]) == ([], 1)
    assert duty.get(duty.taker, f"/api/v1/hand-overs/{handover}").json["items"][0]["incident"] == number


@once
@pytest.mark.proves("R19")
def test_a_task_of_a_restricted_incident_does_not_pass_to_who_could_never_finish_it(duty: Duty) -> None:
    number = duty.acknowledged()
    duty.take(number, TASK)
    duty.database.write(lambda s: s.execute(update(Incident).values(restricted=True)))
    duty.database.write(lambda s: s.execute(update(Person).values(department="technical")))
    duty.database.write(lambda s: s.execute(update(Role).values(person_id=duty.people["ada"])))
    refused = duty.offer()
    assert (refused.status_code, refused.json["field"]) == (422, "items")
    assert number in refused.json["detail"]
    pages = [each for each in duty.everything() if each["item"].startswith("page:")]
    assert duty.offer(items=pages).status_code == 201


@once
def test_a_task_is_taken_by_one_at_a_time(duty: Duty) -> None:
    number = duty.responding()
    assert duty.take(number, TASK).status_code == 200
    assert duty.take(number, TASK).status_code == 200
    assert duty.take(number, TASK, "dou").status_code == 409
    assert duty.act("dou", number, "task", code="brief_agents", to="take")["tasks"]
    assert duty.kinds(number).count("task.taken") == 2
    card = duty.get("ada", f"/board/state/incident:{number}?lang=en").json["cards"]["tasks:security"]
    assert duty.leaver.title() in card and f"/tasks/{TASK}/actions/take" not in card
    duty.post("dou", f"/api/v1/incidents/{number}/tasks/{TASK}/actions/done")
    assert duty.take(number, TASK).status_code == 409


@once
class TestOneWay:
    """A gateway that brings no replies back."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        gateway = GatewaySettings(name="sms", transport="simulated", two_way=False)
        return settings.model_copy(update={"gateways": (gateway,)})

    def test_the_next_one_is_given_the_link_and_no_word_to_reply(self, duty: Duty) -> None:
        duty.acknowledged()
        handover = duty.offered()
        duty.until_change(minutes=29)
        duty.engine()
        text = duty.inbox(duty.taker)[-1]
        assert "TAKE OVER" not in text and text.endswith(f"/on-call/hand-over/{handover}")
