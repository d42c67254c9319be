"""A risky task is done once its backup and its way back are confirmed, or waived on record (R37)."""

import pytest

from command.incidents import task_safety
from command.incidents.task_safety import Freeze
from tests.authority.conftest import SQLITE, Rule

SAID = {"backup": "configuration of AGG-1", "place": "backup server, /agg", "rollback": "load it again, 10 minutes"}


def risky(rule: Rule) -> tuple[str, str]:
    """A number and the code of its risky task, ready to be done."""
    number = rule.responding()
    for _ in range(10):
        tasks = rule.see(number)["tasks"]
        found = next(task for task in tasks if task["risky"])
        if found["state"] == "open":
            return number, found["code"]
        for task in tasks:
            if task["state"] == "open":
                rule.act("dou", number, "task", code=task["code"], to="done")
    raise AssertionError("no risky task opens")


@pytest.mark.proves("R37")
def test_a_risky_task_is_not_done_before_backup_and_way_back_are_confirmed(rule: Rule) -> None:
    number, code = risky(rule)
    base = f"/api/v1/incidents/{number}/tasks/{code}"
    refused = rule.post("eng", f"{base}/actions/done")
    assert (refused.status_code, refused.json["code"]) == (409, "not-secured")
    missing = rule.post("eng", f"{base}/actions/secure", backup="configuration", place="", rollback="again")
    assert (missing.status_code, missing.json["field"]) == (422, "place")
    later = rule.post("eng", f"{base}/actions/secure", **SAID, checked_at="2100-01-01T00:00:00Z")
    assert (later.status_code, later.json["field"]) == (422, "checked_at")
    done = rule.post("eng", f"{base}/actions/secure", **SAID, by="ops")
    assert (done.status_code, done.json["by"]["username"], done.json["secured"]) == (200, "ops", True)
    line = next(each for each in rule.journal(number) if each["kind"] == "task.secured")
    assert SAID["rollback"] in line["text"]["en"]
    assert rule.post("eng", f"{base}/actions/done").status_code == 200
    assert rule.post("eng", f"{base}/actions/reopen").status_code == 200
    assert rule.post("eng", f"{base}/actions/done").status_code == 409


@SQLITE
@pytest.mark.proves("R37")
def test_going_without_takes_a_reason_and_somebody_else_looks_at_it(rule: Rule) -> None:
    number, code = risky(rule)
    base = f"/api/v1/incidents/{number}/tasks/{code}"
    assert rule.post("eng", f"{base}/actions/waive", reason=" ").status_code == 422
    assert rule.post("eng", f"{base}/actions/waive", reason="the node burns").json["waived"] is True
    assert rule.post("eng", f"{base}/actions/done").status_code == 200
    owed = rule.get("aud", "/api/v1/overrides").json["items"]
    assert [(each["act"], each["reason"]) for each in owed] == [("edit_task", "the node burns")]


@SQLITE
def test_the_page_keeps_what_was_typed_and_shows_a_change_freeze(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_safety, "freezes", [lambda *_: [Freeze("台风封网", "Typhoon: no changes")]])
    number, code = risky(rule)
    browser, page = rule.sign_in("eng"), f"/incidents/{number}/tasks/{code}/safety"
    assert "Typhoon: no changes" in browser.see(page)
    browser.see(page, "zh")
    wrong = browser.send(page, page, **SAID | {"place": ""}, by="eng")
    assert (wrong.status_code, SAID["rollback"] in wrong.text) == (422, True)
    unknown = browser.send(page, page, **SAID, by="nobody")
    assert (unknown.status_code, SAID["place"] in unknown.text) == (422, True)
    assert browser.send(page, page, **SAID, by="eng", checked_at="2026-01-05T08:30").status_code == 303
    assert SAID["backup"] in browser.see(page)
