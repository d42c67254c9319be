"""Signing in and out: who gets in, who is kept out, and when a session ends."""

from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.app import create_app
from command.core.database import Database
from command.core.installation import Installation
from command.core.journal import Entry
from command.core.keys import new_key, parse
from command.core.settings import Settings
from command.people import break_glass, passwords, service
from command.people.places import inside
from command.people.signin import Try
from tests.conftest import Time
from tests.people.conftest import PASSWORD, Browser, Office


def audit(database: Database) -> list[Entry]:
    with database.read() as session:
        found = list(session.scalars(select(Entry).where(Entry.stream_id.like("audit:%")).order_by(Entry.seq)))
        session.expunge_all()
        return found


def kinds(database: Database) -> list[str]:
    return [entry.kind for entry in audit(database)]


def test_the_right_password_opens_a_session_that_scripts_cannot_read(office: Office) -> None:
    browser = office.browser()
    answer = browser.sign_in("ada")
    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 303 and browser.is_signed_in
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie


def test_over_https_the_cookie_never_leaves_unencrypted(installation: Installation) -> None:
    settings = installation.settings.model_copy(update={"public_url": "https://tocsin.example"})
    office = Office(replace(installation, settings=settings))
    answer = office.browser().sign_in("ada")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"]


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(office: Office) -> None:
    wrong = office.browser().sign_in("ada", "not the password")
    unknown = office.browser().sign_in("bob", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    for answer in (wrong, unknown):
        assert "用户名或密码不正确。" in answer.text


def test_five_wrong_tries_lock_the_name_for_fifteen_minutes_in_every_process(
    office: Office, installation: Installation, time: Time
) -> None:
    for _ in range(5):
        assert office.browser().sign_in("ada", "wrong").status_code == 401
    other_process = Browser(create_app(installation).test_client())
    locked = other_process.sign_in("ada", PASSWORD)
    assert locked.status_code == 429
    assert 850 < int(locked.headers["Retry-After"]) <= 900
    assert office.browser().sign_in("dou").status_code == 303, "others are not locked"
    time.forward(minutes=15, seconds=1)
    assert office.browser().sign_in("ada").status_code == 303


def test_success_forgets_the_wrong_tries_of_the_name(office: Office) -> None:
    for _ in range(3):
        for _ in range(4):
            office.browser().sign_in("ada", "wrong")
        assert office.browser().sign_in("ada").status_code == 303


def test_an_address_that_tries_many_names_is_locked(office: Office) -> None:
    for at in range(29):
        office.database.write(Try(office.installation, f"guess{at}", "127.0.0.1").count)
    assert office.browser().sign_in("guess29", "wrong").status_code == 401
    assert office.browser().sign_in("ada").status_code == 429


def test_behind_a_proxy_one_visitor_who_guesses_locks_nobody_else_out(office: Office) -> None:
    house = office.installation
    settings = house.settings.model_copy(update={"proxies": 1})
    for at in range(30):
        office.database.write(Try(house, f"guess{at}", "198.51.100.7").count)
    behind = Browser(create_app(Installation(settings, house.database, house.keyring)).test_client())
    for address, met in (("198.51.100.7", 429), ("203.0.113.1, 198.51.100.7", 429), ("198.51.100.8", 303)):
        behind.client.environ_base["HTTP_X_FORWARDED_FOR"] = address
        assert behind.sign_in("ada").status_code == met
    direct = office.browser()
    direct.client.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.7"
    assert direct.sign_in("ada").status_code == 303, "nobody believes the header where no proxy is said to be"


@pytest.mark.proves("R19", "I10")
def test_the_audit_stream_knows_who_came_in_and_keeps_nothing_that_was_typed(office: Office) -> None:
    office.browser().sign_in("my secret typed into the wrong field", "wrong")
    for _ in range(5):
        office.browser().sign_in("eng", "wrong")
    office.browser("ada")
    found = audit(office.database)
    assert [kind for kind in kinds(office.database) if kind.startswith("people.sign")] == [
        *["people.sign_in_failed"] * 6,
        "people.sign_in_locked",
        "people.signed_in",
    ]
    assert found[-1].actor == f"person:{office.person('ada').id}"
    text = " ".join(entry.data for entry in found)
    assert "secret" not in text and "127.0.0.1" not in text and "eng" not in text.replace("engineer", "")


def test_a_session_ends_after_twelve_hours(office: Office, time: Time) -> None:
    browser = office.browser("ada")
    time.forward(hours=11, minutes=59)
    assert browser.is_signed_in
    time.forward(minutes=2)
    assert not browser.is_signed_in


def test_after_signing_out_a_copy_of_the_cookie_is_worth_nothing(office: Office) -> None:
    browser, elsewhere = office.browser("ada"), office.browser("ada")
    copied = browser.client.get_cookie("tocsin")
    assert copied is not None
    assert browser.send("/sign-out", "/me").status_code == 303
    thief = office.browser()
    thief.client.set_cookie("tocsin", copied.value)
    assert not browser.is_signed_in and not thief.is_signed_in
    assert elsewhere.is_signed_in, "another browser of the same person stays"


def test_signing_out_everywhere_ends_every_session(office: Office) -> None:
    browser, elsewhere = office.browser("ada"), office.browser("ada")
    browser.send("/sign-out", "/me", everywhere="yes")
    assert not browser.is_signed_in and not elsewhere.is_signed_in


@pytest.mark.parametrize("change", ["posts", "lock", "password"])
def test_a_change_of_posts_a_lock_and_a_new_password_end_sessions_at_once(office: Office, change: str) -> None:
    browser = office.browser("ada")
    other = office.browser("dou")

    def work(session: Session) -> None:
        person = service.find(session, office.person("ada").id)
        if change == "posts":
            service.set_posts(session, person, ["deputy"])
        elif change == "lock":
            service.lock_person(session, person)
        else:
            service.set_password(session, person, "a hash")

    office.database.write(work)
    assert not browser.is_signed_in and other.is_signed_in


def test_a_locked_person_is_told_no_more_than_that_it_is_wrong(office: Office) -> None:
    office.database.write(lambda session: service.lock_person(session, service.find(session, office.person("ada").id)))
    assert office.browser().sign_in("ada").status_code == 401


def test_demo_people_are_named_on_the_sign_in_page_and_refused_in_production(office: Office) -> None:
    def make_demo(session: Session) -> None:
        service.find(session, office.person("ada").id).demo = True

    office.database.write(make_demo)
    token = office.token("ada", "read")
    signed_in = office.browser("ada")
    page = office.browser().open("/sign-in").text
    assert "Demo accounts" in page or "演示账号" in page
    assert "<code>ada</code>" in page and "<code>dou</code>" not in page
    assert f"<code>{passwords.OF_DEMO}</code>" in page, "the password shown is the one that the demo is loaded with"
    keys = new_key()
    production = Settings(env="production", data=office.installation.settings.data, keys=keys)
    live = create_app(replace(office.installation, settings=production))
    browser = Browser(live.test_client())
    assert "<code>ada</code>" not in browser.open("/sign-in").text
    assert browser.sign_in("ada").status_code == 401
    kept = signed_in.client.get_cookie("tocsin")
    assert kept is not None
    browser.client.set_cookie("tocsin", kept.value)
    assert not browser.is_signed_in
    asked = live.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert asked.status_code == 401


def test_a_session_signed_with_other_keys_is_not_believed(office: Office, installation: Installation) -> None:
    cookie = office.browser("ada").client.get_cookie("tocsin")
    assert cookie is not None
    elsewhere = Browser(create_app(replace(installation, keyring=parse(new_key()))).test_client())
    elsewhere.client.set_cookie("tocsin", cookie.value)
    assert not elsewhere.is_signed_in


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "javascript:alert(1)", "/a\nb", ""]
)
def test_signing_in_never_leads_to_another_site(target: str) -> None:
    assert inside(target) == "/"


def test_signing_in_leads_back_to_where_one_wanted_to_go(office: Office) -> None:
    browser = office.browser()
    first = browser.open("/people?lang=zh")
    assert first.status_code == 302
    address = first.headers["Location"]
    assert address == "/sign-in?next=/people%3Flang%3Dzh"
    assert browser.sign_in("ada", target=address).headers["Location"] == "/people?lang=zh"


def test_a_form_of_another_site_changes_nothing(office: Office) -> None:
    browser = office.browser("ada")
    answer = browser.client.post("/me/theme", data={"theme": "light"})
    assert answer.status_code == 400 and "too old to be trusted" in answer.text
    assert office.person("ada").theme == "dark"
    assert browser.client.post("/sign-in", data={"username": "dou", "password": PASSWORD}).status_code == 400
    assert browser.client.post("/sign-out").status_code == 400
    assert browser.is_signed_in


def test_a_write_by_cookie_needs_the_header_and_one_by_token_does_not(office: Office) -> None:
    browser = office.browser("ada")
    wanted = {"name": "x", "scopes": ["read"]}
    refused = browser.client.post("/api/v1/tokens", json=wanted)
    assert refused.status_code == 400 and refused.json["code"] == "csrf"
    headers = {"X-CSRFToken": browser.csrf("/me")}
    assert browser.client.post("/api/v1/tokens", json=wanted, headers=headers).status_code == 201
    assert office.ask(office.token("ada", "*"), "POST", "/api/v1/tokens", json=wanted).status_code == 201


def test_a_request_with_authorization_ignores_the_cookie(office: Office) -> None:
    browser = office.browser("ada")
    answer = browser.open("/api/v1/me", headers={"Authorization": "Bearer tcs_wrong"})
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    answer = browser.open("/api/v1/me", headers={"Authorization": f"Bearer {office.token('dou', 'read')}"})
    assert answer.json["username"] == "dou"


def test_a_sealed_code_lets_a_locked_out_person_in_once_and_on_record(office: Office, database: Database) -> None:
    code = database.write(break_glass.seal, actor="system:command-line")
    for _ in range(6):
        office.browser().sign_in("ada", "not the password")
    assert office.browser().sign_in("ada").status_code == 429
    browser = office.browser()
    assert browser.sign_in("ada", code).status_code == 303
    assert browser.is_signed_in
    assert "people.glass_broken" in kinds(database)
    assert office.browser().sign_in("ada", code).status_code == 401


def test_a_code_that_was_replaced_or_never_sealed_lets_nobody_in(office: Office, database: Database) -> None:
    first = database.write(break_glass.seal, actor="system:command-line")
    database.write(break_glass.seal, actor="system:command-line")
    for code in (first, "glass-0", break_glass.PREFIX):
        assert office.browser().sign_in("ada", code).status_code == 401
    assert office.browser().sign_in("nobody", first).status_code == 401


def test_passwords_are_hashed_as_rfc_9106_asks_where_memory_is_scarce() -> None:
    earnest = PasswordHasher.from_parameters(passwords.PROFILE)
    assert earnest.hash("four words nobody joins").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
