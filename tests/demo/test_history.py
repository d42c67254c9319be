"""The demo's made-up past: plausible, the same by seed, and written as what was handled long ago."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from command.archive.models import ArchiveNote
from command.complaints.models import Case
from command.core import clock, heads
from command.core.clock import ClockOffset
from command.core.installation import Installation
from command.core.journal import Entry, Stream
from command.demo.callers import load_complaints
from command.demo.history import SOURCE, load_past
from command.demo.load import DEMO
from command.demo.tales import OF_THE_STORM, SEASONS, Past, Place, tales
from command.incidents import house
from command.incidents.models import Incident, IncidentClock
from command.messages.models import Delivery
from playbooks.source import load
from tests.boards.stage import Stage

TODAY = datetime(2026, 11, 27, tzinfo=ZoneInfo("Asia/Shanghai"))
PLACES = [Place(n, n // 5, n // 20, 3_000 if n % 10 == 0 else 300 + n, {1: 90}, wide=n % 10 == 0) for n in range(1, 61)]


def test_the_past_is_plausible_and_the_same_by_seed() -> None:
    past = load(DEMO / "history.yaml", Past)
    told = list(tales(past, PLACES, TODAY))
    assert told == list(tales(past, PLACES, TODAY))
    assert len(told) == past.incidents
    assert set(house.causes().causes) - set(past.causes) == {"data_leak"}, "every cause but what is restricted"
    for tale in told:
        moments = (
            tale.detected_at,
            tale.reported_at,
            tale.acknowledged_at,
            tale.responding_at,
            tale.restored_at,
            tale.closed_at,
        )
        assert list(moments) == sorted(moments)
        assert tale.occurred_at is None or tale.occurred_at < tale.detected_at
        assert TODAY - timedelta(days=past.days) <= tale.detected_at.astimezone(TODAY.tzinfo) and tale.closed_at < TODAY
        assert tale.users > 0 and tale.users not in OF_THE_STORM
        if tale.cause in SEASONS and tale.occurred_at:
            assert tale.occurred_at.month in SEASONS[tale.cause]
    assert {tale.ends for tale in told} == {"closed", "cancelled"}
    hours = Counter(tale.detected_at.astimezone(TODAY.tzinfo).hour for tale in told)
    assert sum(hours[h] for h in range(9, 18)) > 2 * sum(hours[h] for h in range(6)), "nights are quieter"
    failed = Counter(place.element_id for tale in told for place in tale.places)
    assert failed.most_common(1)[0][1] > 4 * sum(failed.values()) / len(PLACES), "some sites are weak"


@pytest.fixture
def stage(installation: Installation) -> Stage:
    return Stage(installation)


@pytest.mark.proves("D7")
def test_it_is_handled_and_over_and_nobody_is_told_of_it(stage: Stage) -> None:
    past = load(DEMO / "history.yaml", Past).model_copy(update={"incidents": 24})
    before = datetime.now(UTC)
    with stage.acting():
        assert load_past(stage.database, past, lambda done, total: None) == 24
        assert load_past(stage.database, past, lambda done, total: None) == 0, "a second time changes nothing"
    with stage.database.read() as session:
        rows = session.scalars(select(Incident).where(Incident.source == SOURCE)).all()
        assert {row.state for row in rows} <= {"closed", "cancelled"}
        closed = [row for row in rows if row.state == "closed"]
        assert all(row.cause and row.users_now == 0 < row.user_minutes for row in closed)
        assert not any(row.exercise or row.restricted for row in rows)
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0
        assert session.scalar(select(func.count()).where(IncidentClock.state == "running")) == 0
        assert session.scalar(select(func.count()).select_from(ArchiveNote)), "its words are found in the archive"
        for row in rows:
            assert heads.verify_stream(session, f"incident:{row.number}") is None
            entries = session.scalars(
                select(Entry).where(Entry.stream_id == f"incident:{row.number}").order_by(Entry.seq)
            )
            times = [entry.at for entry in entries]
            assert abs(times[0] - row.reported_at) < timedelta(seconds=2)
            assert row.ended_at is not None and abs(times[-1] - row.ended_at) < timedelta(seconds=2)
        assert session.scalar(select(func.count()).where(Stream.id.startswith("board:"))) == 0
        assert session.scalar(select(ClockOffset.microseconds)) in (0, None), "the clock stands where it stood"
        assert abs(clock.now(session) - before) < timedelta(minutes=5)
    number = closed[0].number
    board = stage.get("ada", f"/incidents/{number}?lang=en").text
    assert "demo data, made up" in board
    assert number not in stage.get("ada", "/board?lang=en").text
    figures = stage.get("ada", "/api/v1/insights/overview?from=2000-01-01").json
    assert figures["incidents"] == len(closed)
    assert figures["faults"] == []
    assert stage.get("ada", "/api/v1/evaluations").json["counts"]["overdue"] == 0
    report = stage.get("ada", f"/api/v1/incidents/{closed[0].number}/evaluation").json
    assert report["state"] == "signed" and not report["changed"] and [each["post"] for each in report["signatures"]]


@pytest.mark.proves("R20")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_complaints_of_the_past_went_through_all_four_steps(stage: Stage) -> None:
    past = load(DEMO / "history.yaml", Past).model_copy(update={"complaints": 20, "complaint_days": 25})
    with stage.acting():
        assert load_complaints(stage.installation, past, lambda done, total: None) == 20
        assert load_complaints(stage.installation, past, lambda done, total: None) == 0
    figures = stage.get("ada", "/api/v1/complaints/figures?days=30").json
    assert (figures["complaints"], figures["open"], figures["complete"]) == (20, 0, 1.0)
    with stage.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0
        assert session.scalar(select(ClockOffset.microseconds)) in (0, None)
        for case in session.scalars(select(Case)):
            assert case.closed_at is not None and case.opened_at < case.closed_at < clock.now(session)
