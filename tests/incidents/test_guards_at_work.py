"""Every guard refuses over the API with a reason and a remedy, and lets the action through once it is met."""

import pytest

from tests.conftest import Time
from tests.incidents.conftest import Desk


def reasons(problem: dict[str, object]) -> tuple[object, object]:
    assert problem["detail"]
    assert problem["remedy"]
    return problem["status"], problem["code"]


def test_a_response_is_activated_after_the_assessment_only(desk: Desk) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    assert reasons(desk.refused("dou", number, "activate")) == (409, "wrong-state")
    desk.act("dou", number, "assess")
    assert reasons(desk.refused("dou", number, "assess")) == (409, "wrong-state")
    assert desk.act("dou", number, "activate")["state"] == "responding"


def test_silence_is_not_recovery(desk: Desk) -> None:
    number = desk.responding()
    assert reasons(desk.refused("dou", number, "restore")) == (409, "restoration-shown")
    assert desk.act("dou", number, "restore", evidence="signal measured on site")["state"] == "restored"
    restored = next(line for line in desk.journal(number) if line["kind"] == "incident.restored")
    assert restored["data"]["evidence"] == "person"
    assert "signal measured on site" in restored["text"]["en"]


def test_cleared_alarms_are_evidence_until_the_next_failure(desk: Desk) -> None:
    number = desk.storm("CELL-1", "CELL-3")
    desk.fail(number)
    desk.fail(number, "CELL-3")
    assert reasons(desk.refused("dou", number, "restore")) == (409, "restoration-shown")
    desk.fail(number)
    assert desk.act("dou", number, "restore")["state"] == "restored"


def test_a_restored_incident_takes_no_failures_any_more(desk: Desk) -> None:
    number = desk.responding()
    desk.act("dou", number, "restore", evidence="test call")
    desk.fail(number, "CELL-1", "CELL-3")
    seen = desk.see(number)
    assert (seen["state"], seen["affected"]["now"], seen["tier"]) == ("restored", 0, 4)


@pytest.mark.proves("R8", "R7")
def test_closing_names_all_that_is_still_owed(desk: Desk) -> None:
    number = desk.responding()
    desk.send()
    desk.act("dou", number, "restore", evidence="test call")
    desk.act("dou", number, "review", cause="power")
    problem = desk.refused("dou", number, "close")
    assert reasons(problem) == (409, "review-written")
    assert "locate_fault" in str(problem["remedy"])
    assert "report-to-centre" in str(problem["remedy"])
    assert "all_clear" in str(problem["remedy"])
    desk.act("dou", number, "review", effect="ten minutes", improvements="a second feed")
    desk.act("kef", number, "facts", feedback="calm", measures="restarted")
    desk.finish_tasks(number)
    desk.send()
    assert desk.act("dou", number, "close")["state"] == "closed"


def test_a_closed_incident_opens_again_with_a_reason_and_its_old_impact(desk: Desk) -> None:
    number = desk.responding()
    desk.act("dou", number, "restore", evidence="test call")
    assert reasons(desk.refused("dou", number, "reopen")) == (409, "reason-given")
    seen = desk.act("dou", number, "reopen", reason="the same cell again")
    assert (seen["state"], seen["affected"]["now"], seen["restored_at"]) == ("responding", 20, None)
    assert len([row for row in seen["impact"] if row["until_at"] is None]) == 2
    seen = desk.act("dou", number, "restore", evidence="test call")
    assert all(row["until_at"] for row in seen["impact"])


def test_those_told_again_after_a_reopening_hear_of_the_second_end_too(desk: Desk) -> None:
    number = desk.responding()
    desk.send()
    desk.act("dou", number, "restore", evidence="test call")
    desk.send()
    desk.act("dou", number, "reopen", reason="the same cell again")
    desk.send()
    desk.act("dou", number, "restore", evidence="test call")
    desk.send()
    told = [(n["kind"], n["counts"].get("submitted", 0)) for n in desk.notices(number) if n["kind"] != "correction"]
    assert told == [("first", 20), ("all_clear", 20), ("first", 20), ("all_clear", 20)]


@pytest.mark.proves("B10")
def test_a_cancelled_incident_owes_those_told_the_correction_that_was_ready(desk: Desk) -> None:
    number = desk.responding()
    desk.send()
    assert reasons(desk.refused("dou", number, "cancel")) == (409, "reason-given")
    desk.act("dou", number, "cancel", reason="a test alarm of the vendor")
    desk.send()
    first, correction = desk.notices(number)
    assert (first["kind"], first["state"]) == ("first", "withdrawn")
    assert (correction["kind"], correction["corrects"]) == ("correction", first["id"])
    assert correction["counts"] == {"submitted": 20}
    assert desk.refused("dou", number, "reopen", reason="no")["code"] == "final"


def test_a_cancellation_before_anybody_was_told_says_nothing_to_anybody(desk: Desk) -> None:
    number = desk.responding()
    desk.act("dou", number, "cancel", reason="a test alarm")
    desk.send()
    assert all(not notice["counts"].get("submitted") for notice in desk.notices(number))


def test_pages_stop_when_service_is_back(desk: Desk, time: Time) -> None:
    number = desk.responding()
    desk.act("dou", number, "restore", evidence="test call")
    time.forward(minutes=30)
    desk.send()
    kinds = desk.kinds(number)
    assert "escalation.ended" in kinds
    assert "page.queued" not in kinds


def test_two_incidents_of_one_event_go_on_as_one(desk: Desk) -> None:
    parent = desk.storm("CELL-4", "CELL-1")
    child = desk.responding(elements=["CELL-3"], area="800102")
    desk.send()
    merged = desk.act("dou", child, "merge", into=parent, reason="one cable")
    desk.send()
    assert (merged["state"], merged["merged_into"], merged["affected"]["now"]) == ("merged", parent, 0)
    seen = desk.see(parent)
    assert seen["affected"]["now"] == 35
    assert "incident.absorbed" in desk.kinds(parent)
    for notice in desk.notices(child):
        assert notice["kind"] != "all_clear" or not notice["counts"].get("submitted"), "still cut off by the parent"
    desk.fail(parent)
    assert desk.notices(parent)[0]["counts"] == {"submitted": 30}, "the child's people are not told a second time"
    desk.act("ada", parent, "restore")
    desk.send()
    cleared = set[str]()
    for notice in desk.notices(parent):
        if notice["kind"] == "all_clear":
            cleared |= desk.told(notice["id"])
    assert cleared == {"CELL-1", "CELL-3", "CELL-4"}


def test_an_incident_merges_into_a_live_other_one_of_its_sort_only(desk: Desk) -> None:
    number = desk.responding()
    assert desk.refused("dou", number, "merge", into=number)["code"] == "target-is-another"
    exercise = desk.report("tra", exercise=True)["number"]
    assert desk.refused("dou", number, "merge", into=exercise)["code"] == "target-same-exercise"
    over = desk.report()["number"]
    desk.act("dou", over, "cancel", reason="double")
    assert desk.refused("dou", number, "merge", into=over)["code"] == "target-live"
    assert desk.refused("dou", number, "merge", into="2020-0101-001")["status"] == 404


def test_a_changed_journal_keeps_an_incident_open(desk: Desk) -> None:
    number = desk.responding(feedback="calls", measures="crew")
    desk.send()
    desk.act("dou", number, "restore", evidence="test call")
    desk.send()
    desk.act("dou", number, "review", cause="a", effect="b", improvements="c")
    desk.finish_tasks(number)
    forge(desk, number)
    assert desk.refused("dou", number, "close")["code"] == "journal-ok"


def forge(desk: Desk, number: str) -> None:
    """Change an entry as somebody with the database's own password could: past the trigger that forbids it."""
    sqlite = desk.database.sqlite
    with desk.database.writer.begin() as connection:
        table = "" if sqlite else " ON entry"
        connection.exec_driver_sql(f"DROP TRIGGER keep_entry{table}")
        connection.exec_driver_sql(
            f"UPDATE entry SET actor = 'person:999' WHERE stream_id = 'incident:{number}' AND seq = 2"
        )
