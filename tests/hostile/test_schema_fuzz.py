"""Whatever the published description allows, and much that it forbids: no answer is a fault of ours, and each is a documented one."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance
from sqlalchemy.orm import Session

from command.core.log import configure
from command.people import service, tokens
from command.people.authority import Post
from tests.incidents.conftest import Desk
from tests.people.conftest import card

TOO_LONG = 120
"""Seconds of processor time all requests of one token may take together."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
EXAMPLES = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def quiet_log() -> Iterator[None]:
    configure("json", logging.CRITICAL)
    yield
    structlog.reset_defaults()


def token(desk: Desk, posts: tuple[str, ...]) -> str:
    def work(session: Session) -> str:
        person = service.create_person(session, desk.installation.keyring, card("fuzz", posts, "+8612000009999"))
        return tokens.create_token(session, person, "fuzz", ["*"], days=1)[1]

    return desk.database.write(work)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_api_answers_whatever_its_description_allows_or_forbids(
    desk: Desk, quiet_log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.responding()
    monkeypatch.setitem(desk.app.config, "PROPAGATE_EXCEPTIONS", False)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", desk.app)
    headers = {"Authorization": f"Bearer {token(desk, tuple(Post))}"}
    begun = time.process_time()
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if "/tokens/" in operation.path:
            continue  # It would revoke the token it came with.
        _try(operation, headers)
        count += 1
    assert count > 30, "the description lists the whole API"
    assert time.process_time() - begun < TOO_LONG


def _try(operation: Any, headers: dict[str, str]) -> None:
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @seed(20261122)
        @settings(EXAMPLES, max_examples=3)
        @given(operation.as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        send()
