"""What a report would bring is shown before it is made: the grade the report then gets, the people paged, and nothing is written."""

import time as wall
from typing import Any

import pytest
from sqlalchemy import func, select, text

from command.core.journal import Entry, Note
from command.incidents import report_form
from command.incidents.models import Incident
from command.network.models import Area
from command.oncall.models import Page
from tests.builders import add_subscribers
from tests.incidents.conftest import Desk
from tests.pace import paced

CASES: tuple[dict[str, Any], ...] = (
    {"kind": "network_fault", "area": "800101", "elements": ["CELL-1"]},
    {"kind": "network_fault", "area": "8001", "elements": ["AGG-1"]},
    {"kind": "network_fault", "area": "80", "elements": ["CORE"]},
    {"kind": "network_fault", "area": "80", "elements": ["AGG-1", "CELL-4"], "users": 30},
    {"kind": "service_interruption", "area": "8001", "users": 35, "services": ["voice"]},
    {"kind": "service_interruption", "area": "800101", "users": 30, "services": ["emergency"]},
    {"kind": "service_interruption", "area": "00", "users": 50, "services": ["emergency", "voice"]},
    {"kind": "complaint_surge", "area": "80", "complaints": 2500},
    {"kind": "information_security", "area": "80", "records_leaked": 150_000},
    {"kind": "natural_disaster", "area": "8002"},
)


def preview(desk: Desk, by: str = "dou", **fields: Any) -> dict[str, Any]:
    answer = desk.post(by, "/api/v1/incidents/preview?lang=en", **fields)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.proves("D1", "R3", "B1")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']} {case['area']}")
def test_the_preview_says_what_the_report_then_is(desk: Desk, case: dict[str, Any]) -> None:
    shown = preview(desk, **case)
    made = desk.report(**case)
    for name in ("kind", "restricted", "tier", "current_tier", "projected_tier", "rules", "response_level"):
        assert shown[name] == made[name], name
    assert shown["audience"]["users"] == made["affected"]["now"]
    assert shown["facts"] == made["facts"]
    assert {row["service"] for row in made["impact"]} == set(shown["audience"]["services"])


@pytest.mark.proves("D1")
def test_an_outage_that_has_lasted_is_previewed_as_it_is_then_graded(desk: Desk, time: Any) -> None:
    begun = time.now().isoformat()
    time.forward(minutes=20)
    case = {"kind": "service_interruption", "area": "800101", "users": 30, "services": ["emergency"]}
    fresh = preview(desk, **case)
    case |= {"occurred_at": begun, "detected_at": begun}
    shown, made = preview(desk, **case), desk.report(**case)
    assert (shown["rules"], shown["current_tier"]) == (made["rules"], made["current_tier"])
    assert shown["current_tier"] < fresh["current_tier"], "the minutes that have passed count"


@pytest.mark.proves("R4")
def test_whom_it_says_is_paged_is_paged_once_the_response_runs(desk: Desk) -> None:
    shown = preview(desk, kind="network_fault", area="800101", elements=["CELL-1"])
    number = desk.responding()
    desk.send()
    with desk.database.read() as session:
        paged = set(session.scalars(select(Page.person_id).where(Page.incident_number == number)))
    assert paged and paged == {person["id"] for chain in shown["pages"] for person in chain[0]["people"]}
    made = desk.see(number)
    assert shown["commander"]["username"] == made["commander"]["username"]
    assert shown["playbook"] == made["playbook"]


def test_nothing_is_written_by_looking(desk: Desk) -> None:
    def count() -> list[int]:
        with desk.database.read() as session:
            return [session.scalar(select(func.count()).select_from(t)) or 0 for t in (Incident, Entry, Note)]

    for name in ("dou", "kef"):
        desk.token(name)
    before = count()
    preview(desk, kind="network_fault", area="80", elements=["CORE"], users=10, summary="all is lost")
    form = {"summary": "all is lost", "area": "80", "affected": "CORE"}
    assert desk.ask("kef", "POST", "/incidents/report/preview", data=form).status_code == 200
    assert count() == before
    assert desk.report()["number"].endswith("-001"), "no number was used up"


@pytest.mark.proves("R5")
def test_the_facts_that_are_missing_and_the_ten_minutes_are_shown(desk: Desk) -> None:
    shown = preview(desk, area="800101", summary="no tone")
    assert shown["facts"] == {"known": ["kind", "time"], "missing": ["scope", "user_feedback", "first_measures"]}
    clock = desk.clock(desk.report()["number"], "report-to-centre")
    assert shown["facts_due_at"][:16] == clock["due_at"][:16]
    whole = preview(desk, area="800101", users=5, feedback="calls", measures="crew")
    assert whole["facts"]["missing"] == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("梅江区光缆被挖断", "network_fault"),
        ("Customer data is for sale", "information_security"),
        ("台风登陆，基站退服", "network_fault"),
        ("Typhoon and flood in the county", "natural_disaster"),
        ("很多客户投诉多扣费", "complaint_surge"),
        ("手机上不了网", "service_interruption"),
        ("", "service_interruption"),
    ],
)
def test_the_kind_is_guessed_from_the_words(desk: Desk, words: str, kind: str) -> None:
    shown = preview(desk, area="800101", summary=words)
    assert (shown["kind"], shown["kind_guessed"]) == (kind, True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"area": "9"}, "area"),
        ({"area": "800101", "elements": ["NONE"]}, "elements"),
        ({"area": "800101", "services": ["fax"]}, "services"),
        ({"area": "800101", "users": 999}, "users"),
        ({"area": "800101", "occurred_at": "2099-01-01T00:00:00Z"}, "occurred_at"),
        ({"area": "800101", "exercise": True}, "exercise"),
        ({"area": "800101", "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_reported_cannot_be_previewed(desk: Desk, body: dict[str, Any], field: str) -> None:
    answer = desk.post("kef", "/api/v1/incidents/preview", **body)
    assert answer.status_code in (403, 422) and answer.json["field"] == field and answer.json["remedy"]


def test_auditors_do_not_report(desk: Desk) -> None:
    assert desk.post("aud", "/api/v1/incidents/preview", area="80").status_code == 403


@pytest.mark.slow
def test_a_preview_of_200_000_users_is_quick(desk: Desk) -> None:
    many = dict.fromkeys(("CELL-1", "CELL-2", "CELL-3", "CELL-4", "CELL-5"), 40_000)
    desk.do(lambda session: add_subscribers(session, desk.installation.keyring, desk.network, many, 30_000_000))
    if desk.database.dialect == "postgresql":
        desk.do(lambda session: session.execute(text("ANALYZE")))
    for n in range(30):
        desk.report(area="800201", elements=["CELL-6"], summary=f"cable cut near kilometre {n}")
    case = {"area": "80", "elements": ["CORE"], "summary": "全省光缆中断，手机没信号，宽带也断了", "users": 1200}
    preview(desk, **case)
    assert preview(desk, **case)["audience"]["users"] > 200_000
    took = sorted(paced(lambda: preview(desk, **case), wall.perf_counter) for _ in range(20))
    assert took[18] <= 0.3, took


def area(code: str, zh: str, en: str) -> Area:
    return Area(code=code, level="county", name_zh=zh, name_en=en)


AREAS = (
    area("8001", "梅川市", "Meichuan City"),
    area("800101", "梅江区", "Meijiang District"),
    area("8006", "南屿市", "Nanyu"),
)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("梅", ["8001", "800101"]),
        ("mei", ["8001", "800101"]),
        ("8001", ["8001", "800101"]),
        ("800101 梅江区", ["800101"]),
        ("800101 Meijiang District", ["800101"]),
        ("district", ["800101"]),
        ("yu", ["8006"]),
        ("nowhere", []),
        ("", ["8001", "800101", "8006"]),
    ],
)
def test_areas_are_found_by_code_and_by_parts_of_names(typed: str, codes: list[str]) -> None:
    assert [each.code for each in report_form.found(AREAS, typed)] == codes


@pytest.mark.parametrize(
    ("typed", "users", "elements"),
    [
        ("", None, ()),
        ("1200", 1200, ()),
        ("1,200", 1200, ()),
        ("1.2万户", 12000, ()),
        ("3k users", 3000, ()),
        ("３００", 300, ()),
        ("mw-0221、AGG-01-3", None, ("MW-0221", "AGG-01-3")),
        ("MW-0221 1200 AGG-01-3", 1200, ("MW-0221", "AGG-01-3")),
    ],
)
def test_users_and_elements_are_told_apart(typed: str, users: int | None, elements: tuple[str, ...]) -> None:
    assert report_form.hit(typed) == report_form.Hit(users, elements)
