"""Series by rule, whatever the rule, the zone, its clock changes, holidays and freezes: strictly increasing, never on a closed day, at the
same time of day."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command.core.problems import Invalid
from command.drills.programme import series as rules
from command.drills.programme.series import Closed, Freeze, Series
from command.oncall.phone_drill.recurrence import instant

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
]
RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;BYDAY=MO,SA",
    "FREQ=WEEKLY;BYDAY=SU,WE",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=20",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
    "FREQ=MONTHLY;UNTIL=20131231",
    "",
]
LASTS = timedelta(minutes=90)
days = st.dates(date(2010, 1, 1), date(2012, 12, 31))
times = st.sampled_from([(0, 0), (0, 30), (1, 30), (2, 0), (2, 30), (3, 0), (10, 0), (23, 45)])


@st.composite
def closed(draw: st.DrawFn) -> Closed:
    free = draw(st.lists(days, max_size=30))
    spans = draw(st.lists(st.tuples(days, st.integers(1, 40)), max_size=4))
    begins = [(datetime(day.year, day.month, day.day, 5, tzinfo=UTC), length) for day, length in spans]
    return Closed(dict.fromkeys(free, True), tuple(Freeze(at, at + timedelta(days=length)) for at, length in begins))


@pytest.mark.proves("D3", "R9")
@settings(max_examples=100, deadline=None)
@given(st.sampled_from(RULES), st.sampled_from(ZONES), days, times, closed(), st.sampled_from(["move", "skip"]))
def test_a_series_is_strictly_increasing_never_closed_and_keeps_its_time_of_day(
    rule: str, zone_name: str, first: date, wall: tuple[int, int], free: Closed, policy: str
) -> None:
    zone = ZoneInfo(zone_name)
    series = Series(datetime(first.year, first.month, first.day, *wall), zone, rule)
    found = list(islice(rules.firings(series, free, policy, LASTS, series.starts), 40))
    held = [each for each in found if each.at is not None]
    times_held = [each.at for each in held if each.at is not None]
    assert all(one < other for one, other in pairwise(times_held))
    assert all(one.local < other.local for one, other in pairwise(found))
    for each in held:
        assert each.at is not None and not any(f.start < each.at + LASTS and each.at < f.end for f in free.freezes)
        local = each.at.astimezone(zone).replace(tzinfo=None)
        day = datetime.combine(local.date(), series.starts.time())
        assert local == day or instant(day, zone) == each.at or instant(each.local, zone) == each.at
        if each.because is None:
            assert each.local.date() not in free.holidays and each.at == instant(each.local, zone)
        else:
            assert policy == "move" and local > each.local and local.weekday() < 5 and local.date() not in free.holidays
    for each in found:
        assert (each.at is None) <= (each.because is not None)
        assert policy == "move" or each.because in (None, "holiday", "freeze", "coincides")


@pytest.mark.proves("R9")
@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=HOURLY", "more than 366"),
        ("FREQ=SECONDLY;COUNT=2", "more than 366"),
        ("FREQ=DAILY;BYHOUR=1,2", "more than 366"),
        ("every day", "more than 366|cannot be read"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL must be"),
        ("FREQ=DAILY;COUNT=99999", "COUNT must be"),
        ("FREQ=DAILY;COUNT=²", "cannot be read|COUNT must be"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20300101", "exclude each other"),
        ("FREQ=DAILY;UNTIL=soon", "UNTIL must be a day"),
        ("FREQ=DAILY;UNTIL=20200101", "no date within two years"),
        ("FREQ=DAILY;BYMONTHDAY=99", "daily rule"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no date within two years"),
        ("FREQ=WEEKLY;BYDAY=XX", "cannot be read"),
        ("FREQ=WEEKLY;BYDAY=MO\nEXDATE:20300101", "cannot be read"),
        ("FREQ=WEEKLY;FREQ=DAILY", "cannot be read"),
        ("FREQ=WEEKLY;BYEASTER=1", "part nobody knows: BYEASTER"),
        ("FREQ=MONTHLY;BYMONTHDAY=" + "1," * 200, "cannot be read"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_at_its_field(rule: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as caught:
        rules.check(Series(datetime(2027, 1, 5, 10), ZoneInfo("Asia/Shanghai"), rule))
    assert caught.value.field == "rule" and caught.value.remedy


def test_a_moved_time_gives_way_to_the_next_of_its_series() -> None:
    series = Series(datetime(2027, 1, 4, 10), ZoneInfo("Asia/Shanghai"), "FREQ=DAILY;COUNT=3")
    found = list(rules.firings(series, Closed({date(2027, 1, 4): True}), "move", LASTS, series.starts))
    assert [each.because for each in found] == ["coincides", None, None]
