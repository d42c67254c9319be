"""The reference names everything there is: kinds of entries, settings, commands, addresses of the API."""

import re
from collections.abc import Iterator

import click
import pytest

from command.cli import main
from command.core.installation import Installation
from command.core.journal import Payload
from command.core.paths import ROOT
from command.core.settings import CorrelationSettings, GatewaySettings, IntakeSettings, MeasurementSettings, Settings
from tests.builders import application

REFERENCE = ROOT / "docs" / "reference"


def read(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


def kinds_in(text: str) -> Iterator[str]:
    """Kinds as the tables write them: the first of a family in full, its brothers by their last part."""
    for line in text.splitlines():
        family = ""
        for name in re.findall(r"`([a-z_]*\.[a-z_]+)`", line.split("|")[1] if line.startswith("| `") else ""):
            family = name.split(".")[0] or family
            yield f"{family}.{name.split('.')[1]}"


def test_every_kind_of_entry_is_in_the_reference_and_no_other() -> None:
    assert set(kinds_in(read("journal.md"))) == {kind for kind in Payload.registry if not kind.startswith("test")}


@pytest.mark.parametrize("model", [Settings, CorrelationSettings, IntakeSettings, MeasurementSettings, GatewaySettings])
def test_every_setting_is_in_the_reference(model: type[Settings]) -> None:
    text = read("settings.md")
    names = set(model.model_fields) - {"correlation", "intake", "gateways", "measurements"}
    assert {name for name in names if f"`{name}`" not in text} == set()


def commands(group: click.Group, before: str = "tocsin") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def test_every_command_is_in_the_reference() -> None:
    text = read("command-line.md").replace("areas\\|", "areas` `tocsin import ").replace("\\|", "` `tocsin import ")
    assert {name for name in commands(main) if not re.search(rf"`{name}\b", text)} == set()


def test_every_address_of_the_api_is_in_the_reference(installation: Installation) -> None:
    text = read("http.md")
    rules = [rule for rule in application(installation).url_map.iter_rules() if rule.rule.startswith("/api/")]
    named = {rule.rule: [part for part in rule.rule.split("/") if "<" not in part][-1] for rule in rules}
    missing = {rule for rule, last in named.items() if not re.search(rf"[/{{|`]{re.escape(last)}(?![\w-])", text)}
    assert missing == set()
