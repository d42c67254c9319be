"""A text that is to be a scenario, looked at: what it says, and everything that is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from command.drills.scenarios import world
from playbooks.faults import Fault, SourceError
from playbooks.findings import Finding, Level
from playbooks.scenario import Scenario
from playbooks.scenario_checks import asked, check
from playbooks.scenario_files import load_scenario

NAME = "scenario.yaml"
"""What stands for the file of a text that was typed."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to mend at a line (from 1) of the text; `source` is that line. Errors keep the scenario from being held, warnings want
    care."""

    level: Level
    line: int
    field: str
    message: str
    remedy: str
    source: str


@dataclass(frozen=True, slots=True)
class Examined:
    """`scenario` is None where the form of the text is not sound."""

    scenario: Scenario | None
    wrong: Sequence[Wrong]

    @property
    def errors(self) -> list[Wrong]:
        return [each for each in self.wrong if each.level is Level.error]

    @property
    def warnings(self) -> list[Wrong]:
        return [each for each in self.wrong if each.level is Level.warning]


def examine(session: Session, text: str) -> Examined:
    """What a text says, and what is wrong with it here. Raises nothing, whatever the text holds."""
    lines = text.splitlines()
    try:
        script = load_scenario(text, NAME)
    except SourceError as refused:
        return Examined(None, [_wrong(fault, Level.error, fault.field, lines) for fault in refused.faults])
    found = check(script, world.around(session, asked([script.scenario])))
    return Examined(script.scenario, [_wrong(finding, finding.level, finding.place, lines) for finding in found])


def _wrong(told: Fault | Finding, level: Level, field: str, lines: Sequence[str]) -> Wrong:
    source = lines[told.line - 1].strip()[:160] if told.line <= len(lines) else ""
    return Wrong(level, told.line, field, told.message, told.remedy, source)
