"""Each day has one report, whatever engines, restarts, downtime and clocks do. Time is moved; an engine keeps nothing between rounds."""

import threading
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import DBAPIError

from command.core.installation import Installation
from command.core.settings import Settings
from command.engine import periodic
from command.periodic import firing, making
from command.periodic.models import PeriodicReport
from command.periodic.rhythm import Days, Rhythm
from command.periodic.table import Kind, table
from tests.periodic.conftest import Office

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = pytest.mark.proves("R20")


@pytest.mark.parametrize(
    ("rhythm", "on", "next_on", "first", "last"),
    [
        (Rhythm("week", 0), date(2026, 11, 30), date(2026, 11, 30), date(2026, 11, 23), date(2026, 11, 29)),
        (Rhythm("week", 0), date(2026, 12, 1), date(2026, 12, 7), date(2026, 11, 30), date(2026, 12, 6)),
        (Rhythm("week", 4), date(2026, 11, 30), date(2026, 12, 4), date(2026, 11, 27), date(2026, 12, 3)),
        (Rhythm("month", day=1), date(2026, 12, 1), date(2026, 12, 1), date(2026, 11, 1), date(2026, 11, 30)),
        (Rhythm("month", day=1), date(2026, 12, 2), date(2027, 1, 1), date(2026, 12, 1), date(2026, 12, 31)),
        (Rhythm("month", day=28), date(2028, 2, 29), date(2028, 3, 28), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_days_of_reports_and_what_they_cover(rhythm: Rhythm, on: date, next_on: date, first: date, last: date) -> None:
    assert rhythm.next(on) == next_on
    assert rhythm.covers(next_on) == Days(first, last)


def test_a_month_is_compared_with_the_month_before_and_other_days_with_as_many() -> None:
    assert Days(date(2026, 3, 1), date(2026, 3, 31)).before == Days(date(2026, 2, 1), date(2026, 2, 28))
    assert Days(date(2026, 3, 2), date(2026, 3, 8)).before == Days(date(2026, 2, 23), date(2026, 3, 1))
    assert Days(date(2026, 3, 1), date(2026, 3, 1)).before == Days(date(2026, 2, 28), date(2026, 2, 28))


def test_a_time_that_a_clock_skips_comes_later_and_one_that_comes_twice_once() -> None:
    night = Kind.model_validate({**table().reports[0].model_dump(), "weekday": "sunday", "at": "02:30"})
    berlin = ZoneInfo("Europe/Berlin")
    assert night.due(date(2031, 3, 30), berlin).astimezone(UTC).isoformat() == "2031-03-30T01:30:00+00:00"
    assert night.due(date(2031, 10, 26), berlin).astimezone(UTC).isoformat() == "2031-10-26T00:30:00+00:00"


def test_two_engines_at_once_make_one_report_and_it_never_changes(office: Office) -> None:
    office.cycle()
    assert office.made() == []
    office.subscribe("aud")
    office.set_clock(office.monday() - timedelta(seconds=1))
    office.cycle()
    assert [each for each in office.made() if each.code == "weekly"] == []
    office.set_clock(office.now() + timedelta(seconds=2))
    gate = threading.Barrier(2)

    def engine() -> None:
        gate.wait(10)
        office.cycle()

    threads = [threading.Thread(target=engine) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    (one,) = [each for each in office.made() if each.code == "weekly"]
    assert (one.edition, one.local_date, one.made_by) == (1, one.last_on + timedelta(days=1), "system:periodic")
    assert len(office.mails()) == 1
    with pytest.raises(DBAPIError, match="never change"):
        office.do(lambda session: setattr(session.get_one(PeriodicReport, one.id), "sha256", "x"))


def test_after_weeks_without_an_engine_each_missed_report_is_made_late_and_once(office: Office) -> None:
    office.cycle()
    begins = office.monday()
    office.set_clock(begins + timedelta(days=16, hours=1))
    for _ in range(2):
        office.cycle()
    weekly = [each for each in office.made() if each.code == "weekly"]
    assert [each.local_date for each in weekly] == [(begins + timedelta(days=7 * n)).date() for n in range(3)]
    assert [each.due_at for each in weekly] == [begins + timedelta(days=7 * n) for n in range(3)]
    assert len({(each.code, each.local_date) for each in office.made()}) == len(office.made())
    assert {each.made_at - each.due_at >= timedelta(days=2) for each in weekly if each.due_at} == {True}


@ONE
def test_an_engine_that_dies_before_it_commits_leaves_the_report_to_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.cycle()
    office.set_clock(office.monday())
    keep = making.keep

    def dies(*given: object, **more: object) -> None:
        keep(*given, **more)  # type: ignore[arg-type]
        raise SystemError("killed before it could commit")

    monkeypatch.setattr(making, "keep", dies)
    assert not periodic.run_once(office.installation)
    assert office.made() == []
    monkeypatch.undo()
    office.cycle()
    assert [each.code for each in office.made()].count("weekly") == 1


@ONE
def test_days_are_those_of_the_operators_zone_when_its_clock_changes(
    settings: Settings, installation: Installation
) -> None:
    berlin = settings.model_copy(update={"zone": "Europe/Berlin"})
    installation.database.info["settings"] = berlin
    office = Office(Installation(berlin, installation.database, installation.keyring))
    autumn = date(2031, 10, 27)
    office.set_clock(table().reports[0].due(autumn - timedelta(days=7), ZoneInfo("Europe/Berlin")) - timedelta(hours=1))
    office.cycle()
    for _ in range(9):
        office.set_clock(office.now() + timedelta(days=1))
        office.cycle()
    weekly = [each for each in office.made() if each.code == "weekly"]
    assert [each.local_date for each in weekly] == [autumn - timedelta(days=7), autumn]
    first, second = (each.due_at for each in weekly)
    assert first and second and second - first == timedelta(days=7, hours=1)
    with office.database.read() as session:
        assert firing.due(session).made == []
