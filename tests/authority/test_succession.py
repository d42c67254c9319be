"""A commander who is silent is succeeded by rule, on record: by whoever comes next and answers first (R28)."""

import pytest
from sqlalchemy import select

from command.oncall.models import Page
from tests.authority.conftest import SQLITE, Rule


def grave(rule: Rule, tier: int = 2) -> str:
    """An incident of tier II that was handed back to the county's commander, who is paged and has not answered."""
    number = rule.responding()
    rule.act("dou", number, "regrade", tier=tier, reason="it grows")
    rule.act("ada", number, "transfer", to="cou", briefing="You are nearer")
    return number


def state(rule: Rule, number: str) -> str:
    found: str = rule.get("kef", f"/api/v1/incidents/{number}/command").json["state"]
    return found


@pytest.mark.proves("R28", "R4")
def test_a_commander_who_does_not_answer_is_succeeded_by_the_next_who_does(rule: Rule) -> None:
    number = grave(rule)
    rule.send()
    assert "cou" in rule.open_pages(number)
    assert state(rule, number) == "soon"
    rule.time.forward(minutes=9)
    rule.look()
    assert state(rule, number) == "soon"
    rule.time.forward(minutes=2)
    rule.look()
    assert state(rule, number) == "offered"
    assert any("deputies are being paged" in text for text in rule.told("cou"))
    rule.answers("ada", number)
    rule.look()
    seen = rule.see(number)
    assert seen["commander"]["username"] == "ada"
    kinds = rule.kinds(number)
    for kind in ("succession.offered", "role.transferred", "succession.ended"):
        assert kind in kinds
    *_, handed = (line for line in rule.journal(number) if line["kind"] == "role.transferred")
    assert number in handed["text"]["en"] or "Situation" in handed["text"]["en"]
    assert any("Ada has taken command" in text for text in rule.told("cou"))
    rule.look()
    assert rule.kinds(number).count("succession.offered") == 1


def test_where_nobody_answers_those_who_come_after_are_paged_and_a_late_answer_still_counts(rule: Rule) -> None:
    number = grave(rule)
    rule.time.forward(minutes=31)
    rule.look()
    assert state(rule, number) == "offered"
    asked = []
    for _ in range(5):
        asked.append(set(rule.open_pages(number)))
        rule.time.forward(minutes=6)
        rule.look()
    assert "ada" in asked[0] and "dep" not in asked[0]
    assert any("dep" in each for each in asked[1:]) and any("dou" in each for each in asked[1:])
    for _ in range(4):
        rule.time.forward(minutes=6)
        rule.look()
    watch = rule.get("kef", f"/api/v1/incidents/{number}/command").json
    assert (watch["unanswered"], watch["state"]) == (True, "offered")
    assert "succession.unanswered" in rule.kinds(number)
    with rule.database.read() as session:
        target = f"person:{rule.people['dep']}"
        page = session.scalars(select(Page.id).where(Page.target == target)).one()
    assert rule.post("dep", f"/api/v1/pages/{page}/actions/acknowledge").status_code == 200
    rule.look()
    assert rule.see(number)["commander"]["username"] == "dep"


@pytest.mark.proves("R28")
def test_a_grave_incident_without_a_sign_is_offered_and_i_am_here_ends_it(rule: Rule) -> None:
    number = grave(rule)
    rule.send()
    rule.answers("cou", number)
    rule.time.forward(minutes=25)
    rule.look()
    assert state(rule, number) == "soon"
    rule.time.forward(minutes=6)
    rule.look()
    assert state(rule, number) == "offered"
    denied = rule.post("dep", f"/api/v1/incidents/{number}/actions/here")
    assert denied.status_code == 403
    said = rule.post("cou", f"/api/v1/incidents/{number}/actions/here")
    assert (said.status_code, said.json["state"]) == (200, "there")
    assert "ada" not in rule.open_pages(number)
    rule.time.forward(minutes=20)
    rule.look()
    assert (state(rule, number), rule.see(number)["commander"]["username"]) == ("soon", "cou")


@SQLITE
def test_any_act_of_the_commander_ends_it_and_so_does_the_end_of_the_incident(rule: Rule) -> None:
    number = grave(rule)
    rule.send()
    rule.answers("cou", number)
    rule.time.forward(minutes=31)
    rule.look()
    rule._tokens.clear()
    rule.post("cou", f"/api/v1/incidents/{number}/comments", text="on the phone with the crew")
    rule.look()
    assert state(rule, number) == "there"
    rule.time.forward(minutes=31)
    rule.look()
    assert state(rule, number) == "offered"
    rule._tokens.clear()
    rule.act("dou", number, "restore", evidence="test calls succeed", override=True)
    rule.look()
    assert rule.get("ada", f"/api/v1/incidents/{number}/command").json["state"] == "there"
    ends = [line["data"]["how"] for line in rule.journal(number) if line["kind"] == "succession.ended"]
    assert ends == ["here", "over"]


@SQLITE
def test_an_ordinary_incident_asks_for_no_signs_and_the_pages_count_down(rule: Rule) -> None:
    quiet = rule.responding()
    number = grave(rule)
    rule.send()
    rule.answers("cou", number)
    rule.time.forward(minutes=25)
    rule.look()
    rule._tokens.clear()
    browser = rule.sign_in("cou")
    assert "data-until" in browser.see(f"/incidents/{number}/command")
    rule.time.forward(minutes=6)
    rule.look()
    assert "succession.offered" not in rule.kinds(quiet)
    assert "I am here" in browser.see(f"/incidents/{number}/command")
    browser.see(f"/incidents/{number}/command", "zh")
    assert number in browser.see("/board/part/succession")
    done = browser.send(f"/incidents/{number}/command", f"/incidents/{number}/command")
    assert done.status_code == 303
    assert browser.see("/board/part/succession").strip() == ""


@SQLITE
def test_a_commander_who_declines_their_page_is_succeeded_too(rule: Rule) -> None:
    number = grave(rule)
    rule.send()
    page = rule.open_pages(number)["cou"]
    rule.time.forward(minutes=5)
    rule._tokens.clear()
    assert rule.post("cou", f"/api/v1/pages/{page}/actions/decline", reason="in hospital").status_code == 200
    rule.time.forward(minutes=9)
    rule.look()
    assert state(rule, number) == "soon"
    rule.time.forward(minutes=2)
    rule.look()
    assert state(rule, number) == "offered"
