"""A typhoon, from the first warning to the settlement: what is made ready before anything fails, who is told, who may go out, what becomes
of it in two counties, and what is left to settle. Over the SMS simulator and a mail server, on moved time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from command import parts
from command.core import heads
from command.core.database import Database
from command.core.keys import Keyring
from tests.messages.house import House
from tests.notifiers.mailserver import MailServer
from tests.scenarios.databases import SQLITE_FIRST
from tests.scenarios.storm import Night


@pytest.fixture
def night(database: Database, keyring: Keyring, tmp_path: Path) -> Iterator[Night]:
    mail = MailServer(tmp_path)
    house = House(database, keyring, tmp_path, handlers=parts.handlers())
    yield Night(house, mail, tmp_path)
    house.close()
    mail.stop()


@SQLITE_FIRST
@pytest.mark.proves("R1", "R6", "R11", "R12", "R31", "R32", "R33", "B10", "I4")
def test_a_typhoon_from_the_first_warning_to_the_settlement(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.stocked()
    drill = night.plan(area="8001")
    night.agree(drill)

    code = warned_in_blue(night, monkeypatch)
    raised_to_orange(night, monkeypatch, code)
    made_ready(night, code)
    drills_wait_and_changes_are_frozen(night, code, drill)
    crew = night.staged("fibre-crew", "Crew A", "Meijiang depot")
    generator = night.staged("generator", "GEN-1", "Meijiang depot")
    assert "1 of 2 held or staged" in night.board("/warnings/part/staging")
    subscribers_are_warned_once_two_people_agree(night, code)

    night.later(hours=6)
    county, other = it_happens_in_two_counties(night, code)
    crews_wait_for_the_wind(night, county, crew, generator)
    the_first_report_leaves(night, county)
    those_who_slept_are_told_in_the_morning(night, other)
    the_crew_rests(night, county, crew)

    lowered_and_lifted(night, monkeypatch, code, county, other)
    for number in (county, other):
        restored(night, number)
    watched_reviewed_and_settled(night, county, other)
    with night.database.read() as session:
        assert heads.verify(session, night.installation.keyring).faults == ()


def warned_in_blue(night: Night, monkeypatch: pytest.MonkeyPatch) -> str:
    """Eight in the evening: the weather service's file comes in, and nothing is asked but a look at the batteries."""
    said = night.weather_says(monkeypatch, severity="Minor")
    code, did = said.strip().split(": ")
    warning = night.warning(code)
    assert did == "issued" and (warning["colour"], warning["issuer"]) == ("blue", "省气象台")
    assert [area["code"] for area in warning["areas"]] == ["8001", "8002"]
    assert [task["department"] for task in warning["tasks"]] == ["technical"]
    assert warning["flags"]["change_freeze"] == warning["flags"]["drills_suspended"] == []
    assert [each["identifier"] for each in night.public()["warnings"]] == [code]
    assert "Blue warning" in night.board("/warnings/part/board")
    return code


def raised_to_orange(night: Night, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    night.later(hours=1)
    assert "raised" in night.weather_says(monkeypatch, kind="Update", severity="Severe")
    warning = night.warning(code)
    assert warning["colour"] == "orange" and {task["department"] for task in warning["tasks"]} == {
        *("technical", "operations", "customer_service")
    }
    assert "Orange warning" in night.board("/warnings/part/board")


def made_ready(night: Night, code: str) -> None:
    """Each department does what it was given, and reinforced duty is asked for and confirmed."""
    by = {"technical": "eng", "operations": "ops", "customer_service": "kef"}
    for task in night.warning(code)["tasks"]:
        night.does(code, f"tasks/{task['code']}/actions/settle", by=by[task["department"]])
    assert night.warning(code)["tasks_open"] == 0
    for person in by.values():
        night.does(code, "standby/actions/ask", person=person)
    night.engine()
    assert all("typhoon" in night.phone(person)[0].lower() for person in by.values())
    for person in by.values():
        night.does(code, "standby/actions/confirm", by=person)
    missing = {each["department"]: each["missing"] for each in night.warning(code)["standby"]}
    assert missing == {"technical": 1, "operations": 0, "customer_service": 0}, "two technicians are wanted"
    assert "1 more wanted" in night.board("/warnings/part/duty")


def drills_wait_and_changes_are_frozen(night: Night, code: str, drill: str) -> None:
    refused = night.verb("begin", drill)
    assert (refused.status_code, refused.json["field"]) == (409, "override") and code in refused.json["detail"]
    page = night.board("/warnings/part/area?area=8002")
    assert "Change freeze" in page and "Drills are suspended" in page


def subscribers_are_warned_once_two_people_agree(night: Night, code: str) -> None:
    """An advisory to all fifty; nobody hears anything on one person's word."""
    advised = night.does(code, "advisory", by="kef")["advisories"][0]
    assert advised["audience"] == 50
    night.engine()
    assert night.subscribers("预警") + night.subscribers("warning") == 0
    approve = f"advisory/{advised['id']}/actions/approve"
    assert night.wrong("kef", at=f"/{code}/{approve}", count=50)["status"] == 403, "not one's own"
    night.does(code, approve, by="ada", count=50)
    night.engine()
    assert (night.subscribers("橙色预警"), night.subscribers("Orange warning")) == (40, 10)


def it_happens_in_two_counties(night: Night, code: str) -> tuple[str, str]:
    """Three in the morning: one press makes both incidents, and nobody types anew what the warning says."""
    body = {"areas": ["800101", "800201"], "elements": ["CELL-1", "CELL-4"]}
    county, other = night.does(code, "actions/happened", by="dou", **body)["incidents"]
    for number, area, users in ((county, "800101", 20), (other, "800201", 10)):
        incident = night.see(number)
        assert (incident["kind"], incident["area"]["code"]) == ("natural_disaster", area)
        assert incident["affected"]["now"] == users and "Typhoon makes landfall" in incident["summary"]
        assert night.kinds(number).count("incident.came_of_warning") == 1
        night.act("dou", number, "assess")
    night.act("ada", county, "regrade", tier=2, reason="The hospital is cut off")
    for number in (county, other):
        night.act("dou", number, "activate")
    night.engine()
    assert "Change freeze" in night.board(f"/warnings/part/incident?number={county}")
    assert [each["number"] for each in night.warning(code)["incidents"]] == [county, other]
    departments = {task["department"] for task in night.see(county)["tasks"]}
    assert departments == {"technical", "customer_service", "security", "operations"}
    assert any(county in text for text in night.phone("eng")), "the technician on call is paged"
    assert county in night.board() and other in night.board()
    (first,) = [each for each in night.notices(county) if each["kind"] == "first"]
    assert night.told(first["id"]) == {"CELL-1"}, "a grave tier rings at night"
    (quiet,) = [each for each in night.notices(other) if each["kind"] == "first"]
    assert night.told(quiet["id"]) == set(), "a light one lets people sleep"
    return county, other


def crews_wait_for_the_wind(night: Night, number: str, crew: int, generator: int) -> None:
    """What was staged is there already, but no crew leaves until somebody says that it may."""
    night.attached(crew, number, "fibre-crew", "CELL-1")
    night.attached(generator, number, "generator", "CELL-1")
    night.decide(number, "no_go", "Wind of force 12", 4)
    refused = night.post("dou", f"/api/v1/resources/out/{crew}/actions/dispatch")
    assert (refused.status_code, refused.json["code"]) == (409, "no-go")
    assert night.step(generator, "dispatch")["state"] == "en_route", "a generator is no crew"
    night.later(hours=2)
    night.decide(number, "go", "The eye is past, force 7", 14)
    night.step(crew, "dispatch")
    night.step(crew, "check_in")


def the_first_report_leaves(night: Night, number: str) -> None:
    sent = night.bulletin(number, "first")
    assert sent["state"] == "approved" and {copy["state"] for copy in sent["copies"]} <= {"sent", "ready"}
    mailed = {str(mail["To"]): str(mail.get_content()) for mail in night.mail.box.mails}
    assert {"group@example.net", "cca@example.net"} <= set(mailed) and "梅江区" in mailed["cca@example.net"]
    assert night.clock(number, "cn-inform-1h")["met_at"] is not None
    figures = {each["name"]: each["value"] for each in sent["figures"]}
    assert (figures["users_now"], figures["generators"], figures["people"]) == (20, 1, 4)


def those_who_slept_are_told_in_the_morning(night: Night, number: str) -> None:
    night.later(hours=3)
    night.engine()
    (first,) = [each for each in night.notices(number) if each["kind"] == "first"]
    assert night.told(first["id"]) == {"CELL-4"}


def the_crew_rests(night: Night, number: str, crew: int) -> None:
    """After twelve hours out the crew is named with its relief, and released."""
    night.later(hours=9.5)
    (line,) = night.crews(number)
    assert line["over"] and [each["serial"] for each in line["relief"]] == ["Crew B"]
    night.step(crew, "release")
    assert night.crews(number) == []


def lowered_and_lifted(night: Night, monkeypatch: pytest.MonkeyPatch, code: str, *numbers: str) -> None:
    assert "lowered" in night.weather_says(monkeypatch, kind="Update", severity="Moderate")
    assert night.flags("8001")["change_freeze"] == night.flags("8001")["drills_suspended"] == []
    night.later(hours=1)
    assert "lifted" in night.weather_says(monkeypatch, kind="Cancel", severity="Moderate")
    over = night.warning(code)
    assert over["state"] == "lifted" and "incidents still open: 2" in str(over["history"])
    assert night.public()["warnings"] == [] and code not in night.board("/warnings/part/board")
    assert all(night.see(number)["state"] == "responding" for number in numbers), "an end of wind repairs nothing"


def restored(night: Night, number: str) -> None:
    """Restored by what is seen, not by silence; the all-clear goes to exactly those who were told."""
    assert night.refused("ada", number, "restore")["status"] == 409
    night.fail(number)
    night.act("ada", number, "restore")
    night.engine()
    first, clear = (
        [each["id"] for each in night.notices(number) if each["kind"] == kind] for kind in ("first", "all_clear")
    )
    assert night.told(clear[0]) == night.told(first[0]) != set()
    assert night.refused("dou", number, "review", cause="wind")["code"] == "watch-over"


def watched_reviewed_and_settled(night: Night, county: str, other: str) -> None:
    """The repair holds for its hours; then the last report, the review, what is owed, and the end."""
    night.later(hours=13)
    night.engine()
    night.bulletin(county, "final")
    for number in (county, other):
        night.act("dou", number, "review", cause="A storm surge", effect="Back in a day", improvements="Taller masts")
        night.act("dou", number, "facts", feedback="patient", measures="crews staged")
        night.finish_tasks(number)
    unsettled = night.refused("ada", county, "close")
    assert unsettled["code"] == "settlement-done"
    assert night.settle(county) == ["accountability", "compensation", "regulator_report"]
    assert night.settle(other) == []
    for number in (county, other):
        assert night.act("ada", number, "close")["state"] == "closed"
        assert number not in night.board()
    public = night.public()
    assert public["status"] == "ok" and public["history"] != [], "what was confirmed is told, and that it is over"
