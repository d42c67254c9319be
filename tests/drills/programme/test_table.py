"""config/drills.yaml: what is required stands for fields of the grid; a fault names its line and the remedy."""

from datetime import date

import pytest

from command.drills.programme import coverage
from command.drills.programme.coverage import Event, Stands
from command.drills.programme.table import DrillTable, table
from playbooks.source import SourceError, load_text

HEAD = "stop_word: {zh: 演练终止, en: STOPDRILL}\nrequired:\n"
RULE = "  - {id: a, modes: [live], every_months: 6, source: x}\n"


@pytest.mark.proves("R9")
def test_the_table_that_ships_requires_each_subject_yearly_tabletops_quarterly_and_live_drills_half_yearly() -> None:
    asked = [
        (subject, mode, rule.every_months)
        for subject in (*coverage.Subject, None)
        for mode in (*coverage.Mode, None)
        for rule in coverage.required(table(), "security", subject, mode)
    ]
    assert asked == [
        *((subject, None, 12) for subject in coverage.Subject),
        (None, "tabletop", 3),
        (None, "live", 6),
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f"{HEAD}  - {{id: a, every_months: 6, source: x}}\n", 3, "nothing says what is required"),
        (f"{HEAD}{RULE}{RULE}", 4, "'a' is used twice"),
        (f"{HEAD}  - id: a\n    modes: [live, live]\n    every_months: 6\n    source: x\n", 4, "listed twice"),
        (f"{HEAD}  - id: a\n    modes: [dance]\n    every_months: 6\n    source: x\n", 4, "modes"),
        (f"{HEAD}  - id: a\n    modes: [live]\n    every_months: 0\n    source: x\n", 5, "every_months"),
        (f"{HEAD.replace('STOPDRILL', 'STOP the drill')}{RULE}", 1, "cannot be typed in a hurry"),
        (f"{HEAD}{RULE}warn_day: 3\n", 4, "warn_day"),
    ],
)
def test_a_fault_names_its_line_and_the_remedy(text: str, line: int, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        load_text(text, "config/drills.yaml", DrillTable)
    fault = caught.value.faults[0]
    assert fault.line == line and said in str(fault) and fault.remedy


@pytest.mark.proves("R9")
def test_a_requirement_falls_due_is_due_soon_is_planned_and_overdue() -> None:
    made = load_text(f"{HEAD}{RULE}", "config/drills.yaml", DrillTable)
    held = [Event("complaint", "live", ["security"], date(2026, 8, 31))]
    planned = [Event("complaint", "live", ["security"], date(2027, 2, 27))]

    def stands(today: date, *ahead: Event) -> tuple[Stands, date | None]:
        cells = coverage.grid(made, date(2026, 1, 1), held, ahead, today, 2026)
        (cell,) = [c for c in cells if (c.department, c.subject, c.mode) == ("security", None, "live")]
        return cell.stands, cell.due

    due = date(2027, 2, 28)
    assert stands(date(2027, 1, 28)) == (Stands.MET, due)
    assert stands(date(2027, 1, 29)) == (Stands.SOON, due)
    assert stands(date(2027, 1, 29), *planned) == (Stands.PLANNED, due)
    assert stands(date(2027, 2, 28)) == (Stands.SOON, due)
    assert stands(date(2027, 3, 1), *planned) == (Stands.OVERDUE, due)
