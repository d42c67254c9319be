"""Incidents as columns: judged at a stroke they are judged as one by one, and a block is the same whatever order it was made in."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from command.incidents.models import KINDS
from command.insights import blocks, buckets, counting, funnel, kin, ledger, overview
from command.insights.blocks import Block
from command.insights.counting import Counted
from command.insights.kin import Member
from command.insights.told import Told
from command.messages.models import State

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
NOW = BEGIN + timedelta(days=40)
LIMIT = timedelta(minutes=30)
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "America/Havana", "Asia/Kathmandu")]
)
"""Berlin and Havana put their clocks forward in March; Havana does so at midnight."""
MOMENTS = st.datetimes(datetime(2026, 3, 2), datetime(2026, 4, 20), timezones=st.just(UTC))
MAYBE = st.none() | MOMENTS
CASES = st.lists(
    st.builds(
        Counted,
        id=st.integers(1, 10**12),
        number=st.text("0123456789-", min_size=1, max_size=20),
        tier=st.integers(1, 4),
        occurred_at=MAYBE,
        detected_at=MOMENTS,
        reported_at=MOMENTS,
        acknowledged_at=MAYBE,
        responding_at=MAYBE,
        restored_at=MAYBE,
        target=MAYBE,
        users_peak=st.integers(0, 1_400_000_000),
        users_now=st.integers(0, 1000),
        user_minutes=st.floats(0, 1e12),
        measured_at=MAYBE,
    ),
    unique_by=lambda one: one.id,
    max_size=30,
)


@given(CASES, ZONES, st.sampled_from(buckets.ORDER))
def test_all_at_once_are_judged_as_each_by_itself(cases: list[Counted], zone: ZoneInfo, step: buckets.Step) -> None:
    split = buckets.split(date(2026, 3, 1), date(2026, 4, 21), step)
    found = overview.overview(cases, split, zone, LIMIT, NOW)
    response = Counter(counting.response(one, LIMIT, NOW) for one in cases)
    restoration = Counter(counting.restoration(one, NOW) for one in cases)
    assert (found.response.good, found.response.of) == (response["met"], response["met"] + response["breached"])
    assert found.response_running == response["running"]
    assert (found.restoration.good, found.restoration_ahead) == (restoration["met"], restoration["running"])
    assert (len(found.restoration_missed), found.without_target) == (restoration["breached"], restoration["none"])
    assert sorted(found.response_late) == sorted(
        one.number for one in cases if counting.response(one, LIMIT, NOW) == "breached"
    )
    assert found.users == sum(one.users_peak for one in cases)
    assert [bar.users for bar in found.bars] == [
        sum(one.users_peak for one in cases if one.reported_at.astimezone(zone).date() in days(bar.bucket))
        for bar in found.bars
    ]
    assert sum(round(bar.user_minutes * 10) for bar in found.bars) == sum(counting.tenths(one, NOW) for one in cases)


def days(bucket: buckets.Bucket) -> Sequence[date]:
    return [bucket.first + timedelta(days=n) for n in range((bucket.last - bucket.first).days + 1)]


def block_of(cases: Sequence[Counted]) -> Block:
    ordered = sorted(cases, key=lambda one: (one.reported_at, one.id))
    told = {
        (one.id, funnel.KINDS[one.id % 3]): Told(1, one.users_peak, Counter({State.DELIVERED: one.users_peak}))
        for one in ordered
        if one.tier < 4
    }
    return blocks.made(
        ledger.of(ordered, NOW),
        [KINDS[one.id % 5] for one in ordered],
        [(one.id, one.id % 7 + n) for one in ordered for n in range(one.tier)],
        [(one.id, one.id % 3) for one in ordered],
        told,
    )


@given(CASES, st.integers(0, 30))
def test_a_block_reads_back_as_it_was_written_and_does_not_know_its_past(cases: list[Counted], at: int) -> None:
    whole, some = block_of(cases), cases[:at]
    written = blocks.packed(whole)
    assert blocks.differing(blocks.unpacked(written), whole) == set()
    rest = blocks.without(whole, ledger.ints(one.id for one in some))
    assert blocks.packed(blocks.joined(rest, block_of(some))) == written
    assert blocks.packed(blocks.joined(block_of(some), rest)) == written
    assert blocks.differing(whole, rest) == {one.id for one in some}
    every = np.ones(len(cases), dtype=np.bool_)
    assert overview.figures(
        blocks.incidents(blocks.unpacked(written), every),
        buckets.split(BEGIN.date(), NOW.date(), "month"),
        UTC,
        LIMIT,
        NOW,
    ) == overview.figures(ledger.of(cases, NOW), buckets.split(BEGIN.date(), NOW.date(), "month"), UTC, LIMIT, NOW)


def test_kinds_keep_the_places_by_which_blocks_name_them() -> None:
    """Another order, or a kind in between, would make every block say something else: new ones go to the end."""
    assert KINDS[:5] == (
        "natural_disaster",
        "network_fault",
        "service_interruption",
        "complaint_surge",
        "information_security",
    )
    assert funnel.KINDS[:6] == ("first", "update", "all_clear", "correction", "advisory", "survey")


def test_a_family_waits_for_its_last_member() -> None:
    open_, over = {"settled": False}, {"settled": True}
    alone, child, merged = Member(1, None, **over), Member(3, 2, **over), Member(4, 3, **over)
    assert kin.settled_families([alone, Member(2, None, **open_), child, merged]) == [[1]]
    assert kin.settled_families([alone, Member(2, None, **over), child, merged]) == [[1], [2, 3, 4]]
    assert kin.settled_families([Member(5, 6, **over), Member(6, 5, **over)]) == [[5, 6]], "a circle ends"
    assert kin.settled_families([Member(5, 99, **over)]) == [] and kin.strays([Member(5, 99, **over)]) == {99}
