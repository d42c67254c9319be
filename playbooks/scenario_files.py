"""Scenarios as they are written: read from folders of YAML files or from one text, each field with its line."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from playbooks.faults import Fault, Place, SourceError, dotted
from playbooks.loader import yaml_files
from playbooks.nodes import Node, read
from playbooks.scenario import Scenario, digest
from playbooks.source import read_path, validate

SCENARIOS = Path(__file__).parent / "scenarios"
"""The scenarios that ship."""


@dataclass(frozen=True, slots=True)
class Script:
    """One scenario as loaded: its digest, and where it was written."""

    scenario: Scenario
    digest: str
    file: str
    tree: Node = field(repr=False, compare=False)

    def fault(self, place: Place, message: str, remedy: str) -> Fault:
        """A mistake at a field of it; where the field is not written, at the deepest one around it that is."""
        return Fault(self.file, self.tree.find(place)[0].line, dotted(place), message, remedy)


def load_scenario(text: str, name: str) -> Script:
    """One scenario from YAML text; `name` stands for the file. Raises SourceError with every fault of form."""
    return _script(read(text, name), name)


def read_scenarios(files: Sequence[Path]) -> tuple[tuple[Script, ...], tuple[Fault, ...]]:
    """Each file on its own: the scenarios that are sound in form, and the faults of the others. A version of a code is in one file."""
    scripts, faults = list[Script](), list[Fault]()
    for file in files:
        try:
            scripts.append(_script(read_path(file), file.as_posix()))
        except SourceError as error:
            faults += error.faults
    return tuple(scripts), (*faults, *_collisions(scripts))


def shipped(folders: Iterable[Path] = (SCENARIOS,)) -> tuple[Script, ...]:
    """Every scenario of the folders. Raises SourceError with the faults of all files together."""
    scripts, faults = read_scenarios(yaml_files(folders))
    if faults:
        raise SourceError(*faults)
    return scripts


def written(scenario: Scenario) -> str:
    """A scenario as YAML that `load_scenario` reads back to the same; what it leaves at its default is left out."""
    yaml: Any = YAML()
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    into = io.StringIO()
    yaml.dump(scenario.model_dump(mode="json", exclude_defaults=True), into)
    return into.getvalue()


def _script(tree: Node, name: str) -> Script:
    scenario = validate(tree, name, Scenario)
    return Script(scenario, digest(scenario), name, tree)


def _collisions(scripts: Sequence[Script]) -> list[Fault]:
    faults, seen = list[Fault](), dict[tuple[str, int], Script]()
    for script in scripts:
        one = script.scenario
        twin = seen.setdefault((one.code, one.version), script)
        if twin is not script:
            message = f"'{one.code}' version {one.version} is in {twin.file} too"
            faults.append(script.fault(("version",), message, "Give one a new version."))
    return faults
