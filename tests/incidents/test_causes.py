"""What incidents come from: the table that is shipped, and tables that do not fit."""

import pytest

from command.core.paths import CONFIG
from command.incidents import house
from command.incidents.causes import ROOTS, CauseTable
from playbooks.source import SourceError, load_text


@pytest.mark.proves("R7", "R23")
def test_every_cause_has_a_root_and_every_root_a_name_and_a_cause() -> None:
    table = house.causes()
    assert all(table.under(root) for root in ROOTS)
    assert sorted(code for root in ROOTS for code in table.under(root)) == sorted(table.causes)
    text = (CONFIG / "causes.yaml").read_text("utf-8")
    with pytest.raises(SourceError, match="no cause belongs to natural_phenomenon"):
        load_text(text.replace("root: natural_phenomenon", "root: system_failure"), "causes.yaml", CauseTable)
    with pytest.raises(SourceError, match="human_error has no name"):
        load_text(text.replace("  human_error: {zh", "  # {zh"), "causes.yaml", CauseTable)
