"""The incident room over JSON: comments, objectives, roles taken and accepted, the briefing, and what a person may do and why not."""

import re
from typing import Any

import pytest

from command.incidents import briefing
from command.incidents.briefing import Section
from tests.conftest import Time
from tests.incidents.conftest import Desk

NUMBER = "13812345678"


def base(number: str) -> str:
    return f"/api/v1/incidents/{number}"


def choice(desk: Desk, number: str, action: str, by: str = "ada") -> dict[str, Any] | None:
    items = desk.get(by, f"{base(number)}/choices?lang=en").json["items"]
    return next((each for each in items if each["action"] == action), None)


@pytest.mark.proves("R5", "R15")
def test_a_comment_is_journaled_and_a_phone_number_in_it_is_masked(desk: Desk) -> None:
    number = desk.responding()
    made = desk.post("kef", f"{base(number)}/comments", text=f"Caller {NUMBER} has no dial tone")
    assert made.status_code == 201
    line = desk.journal(number)[-1]
    assert (line["kind"], line["actor"]) == ("comment.added", "kef")
    assert "138****5678 has no dial tone" in line["text"]["en"]
    for address in (base(number), f"{base(number)}/journal?limit=500", f"{base(number)}/briefing"):
        assert NUMBER not in desk.get("ada", address).text
    page = desk.get("ada", f"/incidents/{number}/journal-page").text
    assert "138****5678" in page and NUMBER not in page


def test_a_comment_without_words_or_by_an_auditor_is_refused(desk: Desk) -> None:
    number = desk.responding()
    empty = desk.post("kef", f"{base(number)}/comments", text="   ")
    assert (empty.status_code, empty.json["field"]) == (422, "text")
    assert desk.post("aud", f"{base(number)}/comments", text="I was here").status_code == 403


@pytest.mark.proves("R6", "R14")
def test_five_objectives_are_open_at_most_and_each_is_met_or_dropped_on_record(desk: Desk) -> None:
    number = desk.responding()
    ids = [desk.post("dou", f"{base(number)}/objectives", text=f"Goal {n}").json["id"] for n in range(5)]
    full = desk.post("dou", f"{base(number)}/objectives", text="One more")
    assert (full.status_code, full.json["code"]) == (409, "conflict")
    met = desk.post("dou", f"{base(number)}/objectives/{ids[0]}/actions/meet", reason="test calls succeed")
    assert (met.json["state"], met.json["settled_by"]) == ("met", f"person:{desk.people['dou']}")
    assert desk.post("dou", f"{base(number)}/objectives/{ids[0]}/actions/meet").status_code == 409
    dropped = desk.post("dou", f"{base(number)}/objectives/{ids[1]}/actions/drop", reason="overtaken")
    assert dropped.json["state"] == "dropped"
    assert desk.post("dou", f"{base(number)}/objectives", text="One more").status_code == 201
    states = [each["state"] for each in desk.get("ada", f"{base(number)}/objectives").json["items"]]
    assert states == ["met", "dropped", "open", "open", "open", "open"]
    texts = [line["text"]["en"] for line in desk.journal(number) if line["kind"].startswith("objective.")]
    assert "Objective met: Goal 0; test calls succeed" in texts
    assert desk.post("dou", f"{base(number)}/objectives", text="The fifth again").status_code == 201
    assert desk.post("dou", f"{base(number)}/objectives/{ids[0]}/actions/reopen").status_code == 409
    assert desk.post("dou", f"{base(number)}/objectives/{ids[0]}/actions/fly").status_code == 404


def test_objectives_are_set_by_the_commander_or_who_may_assess(desk: Desk) -> None:
    number = desk.responding()
    assert desk.post("kef", f"{base(number)}/objectives", text="Goal").status_code == 403
    assert desk.post("cou", f"{base(number)}/objectives", text="Goal").status_code == 201
    assert desk.post("cou", f"{base(number)}/objectives", text="x" * 301).json["field"] == "text"
    assert desk.post("cou", f"{base(number)}/objectives/99/actions/meet").status_code == 404


@pytest.mark.proves("R14")
def test_the_next_commander_accepts_on_record_and_only_once(desk: Desk, time: Time) -> None:
    number = desk.responding()
    desk.act("cou", number, "transfer", to="pre", briefing="crew on site, splice by ten")
    assert (choice(desk, number, "accept", "pre") or {})["stands"] == "open"
    assert choice(desk, number, "accept", "cou") is None
    assert desk.refused("cou", number, "accept")["status"] == 409
    time.forward(minutes=2)
    desk.act("pre", number, "accept")
    line = desk.journal(number)[-1]
    assert (line["kind"], line["data"]["role"], line["data"]["seconds"] // 10) == ("role.accepted", "commander", 12)
    assert desk.refused("pre", number, "accept")["status"] == 409
    assert choice(desk, number, "accept", "pre") is None


def test_who_takes_command_themselves_has_accepted_it(desk: Desk) -> None:
    number = desk.responding()
    desk.act("dou", number, "transfer", to="dou", briefing="taking over", override=True)
    assert choice(desk, number, "accept", "dou") is None


@pytest.mark.proves("R6")
def test_a_role_that_nobody_holds_is_taken_and_one_that_is_held_is_not(desk: Desk) -> None:
    number = desk.responding()
    desk.act("sec", number, "take", role="security_lead")
    roles = {r["role"]: r["person"]["username"] for r in desk.see(number)["roles"] if r["until_at"] is None}
    assert roles["security_lead"] == "sec"
    assert desk.refused("eng", number, "take", role="security_lead")["status"] == 409
    assert desk.refused("eng", number, "take", role="first_contact_owner")["status"] == 409


@pytest.mark.proves("R14", "R7")
def test_the_briefing_says_what_the_journal_knows_in_both_languages(desk: Desk) -> None:
    number = desk.responding(summary="cable cut at the bridge")
    desk.post("cou", f"{base(number)}/objectives", text="Ring closed by noon")
    desk.act("kef", number, "facts", feedback="forty calls")
    for language, wanted in (
        ("en", ("Situation", "20 users now", "cable cut at the bridge", "[open] Ring closed by noon", "forty calls")),
        ("zh", ("当前态势", "当前影响20户", "cable cut at the bridge", "[进行中] Ring closed by noon", "总指挥")),
    ):
        said = desk.get("ada", f"{base(number)}/briefing?lang={language}").json
        assert len(said["sections"]) == 6
        assert all(words in said["text"] for words in wanted), said["text"]
        page = desk.get("ada", f"/incidents/{number}/briefing?lang={language}").text
        assert all(line in page for line in said["sections"][2]["lines"])
    steps = desk.get("ada", f"{base(number)}/briefing?lang=en").json["sections"][5]["lines"]
    due = [found[0] for line in steps if (found := re.match(r"\d\d-\d\d \d\d:\d\d", line))]
    assert len(due) == len(steps) and due == sorted(due, key=lambda at: (due[0][:2] == "12" and at < "12", at))


def test_a_briefing_that_would_be_too_long_loses_its_oldest_actions_first() -> None:
    parts = (Section("Situation", ("bad",)), Section("Actions", tuple(f"{n:03} {'x' * 90}" for n in range(100))))
    made = briefing.text(parts)
    assert len(made) <= briefing.LONGEST
    assert "099" in made and "000" not in made and "bad" in made


@pytest.mark.proves("R8", "R14")
def test_a_close_that_is_forbidden_says_why_and_what_would_allow_it_before_anybody_tries(desk: Desk) -> None:
    number = desk.responding()
    desk.act("dou", number, "restore", evidence="test calls succeed")
    desk.act("dou", number, "review")
    found = choice(desk, number, "close", "dou") or {}
    assert found["stands"] == "forbidden"
    words = " ".join(reason["why"] for reason in found["reasons"])
    assert "the review is not written" in words and "tasks are still open: " in words
    assert any("finish them" in reason["allows"] for reason in found["reasons"])
    desk.finish_tasks(number)
    desk.act("dou", number, "review", cause="a digger", effect="an hour", improvements="markers")
    open_clocks = [each for each in desk.see(number)["clocks"] if each["met_at"] is None and each["state"] != "void"]
    for each in open_clocks:
        desk.post("dou", f"{base(number)}/actions/clock", code=each["code"])
    desk.act("dou", number, "facts", feedback="calls", measures="crew")
    found = choice(desk, number, "close", "dou") or {}
    in_flight = {"notices are still being sent: first notice", "notices are still being sent: all-clear"}
    assert {reason["why"] for reason in found["reasons"]} <= in_flight | {
        "notices are still being sent: first notice, all-clear"
    }


@pytest.mark.proves("R4", "R14")
def test_what_posts_forbid_is_said_too_and_an_override_is_told_apart(desk: Desk) -> None:
    number = desk.responding()
    assert (choice(desk, number, "cancel", "dou") or {})["stands"] == "open"
    desk.act("dou", number, "regrade", tier=1, reason="spreads")
    assert (choice(desk, number, "cancel", "dou") or {})["stands"] == "override"
    barred = choice(desk, number, "cancel", "kef") or {}
    assert barred["stands"] == "forbidden" and "commander" in barred["reasons"][0]["allows"]
    assert choice(desk, number, "assess", "dou") is None, "a responding incident is assessed already"


def test_only_what_a_choice_calls_open_goes_through(desk: Desk) -> None:
    """The promise made before the click is kept by the verb, for everybody and every plain action."""
    for by in ("ada", "dou", "eng", "kef", "aud"):
        number = desk.report("dou", elements=["CELL-1"])["number"]
        for action in ("assess", "activate"):
            stands = (choice(desk, number, action, by) or {})["stands"]
            answer = desk.post(by, f"{base(number)}/actions/{action}", reason="seen")
            assert (answer.status_code == 200) == (stands == "open"), (by, action, stands, answer.text)
            if answer.status_code != 200:
                desk.act("dou", number, action)
