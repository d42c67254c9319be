"""Whatever shows an exercise says so, and nothing else does: every route is walked with an exercise in it, and with the real thing.

A new route with a variable in its address fails here until it is in one of the two tables below."""

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from command.core import clock, marks
from command.core.installation import Installation
from command.engine import phone_drill
from command.oncall.models import Page
from command.oncall.paging import links
from command.oncall.phone_drill.drill_models import PhoneDrill
from tests.boards.stage import Stage
from tests.drills.scene import Stage as DrillStage
from tests.drills.scene import line, scenario

OF_ONE_THING = {
    "number": "an incident",
    "notice_id": "a notice",
    "allocation_id": "something taken for an incident",
    "request_id": "a request of an incident",
    "drill_id": "a phone drill",
    "run_id": "a run of a phone drill",
    "name": "a board",
    "bulletin_id": "a bulletin of an incident",
    "/resources/units/<int:unit_id>/scan": "a unit as it is out now",
    "/p/<token>": "a page of an incident",
    "/warnings/<code>": "a warning",
    "/warnings/<code>/edit": "a warning",
    "/d/<token>": "a call of a phone drill",
}
"""Variables, or whole routes, that name one thing which is an exercise's or real."""
OF_NONE = {
    "/notices/choices/<field>": "places, services, plans and lists are real",
    "/figures/<code>": "exercises are in no figure",
    "/board/centre/<code>": "exercises stand on the exercise board alone",
    "/on-call/feed/<text>.ics": "duties are real",
    "/on-call/schedules/<code>": "duties are real",
    "/on-call/policies/<int:policy_id>": "policies are real",
    "/on-call/hand-over/<int:handover_id>": "real cases and exercises stand beside each other, each marked",
    "/resources/pools/<int:pool_id>": "pools are real",
    "/resources/pools/export.<form>": "pools are real",
    "/resources/stocks/<int:stock_id>": "stocks are real",
    "/resources/pools/<int:pool_id>/stock-taking": "stocks are real",
    "/resources/units/<int:unit_id>": "units are real; what they are out for is marked in the list",
    "/knowledge/<int:problem_id>": "exercises are never kept",
    "/knowledge/<int:problem_id>/edit": "exercises are never kept",
    "/c/<token>": "callers' cases are real",
    "/s/<token>": "exercises ask nobody",
    "/b/<token>": "recipients outside get none of exercises; one on a drill's allow-list is tried in tests/bulletins",
    "/b/<token>/pdf": "as the page of its address",
    "/bulletins/<int:bulletin_id>/pdf": "a file, which is marked in itself",
    "/incidents/<number>/filings/<report>/copy": "a file, which is marked in itself",
    "/complaints/<reference>": "customers' complaints are real; one of a drill marks itself",
    "/drills/feed/<text>.ics": "a calendar, in which each drill says that it is one",
    "/drills/<code>/real": "what is real is reported there, though a drill goes on",
    "/people/authority/draft/<act>": "the authority table is real",
    "/playbooks/<code>": "playbooks are real",
    "/playbooks/<code>/compare": "playbooks are real",
    "/plans/<int:work_id>": "plans are real",
    "/plans/<int:work_id>/edit/<step>": "plans are real",
    "/plans/<int:work_id>/readers": "plans are real",
    "/plans/<int:work_id>/compare": "plans are real",
    "/incidents/<number>/evaluation/parts/<part>": "exercises have no evaluation report of their own",
    "/incidents/<number>/evaluation/parts/<part>/history": "exercises have no evaluation report of their own",
    "/incidents/<number>/evaluation/public": "exercises have no version for users",
    "/status/reports/<public_id>": "exercises are never published",
    "/improvement/<int:action_id>": "what a drill showed is mended in earnest",
    "/improvement/<int:action_id>/evidence/<int:evidence_id>": "what a drill showed is mended in earnest",
    "/risks/<code>": "risks are real",
    "/reports/<int:report_id>": "exercises are in no report",
    "/reports/<int:report_id>/export/<form>": "exercises are in no report",
    "/capability/<int:assessment_id>": "capability is assessed in earnest; drills are named as evidence of it",
    "/capability/<int:assessment_id>/rate/<domain>": "capability is assessed in earnest",
    "/capability/<int:assessment_id>/export/<form>": "capability is assessed in earnest",
    "/capability/<int:assessment_id>/file": "capability is assessed in earnest",
    "/sites/<code>": "sites are real; as drills have them they are marked",
    "/risks/<code>/edit": "risks are real",
    "/insights/<code>": "exercises count in no figure",
    "/insights/<code>/export/<chart>.<form>": "exercises count in no figure",
    "/incidents/<number>/gantt/export/<chart>.<form>": "a file, which is marked in its head (tests/insights)",
    "/measurements/<code>": "series measure what is real",
    "/measurements/<code>/edit": "series measure what is real",
    "/training/certificates/<number>": "training is real",
    "/training/certificates/<number>.pdf": "training is real",
    "/training/people/<username>": "training is real",
    "/training/sessions/<int:session_id>": "training is real",
    "/training/sessions/<int:session_id>/edit": "training is real",
    "/training/sessions/<int:session_id>/here": "training is real",
}
PLAYS = "/drills/<code>/play"
QUERY = {"/board/frames/<name>": "?from=0&to=1"}
MARK = {"en": "[DRILL]", "zh": "【演练】"}
BANNER = {
    "en": "[DRILL] This is an exercise. Nothing here is real.",
    "zh": "【演练】本页内容均为演练，并非真实事件。",
}


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Pages see no difference between databases."""
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@dataclass(frozen=True, slots=True)
class Things:
    """What addresses are made of, all real or all of an exercise."""

    number: str
    request_id: int
    allocation_id: int
    unit_id: int
    page: str
    drill_id: int = 1
    run_id: int = 1
    action: str = "cancel"
    photo_id: int = 1
    code: str = "DR-01"
    task: str = "rule_out_attack"
    bulletin_id: int = 1
    report: str = "cn-inform"
    warning: str = ""
    notice_id: int = 0

    def address(self, rule: Rule, call: str = "") -> str:
        """The address of a rule about them."""
        values = {name: getattr(self, name, 1) for name in rule.arguments}
        if rule.rule.startswith("/board/"):
            values["name"] = f"incident:{self.number}"
        if rule.rule.startswith("/warnings/"):
            values["code"] = self.warning
        if rule.rule == "/p/<token>":
            return self.page
        if rule.rule == "/d/<token>":
            return call
        built = rule.build(values, append_unknown=False)
        assert built is not None, rule.rule
        return built[1] + QUERY.get(rule.rule, "")


def things(stage: Stage, exercise: bool) -> Things:
    """An incident that somebody is paged for, whose request got a unit."""
    number = stage.report(by="tra", exercise=exercise, elements=["CELL-3" if exercise else "CELL-1"])
    assert stage.act("dou", number, "assess") == 200
    assert stage.act("dou", number, "activate") == 200
    stage.engine()
    with stage.database.read() as session:
        paged = session.scalars(select(Page.id).where(Page.incident_number == number).limit(1)).one()
    soon = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    need = {"resource": "generator", "quantity": 1, "place": "CELL", "why": "Dark", "need_by": soon}
    asked = stage.post("dou", f"/api/v1/incidents/{number}/resource-requests", **need).get_json()["id"]
    base, unit = "/api/v1/resources/requests", 2 if exercise else 1
    assert stage.post("ada", f"{base}/{asked}/actions/approve").status_code == 200
    filled = stage.post("dou", f"{base}/{asked}/actions/fill", take=[{"stock": 1, "unit": unit}])
    assert filled.status_code == 200, filled.text
    bulletin = stage.post("dou", f"/api/v1/incidents/{number}/bulletins", kind="first")
    assert bulletin.status_code == 201, bulletin.text
    page = links.maker(stage.installation)(paged).removeprefix(stage.installation.settings.origin)
    written = bulletin.get_json()["id"]
    warning = _warning(stage, exercise)
    texts = {"zh": "进展", "en": "An update"}
    told = stage.post("dou", "/api/v1/notices", incident=number, kind="advisory", texts=texts)
    assert told.status_code == 201, told.text
    notice = told.get_json()["id"]
    return Things(
        number, asked, 2 if exercise else 1, unit, page, bulletin_id=written, warning=warning, notice_id=notice
    )


def _warning(stage: Stage, exercise: bool) -> str:
    """A light warning, which suspends no drill; its code."""
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    said = {"issuer": "Weather service", "event": "flood", "colour": "blue", "areas": ["8002"], "headline_en": "Rain"}
    made = stage.post("dou", "/api/v1/warnings", exercise=exercise, until_at=until, **said)
    assert made.status_code == 201, made.text
    return str(made.get_json()["code"])


class Both(Stage, DrillStage):
    """An operator with incidents, boards and drills."""


@dataclass
class World:
    """Something real and the same as an exercise, and whoever looks at both."""

    stage: "Both"
    real: Things
    drill: Things
    call: str

    def rules(self) -> list[Rule]:
        """Routes of pages and their parts with a variable in them."""
        found = self.stage.app.url_map.iter_rules()
        return [
            rule
            for rule in found
            if "GET" in (rule.methods or ())
            and rule.arguments
            and not rule.rule.startswith(("/api/", "/hooks/", "/static"))
        ]

    def open(self, address: str, language: str, by: str = "ada") -> TestResponse:
        client: FlaskClient = self.stage.client()
        sign = "&" if "?" in address else "?"
        return client.get(
            f"{address}{sign}lang={language}",
            headers={"Authorization": f"Bearer {self.stage.token(by)}", "Accept-Language": language},
        )


@pytest.fixture
def world(installation: Installation) -> World:
    stage = Both(installation)
    base = "/api/v1/resources"
    names = {"name_zh": "发电机", "name_en": "Generator"}
    home = {"name_zh": "库", "name_en": "Depot", "area": "8001", "place": "1 Depot Road"}
    for address, body in (
        (f"{base}/catalogue", {"code": "generator", "kind": "material", "serial": True, **names}),
        (f"{base}/pools", {"code": "depot", "department": "operations", **home}),
        (f"{base}/pools/1/actions/receive", {"resource": "generator", "type": 1, "serials": ["G-1", "G-2"]}),
    ):
        assert stage.post("dou", address, **body).status_code in (200, 201), address
    real, drill = things(stage, False), things(stage, True)
    assert stage.begun(scenario(line(1)), mode="simulation") == drill.code
    return World(stage, real, drill, _call(stage))


def _call(stage: Stage) -> str:
    """The address of a call of a phone drill."""
    said = {"name": "Roll call", "targets": ["post:commander"], "zone": "UTC", "starts": "2099-01-05T10:00"}
    planned = stage.post("tra", "/api/v1/phone-drills", every="once", **said)
    assert planned.status_code == 201, planned.text

    def due(session: Session) -> None:
        session.get_one(PhoneDrill, 1).next_at = clock.now(session)

    stage.database.write(due)
    while phone_drill.run_once(stage.installation):
        pass
    return links.maker(stage.installation, "d", links.DRILL)(1).removeprefix(stage.installation.settings.origin)


KINDS = ("banner", "title", "icon", "theme")


def is_page(answer: TestResponse) -> bool:
    return answer.mimetype == "text/html" and answer.text.lstrip().lower().startswith("<!doctype html>")


def missing(text: str) -> list[str]:
    """The marks that a page of an exercise lacks, in the language it says it is in."""
    language = "zh" if '<html lang="zh' in text else "en"
    banner = re.search(r'<(?:div|p) class="(?:drill )?exercise-banner" role="note">([^<]+)<', text)
    title = re.search(r"<title>([^<]*)", text)
    there = (
        banner is not None and banner[1] == BANNER[language],
        title is not None and title[1].startswith(MARK[language]),
        re.search(r'<link rel="icon" href="[^"]*bell-exercise[^"]*"', text) is not None,
        re.search(r"<html[^>]* data-exercise[ >]", text) is not None,
    )
    return [kind for kind, found in zip(KINDS, there, strict=True) if not found]


def has_any(text: str) -> bool:
    return len(missing(text)) < len(KINDS)


def allowed(rule: Rule) -> tuple[int, ...]:
    """What a page may answer. Pages of drills also refuse, for not each of them is for whoever looks here; refusals are marked too."""
    if rule.rule in ("/drills/<code>", "/drills/<code>/console", PLAYS):
        return (200,)
    return (200, 403, 404, 409) if rule.rule.startswith("/drills/") else (200, 404) if "photo" in rule.rule else (200,)


def named(rule: Rule) -> bool:
    if rule.rule in OF_NONE:
        return False
    of_drills = rule.rule.startswith("/drills/")
    return of_drills or rule.rule in OF_ONE_THING or bool(rule.arguments & set(OF_ONE_THING))


@pytest.mark.proves("B3", "I3")
def test_every_route_says_whether_it_can_show_an_exercise(world: World) -> None:
    rules = world.rules()
    unknown = [rule.rule for rule in rules if not named(rule) and rule.rule not in OF_NONE]
    assert unknown == [], "say in OF_ONE_THING or OF_NONE what these show"
    assert set(OF_NONE) <= {rule.rule for rule in rules}, "these are no routes any more"


@pytest.mark.proves("B3", "I3")
def test_every_page_about_an_exercise_has_all_its_marks_and_no_page_about_the_real_thing_has_one(world: World) -> None:
    walked, faults = 0, []
    for rule in [rule for rule in world.rules() if named(rule)]:
        for language in MARK:
            by = "eng" if rule.rule.startswith(PLAYS) else "ada"
            answer = world.open(world.drill.address(rule, world.call), language, by)
            assert answer.status_code in allowed(rule), f"{rule.rule} answered {answer.status_code}"
            if is_page(answer):
                walked += 1
                faults += [f"{rule.rule} in {language} lacks {mark}" for mark in missing(answer.text)]
        real = world.open(world.real.address(rule), "en") if not rule.rule.startswith(marks.ALWAYS) else None
        if real is not None and has_any(real.text):
            faults.append(f"{rule.rule} marks the real thing")
    assert faults == []
    assert walked > 24, "too few pages were looked at to mean anything"


def test_pages_whose_whole_address_is_of_exercises_are_marked_too(world: World) -> None:
    always = (
        "/drills",
        "/drills/new",
        "/drills/none",
        "/board/exercise",
        "/board/exercise/replay",
        "/on-call/drills",
        "/resources/plan?exercise=1",
    )
    for address in (*always, f"/incidents/{world.drill.number}?at=2026-01-01T00:00", "/incidents/D-2000-0101-001"):
        assert missing(world.open(address, "en", "tra").text) == [], address
    for address in (
        f"/drills/{world.drill.code}/real",
        "/board",
        "/resources/plan",
        "/on-call",
        "/archive",
        "/desk",
        "/me",
        "/incidents/2000-0101-001",
    ):
        assert not has_any(world.open(address, "en").text), address


def test_a_form_that_is_refused_keeps_the_marks(world: World) -> None:
    refused = world.stage.ask("ada", "POST", f"/incidents/{world.drill.number}/do/tier?lang=en", data={})
    assert refused.status_code >= 400
    assert missing(refused.text) == []
