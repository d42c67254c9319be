"""Alive, ready, measured."""

import pytest
from sqlalchemy import text

from command.core import clock
from command.core.beats import EngineBeat
from command.core.installation import Installation
from tests.builders import application
from tests.conftest import Time


def beat(installation: Installation) -> None:
    def work(session: clock.Session) -> None:
        now = clock.now(session)
        session.merge(EngineBeat(engine="one", started_at=now, seen_at=now))

    installation.database.write(work)


def test_it_is_ready_only_while_an_engine_goes_round(installation: Installation, time: Time) -> None:
    client = application(installation).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json == {"ready": False, "missing": ["no engine has started yet"]}
    beat(installation)
    assert client.get("/readyz").status_code == 200
    time.forward(seconds=14)
    assert client.get("/readyz").status_code == 200
    time.forward(seconds=3)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json["missing"][0].startswith("no engine for 1")


def test_it_is_not_ready_on_another_schema(installation: Installation) -> None:
    client = application(installation).test_client()
    beat(installation)
    installation.database.write(lambda session: session.execute(text("UPDATE alembic_version SET version_num = 'old'")))
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "the database is at old" in answer.json["missing"][0]
    installation.database.write(lambda session: session.execute(text("DROP TABLE alembic_version")))
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_rooms_add_their_own_checks(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    app = application(installation)
    beat(installation)
    checks = [*app.extensions["tocsin.ready"], lambda session: "the gateway has no credentials"]
    monkeypatch.setitem(app.extensions, "tocsin.ready", checks)
    assert app.test_client().get("/readyz").json["missing"] == ["the gateway has no credentials"]


@pytest.mark.parametrize("headers", [{"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}])
def test_figures_are_for_this_machine_and_for_tokens(installation: Installation, headers: dict[str, str]) -> None:
    client = application(installation).test_client()
    beat(installation)
    found = client.get("/metrics")
    assert found.status_code == 200 and 'tocsin_queue{lane="page",state="ready"} 0.0' in found.text
    assert "tocsin_engine_age_seconds" in found.text
    assert client.get("/metrics", headers=headers).status_code != 200
    away = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert away.status_code != 200
