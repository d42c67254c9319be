"""Nights and weekends are counted by the wall clock, in true hours, and nothing is lost: the shares sum to the span."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from command.oncall.duties import holidays
from command.oncall.duties.fairness import shares
from command.oncall.duties.layers import Duty, Layer, Leave, Span, Window, spans
from command.oncall.duties.rotation import Rotation
from tests.conftest import Time
from tests.oncall.scene import Scene
from tests.oncall.test_rotation import ZONES
from tests.oncall.test_web import bearer

pytestmark = pytest.mark.proves("R28")
HALF = timedelta(minutes=30)
HOUR = timedelta(hours=1)

halves = st.integers(0, 2 * 24 * 366).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * HALF)


@given(st.lists(halves, min_size=2, max_size=6, unique=True), st.sampled_from(ZONES), st.data())
@settings(max_examples=80, deadline=None)
def test_shares_sum_to_the_span_and_agree_with_looking_every_quarter_hour(
    edges: list[datetime], zone_name: str, data: st.DataObject
) -> None:
    """All zones here change by whole quarter hours, so a look at each of them is exact."""
    zone = ZoneInfo(zone_name)
    edges = [edges[0], *(edge for edge in sorted(edges) if edges[0] < edge < edges[0] + timedelta(days=21))]
    held = [
        Span(data.draw(st.sampled_from([1, 2, 3, None])), 0, start, end) for start, end in pairwise(sorted(set(edges)))
    ]
    found = {share.member: share for share in shares(held, zone, {date(2026, 4, 5)})}
    whole = sum((span.end - span.start for span in held), timedelta())
    assert sum((share.whole for share in found.values()), timedelta()) == whole
    looked = dict.fromkeys(found, (timedelta(), timedelta(), timedelta()))
    for span in held:
        at = span.start
        while at < span.end:
            local = at.astimezone(zone)
            night, weekend, holiday = looked[span.member]
            looked[span.member] = (
                night + (HALF / 2 if local.hour >= 22 or local.hour < 6 else timedelta()),
                weekend + (HALF / 2 if local.weekday() >= 5 else timedelta()),
                holiday + (HALF / 2 if local.date() == date(2026, 4, 5) else timedelta()),
            )
            at += HALF / 2
    assert {member: (s.nights, s.weekends, s.holidays) for member, s in found.items()} == looked


@given(st.sampled_from(ZONES), st.integers(0, 300), st.integers(1, 60))
@settings(max_examples=30, deadline=None)
def test_of_a_rotation_with_nights_off_and_leave_every_hour_is_somebodys_or_a_gaps(
    zone: str, first: int, days: int
) -> None:
    start = datetime(2026, 1, 1, 5, 17, tzinfo=UTC) + timedelta(days=first)
    end = start + timedelta(days=days)
    turns = Rotation((1, 2, 3), date(2026, 1, 5), time(9), zone, period_days=1)
    duty = Duty((Layer(turns, (Window(frozenset(range(5)), time(8), time(23)),)),), leave=(Leave(2, start, end),))
    found = shares(spans(duty, start, end), ZoneInfo(zone))
    assert sum((share.whole for share in found), timedelta()) == end - start
    assert 2 not in {share.member for share in found}


@pytest.mark.parametrize(
    ("zone", "night", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 28), 7),
        ("Europe/Berlin", (2026, 10, 24), 9),
        ("Australia/Lord_Howe", (2026, 10, 3), 7.5),
        ("Australia/Lord_Howe", (2026, 4, 4), 8.5),
        ("Asia/Shanghai", (2026, 3, 28), 8),
    ],
)
def test_the_night_in_which_the_clock_changes_has_its_true_hours(
    zone: str, night: tuple[int, int, int], hours: float
) -> None:
    noon = datetime(*night, 12, tzinfo=ZoneInfo(zone))
    start, end = noon.astimezone(UTC), (noon + timedelta(days=1)).astimezone(UTC)
    (share,) = shares([Span(1, 0, start, end)], ZoneInfo(zone))
    assert share.nights == timedelta(hours=hours)


def test_over_http_the_hours_of_all_sum_to_the_time_asked_for(scene: Scene, client: FlaskClient, time: Time) -> None:
    start = time.now().replace(microsecond=0)
    asked = {"start": start.isoformat(), "end": (start + timedelta(days=28)).isoformat()}
    answer = client.get("/api/v1/schedules/technical/fairness", query_string=asked, headers=bearer(scene, "wang.kai"))
    items = answer.json["items"]
    assert sum(item["hours"] for item in items) == pytest.approx(28 * 24)
    assert sum(item["night_hours"] for item in items) == pytest.approx(28 * 8)
    assert sum(item["weekend_hours"] for item in items) == pytest.approx(8 * 24)
    assert all(item["person"] for item in items)


class TestHolidays:
    def test_they_have_both_names_and_count(self, tmp_path: Path) -> None:
        file = tmp_path / "days.csv"
        file.write_text("# ours\ndate,zh,en\n2026-10-01,国庆节,National Day\n", "utf-8")
        found = holidays.holidays(file)
        assert found[date(2026, 10, 1)].name_en == "National Day"
        start = datetime(2026, 9, 30, 16, tzinfo=UTC)  # midnight in Shanghai
        (share,) = shares([Span(1, 0, start, start + 30 * HOUR)], ZoneInfo("Asia/Shanghai"), found.keys())
        assert share.holidays == 24 * HOUR

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("day,zh,en\n", "the columns must be date, zh, en"),
            ("date,zh,en\n1.10.2026,国庆节,National Day\n", "day 1: '1.10.2026' is no date"),
            ("date,zh,en\n2026-10-01,国庆节,\n", "give its name in Chinese and in English"),
            ("date,zh,en\n2026-10-01,国庆节,A\n2026-10-01,国庆节,B\n", "day 2, 2026-10-01, is listed twice"),
        ],
    )
    def test_a_wrong_file_names_the_day_and_the_remedy(self, tmp_path: Path, text: str, said: str) -> None:
        file = tmp_path / "days.csv"
        file.write_text(text, "utf-8")
        with pytest.raises(holidays.HolidaysError, match=said.replace("(", r"\(")):
            holidays.holidays(file)
        assert holidays.readable(file)[0] == {}
        assert holidays.readable(file)[1]

    def test_the_demos_are_marked_as_made_up(self) -> None:
        found = holidays.holidays(Path("config/demo/holidays.csv"))
        assert found and all("made up" in each.name_en and "示例" in each.name_zh for each in found.values())
