"""The page behind the link: what it tells, what it offers, and that a lost answer harms nothing."""

import gzip
import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.field import facts
from command.field.models import Photo
from command.incidents.models import Incident, Named, Role
from command.oncall.models import Page
from command.people.models import Person
from tests.boards.stage import Stage
from tests.conftest import Time
from tests.field.conftest import Phone, jpeg

MOST = 40_000


def speak(stage: Stage, username: str, language: str) -> None:
    change = update(Person).where(Person.id == stage.people[username]).values(language=language)
    stage.database.write(lambda session: session.execute(change))


@pytest.mark.proves("R6")
def test_it_tells_what_where_since_when_how_many_who_commands_and_what_is_to_be_done(
    stage: Stage, phone: Phone, number: str
) -> None:
    page = phone.opened()
    tasks = stage.get("ada", f"/api/v1/incidents/{number}/tasks?lang=en").get_json()["items"]
    titles = [task["title"] for task in tasks if task["department"] == "technical" and task["state"] == "open"]
    assert titles
    for words in (
        number,
        "Network fault · Meijiang",
        "Tier IV",
        "CELL-1, CELL-2",
        "<dd>30</dd>",
        "<dd>Cou</dd>",
        *titles,
    ):
        assert words in page, words
    assert "tel:10000" in page
    others = [task["title"] for task in tasks if task["department"] != "technical"]
    assert not [title for title in others if title in page]


def test_of_many_failed_elements_it_names_the_first(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "MOST_ELEMENTS", 3)
    stage.responding("CORE", "AGG-1", "AGG-2", *(f"CELL-{n}" for n in range(1, 8)))
    stage.engine()
    assert "<dd>AGG-1, AGG-2, CELL-1 <small>and 7 more</small></dd>" in Phone(stage, "eng").opened()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_light_alone_and_keeps_its_address_to_itself(phone: Phone) -> None:
    answer = phone.client.get(phone.link)
    packed = phone.client.get(phone.link, headers={"Accept-Encoding": "gzip"})
    assert len(answer.data) < MOST
    assert len(packed.data) < 6_000 and gzip.decompress(packed.data)[:15] == b"<!doctype html>"
    assert b"<script" not in answer.data and b"style=" not in answer.data
    assert set(re.findall(rb'(?:src|href|action)="([^"]*)"', answer.data)) == {b"data:,", b"tel:10000", b""}
    for response in (
        answer,
        phone.client.post(phone.link, data={"do": "acknowledge"}),
        phone.client.get("/p/1.forged"),
    ):
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in response.headers


def test_what_is_offered_follows_the_response(phone: Phone) -> None:
    def next_one(page: str) -> str:
        found = re.search(r'class="next">.*?name="do" value="(\w+)"', page, re.DOTALL)
        return found[1] if found else ""

    assert next_one(phone.opened()) == "acknowledge"
    assert next_one(phone.press("acknowledge")) == "en_route"
    assert next_one(phone.press("en_route", minutes="15")) == "on_scene"
    on_scene = phone.press("on_scene")
    assert next_one(on_scene) == "done"
    assert 'value="decline"' not in on_scene
    finished = phone.press("done")
    assert next_one(finished) == ""
    assert 'value="help"' in finished


def test_a_press_whose_answer_got_lost_is_repeated_without_harm(phone: Phone) -> None:
    for do, typed in (
        ("acknowledge", {}),
        ("en_route", {"minutes": "60"}),
        ("on_scene", {}),
        ("help", {"note": "a ladder"}),
        ("note", {"note": "two poles down", "key": "once"}),
        ("done", {"note": "all clear"}),
    ):
        for _ in range(2):
            assert phone.send(do, **typed).status_code == 303
    for kind in ("page.acknowledged", "page.en_route", "page.on_scene", "page.help", "note.added", "page.done"):
        assert len(phone.journal(kind)) == 1, kind
    for _ in range(2):
        assert phone.send("note", ("a.jpg", jpeg()), note="x", key="twice").status_code == 303
    assert len(phone.journal("photo.added")) == 1


def test_a_stale_page_shows_how_far_they_are(phone: Phone) -> None:
    phone.press("on_scene")
    assert "You are on scene since" in phone.press("en_route", minutes="15")
    assert "You are on scene since" in phone.press("decline")


def test_declining_calls_the_next_one_and_says_so(stage: Stage, phone: Phone, number: str) -> None:
    shown = phone.press("decline", note="on another site")
    assert "You cannot come. The next person is being called." in shown and "on another site" in shown
    stage.engine()
    stage.agrees(number)
    assert Phone(stage, "dou").texts()
    board = stage.get("ada", f"/incidents/{number}?lang=en").get_data(as_text=True)
    assert 'class="pill page-declined">Cannot come<' in board and "on another site" in board


def test_help_is_on_the_boards_until_somebody_comes(stage: Stage, phone: Phone, number: str) -> None:
    phone.press("on_scene")
    assert "You asked for help at" in phone.press("help", note="a second splicer")
    stage.engine()
    assert stage.folded("command")[number]["help"] == 1
    for address in ("/board?lang=en", f"/incidents/{number}?lang=en"):
        assert re.search("(?i)needs? help", stage.get("ada", address).get_data(as_text=True))
    Phone(stage, "dou").press("acknowledge")
    assert stage.folded("command")[number]["help"] == 0
    assert "Dou has answered your call for help." in phone.opened()
    stage.agrees(number)


def test_the_other_one_is_told_who_was_faster(stage: Stage, phone: Phone, time: Time) -> None:
    time.forward(minutes=30)
    stage.engine()
    other = Phone(stage, "dou")
    other.press("acknowledge")
    page = phone.press("acknowledge")
    assert "Dou has acknowledged already" in page
    assert 'class="next"' not in page


def test_a_restored_incident_says_so(stage: Stage, phone: Phone, number: str) -> None:
    phone.press("on_scene")
    assert stage.act("ada", number, "restore", evidence="test calls succeed") == 200
    page = phone.opened()
    assert "<dt>Restored</dt>" in page
    assert 'value="done"' in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_speaks_chinese_to_whoever_does(stage: Stage, phone: Phone) -> None:
    speak(stage, "eng", "zh")
    page = phone.press("en_route", minutes="30")
    for words in (
        'lang="zh-CN"',
        "网络故障 · 梅江区",
        "四级（较小）",
        "在途",
        "已到场",
        "求助",
        "无法到场",
        "完成",
        "备注或照片",
        "本部门任务",
    ):
        assert words in page, words
    assert not re.search(r">[A-Z][a-z]+ [a-z]+", re.sub(r"(?s)<style.*?</style>|Example Telecom.*?<", "", page))


def unname(session: Session, number: str) -> None:
    """Every name is removed from an incident's list, of those who were only paged too: owner and holders of a role stay."""
    incident = session.scalars(select(Incident).where(Incident.number == number)).one()
    for person_id in set(session.scalars(select(Page.person_id).where(Page.incident_id == incident.id))):
        mine = Named.incident_id == incident.id, Named.person_id == person_id
        row = session.scalar(select(Named).where(*mine)) or Named(
            incident_id=incident.id, person_id=person_id, why="added", from_at=incident.reported_at
        )
        row.until_at = incident.reported_at
        session.add(row)


def test_a_restricted_incident_is_told_no_further_to_who_was_only_called(stage: Stage) -> None:
    number = stage.report(elements=["CELL-1"], kind="information_security", restricted=True, by="ada")
    stage.act("ada", number, "assess")
    stage.act("ada", number, "activate")
    for _ in range(3):
        stage.engine()
    called = [name for name in stage.people if Phone(stage, name).texts()]
    told = {name: "CELL-1" in Phone(stage, name).opened() for name in called}
    assert told == {name: stage.get(name, f"/api/v1/incidents/{number}").status_code == 200 for name in called}
    assert all(told.values()), "whoever is paged for it is named"
    stage.do(lambda session: unname(session, number))
    known = {name: stage.get(name, f"/api/v1/incidents/{number}").status_code == 200 for name in called}
    outsider = Phone(stage, next(name for name in called if not known[name]))
    page = outsider.opened()
    assert number in page and 'value="acknowledge"' in page
    for secret in ("CELL-1", "Meijiang", "<dt>Affected users", "Tasks of your department"):
        assert secret not in page, secret
    name_them = update(Role).where(Role.role == "technical_lead").values(person_id=outsider.person_id)
    stage.do(lambda session: session.execute(name_them))
    assert "CELL-1" in outsider.opened()


def test_a_drill_says_so(stage: Stage) -> None:
    number = stage.report("tra", elements=["CELL-1"], exercise=True)
    stage.act("ada", number, "assess")
    stage.act("ada", number, "activate")
    stage.engine()
    phone = Phone(stage, "eng")
    assert "[DRILL]" in phone.opened()
    phone.send("note", ("a.jpg", jpeg()), note="x")
    with stage.database.read() as session:
        assert list(session.scalars(select(Photo.exercise))) == [True]
