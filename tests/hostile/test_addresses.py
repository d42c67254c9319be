"""Addresses, headers and forms that mean harm: a calm refusal, never a fault of ours, never a way to another site or another file."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from command.core.failures import as_problem
from command.core.journal import Entry
from command.oncall.paging import links
from tests.incidents.conftest import Desk
from tests.people.conftest import Browser, Office, office

__all__ = ["office"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ELSEWHERE = (
    "//evil.example",
    "//[",
    "//[::1",
    "//ex\u2100mple.com",
    "/\\evil.example",
    "\\\\evil.example",
    "http://[",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\r\nSet-Cookie: tocsin=mine",
    "",
)
FAR_TIMES = ("0001-01-01", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "9999-12-31T23:59Z", "x", "NaN")
ASKED_FILES = (
    "/static/../pyproject.toml",
    "/static/..%2f..%2fetc/passwd",
    "/static/%2e%2e/config/tiers.yaml",
    "/static//etc/passwd",
    "/static/%00",
    "/static/%ff",
    "/static/",
)
LINKS = ("1.é", "1.", ".", "9" * 400, "1" * 18 + ".x", "%00", "%ff%fe", "².x", "..%2f..%2fetc%2fpasswd", "-1.x")


def refused(answer: TestResponse) -> None:
    assert 400 <= answer.status_code < 500, f"{answer.status_code}: {answer.text[:300]}"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_address_to_return_to_breaks_the_sign_in_or_leads_away(office: Office, target: str) -> None:
    answer = office.browser().client.get("/sign-in", query_string={"next": target})
    assert answer.status_code == 200
    browser = office.browser("ada")
    for answer in (
        browser.client.get("/sign-in", query_string={"next": target}),
        browser.send("/me/theme", "/me", theme="dark", back=target),
        browser.send("/me/language", "/me", language="en", back=target),
    ):
        assert answer.status_code in (302, 303) and answer.headers["Location"] == "/"
        assert "mine" not in answer.headers.get("Set-Cookie", "")


def test_a_host_that_is_made_up_ends_in_no_address_of_ours(office: Office) -> None:
    for host in ("evil.example", "evil.example\t;script-src *", "[::1", "a b"):
        sent = office.app.test_client().get("/board", headers={"Host": host})
        assert sent.status_code in (302, 400)
        assert "evil" not in sent.headers.get("Location", "")


@pytest.mark.parametrize("page", ["/board", "/board/exercise", "/incidents/{number}"])
def test_a_moment_beyond_the_calendar_is_named_and_refused(desk: Desk, page: str) -> None:
    address = page.format(number=desk.report()["number"])
    for at in FAR_TIMES:
        answer = desk.ask("ada", "GET", address, query_string={"at": at, "lang": "en"})
        assert answer.status_code == 422, at
        assert "This is no date and time." in answer.text


def test_a_time_that_no_database_holds_is_never_our_fault(desk: Desk) -> None:
    """Whatever view forgets to look at a time, SQLAlchemy's own error about it is the caller's mistake."""
    early = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))
    with desk.database.read() as session, pytest.raises(Exception) as raised:
        session.scalar(select(Entry.seq).where(Entry.at < early))
    with desk.app.test_request_context():
        assert as_problem(raised.value).status == 422


@pytest.mark.parametrize("address", ASKED_FILES)
def test_only_files_below_static_are_served(office: Office, address: str) -> None:
    answer = office.app.test_client().get(address)
    assert answer.status_code == 404 and "root:" not in answer.text and "rows:" not in answer.text


@pytest.mark.parametrize("link", LINKS)
def test_a_link_that_was_not_signed_opens_nothing(desk: Desk, link: str) -> None:
    desk.responding()
    desk.send()
    for method in ("GET", "POST"):
        assert desk.client().open(f"/p/{link}", method=method).status_code == 404


def test_a_link_of_one_page_does_not_open_another(desk: Desk) -> None:
    address = links.maker(desk.installation)(1).rpartition("/")[2]
    signature = address.partition(".")[2]
    for forged in (f"2.{signature}", f"01.{signature}", f"1.{signature}x", f"1.{signature[:-1]}", f"１.{signature}"):
        assert desk.client().get(f"/p/{forged}").status_code == 404


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Basic YTpi", "\xff", "Bearer \xff\xfe", "Bearer " + "x" * 9000, "Bearer ' OR 1=1 --"],
)
def test_no_authorization_but_a_token_opens_anything(desk: Desk, header: str) -> None:
    answer = desk.client().get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401 and answer.json["remedy"]


@pytest.mark.parametrize("name", ["%", "' OR 1=1 --", "\u202e", "%ff", "x" * 5000, "D-1", "../people", "1;2"])
def test_a_number_that_is_none_finds_nothing(desk: Desk, name: str) -> None:
    desk.report()
    for address in ("/api/v1/incidents/{}", "/api/v1/incidents/{}/journal", "/incidents/{}/curve", "/incidents/{}"):
        assert desk.get("ada", address.format(name)).status_code in (404, 200 if "people" in name else 404)
    for board in (name, f"incident:{name}"):
        assert desk.get("ada", f"/board/state/{board}").status_code == 404


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"kind=\xff\xfe&area=%ff%fe", "application/x-www-form-urlencoded"),
        (b"kind=network_fault&area=800101&users=" + b"9" * 5000, "application/x-www-form-urlencoded"),
        (b"kind=network_fault&area=800101&occurred_at=0001-01-01T00:00", "application/x-www-form-urlencoded"),
        (b"kind=network_fault&area=800101&occurred_at=9999-12-31T23:59", "application/x-www-form-urlencoded"),
        (b"kind=network_fault&area=800101&summary=%00", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % at for at in range(5000)), "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: nonsense", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b"\x1f\x8b", "text/plain"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_and_reports_nothing(desk: Desk, body: bytes, kind: str) -> None:
    refused(desk.ask("ada", "POST", "/incidents/report", data=body, content_type=kind))
    assert desk.get("ada", "/api/v1/incidents").json["items"] == []


def test_a_forged_cookie_signs_nobody_in(office: Office) -> None:
    for cookie in (
        "tocsin=a.b.c",
        "tocsin=1.0.0.x",
        "remember_token=1.0.1.a|deadbeef",
        "remember_token=|",
        "tocsin=\xff",
    ):
        browser = Browser(office.app.test_client(use_cookies=False))
        assert browser.open("/api/v1/me", headers={"Cookie": cookie}).status_code == 401
