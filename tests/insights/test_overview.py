"""The overview of incidents that people handled, on both databases: what counts, for whom, and what leads where."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from command.core.installation import Installation
from command.core.journal import Entry, Stream
from command.incidents.models import Incident
from command.insights import curve
from command.network.models import Area, Service
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.insights import history
from tests.pace import paced

API = "/api/v1/insights/overview"


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


def figures(desk: Desk, query: str = "", by: str = "ada") -> dict[str, Any]:
    answer = desk.get(by, f"{API}?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.proves("D7", "R2")
def test_an_incident_that_was_handled_is_counted_as_it_went(desk: Desk, time: Time) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    time.forward(minutes=31)
    desk.act("dou", number, "assess")
    desk.act("dou", number, "activate")
    time.forward(minutes=29)
    desk.act("ada", number, "restore", evidence="test calls succeed")
    quick = desk.responding(elements=["CELL-4"], area="800201")
    time.forward(minutes=5)
    found = figures(desk)
    assert (found["incidents"], found["users"]) == (2, 20 + 10)
    assert found["user_minutes"] == pytest.approx(20 * 60 + 10 * 5, abs=3)
    assert found["response"] == {"good": 1, "of": 2, "percent": 50.0, "verdict": "missed"}
    assert found["response_late"] == [number]
    assert found["restoration"]["verdict"] == "none" and found["restoration_ahead"] == 2
    time.forward(hours=49)
    found = figures(desk)
    assert found["restoration"] == {"good": 1, "of": 2, "percent": 50.0, "verdict": "missed"}
    assert found["restoration_missed"] == [quick]
    assert sum(bar["users"] for bar in found["bars"]) == 30


@pytest.mark.proves("D7")
def test_drills_cancelled_and_merged_ones_count_nowhere(desk: Desk, time: Time) -> None:
    kept = desk.responding(elements=["CELL-1"])
    desk.report("tra", elements=["CELL-4"], exercise=True)
    false_alarm = desk.report(elements=["CELL-3"])["number"]
    desk.act("ada", false_alarm, "cancel", reason="a test call")
    child = desk.responding(elements=["CELL-2"])
    time.forward(minutes=10)
    desk.act("ada", child, "merge", into=kept, reason="the same fibre")
    found = figures(desk)
    assert (found["incidents"], found["response"]["of"]) == (1, 1)
    assert found["users"] == 30, "the parent holds the child's users too"
    assert found["user_minutes"] == pytest.approx(10 * 20 + 10 * 10, abs=3)


@pytest.mark.proves("D7")
def test_notices_of_a_merged_child_are_those_of_its_parent(desk: Desk) -> None:
    kept, child = desk.responding(elements=["CELL-1"]), desk.responding(elements=["CELL-2"])
    desk.send()
    assert figures(desk)["notices_by_kind"]["first"]["audience"] == 20 + 10
    desk.act("ada", child, "merge", into=kept, reason="the same fibre")
    desk.send()
    found = figures(desk)
    first = found["notices_by_kind"]["first"]
    assert (found["incidents"], first["notices"]) == (1, 2)
    assert (first["audience"], first["sent"]) == (30, 30), "nobody is counted twice"
    assert first["delivered"] + sum(first["apart"].values()) == 30


@pytest.mark.proves("D7")
def test_a_restricted_incident_is_in_the_figures_of_those_who_know_of_it(desk: Desk) -> None:
    desk.report("ada", kind="information_security", elements=["CELL-4"])
    assert [figures(desk, by=by)["incidents"] for by in ("ada", "sec", "ops", "aud")] == [1, 0, 0, 0]
    assert figures(desk, by="ops")["users"] == 0


@pytest.mark.proves("D7")
def test_each_filter_leaves_what_it_names(desk: Desk) -> None:
    desk.responding(elements=["CELL-1"])
    desk.report(kind="service_interruption", area="800201", users=7, services=["emergency"])

    def count(query: str) -> int:
        return int(figures(desk, query)["incidents"])

    assert count("") == 2
    assert (count("kind=network_fault"), count("kind=complaint_surge")) == (1, 0)
    assert (count("area=8001"), count("area=800201"), count("area=80"), count("area=800102")) == (1, 1, 2, 0)
    assert (count("service=voice"), count("service=emergency")) == (1, 1)
    assert count("tier=4") + count("tier=3") + count("tier=2") + count("tier=1") == 2
    assert (count("from=2020-01-01&to=2020-12-31"), count("from=2020-01-01&by=month")) == (0, 2)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("from=1999-12-31", "from"),
        ("from=2026-11-02&to=2026-11-01", "to"),
        ("tier=5", "tier"),
        ("kind=flood", "kind"),
        ("area=999", "area"),
        ("service=fax", "service"),
        ("by=hour", "by"),
        ("colour=red", "colour"),
    ],
)
def test_a_filter_that_cannot_be_used_is_named(desk: Desk, query: str, field: str) -> None:
    answer = desk.get("ada", f"{API}?{query}")
    assert (answer.status_code, answer.json["field"]) == (422, field)
    if field != "colour":
        page = desk.get("ada", f"/overview?{query}")
        typed = query.split("=")[-1] if "&" not in query else "2026-11-01"
        assert page.status_code == 422 and 'role="alert"' in page.text
        assert typed in page.text or field in ("area", "service", "kind", "tier", "by")


@pytest.mark.proves("D7")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_the_same_figures_in_words(desk: Desk, language: str) -> None:
    number = desk.responding(elements=["CELL-1"])
    answer = desk.get("ada", f"/overview?lang={language}&tier=4")
    assert answer.status_code == 200
    assert ("已达标" if language == "zh" else "Met") in answer.text
    assert f"/incidents/{number}" in answer.text
    assert answer.text.count("data-chart=") == 5 and answer.text.count('class="chart-table"') == 5
    assert "/archive?from=" in answer.text and "&amp;tier=4" in answer.text
    assert "style=" not in answer.text
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


@pytest.mark.proves("R2")
def test_the_users_restored_when_the_target_passed_are_those_of_the_journal(desk: Desk, time: Time) -> None:
    number = desk.responding(elements=["CELL-1", "CELL-2"])
    time.forward(hours=40)
    desk.fail(number, "CELL-2")
    time.forward(hours=10)
    page = desk.get("ada", "/overview?lang=en").text
    assert "66.6 %" in page and "20 / 30" in page
    assert "Not restored in time" in page


def test_a_span_that_ends_before_it_begins_is_listed(desk: Desk) -> None:
    number = desk.responding(elements=["CELL-1"])
    back = Incident.reported_at
    with desk.database.read() as session:
        reported = session.scalars(select(back)).one()
    earlier = reported - timedelta(minutes=5)
    desk.do(lambda session: session.execute(update(Incident).values(responding_at=earlier)))
    found = figures(desk)
    assert found["faults"] == [{"incident": number, "span": "response"}]
    assert found["response"]["of"] == 0
    assert "Data errors" in desk.get("ada", "/overview?lang=en").text


@pytest.mark.proves("D7")
@pytest.mark.slow
def test_ten_thousand_incidents_cost_less_than_half_a_second(desk: Desk, time: Time) -> None:
    def work(session: Any) -> None:
        areas = list(session.scalars(select(Area.id).where(Area.level == "county")))
        history.fill(session, 10_000, time.now(), 360, areas, list(session.scalars(select(Service.id))))
        late = session.execute(
            select(Incident.number, Incident.reported_at, Incident.users_peak)
            .order_by(Incident.reported_at.desc())
            .limit(600)
        ).all()
        session.execute(
            insert(Stream), [{"id": f"incident:{row.number}", "head_seq": 1, "head_hash": b""} for row in late]
        )
        plain = {"seq": 1, "actor": "system", "kind": curve.CHANGED, "exercise": False, "prev_hash": b"", "hash": b""}
        session.execute(
            insert(Entry),
            [
                {**plain, "stream_id": f"incident:{n}", "at": at, "data": f'{{"users_now":{users}}}'}
                for n, at, users in late
            ],
        )

    desk.do(work)
    begin = (time.now() - timedelta(days=364)).date()
    took = []
    for address in (f"{API}?from={begin}", f"/overview?from={begin}&lang=en"):
        assert desk.get("ada", address).status_code == 200
        took += [paced(lambda address=address: desk.get("ada", address)) for _ in range(4)]
    found = figures(desk, f"from={begin}")
    assert found["incidents"] == 10_000 and found["response"]["of"] == 10_000
    print(f"overview of 10,000: {sorted(took)[len(took) // 2] * 1000:.0f} ms median, {max(took) * 1000:.0f} ms at most")
    assert sorted(took)[len(took) // 2] < 0.5
