"""Every override is looked at afterwards by somebody else, and those of a restricted incident by those alone who may know of it."""

from typing import Any

import pytest

from tests.authority.conftest import SQLITE, Rule

API = "/api/v1/overrides"


def overridden(rule: Rule, **fields: Any) -> str:
    """The duty officer takes command over on their own word."""
    number = rule.responding(**fields)
    rule.act("dou", number, "transfer", to="dou", briefing="the commander is on a plane", override=True)
    return number


@pytest.mark.proves("R28", "R19")
def test_an_override_waits_for_somebody_else_who_says_whether_it_was_justified(rule: Rule) -> None:
    number = overridden(rule)
    waiting = rule.get("aud", f"{API}?state=waiting").json["items"]
    assert [(each["act"], each["incident"], each["person"]["username"]) for each in waiting] == [
        ("transfer_command", number, "dou")
    ]
    assert waiting[0]["reason"] == "the commander is on a plane"
    address = f"{API}/{waiting[0]['id']}/actions/decide"
    assert rule.post("dou", address, verdict="justified").status_code == 403
    done = rule.post("aud", address, verdict="not_justified", words="the deputy could be reached")
    assert (done.status_code, done.json["decided_by"]["username"]) == (200, "aud")
    assert rule.post("ada", address, verdict="justified").status_code == 409
    line = next(each for each in rule.journal(number) if each["kind"] == "authority.override_reviewed")
    assert "the deputy could be reached" in line["text"]["en"]
    assert rule.get("aud", f"{API}?state=waiting").json["items"] == []


@SQLITE
@pytest.mark.proves("R19")
def test_a_whole_number_seen_on_one_s_own_word_waits_too_and_one_seen_by_right_does_not(rule: Rule) -> None:
    address = f"/api/v1/people/{rule.people['eng']}/actions/unmask"
    assert rule.post("ada", address, reason="called back").status_code == 200
    seen = rule.post("kef", address, reason="caller waits", override=True)
    assert seen.status_code == 200, seen.text
    owed = rule.get("aud", API).json["items"]
    assert [(each["act"], each["person"]["username"], each["incident"]) for each in owed] == [("unmask", "kef", None)]


@SQLITE
def test_a_notice_that_its_author_approves_is_one_override_with_its_reason(rule: Rule) -> None:
    number = rule.responding(users=20)
    made = rule.post(
        "dou", "/api/v1/notices", incident=number, kind="update", texts={"zh": "抢修中", "en": "Repairs go on"}
    )
    assert made.status_code == 201, made.text
    address = f"/api/v1/notices/{made.json['id']}/actions"
    sent = rule.post("dou", f"{address}/submit")
    assert sent.status_code == 200, sent.text
    rule.time.forward(minutes=121)
    taken = rule.post("dou", f"{address}/approve", count=sent.json["audience"], override=True, reason="alone tonight")
    assert taken.status_code == 200, taken.text
    found = rule.get("aud", API).json["items"]
    assert [(each["act"], each["reason"], each["incident"]) for each in found] == [
        ("approve_notice", "alone tonight", number)
    ]


@pytest.mark.proves("R25")
def test_overrides_of_a_restricted_incident_are_seen_by_those_who_may_know_of_it(rule: Rule) -> None:
    number = overridden(rule, kind="information_security", users=0)
    assert [each["incident"] for each in rule.get("cou", API).json["items"]] == [number]
    seen = rule.get("aud", API)
    assert (seen.json["items"], number in seen.text) == ([], False)
    row = rule.get("cou", API).json["items"][0]["id"]
    assert rule.post("aud", f"{API}/{row}/actions/decide", verdict="justified").status_code == 404


def test_what_nobody_looks_at_in_a_week_is_brought_to_mind_once_a_week(rule: Rule) -> None:
    overridden(rule)
    rule.remind()
    assert rule.told("aud") == []
    rule.time.forward(days=7, hours=1)
    rule.time.forward(hours=(9 - rule.time.now().astimezone(rule.installation.settings.tz).hour) % 24)
    for _ in range(2):
        rule.remind()
    assert len(rule.told("aud")) == 1 and "/people/overrides" in rule.told("aud")[0]
    rule._tokens.clear()
    assert rule.get("aud", f"{API}?state=late").json["items"][0]["late"]
    rule.time.forward(days=7)
    rule.remind()
    assert len(rule.told("aud")) == 2


@SQLITE
def test_reviewers_decide_on_a_page_in_both_languages(rule: Rule) -> None:
    overridden(rule)
    browser = rule.sign_in("aud")
    assert "the commander is on a plane" in browser.see("/people/overrides")
    browser.see("/people/overrides?state=late", "zh")
    row = rule.get("aud", API).json["items"][0]["id"]
    wrong = browser.send(f"/people/overrides/{row}", "/people/overrides", words="a remark", verdict="perhaps")
    assert (wrong.status_code, "a remark" in wrong.text) == (422, True)
    done = browser.send(f"/people/overrides/{row}", "/people/overrides", words="seen", verdict="justified")
    assert done.status_code == 303
    assert "seen" in browser.see("/people/overrides?state=decided")
