"""Recordings and their replay against a real server."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from command.alarms import trace
from command.alarms.commands import alarms
from command.alarms.trace import BadTrace, Naming, Said
from command.app import create_app
from command.core.settings import Settings
from tests.alarms.conftest import Network
from tests.alarms.storm import DEMO
from tests.messages.house import _Served

RECORDED = "alarm_id,device_id,start_timestamp,end_timestamp\n"
OWN = "element,object,problem,severity,raised_at,cleared_at\n"


@pytest.fixture
def server(network: Network) -> Iterator[str]:
    """The address of the web application, over real HTTP."""
    served = _Served()
    served.serve(create_app(network.installation))
    yield f"http://127.0.0.1:{served.port}"
    served.stop()


def written(folder: Path, text: str) -> Path:
    file = folder / "trace.csv"
    file.write_text(text)
    return file


def test_the_public_trace_is_read_whole() -> None:
    said = trace.read(DEMO / "trace" / "alarms.csv.gz", Naming(severities=trace.severities(DEMO / "problems.csv")))
    assert sum(not one.clears for one in said) == 64_598
    assert said == sorted(said, key=lambda one: one.at)
    assert {one.severity for one in said if one.problem == "MW-07"} == {"critical"}


def test_a_momentary_event_is_raised_only_and_a_lasting_one_cleared_too(tmp_path: Path) -> None:
    file = written(tmp_path, RECORDED + "7,42,10,10\n7,43,5,20\n")
    raised = [Said(5, False, "MW-0043", "", "MW-07", "major"), Said(10, False, "MW-0042", "", "MW-07", "major")]
    assert trace.read(file, Naming()) == [*raised, Said(20, True, "MW-0043", "", "MW-07", "major")]


def test_a_part_of_a_recording(tmp_path: Path) -> None:
    file = written(tmp_path, RECORDED + "7,1,5,5\n7,2,10,10\n7,3,20,20\n")
    assert [one.element for one in trace.read(file, Naming(), 10, 20)] == ["MW-0002"]


def test_our_own_columns_with_times_of_a_zone(tmp_path: Path) -> None:
    file = tmp_path / "trace.csv.gz"
    with gzip.open(file, "wt") as out:
        out.write(OWN + "W1,eth0,Down,critical,2026-11-21T08:00:00+08:00,2026-11-21T00:01:00Z\n")
    one, cleared = trace.read(file, Naming())
    assert (one.element, one.object, one.severity, cleared.at - one.at) == ("W1", "eth0", "critical", 60)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the header is empty"),
        ("a,b\n1,2\n", "the header is a,b; it must name the columns"),
        (RECORDED + "7,42,10,10\n7,x,10,10\n", "line 3: invalid literal for int.*'x'"),
        (RECORDED + "7,42\n", "line 2:"),
        (OWN + "W1,,Down,critical,2026-11-21T08:00:00,\n", "line 2: the time '2026-11-21T08:00:00' has no zone"),
        (OWN + "W1,,Down,critical,soon,\n", "line 2:"),
    ],
)
def test_a_file_that_cannot_be_replayed_is_named_with_line_and_remedy(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadTrace, match=says):
        trace.read(written(tmp_path, text), Naming())


def test_a_file_that_is_no_gzip_is_named(tmp_path: Path) -> None:
    file = tmp_path / "trace.csv.gz"
    file.write_bytes(b"not gzip")
    with pytest.raises(BadTrace, match="cannot be read"):
        trace.read(file, Naming())


def test_a_replay_restamps_times_and_becomes_an_incident(
    network: Network, server: str, token_of: Callable[..., str], tmp_path: Path, settings: Settings
) -> None:
    file = written(tmp_path, OWN + "W1,,Down,critical,1000,\nW2,,Down,critical,1030,1900\nW1,,Down,cleared,9000,\n")
    token = token_of("alarms.write", source="replay")
    given = [str(file), "--speed", "1000", "--from", "1000", "--to", "2000", "--url", server, "--token", token]
    done = CliRunner().invoke(alarms, ["replay", *given], obj=settings)
    assert done.exit_code == 0, done.output
    assert "3 reports sent" in done.output
    w1, w2 = network.alarms()
    assert (w1.state, w2.state) == ("raised", "cleared")
    assert 0.02 < (w2.raised_at - w1.raised_at).total_seconds() < 0.04, "30 s of the recording at 1000 times its speed"
    assert network.failed(network.incidents()[0]) == {"W1"}


def test_a_refusal_is_told_with_its_remedy(network: Network, server: str, tmp_path: Path, settings: Settings) -> None:
    file = written(tmp_path, OWN + "W1,,Down,critical,0,\n")
    done = CliRunner().invoke(alarms, ["replay", str(file), "--url", server, "--token", "wrong"], obj=settings)
    assert done.exit_code == 1
    assert "HTTP 401" in done.output
    assert "send a valid token" in done.output
    assert not network.alarms()


def test_without_a_token_the_command_says_how_to_give_one(tmp_path: Path) -> None:
    settings = Settings(env="test", data=tmp_path)
    done = CliRunner().invoke(alarms, ["replay", str(written(tmp_path, OWN))], obj=settings)
    assert done.exit_code == 2
    assert "TOCSIN_TOKEN" in done.output
