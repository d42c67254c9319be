"""People who try doors: a small office, and browsers that behave like browsers."""

import re
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from command.core.installation import Installation
from command.people import passwords, service, tokens
from command.people.models import Person
from command.people.roster import PersonCard
from tests.builders import application

PASSWORD = "four words nobody joins"
_HASH = passwords.hashed(PASSWORD)

OFFICE = {
    "ada": ("commander",),
    "dou": ("duty_officer",),
    "eng": ("engineer",),
    "kef": ("customer_service_agent",),
    "aud": ("auditor",),
    "adm": ("administrator",),
}


def card(username: str, posts: tuple[str, ...], number: str = "+8612000000000") -> PersonCard:
    return PersonCard.model_validate(
        {
            "username": username,
            "name": {"zh": "张" + "三四五六七八"[len(username) % 6], "en": username.title()},
            "posts": posts,
            "area": "80",
            "number": number,
            "language": "en",
        },
    )


class Browser:
    """Someone at a browser: fetches the CSRF token of the page it is on, as pages do."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, address: str, **kwargs: Any) -> TestResponse:
        return self.client.get(address, **kwargs)

    def csrf(self, page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)
        assert found, f"{page} has no form"
        return found[1]

    def send(self, address: str, page: str, **fields: Any) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.csrf(page), **fields})

    def sign_in(self, username: str, password: str = PASSWORD, target: str = "/sign-in") -> TestResponse:
        return self.send(target, "/sign-in", username=username, password=password)

    @property
    def is_signed_in(self) -> bool:
        return self.open("/api/v1/me").status_code == 200


class Office:
    """Six people with six posts, and the web application they use."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.database = installation.database
        self.app: APIFlask = application(installation)
        self.database.write(self._people)

    def _people(self, session: Session) -> None:
        for at, (username, posts) in enumerate(OFFICE.items()):
            made = card(username, posts, f"+861200000{at:04}")
            service.create_person(session, self.installation.keyring, made, password_hash=_HASH)

    def browser(self, username: str = "") -> Browser:
        browser = Browser(self.app.test_client())
        if username:
            assert browser.sign_in(username).status_code == 303
        return browser

    def person(self, username: str) -> Person:
        with self.database.read() as session:
            found = session.scalars(select(Person).where(Person.username == username)).one()
            session.expunge_all()
            return found

    def token(self, username: str, *scopes: str, days: int = 90, source: str | None = None) -> str:
        def work(session: Session) -> str:
            owner = service.find(session, self.person(username).id)
            return tokens.create_token(session, owner, "test", scopes, days=days, source=source)[1]

        return self.database.write(work)

    def ask(self, token: str, method: str, address: str, **kwargs: Any) -> TestResponse:
        """A program's request: a fresh client, a token, no cookies."""
        headers = {"Authorization": f"Bearer {token}", **kwargs.pop("headers", {})}
        return self.app.test_client().open(address, method=method, headers=headers, **kwargs)


@pytest.fixture
def office(installation: Installation) -> Office:
    return Office(installation)
