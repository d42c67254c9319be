"""Sessions and tokens in the wrong hands."""

import pytest
from sqlalchemy import select

from command.people.models import Limit
from tests.conftest import Time
from tests.people.conftest import PASSWORD, Browser, Office, office

__all__ = ["office"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie("tocsin")
    return found.value if found else ""


def with_cookie(office: Office, value: str) -> Browser:
    browser = Browser(office.app.test_client())
    browser.client.set_cookie("tocsin", value)
    return browser


def test_a_cookie_planted_before_the_sign_in_is_worth_nothing_after_it(office: Office) -> None:
    attacker = office.browser()
    attacker.csrf("/sign-in")
    planted = cookie(attacker)
    victim = with_cookie(office, planted)
    assert victim.sign_in("ada").status_code == 303 and victim.is_signed_in
    assert cookie(victim) != planted
    assert not with_cookie(office, planted).is_signed_in
    token = attacker.csrf("/sign-in")
    forged = victim.client.post("/me/theme", data={"theme": "light", "csrf_token": token})
    assert forged.status_code == 400 and office.person("ada").theme == "dark"


def test_a_session_of_somebody_else_is_replaced_whole(office: Office) -> None:
    """Whoever signs in at a browser that another left signed in gets a session of their own."""
    browser = office.browser("ada")
    left = cookie(browser)
    browser.client.post("/sign-out", data={"csrf_token": browser.csrf("/me")})
    assert browser.sign_in("eng").status_code == 303
    assert browser.open("/api/v1/me").json["username"] == "eng"
    assert not with_cookie(office, left).is_signed_in


def test_a_cookie_changed_by_one_character_is_no_session(office: Office) -> None:
    value = cookie(office.browser("ada"))
    for at in (0, len(value) // 2, len(value) - 2):
        changed = value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :]
        assert not with_cookie(office, changed).is_signed_in


def test_the_right_password_does_not_lift_a_lock_and_the_count_names_nobody(office: Office, time: Time) -> None:
    for _ in range(5):
        office.browser().sign_in("ada", "wrong")
    answer = office.browser().sign_in("ada", PASSWORD)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    with office.database.read() as session:
        keys = list(session.scalars(select(Limit.key)))
    assert keys and not any(key.endswith(":ada") or "127.0.0.1" in key for key in keys)
    time.forward(minutes=16)
    assert office.browser().sign_in("ada", PASSWORD).status_code == 303


def test_variants_of_a_name_share_its_tries(office: Office) -> None:
    for name in ("ada", "ADA", " ada ", "Ada", "aDa"):
        office.browser().sign_in(name, "wrong")
    assert office.browser().sign_in("ada", PASSWORD).status_code == 429


def test_a_desk_that_was_left_is_no_place_to_guess_the_password(office: Office, time: Time) -> None:
    browser = office.browser("ada")
    wanted = {"password": "another four words here"}
    for _ in range(5):
        assert browser.send("/me/password", "/me", old="a guess", **wanted).status_code == 422
    locked = browser.send("/me/password", "/me", old=PASSWORD, **wanted)
    assert locked.status_code == 429 and browser.is_signed_in
    time.forward(minutes=16)
    assert browser.send("/me/password", "/me", old=PASSWORD, **wanted).status_code == 303


@pytest.mark.parametrize(
    "username", ["", "x" * 100_000, "' OR 1=1 --", "ada\u0301", "\ud800x".encode("utf-8", "replace").decode()]
)
def test_no_name_breaks_the_sign_in(office: Office, username: str) -> None:
    assert office.browser().sign_in(username, "p" * 100_000).status_code == 401


def test_a_feeds_token_opens_its_own_hook_and_speaks_for_no_other_source(office: Office) -> None:
    token = office.token("adm", "alarms.write", source="nms")
    at = "2020-01-01T00:00:00Z"
    alarm = {"element": "E", "problem": "p", "severity": "major", "raised_at": at}
    named = office.ask(token, "POST", "/api/v1/alarms", json={"alarms": [{**alarm, "source": "other"}]})
    assert named.status_code == 422 and named.json["errors"][0]["code"] == "another-source"
    for address in ("/api/v1/incidents", "/api/v1/people", "/board", "/api/v1/me", "/api/v1/alarms"):
        assert office.ask(token, "GET", address).status_code == 403
    for address in ("/api/v1/incidents", "/api/v1/tokens", "/api/v1/notices"):
        assert office.ask(token, "POST", address, json={}).status_code == 403


@pytest.mark.parametrize("address", ["/api/v1/alarms", "/hooks/alertmanager"])
def test_each_hook_asks_for_a_token_that_is_valid_now_and_has_the_scope(
    office: Office, time: Time, address: str
) -> None:
    feed = office.token("adm", "alarms.write", source="nms", days=1)
    reader = office.token("ada", "read")
    assert office.ask("tcs_wrong", "POST", address, json={}).status_code == 401
    assert office.ask(reader, "POST", address, json={}).status_code == 403
    assert office.ask(feed, "POST", address, json={}).status_code == 422
    time.forward(days=1, seconds=1)
    assert office.ask(feed, "POST", address, json={}).status_code == 401
