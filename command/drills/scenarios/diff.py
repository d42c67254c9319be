"""What differs between two versions of a scenario, as lines of their YAML. Pure."""

import difflib
from dataclasses import dataclass

from playbooks.scenario import Scenario
from playbooks.scenario_files import written


@dataclass(frozen=True, slots=True)
class Line:
    """`what` is added, removed, same, or gap: lines that are the same on both sides and are left out."""

    what: str
    text: str


_WHAT = {"+": "added", "-": "removed", " ": "same", "@": "gap"}


def lines(before: Scenario, after: Scenario) -> list[Line]:
    """The lines that differ, each with two around it; nothing where the two say the same."""
    old, new = written(before).splitlines(), written(after).splitlines()
    told = list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]
    return [Line(_WHAT[line[0]], line[1:] if line[0] != "@" else "…") for line in told]
