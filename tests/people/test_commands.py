"""The first administrator and tokens from the command line."""

import pytest
from click.testing import CliRunner, Result

from command.core.installation import Installation
from command.people.commands import admin, token
from tests.people.conftest import PASSWORD, Browser, Office

ANA = ["create", "ana", "--name-zh", "安娜", "--name-en", "Ana", "--number", "+8612000009999"]


@pytest.fixture
def office(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose settings are in the environment, as the command line finds them."""
    settings = installation.settings
    for name in ("env", "data", "database_url", "keys"):
        monkeypatch.setenv(f"TOCSIN_{name.upper()}", str(getattr(settings, name)))
    return Office(Installation(settings, installation.database, installation.keyring))


def run_admin(*, password: str) -> Result:
    return CliRunner().invoke(admin, ANA, input=f"{password}\n{password}\n")


def test_an_administrator_is_created_and_can_sign_in(office: Office) -> None:
    made = run_admin(password=PASSWORD)
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    browser: Browser = office.browser()
    assert browser.sign_in("ana").status_code == 303
    assert browser.open("/api/v1/me").json["posts"] == ["administrator"]


@pytest.mark.parametrize("password", ["elevenchars", "aaaaaaaaaaaaaaa", "ana-ana-ana-1"])
def test_a_weak_password_is_refused_with_a_remedy(office: Office, password: str) -> None:
    refused = run_admin(password=password)
    assert refused.exit_code == 1 and "password: " in refused.output and "12 or more" in refused.output
    assert office.browser().sign_in("ana", password).status_code == 401


def test_what_cannot_be_a_person_names_its_field(office: Office) -> None:
    refused = CliRunner().invoke(admin, [*ANA[:-1], "12345", "--password", PASSWORD])
    assert refused.exit_code == 1 and "number" in refused.output and "Traceback" not in refused.output


def test_a_token_is_printed_once_and_works(office: Office) -> None:
    made = CliRunner().invoke(token, ["create", "--person", "ada", "--name", "script", "--scope", "read"])
    assert made.exit_code == 0, made.output
    text = made.stdout.splitlines()[-1]  # before it stands what was logged
    assert office.ask(text, "GET", "/api/v1/me").json["scopes"] == ["read"]


def test_a_token_for_nobody_is_refused(office: Office) -> None:
    refused = CliRunner().invoke(token, ["create", "--person", "nobody", "--name", "script"])
    assert refused.exit_code == 1 and "There is no person nobody." in refused.output
