"""The engineer's page as somebody meets it who means harm: other people's pages, forged links, files that are no photos."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from command.core.journal import Note
from command.field.models import FieldNote, Photo
from command.field.service import MOST_PHOTOS
from command.oncall.models import Page
from tests.boards.stage import Stage
from tests.conftest import Time
from tests.field.conftest import Phone, jpeg, png
from tests.field.conftest import number as number
from tests.field.conftest import phone as phone
from tests.field.conftest import settings as settings
from tests.field.conftest import stage as stage

NUMBER = "13812345678"
VERBS = ("acknowledge", "en_route", "on_scene", "help", "decline", "done", "note")


def rows(stage: Stage, table: type) -> int:
    with stage.database.read() as session:
        return len(session.scalars(select(table)).all())


def photos(stage: Stage) -> list[Photo]:
    with stage.database.read() as session:
        return list(session.scalars(select(Photo).order_by(Photo.id)))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_forged_link_does_nothing_whatever_is_pressed(stage: Stage, phone: Phone) -> None:
    page, signature = phone.link.removeprefix("/p/").split(".")
    before = phone.page()
    for forged in (
        f"{int(page) + 1}.{signature}",
        f"{page}.{signature[:-1]}x",
        f"0{page}.{signature}",
        f"{page}.",
        "x",
    ):
        for do in VERBS:
            answer = phone.client.post(
                f"/p/{forged}", data={"do": do, "note": "mine", "photo": (io.BytesIO(jpeg()), "a")}
            )
            assert answer.status_code == 404
            assert "Call the command centre: 10000" in answer.get_data(as_text=True) or "应急指挥中心" in answer.text
    after = phone.page()
    assert (after.state, after.response) == (before.state, before.response)
    assert rows(stage, Photo) == rows(stage, FieldNote) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_old_link_and_that_of_somebody_who_left_open_nothing(stage: Stage, phone: Phone, time: Time) -> None:
    from_then = phone.link
    time.forward(hours=24)
    for do in VERBS:
        assert phone.client.post(from_then, data={"do": do, "note": "late"}).status_code == 404
    assert phone.page().response is None


def test_nobody_acts_on_the_page_of_somebody_else(stage: Stage, phone: Phone) -> None:
    page = phone.page().id
    for verb in ("acknowledge", "en_route", "on_scene", "help", "decline", "done"):
        answer = stage.post("kef", f"/api/v1/pages/{page}/actions/{verb}")
        assert (answer.status_code, answer.get_json()["code"]) == (403, "denied"), verb
        assert stage.client().post(f"/api/v1/pages/{page}/actions/{verb}", json={}).status_code == 401
        assert stage.post("eng", f"/api/v1/pages/{page}/actions/{verb}", person_id=1).status_code == 422
    assert phone.page().response is None
    assert stage.post("eng", f"/api/v1/pages/{page}/actions/en_route", minutes=20).get_json()["eta_minutes"] == 20


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("big.jpg", jpeg() + bytes(9 * 1024 * 1024), "larger than 8 MB"),
        ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "no JPEG or PNG"),
        ("x.jpg", b"<html><script>alert(1)</script></html>", "no JPEG or PNG"),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC photos are not read here"),
        ("x.jpg", jpeg()[:500], "the file is damaged"),
        ("x.png", png()[:50], "the file is damaged"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_and_what_was_typed_stays(
    stage: Stage, phone: Phone, name: str, data: bytes, says: str
) -> None:
    answer = phone.send("note", (name, data), note="two poles down & <b>more</b>")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in text and 'role="alert"' in text
    assert "two poles down &amp; &lt;b&gt;more&lt;/b&gt;</textarea>" in text
    assert rows(stage, Photo) == rows(stage, FieldNote) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_a_signed_address_may_send_much(phone: Phone) -> None:
    much = {"do": "note", "photo": (io.BytesIO(bytes(12 * 1024 * 1024)), "x.jpg")}
    assert phone.client.post("/p/1.forged", data=much).status_code == 413
    huge = {"do": "note", "photo": (io.BytesIO(bytes(33 * 1024 * 1024)), "x.jpg")}
    answer = phone.client.post(phone.link, data=huge)
    assert answer.status_code == 413
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "name", ["../../../static/x.html", "/etc/passwd", "..\\x", "a\r\nX: y", "<b>.jpg", "." * 300, ""]
)
def test_what_a_file_is_called_changes_nothing(stage: Stage, phone: Phone, name: str) -> None:
    folder = stage.installation.settings.data
    before = {path for path in folder.rglob("*") if path.is_file()}
    phone.send("note", (name, jpeg()), note="x")
    made = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()} - {
        p.relative_to(folder) for p in before
    }
    assert all(
        re.fullmatch(r"photos/[0-9a-f]{2}/[0-9a-f]{64}(\.thumb)?\.jpg", str(path))
        for path in made
        if "db" not in path.suffix
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_hidden_in_a_photo_is_never_served(stage: Stage, phone: Phone, number: str) -> None:
    evil = b"<html><script>alert(document.cookie)</script></html>"
    assert phone.send("note", ("x.jpg", jpeg(comment=evil) + evil)).status_code == 303
    (kept,) = photos(stage)
    for end in ("", "/thumb"):
        answer = stage.get("ada", f"/incidents/{number}/photos/{kept.id}{end}")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert b"script" not in answer.data
        assert Image.open(io.BytesIO(answer.data)).format == "JPEG"


@pytest.mark.proves("R19")
def test_photos_are_for_those_who_may_see_the_incident(stage: Stage) -> None:
    hidden = stage.report("ada", kind="information_security", elements=["CELL-4"], restricted=True)
    stage.act("ada", hidden, "assess")
    stage.act("ada", hidden, "activate")
    for _ in range(3):
        stage.engine()
    called = next(Phone(stage, name) for name in stage.people if Phone(stage, name).texts())
    assert called.send("note", ("x.jpg", jpeg()), note="the server room").status_code == 303
    (kept,) = photos(stage)
    address = f"/incidents/{hidden}/photos/{kept.id}"
    assert stage.get("ada", address).status_code == 200
    other = stage.report(elements=["CELL-1"])
    for who, where in (("aud", address), ("ops", f"{address}/thumb"), ("ada", f"/incidents/{other}/photos/{kept.id}")):
        answer = stage.get(who, where)
        assert answer.status_code == 404, (who, where)
        assert b"JFIF" not in answer.data
    assert stage.client().get(address).status_code == 302
    assert stage.get("ada", f"/incidents/{hidden}/photos/999").status_code == 404
    etag = stage.get("ada", address).headers["ETag"]
    assert stage.ask("ada", "GET", address, headers={"If-None-Match": etag}).status_code == 304
    assert stage.ask("aud", "GET", address, headers={"If-None-Match": etag}).status_code == 404


@pytest.mark.proves("I10")
def test_a_number_in_a_note_is_shown_masked_everywhere(stage: Stage, phone: Phone, number: str) -> None:
    typed = f"call the farmer, {NUMBER}"
    phone.press("on_scene")
    for do in ("note", "help", "done"):
        phone.send(do, note=typed, key=do)
    phone.send("note", ("x.jpg", jpeg()), note=typed)
    seen = [phone.opened(), stage.get("ada", f"/incidents/{number}").text]
    seen += [stage.get("ada", f"/api/v1/incidents/{number}/journal?limit=500").text]
    seen += [stage.get("ada", f"/api/v1/pages?incident={number}").text]
    for text in seen:
        assert NUMBER not in text
    assert "138****5678" in seen[0] and "138****5678" in seen[1]
    with stage.database.read() as session:
        assert sum(typed == note.body for note in session.scalars(select(Note))) == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "typed",
    [
        {"do": "fly"},
        {"do": "en_route", "minutes": "soon"},
        {"do": "en_route", "minutes": "-5"},
        {"do": "en_route", "minutes": "99999"},
        {"do": "en_route", "minutes": "9" * 400},
        {"do": "note", "note": ""},
        {"do": "note", "note": "x" * 2001},
        {"do": "help", "note": "x" * 2001},
        {"do": "note", "note": "a\0b"},
    ],
)
def test_what_no_button_sends_is_refused_with_a_word(phone: Phone, typed: dict[str, str]) -> None:
    answer = phone.client.post(phone.link, data=typed)
    assert answer.status_code in (400, 422)
    assert phone.page().help_at is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_takes_no_endless_photos(stage: Stage, phone: Phone) -> None:
    for shade in range(MOST_PHOTOS):
        assert phone.send("note", ("x.png", jpeg(8, 8, f"rgb({shade * 6},0,0)"))).status_code == 303
    answer = phone.send("note", ("x.png", jpeg(8, 8, "rgb(0,255,0)")), note="one more")
    assert answer.status_code == 422 and "takes no more" in answer.text
    assert rows(stage, Photo) <= MOST_PHOTOS


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_link_signs_nobody_in(stage: Stage, phone: Phone, number: str) -> None:
    phone.press("acknowledge")
    for address in (f"/incidents/{number}", "/board", "/api/v1/pages", "/me"):
        assert phone.client.get(address).status_code in (302, 401)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_session_cookie_acts_on_no_page(stage: Stage, phone: Phone) -> None:
    """The link acts for the person paged, whoever is signed in on this phone."""
    phone.client.set_cookie("tocsin", "anything")
    phone.press("acknowledge")
    with stage.database.read() as session:
        page = session.get_one(Page, phone.page().id)
        assert page.person_id == phone.person_id
