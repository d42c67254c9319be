"""What waits for a person: exactly what the acts themselves would let them do."""

import pytest

from command.boards import decisions
from tests.boards.stage import Stage
from tests.conftest import Time


def waiting(stage: Stage, username: str, exercise: bool = False) -> list[tuple[str, str]]:
    page = "/board/part/decisions?lang=en" + ("&exercise" if exercise else "")
    text = stage.get(username, page).text
    acts = {
        "assess": "Assess",
        "activate": "Activate the response",
        "restore": "Confirm restoration",
        "accept": "Read and accept",
    }
    with stage.acting(), stage.database.read() as session:
        found = decisions.of(session, stage.principal(username), exercise=exercise)
    for one in found:
        assert one.number in text and acts.get(one.act, "") in text
    return [(one.act, one.number) for one in found]


@pytest.mark.proves("D2")
def test_a_reported_incident_waits_for_whoever_may_assess_it(stage: Stage) -> None:
    number = stage.report(elements=["CELL-1"])
    assert waiting(stage, "ada") == [("assess", number)]
    assert waiting(stage, "dou") == [("assess", number)]
    assert waiting(stage, "kef") == [], "a customer-service agent may not assess"
    assert waiting(stage, "aud") == []
    stage.act("dou", number, "assess")
    assert waiting(stage, "ada") == [("activate", number)]
    stage.act("dou", number, "activate")
    assert ("activate", number) not in waiting(stage, "ada")


def test_what_is_quiet_waits_for_the_confirmation(stage: Stage) -> None:
    number = stage.storm("CELL-1", "CELL-2")
    stage.act("ada", number, "assess")
    stage.act("ada", number, "activate")
    stage.fail(number)
    assert ("restore", number) in waiting(stage, "ada")
    stage.act("ada", number, "restore", evidence="test calls succeed")
    assert waiting(stage, "ada") == []


def test_what_ended_before_the_response_waits_for_the_confirmation_and_not_for_a_response(stage: Stage) -> None:
    number = stage.storm("CELL-1", "CELL-2")
    stage.act("ada", number, "assess")
    assert waiting(stage, "ada") == [("activate", number)]
    stage.fail(number)
    assert waiting(stage, "ada") == [("restore", number)]
    assert stage.act("ada", number, "restore", evidence="test calls succeed") == 200
    assert waiting(stage, "ada") == []


@pytest.mark.proves("R14")
def test_a_role_that_was_handed_over_waits_until_it_is_accepted(stage: Stage) -> None:
    number = stage.responding("CELL-1")
    to = {"to": "pre", "briefing": "crew on site, splice by ten"}
    assert stage.act("dou", number, "transfer", **to, override=True) == 200
    assert ("accept", number) in waiting(stage, "pre")
    assert ("accept", number) not in waiting(stage, "dou")
    assert waiting(stage, "pre", exercise=True) == []
    page = stage.get("pre", "/board/part/decisions?lang=en").text
    assert f"/incidents/{number}/do/accept" in page and "handed over to you: Commander" in page
    assert stage.act("pre", number, "accept") == 200
    assert ("accept", number) not in waiting(stage, "pre")


@pytest.mark.proves("B10")
def test_a_notice_waits_for_a_second_person_and_not_for_its_author(stage: Stage) -> None:
    number = stage.responding("CELL-1")
    words = {"zh": "抢修中", "en": "Repairs go on"}
    draft = stage.post("dou", "/api/v1/notices", incident=number, kind="update", texts=words)
    assert draft.status_code == 201, draft.text
    notice = draft.get_json()["id"]
    assert stage.post("dou", f"/api/v1/notices/{notice}/actions/submit").status_code == 200
    if stage.get("dou", f"/api/v1/notices/{notice}").get_json()["state"] != "submitted":
        pytest.skip("this plan approves updates beforehand")
    assert ("approve_notice", number) in waiting(stage, "ada")
    assert ("approve_notice", number) not in waiting(stage, "dou")


def test_an_update_that_is_late_shows(stage: Stage, time: Time) -> None:
    number = stage.responding("CELL-1")
    stage.act("ada", number, "regrade", tier=2, reason="it spreads")
    stage.engine()
    time.forward(hours=5)
    assert ("update", number) in waiting(stage, "ada")
    assert ("update", number) not in waiting(stage, "aud")


@pytest.mark.proves("R19")
def test_a_restricted_incident_waits_only_for_those_who_may_know_of_it(stage: Stage) -> None:
    number = stage.report("ada", kind="information_security", elements=["CELL-1"])
    assert ("assess", number) in waiting(stage, "ada")
    assert number not in stage.get("aud", "/board/part/decisions?lang=en").text


@pytest.mark.proves("B3")
def test_exercises_wait_on_their_own_board(stage: Stage) -> None:
    number = stage.report("tra", elements=["CELL-1"], exercise=True)
    assert waiting(stage, "ada") == []
    assert waiting(stage, "ada", exercise=True) == [("assess", number)]
