"""`tocsin routes check` and `tocsin gateways restart`."""

import pytest
from click.testing import CliRunner

from command.cli import main
from command.core.database import Database
from command.core.settings import GatewaySettings, Settings
from command.messages import breakers, routing
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
