"""An engineer confirms backup and way back of a risky task from the phone (R37)."""

import pytest

from tests.field.conftest import Phone

SAID = {"backup": "configuration", "place": "backup server", "rollback": "load it again"}


@pytest.mark.proves("R37")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_backup_and_way_back_are_confirmed_from_the_phone_and_a_press_twice_counts_once(phone: Phone) -> None:
    page = phone.opened()
    assert "Backup and way back" in page
    (code,) = {each.partition('"')[0] for each in page.split('name="task" value="')[1:]}
    refused = phone.send("secure", task=code, **SAID | {"rollback": " "})
    assert (refused.status_code, "backup server" in refused.text) == (422, True)
    for _ in range(2):
        assert "I have checked the backup" not in phone.press("secure", task=code, **SAID)
    assert len(phone.journal("task.secured")) == 1
    assert phone.send("secure", task="none", **SAID).status_code == 422
