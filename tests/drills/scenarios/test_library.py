"""The library of scenarios: written on the page or over the interface, checked here, kept as the next version, kept from those who play."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import Installation
from command.core.journal import Entry
from command.core.problems import Conflict, NotFound
from command.drills import kept
from command.drills.models import Drill, DrillParticipant, Part, ScenarioVersion, State
from command.drills.scenarios import lanes, library, writing
from command.drills.scenarios.blank import TEXT
from command.network.models import Area
from playbooks.scenario import Subject
from playbooks.scenario_files import SCENARIOS, load_scenario, shipped
from tests.incidents.conftest import Desk

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
API, PAGES, EDITOR = "/api/v1/drill-scenarios", "/drills/scenarios", "/drills/write-scenario"
LEAK = (SCENARIOS / "data_leak.yaml").read_text(encoding="utf-8")
SHIPPED = shipped()
HAN = re.compile(r"[一-鿿]")


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


def newest(desk: Desk, code: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.get("tra", f"{API}/{code}").json["newest"]
    return found


def keep(desk: Desk, text: str, follows: str = "", by: str = "tra") -> Any:
    return desk.post(by, API, text=text, follows=follows)


@ONE
@pytest.mark.proves("R9")
def test_the_library_holds_one_scenario_of_each_subject_and_finds_it_by_its_code(desk: Desk) -> None:
    def work(session: Session) -> None:
        assert [each.subject for each in library.every(session)] == list(Subject)
        assert library.find(session, "data_leak") == load_scenario(LEAK, "x").scenario
        with pytest.raises(NotFound):
            library.find(session, "nothing")

    desk.do(work)
    page = desk.get("kef", f"{PAGES}?lang=en").text
    assert all(script.scenario.name.en in page for script in SHIPPED)
    assert len(desk.get("kef", API).json["items"]) == 5


@ONE
@pytest.mark.proves("R9")
def test_a_text_is_kept_as_the_next_version_and_drills_take_it_while_the_old_one_stays(desk: Desk) -> None:
    first = newest(desk, "data_leak")
    made = keep(desk, LEAK.replace("duration_minutes: 90", "duration_minutes: 95"), first["id"])
    assert made.status_code == 201 and (made.json["version"], made.json["shipped"]) == (2, False)
    assert desk.do(lambda session: library.find(session, "data_leak")).duration_minutes == 95
    whole = desk.get("tra", f"{API}/data_leak").json
    assert [each["version"] for each in whole["versions"]] == [2, 1]
    assert whole["scenario"]["duration_minutes"] == 95 and len(whole["scenario"]["injects"]) == 14
    page = desk.get("tra", f"{PAGES}/data_leak?lang=en").text
    assert "What differs from version 1" in page and "<ins>+ duration_minutes: 95</ins>" in page
    old = desk.get("tra", f"{PAGES}/data_leak?version={first['id']}&lang=en").text
    assert "Not the newest version" in old and "comes with Tocsin" in old
    with desk.database.read() as session:
        entry = session.scalars(select(Entry).where(Entry.stream_id == "scenario:data_leak")).one()
        assert entry.kind == "scenario.kept" and entry.actor == f"person:{desk.people['tra']}"


@ONE
def test_what_was_kept_meanwhile_is_not_run_over_and_nothing_is_kept_twice(desk: Desk) -> None:
    first = newest(desk, "data_leak")["id"]
    assert keep(desk, LEAK.replace("duration_minutes: 90", "duration_minutes: 95"), first).status_code == 201
    late = keep(desk, LEAK.replace("duration_minutes: 90", "duration_minutes: 100"), first)
    assert late.status_code == 409 and "Version 2 of data_leak was kept meanwhile" in late.json["detail"]
    assert keep(desk, LEAK).status_code == 409  # a new scenario with the code of an old one
    second = newest(desk, "data_leak")["id"]
    same = keep(desk, LEAK.replace("duration_minutes: 90", "duration_minutes: 95"), second)
    assert same.status_code == 409 and "Nothing was changed" in same.json["detail"]
    assert keep(desk, LEAK, second).json["version"] == 3  # back to what it was, as a version of its own
    assert keep(desk, TEXT).json["version"] == 1


@ONE
def test_a_broken_scenario_is_refused_with_the_line_and_the_remedy_in_the_readers_language(desk: Desk) -> None:
    broken = TEXT.replace("to: duty_officer", "to: duty_oficer", 1).replace("at_minutes: 12", "at_minutes: 45")
    answer = keep(desk, broken)
    assert answer.status_code == 422 and answer.json["code"] == "unsound-scenario"
    lines = broken.splitlines()
    for each in answer.json["errors"]:
        assert lines[int(each["field"].removeprefix("text:")) - 1].strip().startswith(("to:", "at_minutes:"))
    checked = desk.ask("tra", "POST", f"{API}/check?lang=zh", json={"text": broken}).json
    assert not checked["sound"] and checked["code"] == "my_scenario"
    assert all(HAN.search(each["message"]) for each in checked["found"])
    assert any("“duty_officer”" in each["remedy"] for each in checked["found"])
    assert desk.post("tra", f"{API}/check", text=TEXT).json["sound"]
    assert desk.do(lambda session: session.scalar(select(ScenarioVersion))) is None


ODD = (
    "",
    "# nothing",
    "code: [",
    "a: &b 1",
    "\tcode: x",
    "code: x\ncode: y",
    "[]",
    "- 1",
    "null",
    "x" * 3000,
    "a: !!set {}",
)


@ONE
def test_whatever_is_typed_the_editor_says_what_is_wrong_and_gives_it_back(desk: Desk) -> None:
    for text in ODD:
        answer = typed(desk, text)
        assert answer.status_code == 200, text
        assert text.strip()[:50].replace("&", "&amp;") in answer.text
        said = re.findall(r'wrong-error">.*?</p>\s*<p>(.*?)</p>', answer.text, re.DOTALL)
        assert said and all(HAN.search(each) for each in said), said
    assert typed(desk, "code: \x07").status_code == 200


def typed(desk: Desk, text: str, way: str = "", **more: str) -> Any:
    """What the form of the editor sends, in Chinese."""
    client = desk.client()
    headers = {"Authorization": f"Bearer {desk.token('tra')}"}
    return client.post(f"{EDITOR}{way}?lang=zh", data={"text": text, "follows": "", **more}, headers=headers)


@ONE
def test_the_editor_checks_keeps_and_loses_nothing(desk: Desk) -> None:
    page = desk.get("tra", f"{EDITOR}?from=data_leak&lang=en").text
    follows = re.search(r'name="follows" value="(\w+)"', page)
    assert follows and "# Personal data are offered for sale." in page
    longer = LEAK.replace("duration_minutes: 90", "duration_minutes: 95").replace("\n", "\r\n")
    assert "检查通过" in typed(desk, longer, "/found").text
    assert typed(desk, longer.replace("to: desk_lead", "to: nobody", 1), "/keep", follows=follows[1]).status_code == 422
    kept_ = typed(desk, longer, "/keep", follows=follows[1])
    assert kept_.status_code == 303 and kept_.location.endswith("/drills/scenarios/data_leak")
    late = typed(desk, LEAK.replace("duration_minutes: 90", "duration_minutes: 110"), "/keep", follows=follows[1])
    assert (
        late.status_code == 409
        and "duration_minutes: 110" in late.text
        and "期间有人保存了data_leak的版本2" in late.text
    )
    again = re.search(r'name="follows" value="(\w+)"', late.text)
    assert again and again[1] == newest(desk, "data_leak")["id"]  # told once, it may be kept after the other one


@ONE
def test_a_version_is_downloaded_as_it_was_written(desk: Desk) -> None:
    answer = desk.get("tra", f"{PAGES}/data_leak/yaml")
    assert answer.text == LEAK and "data_leak-1.yaml" in answer.headers["Content-Disposition"]
    mark = keep(desk, TEXT).json["id"]
    own = desk.get("tra", f"{PAGES}/my_scenario/yaml?version={mark}")
    assert load_scenario(own.text, "x").scenario == load_scenario(TEXT, "x").scenario
    for address in (f"{PAGES}/nothing", f"{PAGES}/data_leak?version=0", f"{API}/nothing", f"{EDITOR}?from=nothing"):
        assert desk.get("tra", address).status_code == 404


def planned(desk: Desk, player: str, *, announced: bool, state: State) -> None:
    """A drill of the data leak in which somebody plays."""

    def work(session: Session) -> None:
        now = clock.now(session)
        drill = Drill(
            code=f"DR-{player}",
            name="Drill",
            subject="information_security",
            mode="simulation",
            local_date=date(2026, 12, 1),
            slot=600,
            departments=[],
            duration_minutes=90,
            scenario_id=kept.keep(session, library.find(session, "data_leak")).id,
            area_id=session.scalars(select(Area.id).where(Area.code == "80")).one(),
            due_at=now + timedelta(hours=1),
            announced=announced,
            state=state,
            trainer_id=desk.people["tra"],
            made_at=now,
            stop_word="STOP",
        )
        session.add(drill)
        session.flush()
        who = desk.people[player]
        session.add(DrillParticipant(drill_id=drill.id, person_id=who, part=Part.PLAYER, role="commander"))

    desk.do(work)


@ONE
@pytest.mark.proves("R9")
def test_the_injects_are_kept_from_those_who_play_and_a_no_notice_drill_does_not_give_itself_away(desk: Desk) -> None:
    inject = load_scenario(LEAK, "x").scenario.injects[0].content.en.split('"')[0].strip()

    def reads(who: str) -> bool:
        page = desk.get(who, f"{PAGES}/data_leak?lang=en").text
        whole = desk.get(who, f"{API}/data_leak").json
        told = inject in page
        assert told == (not whole["hidden"]) == bool(whole["scenario"]["injects"]) == ("Timeline" in page)
        assert (desk.get(who, f"{PAGES}/data_leak/yaml").status_code == 200) == told
        return told

    assert [reads(who) for who in ("tra", "ada", "dou", "aud", "eng", "kef")] == [True] * 4 + [False] * 2
    planned(desk, "ada", announced=True, state=State.PLANNED)
    planned(desk, "dou", announced=False, state=State.PLANNED)
    assert not reads("ada") and reads("dou") and reads("tra")
    desk.do(lambda session: session.execute(update(Drill).where(Drill.code == "DR-dou").values(state=State.RUNNING)))
    assert not reads("dou")


@ONE
def test_only_those_who_lead_drills_write_scenarios(desk: Desk) -> None:
    for who in ("kef", "eng", "aud"):
        assert keep(desk, TEXT, by=who).status_code == 403
        assert desk.get(who, EDITOR).status_code == 403
        assert "Write a scenario" not in desk.get(who, f"{PAGES}?lang=en").text


def test_of_two_who_keep_at_once_one_is_told_of_the_other(desk: Desk) -> None:
    who = desk.principal("tra")
    first = desk.do(lambda session: library.versions(session, "data_leak")[0].id)
    start = Barrier(2)

    def write(minutes: int) -> int | None:
        text = LEAK.replace("duration_minutes: 90", f"duration_minutes: {minutes}")
        start.wait()
        try:
            made: int = desk.do(lambda session: writing.keep(session, text, first, who).scenario.version)
            return made
        except Conflict:
            return None

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(write, (95, 100)), key=str) == [2, None]
    found = desk.do(
        lambda session: [(each.scenario.version, each.made_by) for each in library.versions(session, "data_leak")]
    )
    assert found == [(2, who.person_id), (1, None)]


@pytest.mark.parametrize("script", SHIPPED, ids=lambda script: script.scenario.code)
def test_the_picture_has_every_inject_in_its_roles_lane_and_no_two_marks_touch(script: Any) -> None:
    picture = lanes.draw(script.scenario)
    assert sorted(mark.inject.number for mark in picture.marks) == sorted(i.number for i in script.scenario.injects)
    for lane in picture.lanes:
        mine = [mark for mark in picture.marks if mark.inject.to == lane.role.id]
        assert all(lane.y < mark.y < lane.y + lane.height for mark in mine)
        for row in {mark.y for mark in mine}:
            xs = sorted(mark.x for mark in mine if mark.y == row)
            assert all(b - a > 2 * lanes.MARK - 3 for a, b in pairwise(xs))
    assert all(mark.x <= picture.width for mark in picture.marks)


def test_a_picture_is_drawn_even_of_injects_that_wait_in_a_circle() -> None:
    text = TEXT.replace("at_minutes: 0 ", "after: {event: answered, inject: 2} ")
    text = text.replace("at_minutes: 12", "after: {event: answered, inject: 1}")
    assert len(lanes.draw(load_scenario(text, "x").scenario).marks) == 2
