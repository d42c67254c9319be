"""The report's page without scripts: what was typed is kept, an open incident is offered first, and one takes a second report (R14)."""

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.incidents.conftest import Desk


def send(desk: Desk, by: str = "kef", to: str = "/incidents/report", **form: Any) -> TestResponse:
    return desk.ask(by, "POST", f"{to}?lang=en", data=form)


def test_a_report_with_words_alone_is_taken_with_defaults(desk: Desk) -> None:
    answer = send(desk, summary="A cable was cut by an excavator", area="")
    assert answer.status_code == 303
    made = desk.see(answer.headers["Location"].rsplit("/", 1)[1])
    assert (made["kind"], made["area"]["code"], made["owner"]["username"]) == ("network_fault", "80", "kef")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"area": "meichuan songping"}, "There is no area like"),
        ({"area": "mei"}, "Several areas are like"),
        ({"affected": "NOPE-1"}, "Unknown elements"),
        ({"affected": "12 13"}, "There are two numbers"),
        ({"affected": "999999"}, "There are only"),
        ({"occurred_at": "yesterday"}, "This is not a time"),
        ({"detected_at": "2099-01-01T00:00"}, "in the future"),
        ({"kind": "nonsense"}, "not allowed"),
        ({"records_leaked": "many"}, "whole number"),
        ({"summary": "x" * 4001}, "longer"),
        ({"exercise": "1"}, "Only a trainer"),
    ],
)
def test_a_refusal_names_the_remedy_and_keeps_what_was_typed(desk: Desk, wrong: dict[str, str], word: str) -> None:
    typed = {"summary": "<b>no tone</b>", "area": "800101", "feedback": "forty calls", "affected": "7", **wrong}
    answer = send(desk, **typed)
    assert answer.status_code in (403, 422) and word in answer.text
    for value in ("forty calls", *(text for name, text in wrong.items() if name not in ("kind", "exercise"))):
        assert value in answer.text
    assert "<b>no tone" not in answer.text and desk.get("ada", "/api/v1/incidents").json["items"] == []


def test_the_same_form_sent_twice_is_one_incident(desk: Desk) -> None:
    page = desk.get("kef", "/incidents/report").text
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    first, second = (send(desk, summary="no tone", area="800101", key=key[1]) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.proves("R5")
def test_the_ten_minutes_run_from_the_first_word_unless_it_is_old(desk: Desk, time: Any) -> None:
    begun = time.now().isoformat()
    time.forward(minutes=4)
    made = send(desk, summary="no tone", area="800101", began_at=begun).headers["Location"].rsplit("/", 1)[1]
    assert desk.see(made)["detected_at"][:16] == begun[:16]
    time.forward(minutes=60)
    late = send(desk, summary="no tone", area="800201", began_at=begun).headers["Location"].rsplit("/", 1)[1]
    assert desk.see(late)["detected_at"] == desk.see(late)["reported_at"]


@pytest.mark.proves("R14")
def test_without_scripts_an_open_incident_is_offered_before_the_report_is_taken(desk: Desk) -> None:
    number = desk.report(elements=["CELL-1"], summary="fibre cable cut at the bridge")["number"]
    typed = {"summary": "the cable at the bridge is cut", "area": "800101", "affected": "CELL-1"}
    offered = send(desk, unseen="1", **typed)
    assert offered.status_code == 200 and number in offered.text and "Add to this one instead" in offered.text
    assert 'name="unseen"' not in offered.text and "Report as a new incident" in offered.text
    assert send(desk, **typed).status_code == 303, "pressed again it is a new one"


@pytest.mark.proves("R14", "R5")
def test_a_second_report_is_added_on_record_and_the_owner_stays(desk: Desk) -> None:
    number = desk.report("dou", summary="cable cut")["number"]
    answer = send(
        desk,
        "kef",
        f"/incidents/{number}/reports",
        summary="also no TV",
        feedback="forty calls",
        area="800101",
        affected="12",
        services="voice",
    )
    assert answer.status_code == 303 and answer.headers["Location"] == f"/incidents/{number}"
    seen = desk.see(number)
    assert seen["owner"]["username"] == "dou" and seen["summary"] == "cable cut"
    assert seen["feedback"] == "forty calls" and seen["facts"]["missing"] == ["first_measures"]
    assert seen["affected"]["now"] == 12 and [row["service"] for row in seen["impact"]] == ["voice"]
    line = next(each for each in desk.journal(number) if each["kind"] == "incident.report_added")
    assert "also no TV" in line["text"]["en"] and "scope" in line["text"]["en"] and "Kef added" in line["text"]["en"]
    assert line["data"]["users"] == 12


@pytest.mark.proves("R14")
def test_what_is_known_already_is_not_replaced_by_a_second_report(desk: Desk) -> None:
    number = desk.report("dou", elements=["CELL-1"], feedback="ten calls", measures="crew sent")["number"]
    added = desk.post("kef", f"/api/v1/incidents/{number}/reports", feedback="fifty calls", area="800101", users=30)
    assert added.status_code == 200
    assert (added.json["feedback"], added.json["affected"]["now"]) == ("ten calls", 20)
    line = next(each for each in desk.journal(number) if each["kind"] == "incident.report_added")
    assert "fifty calls" in line["text"]["zh"]


@pytest.mark.parametrize(
    ("state", "status"), [("cancelled", 409), ("restored", 200)], ids=["not to a cancelled one", "to a restored one"]
)
def test_reports_are_added_while_the_incident_is_open(desk: Desk, state: str, status: int) -> None:
    number = desk.responding() if state == "restored" else desk.report()["number"]
    action = ("restore", {"evidence": "calls succeed"}) if state == "restored" else ("cancel", {"reason": "a test"})
    desk.act("dou", number, action[0], **action[1])
    added = desk.post("kef", f"/api/v1/incidents/{number}/reports", summary="still no tone")
    assert added.status_code == status


def test_a_report_that_says_nothing_is_not_added(desk: Desk) -> None:
    number = desk.report()["number"]
    refused = desk.post("kef", f"/api/v1/incidents/{number}/reports", area="800101")
    assert refused.status_code == 422 and refused.json["field"] == "summary"


@pytest.mark.proves("R19")
def test_nothing_is_added_to_an_incident_one_may_not_know_of(desk: Desk) -> None:
    number = desk.report("ada", kind="information_security")["number"]
    before = desk.journal(number)
    assert desk.post("ops", f"/api/v1/incidents/{number}/reports", summary="me too").status_code == 404
    answer = send(desk, "ops", f"/incidents/{number}/reports", summary="me too", area="800101")
    assert answer.status_code == 404 and "me too" in answer.text and desk.journal(number) == before


def test_the_box_of_areas_offers_options(desk: Desk) -> None:
    found = desk.get("kef", "/incidents/report/areas?q=mei&lang=en").text
    assert re.findall(r'data-value="(\w+)', found) == ["8001", "800101"]
    assert "No such area" in desk.get("kef", "/incidents/report/areas?q=zzz&lang=en").text


def test_the_fragment_keeps_what_was_shown_while_a_word_is_half_typed(desk: Desk) -> None:
    answer = desk.ask(
        "kef", "POST", "/incidents/report/preview?lang=en", data={"area": "mei"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200 and answer.headers["HX-Reswap"] == "none"
    assert "Several areas" in answer.text and "hx-swap-oob" in answer.text
