"""The same houses as the messages' tests, and tables of what was survived at the end of the run."""

from collections.abc import Sequence

import pytest

from tests.messages.conftest import build, house

__all__ = ["build", "house"]
_FAULTS = (
    "trouble",
    "database",
    "recipients",
    "pages",
    "kills",
    "messages taken",
    "pages re-sent",
    "unknown",
    "seconds",
)
_HOSTS = (
    *(
        "trouble of hosts",
        "cables",
        "boards",
        "lasted s",
        "live at worst",
        "came anew",
        "right after s",
        "pages after s",
    ),
    *("notices passed", "machine slow ×"),
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of the fault matrix, and of hosts that failed; those of a test that failed too."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    told = [each for report in reports if report.when == "call" for each in report.user_properties]
    faults = sorted(row for name, row in told if name == "fault")
    hosts = [row for name, row in told if name == "hosts"]
    for title, head, rows in (("faults survived", _FAULTS, faults), ("hosts that failed", _HOSTS, hosts)):
        if rows:
            _print(terminalreporter, title, [head, *rows])


def _print(terminalreporter: pytest.TerminalReporter, title: str, rows: Sequence[Sequence[object]]) -> None:
    table = [tuple(map(str, row)) for row in rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    terminalreporter.section(title)
    for row in table:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
