"""Whoever has to act is reminded 7 days before, on the day and every week after, once; a superior when it is 7 days late (R18)."""

import pytest

from command.oncall.duties.telling import horizon
from tests.improvement.conftest import GIVER, OWNER, SUPERIOR, Works

pytestmark = pytest.mark.proves("R18")
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_the_nearest_moment_to_remind() -> None:
    days = {8: None, 7: 7, 3: 7, 1: 7, 0: 0, -1: 0, -6: 0, -7: -7, -13: -7, -14: -14, -40: -35}
    assert {left: horizon(left) for left in days} == days


def test_the_owner_is_told_at_7_days_on_the_day_and_weekly_and_the_superior_7_days_late(works: Works) -> None:
    works.given(9)
    told, raised = [], []
    before = len(works.texts(OWNER))
    for day in range(9, -16, -1):
        works.look()
        told += [day] * (len(works.texts(OWNER)) - before)
        raised += [day] * (len(works.texts(SUPERIOR)) - len(raised))
        before = len(works.texts(OWNER))
        works.at(9, days=1)
    assert (told, raised) == ([7, 0, -7, -14], [-7])
    assert "7 days late" in works.texts(SUPERIOR)[0] and "Eng" in works.texts(SUPERIOR)[0]
    reminded = [line for line in works.one(1)["history"] if line["kind"] == "improvement.reminded"]
    assert [(each["data"]["role"], each["data"]["days"], each["data"]["reached"]) for each in reminded] == [
        ("owner", 7, True),
        ("owner", 0, True),
        ("owner", -7, True),
        ("superior", -7, True),
        ("owner", -14, True),
    ]


@ONE
def test_at_night_nobody_is_told_and_what_engines_missed_is_told_once(works: Works) -> None:
    works.given(9)
    works.at(3, 9)
    works.look()
    assert len(works.texts(OWNER)) == 1, "only that it was given"
    works.at(8)
    works.look()
    assert len(works.texts(OWNER)) == 2
    works.at(19, 30)
    works.look()
    assert len(works.texts(OWNER)) == 3 and len(works.texts(SUPERIOR)) == 1


@ONE
def test_while_evidence_waits_whoever_gave_the_action_is_reminded_and_what_is_over_is_told_no_more(
    works: Works,
) -> None:
    action = works.given(9)["id"]
    works.does(OWNER, action, "evidence", words="done")
    works.at(9, 9)
    works.look()
    assert len(works.texts(OWNER)) == 1 and "waits for you to verify" in works.texts(GIVER)[-1]
    works.does("ada", action, "verify")
    works.at(9, 14)
    works.look()
    assert len(works.texts(OWNER)) == 1 and len(works.texts(GIVER)) == 2 and works.texts(SUPERIOR) == []


@ONE
def test_another_day_begins_the_reminders_anew(works: Works) -> None:
    action = works.given(8)["id"]
    works.at(9, 1)
    works.look()
    assert len(works.texts(OWNER)) == 2
    works.does(GIVER, action, "move", reason="snow", due_on=works.ahead(20))
    works.look()
    assert len(works.texts(OWNER)) == 2
    works.at(9, 14)
    works.look()
    assert len(works.texts(OWNER)) == 3
