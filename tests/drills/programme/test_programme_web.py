"""The programme over HTTP and on its page: series, coverage, what is without notice, freezes, and calendars that follow."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from command.drills.models import Drill, State
from command.drills.programme import feed as feeds
from command.people.models import Person
from tests.drills.programme.stage import PARTS, Stage

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
API = "/api/v1/drill-programmes"


def body(stage: Stage, **given: Any) -> dict[str, Any]:
    starts = stage.draft().due_at
    return {
        "name": "季度演练",
        "scenario": "cut_fibre",
        "mode": "tabletop",
        "area": "8001",
        "zone": "Asia/Shanghai",
        "starts": starts.isoformat(timespec="minutes"),
        "supervisors": ["ada", "dep"],
        "parts": PARTS,
        "rule": "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=12",
        **given,
    }


@pytest.mark.proves("R9")
def test_a_series_is_planned_seen_ahead_changed_against_its_version_and_called_off(stage: Stage) -> None:
    given = body(stage)
    seen = stage.post("tra", f"{API}/actions/preview", **given).get_json()
    assert len(seen["times"]) == 4 and stage.get("tra", API).get_json()["items"] == []
    made = stage.post("tra", API, **given)
    assert made.status_code == 201
    row = made.get_json()
    assert (row["version"], row["area"], row["parts"], row["supervisors"]) == (1, "8001", PARTS, ["ada", "dep"])
    address = f"{API}/{row['id']}"
    changed = stage.ask("tra", "PUT", address, json={**given, "version": 1, "rule": "FREQ=WEEKLY"})
    assert changed.status_code == 200 and changed.get_json()["version"] == 2
    lost = stage.ask("ada", "PUT", address, json={**given, "version": 1})
    assert lost.status_code == 409 and "Somebody else" in lost.get_json()["detail"]
    stage.engine()
    over = stage.post("tra", f"{address}/actions/cancel", reason="预算取消")
    assert over.get_json()["cancelled"] and [each.state for each in stage.drills()] == [State.CANCELLED]
    assert stage.post("tra", f"{address}/actions/cancel", reason="again").status_code == 409


@pytest.mark.proves("R9")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"rule": "FREQ=MINUTELY"}, "rule"),
        ({"zone": "Mars"}, "zone"),
        ({"starts": "2001-01-01T10:00"}, "starts"),
        ({"starts": "2031-01-01T10:00+08:00"}, "starts"),
        ({"supervisors": ["ada"]}, "supervisors"),
        ({"parts": {"lead": ["person:dou"]}}, "parts.engineer"),
        ({"mode": "dance"}, "mode"),
        ({"on_closed": "pray"}, "on_closed"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_series_that_cannot_be_held_is_refused_at_its_field(stage: Stage, given: dict[str, Any], field: str) -> None:
    answer = stage.post("tra", API, **body(stage, **given))
    found = answer.get_json()
    assert answer.status_code == 422
    assert field == found.get("field") or any(field in each["field"] for each in found.get("errors", ()))


@pytest.mark.proves("R9")
def test_of_a_drill_without_notice_nobody_but_its_three_people_learns_before_it_begins(stage: Stage) -> None:
    series = stage.post("tra", API, **body(stage, announced=False, rule="", name="夜袭")).get_json()
    stage.move(timedelta(days=1, hours=12))
    stage.engine()
    drill = stage.only()
    its = (
        f"{API}/{series['id']}",
        f"/drills/programme/{series['id']}",
        f"/api/v1/drills/{drill.code}",
        f"/drills/{drill.code}/when",
    )
    lists = ("/drills/programme", "/api/v1/drill-coverage", API, "/api/v1/drills", "/archive?q=夜")

    def told(username: str) -> str:
        found = [stage.get(username, each).get_data(as_text=True) for each in lists]
        return "\n".join([*found, feed(stage, username)])

    for username in ("tra", "ada", "dep"):
        assert told(username).count(drill.code) >= 3 and {stage.get(username, each).status_code for each in its} == {
            200
        }
    for username in ("dou", "eng", "kef", "aud", "cou"):
        text = told(username)
        assert drill.code not in text and "夜袭" not in text, username
        assert {stage.get(username, each).status_code for each in its} <= {403, 404}
        days = [each["next_planned"] for each in stage.get(username, "/api/v1/drill-coverage").get_json()["items"]]
        assert drill.local_date.isoformat() not in days
    assert not any(stage.texts(name) for name in ("dou", "eng", "kef"))
    assert stage.post("cou", f"/api/v1/drills/{drill.code}/actions/cancel", reason="x").status_code in (403, 404)
    stage.acknowledge(drill.id)
    stage.move(drill.due_at - stage.now())
    stage.engine()
    assert drill.code in told("dou")


def feed(stage: Stage, username: str) -> str:
    """What somebody's calendar program reads."""
    made = stage.do(lambda session: feeds.create(session, session.get_one(Person, stage.people[username])))
    return stage.client().get(f"/drills/feed/{made}.ics").get_data(as_text=True)


@pytest.mark.proves("R9")
def test_calendars_follow_a_drill_that_is_moved_or_called_off(stage: Stage) -> None:
    made = stage.plan()

    def event() -> Any:
        found = Calendar.from_ical(feed(stage, "eng")).walk("VEVENT")
        (mine,) = [each for each in found if str(each["UID"]).startswith(made.code)]
        return mine

    assert (event()["SEQUENCE"], event()["STATUS"]) == (0, "CONFIRMED")
    later = (stage.draft().due_at + timedelta(days=1)).isoformat(timespec="minutes")
    moving = {"due_at": later, "zone": "Asia/Shanghai"}
    assert stage.post("tra", f"/api/v1/drills/{made.code}/actions/move", **moving, reason=" ").status_code == 422
    assert stage.post("tra", f"/api/v1/drills/{made.code}/actions/move", **moving, reason="机房停电").status_code == 200
    assert event()["SEQUENCE"] == 1 and event()["DTSTART"].dt == made.due_at + timedelta(days=1)
    assert stage.post("tra", f"/api/v1/drills/{made.code}/actions/cancel", reason="台风").get_json()["sequence"] == 2
    assert (event()["SEQUENCE"], event()["STATUS"]) == (2, "CANCELLED")
    assert stage.client().get("/drills/feed/wrong.ics").status_code == 404


@pytest.mark.proves("R9")
def test_coverage_shows_what_is_overdue_planned_and_held(stage: Stage) -> None:
    made = stage.plan()

    def cell(subject: str | None, mode: str | None, department: str = "technical") -> dict[str, Any]:
        items = stage.get("aud", "/api/v1/drill-coverage").get_json()["items"]
        wanted = (subject, mode, department)
        (found,) = [each for each in items if (each["subject"], each["mode"], each["department"]) == wanted]
        return dict(found)

    assert cell("network_fault", None)["stands"] == "planned" and cell(None, "tabletop")["stands"] == "planned"
    assert cell("network_fault", None, "security")["stands"] == "free" and cell("complaint", "live")["due_by"] is None
    held = {"state": State.EVALUATED, "ended_at": made.due_at, "began_at": made.due_at}
    stage.do(lambda s: [setattr(s.get_one(Drill, made.id), key, value) for key, value in held.items()])
    stage.move(timedelta(days=3))
    assert cell("network_fault", None)["last_held"]["code"] == made.code
    assert cell("network_fault", "tabletop")["stands"] == "met"
    stage.move(timedelta(days=100))
    stage._tokens.clear()
    assert cell(None, "tabletop")["stands"] == "overdue" and cell("network_fault", None)["stands"] == "met"
    assert stage.get("aud", "/api/v1/drill-coverage?year=12").status_code == 422


def form(stage: Stage, **given: Any) -> dict[str, Any]:
    fields = body(stage)
    parts = {f"parts.{key}": targets for key, targets in fields.pop("parts").items()}
    return {**fields, **parts, "rhythm": "monthly", "announced": "yes", "on_closed": "skip", "late": "miss", **given}


def test_the_form_shows_what_a_series_would_be_keeps_what_was_typed_and_keeps_it(stage: Stage) -> None:
    given = form(stage, window_days="7", grace_minutes="15", name="<b>季度</b>")
    token = {"headers": {"Authorization": f"Bearer {stage.token('tra')}"}}
    client = stage.client()
    assert client.get("/drills/programme/new", **token).status_code == 200
    assert client.get("/drills/programme/new?scenario=cut_fibre", **token).status_code == 200
    seen = client.post("/drills/programme/new", data={**given, "do": "preview"}, **token)
    text = seen.get_data(as_text=True)
    assert seen.status_code == 200 and text.count('class="date-shape"') >= 12 and "&lt;b&gt;季度" in text
    wrong = client.post("/drills/programme/new", data={**given, "rhythm": "own", "rule": "FREQ=HOURLY"}, **token)
    again = wrong.get_data(as_text=True)
    assert (
        wrong.status_code == 422 and "FREQ=HOURLY" in again and 'id="rule-error"' in again and "&lt;b&gt;季度" in again
    )
    kept = client.post("/drills/programme/new", data={**given, "do": "keep"}, **token)
    assert kept.status_code == 303
    page = client.get(kept.location, **token).get_data(as_text=True)
    rule = re.search(r"FREQ=MONTHLY;INTERVAL=1;BYDAY=-?\dM?[A-Z]+", page)
    assert rule and "Every month" in page
    for language in ("zh", "en"):
        whole = client.get(f"/drills/programme?lang={language}", **token)
        assert whole.status_code == 200 and "&lt;b&gt;季度" in whole.get_data(as_text=True)


def test_a_freeze_is_set_and_lifted_on_the_page_with_a_reason(stage: Stage) -> None:
    token = {"headers": {"Authorization": f"Bearer {stage.token('tra')}"}}
    client = stage.client()
    day = stage.draft().due_at.date()
    stage.plan()
    given = {"from_at": f"{day}T00:00", "until_at": f"{day + timedelta(days=2)}T00:00", "zone": "Asia/Shanghai"}
    refused = client.post("/drills/programme/freezes", data={**given, "reason": "", "areas": "80"}, **token)
    assert refused.status_code == 422 and 'value="80" selected' in refused.get_data(as_text=True)
    done = client.post("/drills/programme/freezes", data={**given, "reason": "割接", "areas": "80"}, **token)
    assert done.status_code == 303 and "left=1" in done.location
    assert "割接" in client.get("/drills/programme", **token).get_data(as_text=True)
    inside = stage.post(
        "tra",
        "/api/v1/drills",
        **{k: v for k, v in body(stage).items() if k not in ("starts", "rule")},
        due_at=f"{day}T18:00",
    )
    assert inside.status_code == 422 and "freeze" in inside.get_json()["detail"]
    items = stage.get("eng", "/api/v1/drill-freezes").get_json()["items"]
    assert client.post(f"/drills/programme/freezes/{items[0]['id']}/lift", data={}, **token).status_code == 303
    assert stage.get("eng", "/api/v1/drill-freezes").get_json()["items"] == []
    assert client.post("/drills/programme/freezes/99/lift", data={}, **token).status_code == 404


def test_in_december_a_freeze_of_january_is_listed_and_can_be_lifted(stage: Stage) -> None:
    token = {"headers": {"Authorization": f"Bearer {stage.token('tra')}"}}
    client = stage.client()
    year = stage.now().astimezone(stage.installation.settings.tz).year
    given = {"from_at": f"{year + 1}-01-05T00:00", "until_at": f"{year + 1}-01-09T00:00", "zone": "Asia/Shanghai"}
    assert client.post("/drills/programme/freezes", data={**given, "reason": "春运保障"}, **token).status_code == 303
    for address in ("/drills/programme", f"/drills/programme?year={year + 1}"):
        page = client.get(address, **token).get_data(as_text=True)
        assert "春运保障" in page and re.search(r"/drills/programme/freezes/\d+/lift", page), address


def test_a_drill_is_moved_on_its_own_page(stage: Stage) -> None:
    made = stage.plan()
    token = {"headers": {"Authorization": f"Bearer {stage.token('tra')}"}}
    client = stage.client()
    assert client.get(f"/drills/{made.code}/when", **token).status_code == 200
    wrong = client.post(f"/drills/{made.code}/when", data={"due_at": "soon", "zone": "UTC", "reason": "x"}, **token)
    assert wrong.status_code == 422 and 'value="soon"' in wrong.get_data(as_text=True)
    data = {"due_at": "2039-05-05T10:00", "zone": "UTC", "reason": "x"}
    assert client.post(f"/drills/{made.code}/when", data=data, **token).status_code == 303
    assert stage.only().due_at.replace(tzinfo=None) == datetime(2039, 5, 5, 10)
    assert date(2039, 5, 5) != stage.only().local_date
