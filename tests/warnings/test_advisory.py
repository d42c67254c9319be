"""The advisory of a warning: to the subscribers of its areas, by two people, with opt-outs respected and its correction ready."""

from typing import Any

import pytest
from sqlalchemy import select

from command.core import clock
from command.incidents import house
from command.messages import optouts
from command.messages.models import Delivery
from command.network.models import Element, Subscriber
from tests.warnings.conftest import API, Weather

pytestmark = pytest.mark.proves("B10")


def _advised(weather: Weather, **fields: Any) -> tuple[str, dict[str, Any]]:
    code = weather.issued(**{"colour": "orange", **fields})["code"]
    made = weather.does(code, "advisory", by="kef")
    return code, next(each for each in made["advisories"] if each["kind"] == "advisory")


def test_it_goes_to_everybody_in_the_areas_once_a_second_person_typed_the_count(weather: Weather) -> None:
    with weather.database.read() as session:
        one = session.scalars(select(Subscriber).join(Element).where(Element.name == "CELL-3")).first()
        assert one is not None
        left, index = one.id, one.number_index
    weather.do(lambda session: optouts.opt_out(session, index, "reply"))
    code, advisory = _advised(weather)
    assert advisory["state"] == "submitted" and advisory["audience"] == 35
    assert "橙色预警" in advisory["texts"]["zh"] and "梅川市" in advisory["texts"]["zh"]
    assert "Orange warning of typhoon for Meichuan" in advisory["texts"]["en"]
    at = f"advisory/{advisory['id']}/actions/approve"
    under_way = weather.get("kef", "/notices/part/advisories?lang=en").text
    assert f"/notices/{advisory['id']}" in under_way and code in under_way and "35" in under_way
    assert code not in weather.get("kef", "/notices/part/advisories?exercise=1").text
    listed = weather.get("kef", "/api/v1/notices").get_json()["items"]
    assert {(each["incident"], each["warning"]) for each in listed} == {(None, code)}
    read = weather.get("kef", f"/api/v1/notices/{advisory['id']}").get_json()
    assert (read["warning"], read["audience"], read["state"]) == (code, 35, "submitted")
    waiting = weather.get("ada", "/board/part/decisions?lang=en").text
    assert f"/warnings/{code}#advisory" in waiting and "Orange warning" in waiting and "35" in waiting
    assert code not in weather.get("kef", "/board/part/decisions?lang=en").text, "not one's own"
    assert weather.wrong("dep", at=f"/{code}/{at}", count=34)["field"] == "count"
    assert weather.wrong("kef", at=f"/{code}/{at}", count=35)["status"] == 403
    assert weather.wrong("ada", at=f"/{code}/advisory/999/actions/approve", count=35)["status"] == 404
    weather.does(code, at, by="ada", count=35)
    weather.send()
    assert weather.told(advisory["id"]) == {"CELL-1", "CELL-2", "CELL-3"}, "and nobody of the other prefecture"
    with weather.database.read() as session:
        fates = {row.addressee: row.state for row in session.scalars(select(Delivery))}
    assert len(fates) == 35 and fates[left] == "suppressed"
    sent = weather.warning(code)
    counts = next(each["counts"] for each in sent["advisories"] if each["kind"] == "advisory")
    assert counts["suppressed"] == 1 and sum(counts.values()) == 35
    kinds = [line["kind"] for line in sent["history"]]
    assert {"notice.submitted", "notice.approved", "notice.finished"} <= set(kinds)
    assert code not in weather.get("kef", "/notices/part/advisories").text, "it is finished"
    corrected = weather.does(code, f"advisory/{advisory['id']}/actions/correct", reason="Wrong county")
    correction = next(each for each in corrected["advisories"] if each["kind"] == "correction")
    assert correction["state"] == "submitted" and correction["audience"] == 34, "exactly those it told"
    with weather.database.read() as session:
        wrong = session.scalar(select(Delivery.id).where(Delivery.notice_id == correction["id"]))
    assert wrong is None, "a second person has not approved the correction yet"
    weather.does(code, f"advisory/{correction['id']}/actions/approve", by="ada", count=34)
    weather.send()
    assert weather.told(correction["id"]) == {"CELL-1", "CELL-2", "CELL-3"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_light_colour_waits_for_the_morning_and_one_that_is_rejected_leaves_never(weather: Weather) -> None:
    weather.database.info["settings"] = weather.installation.settings.model_copy(update={"quiet_hours": True})
    with weather.database.read() as session:
        hour = house.local(session, clock.now(session)).hour
    weather.time.forward(hours=(23 - hour) % 24)
    weather._tokens.clear()
    code, advisory = _advised(weather, colour="yellow")
    assert advisory["release_at"] is not None
    twice = weather.wrong("kef", at=f"/{code}/advisory")
    assert twice["status"] == 409 and "waits already" in twice["detail"]
    weather.does(code, f"advisory/{advisory['id']}/actions/reject", by="ada", reason="Too early")
    weather.send()
    assert weather.told(advisory["id"]) == set()
    _, loud = _advised(weather, colour="red", areas=["8002"])
    assert loud["release_at"] is None and loud["audience"] == 15
    own = weather.does(code, "advisory", texts={"zh": "请备好电源。", "en": "Have power ready."})
    assert own["advisories"][-2]["texts"] == {"zh": "请备好电源。", "en": "Have power ready."}
    lifted = weather.does(code, "actions/lift", reason="It is over")
    assert [each["state"] for each in lifted["advisories"] if each["kind"] == "advisory"] == ["rejected", "withdrawn"]
    late = weather.wrong("ada", at=f"/{code}/advisory/{own['advisories'][-2]['id']}/actions/approve", count=35)
    assert late["status"] == 409, "nobody is warned of what is over"
    drill = weather.issued(exercise=True, areas=["800101"])["code"]
    exercise = weather.does(drill, "advisory", by="kef")["advisories"][0]
    weather.does(drill, f"advisory/{exercise['id']}/actions/approve", by="ada", count=exercise["audience"])
    weather.send()
    assert weather.told(exercise["id"]) == set(), "an exercise reaches no subscriber"
    assert {each["incident"] for each in weather.get("ada", "/api/v1/notices").get_json()["items"]} == {None}
    assert weather.get("ada", f"/api/v1/notices/{loud['id']}").get_json()["warning"] != drill
    assert weather.get("ada", f"{API}/{code}").status_code == 200
