"""`tocsin routes check`, `tocsin gateways list` and `tocsin gateways restart`."""

from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from command.cli import main
from command.core import clock
from command.core.beats import EngineBeat
from command.core.database import Database
from command.core.settings import GatewaySettings, Settings
from command.messages import breakers, quota, routing
from command.messages.routing import Table
from playbooks.source import load_text

GATEWAYS = (GatewaySettings(name="smsc", transport="console"),)


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    given = settings.model_copy(update={"gateways": GATEWAYS})
    monkeypatch.setattr("command.cli.read", lambda: given)
    return CliRunner()


def test_a_sound_table_is_said_to_be_so_and_a_fault_ends_with_code_1(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = run.invoke(main, ["routes", "check"])
    assert (sound.exit_code, sound.output) == (0, "rules: 0, faults: 0\n")
    made = load_text("rules: [{gateways: [gone]}]", "routes.yaml", Table)
    monkeypatch.setattr(routing, "table", lambda: made)
    faulty = run.invoke(main, ["routes", "check"])
    assert faulty.exit_code == 1 and "'gone'; use some of smsc" in faulty.output


def test_a_stopped_gateway_is_put_back_and_an_unknown_one_is_refused(run: CliRunner, database: Database) -> None:
    database.write(lambda session: breakers.stop(session, "smsc", "20003"))
    assert run.invoke(main, ["gateways", "restart", "smsc"]).exit_code == 0
    with database.read() as session:
        assert breakers.standing(session, ["smsc"])["smsc"].stopped is None
    unknown = run.invoke(main, ["gateways", "restart", "gone"])
    assert unknown.exit_code == 1 and "use one of: smsc" in unknown.output


def test_gateways_are_listed_with_their_senders_binds_and_last_error(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    smpp = GatewaySettings(
        name="smsc",
        transport="smpp",
        host="127.0.0.1",
        username="u",
        senders=({"number": "10690001", "rate": 5, "daily_cap": 100}, {"number": "10690002"}),
    )
    given = settings.model_copy(update={"gateways": (smpp,)})
    monkeypatch.setattr("command.cli.read", lambda: given)
    silent = CliRunner().invoke(main, ["gateways", "list"])
    assert silent.exit_code == 0
    assert "smsc  smpp  sms  in use" in silent.output and "no bind: no engine is running" in silent.output
    assert "sender 10690001  5/s, 100 a day" in silent.output and "10690002  no limit of its own" in silent.output
    database.write(lambda session: quota.lease(session, "smsc", 5, rate=5, pages=False, pages_share=0, daily_cap=5))
    capped = smpp.model_copy(update={"daily_cap": 5})
    monkeypatch.setattr("command.cli.read", lambda: settings.model_copy(update={"gateways": (capped,)}))
    assert "smsc  smpp  sms  has carried all it may today" in CliRunner().invoke(main, ["gateways", "list"]).output
    monkeypatch.setattr("command.cli.read", lambda: given)
    link = {"pages": False, "kind": "transceiver", "state": "down", "under_way": 3, "error": "the connection broke"}
    database.write(lambda session: beat(session, {"smsc": [link | {"error_at": "2026-11-21T08:00:00+00:00"}]}))
    told = CliRunner().invoke(main, ["gateways", "list"]).output
    assert (
        "bind here:1  notices  transceiver  down  under way: 3  last error at 2026-11-21 08:00:00Z: the connection"
        in told
    )


def beat(session: Session, links: dict[str, list[dict[str, Any]]]) -> None:
    now = clock.now(session)
    session.add(EngineBeat(engine="here:1", started_at=now, seen_at=now, links=links))
