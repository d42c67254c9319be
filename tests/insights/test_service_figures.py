"""The figures a director signs, of what people did: what the page, the file and the interface say, and what they leave out."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from command.agreements.models import SlaBreach
from command.core import clock
from command.core.installation import Installation
from command.incidents.models import Impact, Incident, IncidentClock
from command.insights import excluded, incident_rows, period_figures, population, service_figures
from command.insights.counting import response, restoration
from command.insights.filters import Filters
from command.network.models import Service
from command.oncall.models import Page
from command.satisfaction.models import Survey, SurveyAnswer
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.insights import history

API = "/api/v1/insights/figures"
Found = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


def figures(desk: Desk, query: str = "", by: str = "ada") -> Found:
    answer = desk.get(by, f"{API}?{query}")
    assert answer.status_code == 200, answer.text
    return {(each["code"], each["key"]): each for each in answer.json["figures"]}


def counts(found: Found, code: str, key: str = "") -> tuple[int, int, str]:
    one = found[code, key]
    return one["good"], one["of"], one["verdict"]


ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what needs no second database."""


@pytest.mark.proves("R2", "R20", "R21")
def test_an_incident_that_was_handled_is_in_every_figure_as_it_went(desk: Desk, time: Time) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    time.forward(minutes=31)
    desk.act("dou", number, "assess")
    desk.act("dou", number, "activate")
    desk.send()
    found = figures(desk)
    assert counts(found, "response") == (0, 1, "missed")
    assert counts(found, "first_plan") == (1, 1, "met")
    assert counts(found, "report_to_centre") == (0, 1, "missed"), "open and overdue, though no cycle of the engine ran"
    assert counts(found, "sla_respond", "general") == (1, 1, "met")
    assert counts(found, "sla_resolve", "general") == (0, 0, "none")
    assert found["affected_users", ""]["value"] == 20
    assert found["failures", "access"]["value"] == pytest.approx(100 / 7)
    lost = found["availability", "voice"]["more"]["user_minutes"]
    assert lost == pytest.approx(20 * 31, abs=3)
    assert counts(found, "notices_delivered")[1] == 20
    assert found["notices_sent_out", ""]["more"]["known"] == 1
    time.forward(hours=49)
    desk.act("ada", number, "restore", evidence="test calls succeed")
    time.forward(minutes=1)
    found = figures(desk)
    assert counts(found, "restored_in_time") == (0, 1, "missed")
    assert counts(found, "users_restored") == (0, 20, "missed")
    assert counts(found, "sla_resolve", "general") == (0, 1, "missed")
    assert found["tasks_in_time", ""]["good"] == 0 and found["tasks_in_time", ""]["of"] > 0
    page = desk.get("ada", "/figures?lang=en").text
    assert "/figures/restored_in_time?from=" in page and "/figures/sla_resolve?from=" in page
    for code in ("restored_in_time", "response", "report_to_centre", "sla_resolve", "tasks_in_time"):
        assert number in desk.get("ada", f"/figures/{code}?lang=en").text, code
    assert number not in desk.get("ada", "/figures/sla_resolve?key=urgent&lang=en").text
    assert number not in desk.get("ada", "/figures/first_plan?lang=zh").text


@pytest.mark.proves("R2", "R20")
def test_what_is_left_out_is_counted_and_listed(desk: Desk, time: Time) -> None:
    kept = desk.responding(elements=["CELL-1"])
    drill = desk.report("tra", elements=["CELL-4"], exercise=True)["number"]
    false_alarm = desk.report(elements=["CELL-3"])["number"]
    desk.act("ada", false_alarm, "cancel", reason="a test call")
    twin = desk.responding(elements=["CELL-2"])
    time.forward(minutes=10)
    desk.act("ada", twin, "merge", into=kept, reason="the same fibre")
    hidden = desk.report("ada", kind="information_security", elements=["CELL-5"])["number"]
    wrong = update(Incident).where(Incident.number == kept).values(occurred_at=datetime(2099, 1, 1, tzinfo=UTC))
    desk.do(lambda session: session.execute(wrong))
    for by, of in (("ada", 2), ("ops", 1)):
        assert figures(desk, by=by)["incidents", ""]["value"] == of
        out = desk.get(by, API).json["excluded"]
        assert out["counts"] == {"exercise": 1, "cancelled": 1, "merged": 1, "error": 1}
        assert out["incidents"] == {"exercise": [drill], "cancelled": [false_alarm], "merged": [twin], "error": [kept]}
        assert out["restricted"] == 0 and f"{time.now():%Y-%m}" not in out["restricted_months"]
    page = desk.get("ops", "/figures?lang=en").text
    assert all(number in page for number in (drill, false_alarm, twin, kept)) and hidden not in page
    found = figures(desk, by="ops")
    assert found["detection", ""]["more"]["errors"] == 1 and found["detection", ""]["value"] is None
    time.forward(days=62)
    first, last = (time.now() - timedelta(days=70)).date(), time.now().date()
    asked = Filters(first, last, "month", kind="network_fault")
    with desk.database.read() as session:
        left = [excluded.excluded(session, asked, UTC, desk.principal(by)).restricted for by in ("ada", "ops")]
    assert left == [0, 1], "told without the choices, once the month is over"


@pytest.mark.proves("R2")
def test_rows_are_judged_in_the_database_as_the_pure_figures_judge_them(desk: Desk, time: Time) -> None:
    """On the second, one microsecond beside it, open, overdue, in error: SQL and Python say the same of each."""
    areas = [desk.network.areas["800101"]]
    now, limit = time.now(), timedelta(minutes=30)
    edge = [timedelta(), timedelta(microseconds=1), -timedelta(microseconds=1), timedelta(hours=3)]

    def work(session: Session) -> None:
        history.fill(session, 32, now, 20, areas, list(desk.network.services.values()))
        for at, row in enumerate(session.scalars(select(Incident).order_by(Incident.id))):
            late = edge[at % 4]
            row.responding_at = None if at % 5 == 4 else row.reported_at + limit + late
            if at == 3:
                row.responding_at = row.reported_at - timedelta(microseconds=1)
            due = session.scalars(select(IncidentClock).where(IncidentClock.incident_id == row.id)).one()
            due.due_at = now + timedelta(hours=1) if at % 7 == 6 else row.reported_at + timedelta(hours=5)
            row.restored_at = None if at % 6 == 5 else due.due_at + edge[(at // 4) % 4]
            if at == 8:
                row.restored_at = row.reported_at - timedelta(seconds=1)

    desk.do(work)
    with desk.database.read() as session:
        days = Filters((now - timedelta(days=30)).date(), now.date() + timedelta(days=1), "day")
        china, who = ZoneInfo("Asia/Shanghai"), desk.principal("ada")
        asked = period_figures.asked_for(session, days, china, who)
        told = sorted(incident_rows.cases(session, asked, limit), key=repr)
        plain = population.counted(session, days, china, who)
    said = [(one.response, one.restoration) for one in told]
    assert sorted(said) == sorted((response(one, limit, asked.now), restoration(one, asked.now)) for one in plain)
    assert len({each for pair in said for each in pair}) == 4
    begun = [one.responding_at - one.reported_at for one in plain if one.responding_at]
    assert sorted(one.begun for one in told if one.begun is not None) == sorted(
        each // timedelta(microseconds=1) for each in begun
    )


@pytest.mark.proves("R21")
def test_availability_counts_the_minutes_within_the_period_also_on_a_day_of_25_hours(desk: Desk) -> None:
    """An outage from before the period to after it, in a zone whose clock goes back that night, and one that only touches it."""
    day, berlin = date(2025, 10, 26), ZoneInfo("Europe/Berlin")
    begin = datetime(2025, 10, 25, 22, 0, tzinfo=UTC)

    def work(session: Session) -> None:
        now = clock.now(session)
        history.fill(session, 3, now, 400, [desk.network.areas["800101"]], [desk.network.services["voice"]])
        rows = session.scalars(select(Impact).order_by(Impact.id)).all()
        spans = ((-10, 40, 7), (-5, 0, 50), (24, 25, 7))
        for row, (since, until, users) in zip(rows, spans, strict=True):
            row.from_at, row.until_at = begin + timedelta(hours=since), begin + timedelta(hours=until)
            row.users = users
        declared = {"kind": "outage", "share": 0.1, "declared": True, "exercise": False, "until_at": None}
        place = {"incident_id": rows[0].incident_id, "service_id": rows[0].service_id, "area_id": rows[0].area_id}
        session.execute(insert(Impact), [{**declared, **place, "users": 20, "from_at": begin + timedelta(hours=23)}])

    desk.do(work)
    with desk.database.read() as session:
        who = desk.principal("ada")
        found = period_figures.of_period(session, Filters(day, day, "day"), berlin, who)["availability", "voice"]
    lost = 23 * 7 + 2 * 20 + 1 * 7
    assert found.more["user_minutes"] == pytest.approx(lost * 60)
    assert found.value == service_figures.availability(lost * 60.0, 50, 25 * 60.0).value


def test_pages_are_counted_by_night_and_by_person(desk: Desk, time: Time) -> None:
    number = desk.responding(elements=["CELL-1"])
    desk.send()
    midnight = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
    """Midnight in Shanghai."""
    second = timedelta(seconds=1)
    at = [-2 * 3600 * second, -2 * 3600 * second - second, 6 * 3600 * second - second, 6 * 3600 * second]
    answers = [timedelta(minutes=1), timedelta(minutes=9), None, -second]

    def work(session: Session) -> None:
        one = session.scalars(select(Page)).first()
        assert one is not None
        common = {"escalation_id": one.escalation_id, "incident_id": one.incident_id, "incident_number": number}
        rows = [
            {
                **common,
                "person_id": desk.people["eng" if n else "ops"],
                "target": "x",
                "step": n // 3,
                "code": str(n),
                "state": "acknowledged" if answers[n] is not None else "unanswered",
                "created_at": midnight + shift,
                "answered_at": midnight + shift + took if (took := answers[n]) is not None else None,
                "exercise": False,
            }
            for n, shift in enumerate(at)
        ]
        session.execute(insert(Page), rows)

    desk.do(work)
    query = "from=2026-03-10&to=2026-03-11"
    found = figures(desk, query)
    assert found["pages", ""]["value"] == 4
    assert counts(found, "pages_answered")[:2] == (3, 4)
    assert counts(found, "pages_at_night")[:2] == (2, 4)
    assert counts(found, "passed_on")[:2] == (1, 1)
    assert (found["answer_time", ""]["value"], found["answer_time", ""]["more"]["errors"]) == (300, 1)
    load = {each["person"]: each for each in desk.get("ada", f"{API}?{query}").json["load"]}
    assert (load["eng"]["pages"], load["eng"]["answered"], load["eng"]["night"]) == (3, 2, 1)
    assert (load["eng"]["hours"], load["eng"]["night_hours"]) == (48, 16), "he holds the duty all the time"
    assert load["ops"]["mean_answer"] == 60
    assert figures(desk, "from=2020-01-01")["pages", ""]["value"] > 4
    assert desk.get("ada", f"{API}?from=2020-01-01").json["load"][0]["hours"] is None


@ONE
@pytest.mark.proves("R16", "R21")
def test_surveys_and_disputes_of_the_incidents_stand_with_the_figures(desk: Desk, time: Time) -> None:
    number = desk.responding(elements=["CELL-1"])
    names = ("satisfied", "satisfaction_score", "first_response_satisfied")
    found = figures(desk)
    assert [(found[name, ""]["value"], found[name, ""]["verdict"]) for name in names] == [(None, "none")] * 3

    def work(session: Session) -> None:
        incident = session.scalars(select(Incident).where(Incident.number == number)).one()
        survey = Survey(incident_id=incident.id, state="open", seed=1, due_at=time.now(), exercise=False)
        session.add(survey)
        session.flush()
        for n, grade in enumerate((5, 5, 5, 5, 5, 5, 5, 5, 4, 1)):
            answer = SurveyAnswer(
                survey_id=survey.id, subscriber_id=n, recipient=b"%d" % n, language="zh", exercise=False
            )
            answer.asked_at = answer.answered_at = time.now()
            answer.via, answer.restored, answer.satisfaction = "sms", True, grade
            session.add(answer)
        due = session.scalars(
            select(IncidentClock).where(IncidentClock.incident_id == incident.id, IncidentClock.code == "sla-resolve")
        ).one()
        breach = SlaBreach(incident_id=incident.id, clock_id=due.id, code=due.code, sla_class="general", tier=4)
        breach.due_at = breach.recorded_at = due.due_at
        breach.users, breach.customers, breach.currency = 20, 0, "CNY"
        breach.liability, breach.dispute, breach.exercise = "third_party", "raised", False
        session.add(breach)

    desk.database.write(work)
    found = figures(desk)
    assert counts(found, "satisfied") == (9, 10, "met")
    assert (found["satisfaction_score", ""]["value"], found["satisfaction_score", ""]["verdict"]) == (90.0, "met")
    assert found["first_response_satisfied", ""]["verdict"] == "none"
    assert (
        found["sla_resolve", "general"]["more"] | {"disputed": 1, "third_party": 1}
        == found["sla_resolve", "general"]["more"]
    )
    assert "in dispute: 1" in desk.get("ada", "/figures?lang=en").text


@ONE
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_and_the_file_say_the_same(desk: Desk, language: str) -> None:
    desk.do(
        lambda session: session.execute(
            update(Service).where(Service.code == "voice").values(name_en="=1+1", name_zh="=1+1")
        )
    )
    desk.responding(elements=["CELL-1"])
    answer = desk.get("ada", f"/figures?lang={language}&tier=4")
    assert answer.status_code == 200 and "style=" not in answer.text
    assert ("响应按时率" if language == "zh" else "Response in time") in answer.text
    assert 'popovertarget="definition-response"' in answer.text and 'id="definition-response"' in answer.text
    file = desk.get("ada", f"/figures.csv?lang={language}&tier=4")
    assert file.mimetype == "text/csv" and "tocsin-figures-" in file.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(file.text.lstrip("\ufeff"))))
    assert len(rows) == 1 + len(figures(desk, "tier=4"))
    assert [row[6] for row in rows if row[1] in ("响应按时率", "Response in time")] == ["1"]
    assert [row[2] for row in rows if "1+1" in row[2]] == ["'=1+1"], "no cell is a formula"
    assert "/figures?from=" in desk.get("ada", f"/overview?lang={language}").text


@ONE
@pytest.mark.parametrize(("query", "field"), [("from=yesterday", "from"), ("tier=5", "tier"), ("area=999", "area")])
def test_a_filter_that_cannot_be_used_is_named(desk: Desk, query: str, field: str) -> None:
    answer = desk.get("ada", f"{API}?{query}")
    assert (answer.status_code, answer.json["field"]) == (422, field)
    page = desk.get("ada", f"/figures?{query}&to=2026-11-01")
    assert page.status_code == 422 and 'role="alert"' in page.text and "2026-11-01" in page.text
    assert desk.get("ada", f"/figures.csv?{query}").status_code == 422
    assert desk.get("ada", f"/figures/response?{query}").status_code == 422
    assert [desk.get("ada", f"/figures/{code}").status_code for code in ("pages", "nothing")] == [404, 404]
