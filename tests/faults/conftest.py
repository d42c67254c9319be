"""The same houses as the messages' tests, and a table of what was survived at the end of the run."""

import pytest

from tests.messages.conftest import build, house

__all__ = ["build", "house"]
_HEAD = ("trouble", "database", "recipients", "pages", "kills", "messages taken", "pages re-sent", "unknown", "seconds")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of the fault matrix."""
    reports = terminalreporter.getreports("passed")
    found = [dict(report.user_properties)["fault"] for report in reports if "fault" in dict(report.user_properties)]
    if not found:
        return
    table = [tuple(map(str, row)) for row in (_HEAD, *sorted(found))]
    widths = [max(len(row[place]) for row in table) for place in range(len(_HEAD))]
    terminalreporter.section("faults survived")
    for row in table:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
