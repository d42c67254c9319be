"""The storm of the demo: the part of the recording that is played, and how fast (see config/demo/README.md)."""

from command.alarms import trace
from command.core.paths import CONFIG

FOLDER = CONFIG / "demo"
START, END, SPEED = 70_000.0, 72_600.0, 15.0
"""Seconds of the recording, and how many pass in one of ours."""


def alarms() -> list[trace.Said]:
    """What the source says in that time."""
    naming = trace.Naming(severities=trace.severities(FOLDER / "problems.csv"))
    return trace.read(FOLDER / "trace" / "alarms.csv.gz", naming, START, END)
