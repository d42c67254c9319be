"""Who reports owns, who commands is on record, and each department does its part (R4, R6, R13, R14)."""

import pytest

from tests.conftest import Time
from tests.incidents.conftest import Desk


@pytest.mark.proves("R13", "R14")
def test_whoever_reports_owns_it_until_it_is_handed_over_on_record(desk: Desk) -> None:
    reported = desk.report("kef", summary="customer at the counter", users=3, services=["voice"])
    assert reported["owner"]["username"] == "kef"
    number = reported["number"]
    refused = desk.refused("ada", number, "transfer", to="dou", role="first_contact_owner")
    assert (refused["status"], refused["field"]) == (422, "briefing")
    seen = desk.act("ada", number, "transfer", to="dou", role="first_contact_owner", briefing="call back at noon")
    assert seen["owner"]["username"] == "dou"
    held = [
        (r["person"]["username"], r["until_at"] is None) for r in seen["roles"] if r["role"] == "first_contact_owner"
    ]
    assert held == [("kef", False), ("dou", True)]


@pytest.mark.proves("R13")
def test_the_same_report_sent_twice_is_one_incident(desk: Desk) -> None:
    body = {"kind": "network_fault", "area": "800101", "users": 5}
    one, two, other = (
        desk.ask("kef", "POST", "/api/v1/incidents", json=body, headers={"Idempotency-Key": key}).json["number"]
        for key in ("a-1", "a-1", "a-2")
    )
    assert one == two != other


@pytest.mark.proves("R4")
@pytest.mark.parametrize(
    ("tier", "commander"),
    [(4, "cou"), (3, "pre"), (2, "ada"), (1, "ada")],
    ids=["county", "prefecture", "province", "head"],
)
def test_the_group_of_the_matching_echelon_commands(desk: Desk, tier: int, commander: str) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    if tier != 4:
        desk.act("dou", number, "regrade", tier=tier, reason="by judgement")
    desk.act("dou", number, "assess")
    assert desk.act("dou", number, "activate")["commander"]["username"] == commander


@pytest.mark.proves("R14")
def test_command_is_handed_over_with_a_briefing_and_both_commanders_stay_on_record(desk: Desk) -> None:
    number = desk.responding()
    desk.act("cou", number, "transfer", to="pre", briefing="crew on site, splice by ten")
    seen = desk.see(number)
    assert seen["commander"]["username"] == "pre"
    held = [(r["person"]["username"], r["until_at"] is None) for r in seen["roles"] if r["role"] == "commander"]
    assert held == [("cou", False), ("pre", True)]
    line = next(line for line in desk.journal(number) if line["kind"] == "role.transferred")
    assert "crew on site, splice by ten" in line["text"]["zh"]


def test_a_commander_who_does_not_answer_is_succeeded_by_rule_or_at_once_by_override(desk: Desk) -> None:
    number = desk.responding()
    early = desk.refused("dou", number, "transfer", to="dou", briefing="taking over")
    assert early["status"] == 403
    assert (
        desk.act("dou", number, "transfer", to="dou", briefing="taking over", override=True)["commander"]["username"]
        == "dou"
    )
    assert "authority.overridden" in desk.kinds(number)


@pytest.mark.proves("R6")
def test_a_task_begins_when_those_before_it_are_finished(desk: Desk) -> None:
    number = desk.responding()
    states = {task["code"]: task["state"] for task in desk.see(number)["tasks"]}
    assert (states["brief_agents"], states["collect_feedback"]) == ("open", "waiting")
    early = desk.post("kef", f"/api/v1/incidents/{number}/tasks/collect_feedback/actions/done")
    assert (early.status_code, "brief_agents" in early.json["remedy"]) == (409, True)
    done = desk.post("kef", f"/api/v1/incidents/{number}/tasks/brief_agents/actions/done", reason="sheet sent out")
    assert done.json["state"] == "done"
    states = {t["code"]: t["state"] for t in desk.get("kef", f"/api/v1/incidents/{number}/tasks").json["items"]}
    assert states["collect_feedback"] == "open"


def test_a_skipped_task_carries_its_reason(desk: Desk) -> None:
    number = desk.responding()
    address = f"/api/v1/incidents/{number}/tasks/rule_out_attack/actions"
    bare = desk.post("sec", f"{address}/skip")
    assert (bare.status_code, bare.json["field"]) == (422, "note")
    assert desk.post("sec", f"{address}/skip", reason="the digger was seen").json["state"] == "skipped"
    assert desk.post("sec", f"{address}/skip", reason="again").status_code == 409
    assert desk.post("sec", f"{address}/reopen").json["state"] == "open"
    assert desk.act("sec", number, "task", code="rule_out_attack", to="done")["tasks"]


def test_due_times_count_from_the_activation(desk: Desk, time: Time) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    desk.act("dou", number, "assess")
    time.forward(hours=3)
    seen = desk.act("dou", number, "activate")
    due = next(task["due_at"] for task in seen["tasks"] if task["code"] == "brief_agents")
    assert due > seen["responding_at"] > seen["assessed_at"]


@pytest.mark.parametrize(
    ("who", "action"),
    [
        ("aud", "assess"),
        ("kef", "activate"),
        ("eng", "restore"),
        ("tra", "cancel"),
        ("adm", "regrade"),
        ("kef", "merge"),
    ],
)
def test_who_may_not_is_told_who_may(desk: Desk, who: str, action: str) -> None:
    number = desk.responding()
    bodies = {
        "regrade": {"tier": 1},
        "merge": {"into": number},
        "restore": {"evidence": "seen"},
        "cancel": {"reason": "x"},
    }
    refused = desk.refused(who, number, action, **bodies.get(action, {}))
    assert refused["status"] == 403
    assert refused["remedy"]


@pytest.mark.proves("R25")
def test_a_leak_is_known_to_its_people_only(desk: Desk) -> None:
    number = desk.report("sec", kind="information_security", area="80", summary="records for sale")["number"]
    for who, status in (("sec", 200), ("ada", 200), ("dou", 404), ("cou", 404), ("aud", 404)):
        assert desk.get(who, f"/api/v1/incidents/{number}").status_code == status, who
        assert desk.get(who, f"/api/v1/incidents/{number}/journal").status_code == status, who
        listed = [each["number"] for each in desk.get(who, "/api/v1/incidents").json["items"]]
        assert (number in listed) is (status == 200), who
    assert desk.refused("dou", number, "assess")["status"] == 404
    assert desk.post("dou", "/api/v1/notices", incident=number, kind="first").status_code == 404


def test_only_a_trainer_starts_an_exercise_and_its_number_says_what_it_is(desk: Desk) -> None:
    refused = desk.post("dou", "/api/v1/incidents", kind="network_fault", area="80", exercise=True)
    assert (refused.status_code, refused.json["field"]) == (403, "exercise")
    made = desk.report("tra", exercise=True)
    assert made["exercise"] is True
    assert made["number"].startswith("D-")


def test_the_list_is_filtered_and_read_on(desk: Desk) -> None:
    numbers = [desk.report(users=n)["number"] for n in (1, 2, 3)]
    desk.act("dou", numbers[0], "cancel", reason="double")
    active = desk.get("aud", "/api/v1/incidents?active=1").json["items"]
    assert [each["number"] for each in active] == [numbers[2], numbers[1]]
    page = desk.get("aud", "/api/v1/incidents?limit=2").json
    rest = desk.get("aud", f"/api/v1/incidents?limit=2&after={page['next']}").json
    assert [each["number"] for each in (*page["items"], *rest["items"])] == numbers[::-1]
    assert rest["next"] is None
    assert (
        desk.get("aud", "/api/v1/incidents?state=cancelled&tier=4&kind=network_fault").json["items"][0]["number"]
        == numbers[0]
    )


def test_a_report_by_form_keeps_what_was_typed_when_it_is_refused(desk: Desk) -> None:
    refused = desk.ask(
        "kef", "POST", "/incidents/report", data={"kind": "network_fault", "area": "9", "summary": "no tone"}
    )
    assert refused.status_code == 422
    assert "no tone" in refused.text
    taken = desk.ask(
        "kef", "POST", "/incidents/report", data={"kind": "network_fault", "area": "800101", "affected": "4"}
    )
    assert taken.status_code == 303
    assert desk.see(taken.location.rpartition("/")[2])["affected"]["now"] == 4
    assert desk.ask("kef", "GET", "/incidents/report").status_code == 200


def test_the_journal_names_the_plan_by_its_title(desk: Desk) -> None:
    number = desk.responding()
    line = next(each for each in desk.journal(number) if each["kind"] == "incident.activated")
    assert "《网络故障应急预案》" in line["text"]["zh"] and "“Emergency plan for network faults”" in line["text"]["en"]
