"""Whatever is sent, the answer is a problem document that says what to mend, and never a 500."""

import json
import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from command.app import create_app
from command.core import clock
from command.core.installation import Installation
from command.people import service, tokens
from command.people.access import public
from command.people.authority import Post
from tests.people.conftest import card

FIELDS = ("name", "scopes", "reason", "elements", "texts", "tier", "kind", "expires_in_days")
HOSTILE: dict[str, bytes] = {
    "malformed": b'{"a": ',
    "not an object": b"[1, 2]",
    "a number": b"1e400",
    "null": b"null",
    "text": b'"x"',
    "NaN": b'{"a": NaN}',
    "bad UTF-8": b'{"name": "\xff\xfe"}',
    "half a character": b'{"name": "\\ud800", "reason": "\\udfff!!"}',
    "NUL": b'{"name": "\\u0000", "reason": "a\\u0000b"}',
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "unknown field": b'{"no_such_field": 1}',
    "empty": b"",
    "wrong types": json.dumps({key: {"x": [None]} for key in FIELDS}).encode(),
    "huge numbers": json.dumps(
        dict.fromkeys(("id", "count", "tier", "expires_in_days", "person_id", "incident"), 2**63)
    ).encode(),
}
READ_BY_THE_DATABASE = ("half a character", "NUL", "wrong types", "huge numbers")
"""The others are refused before any database is asked."""


class World:
    """The application, and somebody who holds every post."""

    def __init__(self, installation: Installation) -> None:
        self.app: Flask = create_app(installation)
        self.token = installation.database.write(self._somebody(installation))

    def _somebody(self, installation: Installation) -> Any:
        def work(session: Session) -> str:
            person = service.create_person(session, installation.keyring, card("all", tuple(Post)))
            return tokens.create_token(session, person, "test", ["*"], days=1)[1]

        return work

    def send(self, address: str, data: bytes, method: str = "POST", kind: str = "application/json") -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        return self.app.test_client().open(address, method=method, data=data, content_type=kind, headers=headers)

    def writes(self) -> list[tuple[str, str]]:
        """Every address that takes a body, with figures in its places."""
        found = []
        for rule in self.app.url_map.iter_rules():
            built = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
            for method in (rule.methods or set()) & {"POST", "PUT", "PATCH"}:
                found.append((method, built[1] if built else rule.rule))
        return sorted(found)


@pytest.fixture
def world(installation: Installation) -> World:
    return World(installation)


@pytest.mark.parametrize(
    ("database_url", "kind"),
    [
        *(("sqlite", kind) for kind in HOSTILE),
        *(("postgresql", kind) for kind in HOSTILE if kind in READ_BY_THE_DATABASE),
    ],
    indirect=["database_url"],
)
def test_a_hostile_body_never_breaks_a_route(world: World, kind: str) -> None:
    for method, address in world.writes():
        answer = world.send(address, HOSTILE[kind], method)
        assert answer.status_code < 500, f"{method} {address}: {answer.text[:500]}"
        if address.startswith("/api/") and answer.status_code >= 400:
            assert_is_problem(answer)


def assert_is_problem(answer: TestResponse) -> None:
    assert answer.mimetype == "application/problem+json"
    body = answer.json
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:tocsin:problem:{body['code']}" and body["title"] and body["detail"]
    if answer.status_code in (400, 413, 415, 422):
        assert body["remedy"]


@pytest.mark.parametrize("kind", ["malformed", "bad UTF-8", "half a character", "NUL", "NaN", "deep"])
def test_what_is_no_json_is_400(world: World, kind: str) -> None:
    answer = world.send("/api/v1/tokens", HOSTILE[kind])
    assert answer.status_code == 400 and answer.json["code"] == "malformed"


def test_every_wrong_field_is_named_with_its_remedy(world: World) -> None:
    answer = world.send("/api/v1/tokens", b'{"scopes": "read", "expires_in_days": 0, "colour": "red"}')
    assert answer.status_code == 422
    errors = {error["field"]: error for error in answer.json["errors"]}
    assert set(errors) == {"name", "scopes", "expires_in_days", "colour"}
    assert errors["name"]["code"] == "missing" and errors["colour"]["code"] == "extra_forbidden"
    assert errors["expires_in_days"]["detail"] == "This must be 1 or more."
    assert all(error["detail"] and error["remedy"] for error in errors.values())
    assert answer.json["field"] in errors


def test_other_content_types_are_415_and_large_bodies_413(world: World) -> None:
    assert world.send("/api/v1/tokens", b"<a/>", kind="application/xml").status_code == 415
    assert world.send("/api/v1/tokens", b"{}", kind="text/plain").status_code == 415
    huge = b'{"name": "' + b"x" * world.app.config["MAX_CONTENT_LENGTH"] + b'"}'
    answer = world.send("/api/v1/tokens", huge)
    assert answer.status_code == 413
    assert_is_problem(answer)


def test_unknown_addresses_and_methods_are_told_apart(world: World) -> None:
    missing = world.send("/api/v1/nothing", b"{}")
    assert missing.status_code == 404
    assert_is_problem(missing)
    wrong = world.send("/api/v1/me", b"{}", method="DELETE")
    assert wrong.status_code == 405 and "GET" in wrong.headers["Allow"]
    assert_is_problem(wrong)
    assert world.send("/api/v1/people/99999999999999999999/actions/unmask", b"{}").status_code == 404


@pytest.mark.parametrize("query", ["after=%00", "after=x", "after=-1", "after=9223372036854775808", "limit=0", "x=1"])
def test_a_bad_query_is_refused(world: World, query: str) -> None:
    answer = world.send(f"/api/v1/people?{query}", b"", method="GET")
    assert answer.status_code in (400, 422), answer.text
    assert_is_problem(answer)


def test_an_unexpected_error_shows_a_trace_and_nothing_else(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    @public("a test that breaks on purpose")
    def broken() -> str:
        raise RuntimeError("the secret of the house")

    world.app.add_url_rule("/api/v1/broken", view_func=broken)
    world.app.add_url_rule("/broken", endpoint="page", view_func=broken)
    with caplog.at_level(logging.CRITICAL):
        answer = world.send("/api/v1/broken", b"", method="GET")
    assert answer.status_code == 500
    assert_is_problem(answer)
    trace = answer.json["trace"]
    assert trace in answer.json["detail"] and answer.headers["X-Trace"] == trace
    assert trace in capsys.readouterr().out
    page = world.send("/broken", b"", method="GET")
    assert page.status_code == 500 and page.mimetype == "text/html"
    for shown in (answer.text, page.text):
        assert "secret" not in shown and "Traceback" not in shown


def test_a_figure_no_table_can_hold_is_the_callers_mistake(world: World, installation: Installation) -> None:
    @public("a test that asks the database for too much")
    def ask() -> str:
        with installation.database.read() as session:
            service.find(session, 2**70)
            clock.now(session)
        return ""

    world.app.add_url_rule("/api/v1/ask", view_func=ask)
    answer = world.send("/api/v1/ask", b"", method="GET")
    assert answer.status_code == 422 and answer.json["code"] == "out-of-range"


def test_people_get_pages_and_programs_documents(world: World) -> None:
    page = world.app.test_client().get("/nothing", headers={"Accept-Language": "en"})
    assert page.status_code == 404 and page.mimetype == "text/html" and "Not found" in page.text
    fragment = world.app.test_client().get("/nothing", headers={"HX-Request": "true", "Accept-Language": "en"})
    assert fragment.text.startswith('<div class="problem"')
