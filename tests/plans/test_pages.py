"""Plans at a browser: made in steps, bad input kept, both languages (R26)."""

import pytest

from tests.plans.conftest import ONE, House

pytestmark = [ONE, pytest.mark.proves("R26")]
PAGE = "/plans"


def test_a_plan_is_made_in_steps_on_pages(house: House) -> None:
    eng, ada = house.sign_in("eng"), house.sign_in("ada")
    assert "Every kind of emergency" in eng.see(PAGE) and "服务中断" in eng.see(PAGE, "zh")
    begun = eng.send(PAGE, PAGE, **{"from": "network_fault:1"})
    assert begun.status_code == 303 and begun.location.endswith("/plans/1/edit/goal")
    for step in ("goal", "team", "data", "risks", "measures", "readers"):
        assert eng.see(f"{PAGE}/1/edit/{step}") and eng.see(f"{PAGE}/1/edit/{step}", "zh")
    keep(house, eng, "team", team="eng | writes\nada | leads", next="1")
    keep(house, eng, "data", gathered="Sites of the province | /sites\nLast year's outages")
    keep(house, eng, "risks", assessment="Cables are cut by diggers.")
    keep(house, eng, "readers", targets=["post:engineer", "area:8001"])
    body = house.plan(1)["body"].replace("due_minutes: 30", "due_minutes: 20", 1)
    keep(house, eng, "measures", body=body)
    shown = eng.see(f"{PAGE}/1")
    assert "Cables are cut by diggers." in shown and "Last year&#39;s outages" in shown and "segments" in shown
    assert eng.send(f"{PAGE}/1/submit", f"{PAGE}/1").status_code == 303
    assert (
        ada.send(f"{PAGE}/1/comment", f"{PAGE}/1", place="tiers.1.tasks.locate_fault", words="Too tight?").status_code
        == 303
    )
    assert "Too tight?" in eng.see(f"{PAGE}/1")
    assert eng.send(f"{PAGE}/1/answer", f"{PAGE}/1", comment="1", words="Drills show it works.").status_code == 303
    assert ada.send(f"{PAGE}/1/approve", f"{PAGE}/1").status_code == 303
    assert eng.send(f"{PAGE}/1/publish", f"{PAGE}/1").status_code == 303
    compared = eng.see(f"{PAGE}/1/compare")
    assert "Locate the fault" in compared and ">20<" in compared
    assert "version 2" in eng.see("/playbooks/network_fault")
    assert "已发布" in eng.see(f"{PAGE}/1", "zh") and eng.see(f"{PAGE}/1/readers")


def keep(house: House, visitor, step: str, **fields) -> None:  # type: ignore[no-untyped-def]
    page = f"{PAGE}/1/edit/{step}"
    answer = visitor.send(page, page, edition=str(house.plan(1)["edition"]), **fields)
    assert answer.status_code == 303, answer.text


def test_faults_are_named_by_line_and_nothing_typed_is_lost(house: House) -> None:
    eng = house.sign_in("eng")
    work = house.begun()
    body = work["body"].replace("due_minutes: 30", "due_minutes: soon", 1)
    line = body[: body.index("due_minutes: soon")].count("\n") + 1
    page = f"{PAGE}/{work['id']}/edit/measures"
    found = eng.send(f"{PAGE}/{work['id']}/found", page, body=body)
    assert f"Line {line}" in found.text and "due_minutes" in found.text and "whole number" in found.text
    assert eng.send(page, page, edition="1", body=body).status_code == 303, "a draft may have faults"
    refused = eng.send(f"{PAGE}/{work['id']}/submit", f"{PAGE}/{work['id']}")
    assert refused.status_code == 422 and "no plan yet" in refused.text
    stale = eng.send(page, page, edition="1", body="tiers: # mine")
    assert stale.status_code == 409 and "tiers: # mine" in stale.text
    broken = eng.send(
        f"{PAGE}/{work['id']}/edit/team", f"{PAGE}/{work['id']}/edit/team", edition="2", team="nobody99 | x"
    )
    assert broken.status_code == 422 and "nobody99 | x" in broken.text
    goal = eng.send(f"{PAGE}/{work['id']}/edit/goal", f"{PAGE}/{work['id']}/edit/goal", edition="2", issued="soon")
    assert goal.status_code == 422 and "soon" in goal.text
    assert "Zeile" not in eng.see(page) and "行" in eng.see(page, "zh")
    wild = eng.send(f"{PAGE}/{work['id']}/found", page, body="a: &x [1]\n\tb: *x\n" + "[" * 200)
    assert wild.status_code == 200 and "Error" in wild.text


def test_those_who_may_not_write_see_and_change_nothing(house: House) -> None:
    work = house.begun()
    aud = house.sign_in("aud")
    assert "Write on" not in aud.see(f"{PAGE}/{work['id']}")
    assert aud.send(f"{PAGE}/{work['id']}/submit", "/me").status_code == 403
    assert aud.client.get(f"{PAGE}/{work['id']}/edit/goal").status_code == 403
    assert house.plan(work["id"])["state"] == "draft"


@pytest.mark.proves("R34")
def test_the_public_is_told_how_to_help_itself_in_both_languages(house: House) -> None:
    client = house.client()
    english, chinese = client.get("/status/advice?lang=en"), client.get("/status/advice?lang=zh")
    assert english.status_code == 200 and "do not redial again" in english.text and "请勿反复拨打" in chinese.text
    for kind in (
        "Natural disaster",
        "Network fault",
        "Service interruption",
        "Complaint surge",
        "Information security",
    ):
        assert kind in english.text
    assert len(client.get("/status.json").json["advice"]) == 5  # type: ignore[index]
