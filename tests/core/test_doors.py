"""Intake that is more than can be kept: the next batch is told when to come again before its body is read, memory stays, and people's
pages are served."""

import resource
import threading
import time
from typing import Any

import pytest
from sqlalchemy.orm import Session

from command.alarms import intake
from command.app import create_app
from command.core import doors
from command.core.installation import Installation
from command.core.settings import IntakeSettings, Settings
from tests.builders import Operator

AT_ONCE = 4
BATCH = {"alarms": [{"element": "CELL-1", "problem": "p", "severity": "major", "raised_at": "2026-01-01T00:00:00Z"}]}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"intake": IntakeSettings(at_once=AT_ONCE, oldest_days=10_000)})


class Held:
    """Batches that wait for the database as long as a test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gate, self.inside, receive = threading.Event(), threading.Semaphore(0), intake.receive_together

        def waits(session: Session, *args: Any, **more: Any) -> list[intake.Receipt]:
            self.inside.release()
            assert self.gate.wait(60)
            return receive(session, *args, **more)

        monkeypatch.setattr(intake, "receive_together", waits)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.proves("B9", "I1")
def test_one_batch_too_many_is_told_to_come_again(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    operator = Operator(installation)
    app, held = create_app(installation), Held(monkeypatch)
    headers = {"Authorization": f"Bearer {operator.token('adm')}"}
    source = {**BATCH, "alarms": [BATCH["alarms"][0] | {"source": "oss"}]}
    answers: list[int] = []

    def send() -> None:
        answers.append(app.test_client().post("/api/v1/alarms", json=source, headers=headers).status_code)

    senders = [threading.Thread(target=send) for _ in range(AT_ONCE)]
    for each in senders:
        each.start()
    assert held.inside.acquire(timeout=60)
    until = time.monotonic() + 60
    while app.extensions[doors.KEY].inside < AT_ONCE:
        assert time.monotonic() < until, "the others wait inside"
        time.sleep(0.01)
    assert not held.inside.acquire(timeout=0.2), "a quarter of them is in the database at once"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unread = {"wsgi.input": Unread(), "CONTENT_LENGTH": "8000000", "CONTENT_TYPE": "application/json"}
    for _ in range(50):  # 400 MB, were they read
        answer = app.test_client().post("/api/v1/alarms", headers=headers, environ_overrides=unread)
        assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "2"
    assert answer.json is not None and "2 seconds" in answer.json["remedy"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, (
        "bodies that are turned away are not read"
    )
    assert app.test_client().get("/api/v1/alarms", headers=headers).status_code == 200, "people are served meanwhile"
    held.gate.set()
    for each in senders:
        each.join(60)
    assert answers == [200] * AT_ONCE
    assert app.extensions[doors.KEY].inside == 0 and app.extensions[doors.KEY].turned_away == 50
    assert app.test_client().post("/api/v1/alarms", json=source, headers=headers).status_code == 200


class Unread:
    """A body that nobody reads."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("a body was read of a batch that is turned away")

    readline = read


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_batch_that_fails_leaves_its_place(installation: Installation) -> None:
    operator = Operator(installation)
    app = create_app(installation)
    headers = {"Authorization": f"Bearer {operator.token('adm')}"}
    for _ in range(3 * AT_ONCE):
        assert app.test_client().post("/api/v1/alarms", json={"alarms": [{}]}, headers=headers).status_code == 422
    assert app.extensions[doors.KEY].inside == 0
