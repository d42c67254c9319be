"""The affected-users curve: by hand, edge cases first."""

from datetime import UTC, datetime, timedelta

import pytest

from command.boards.projection import Seen
from command.core.columns import dump
from command.insights import curve, marks

BEGIN = datetime(2026, 11, 1, 8, tzinfo=UTC)


def changed(minute: int, users: int) -> Seen:
    return Seen(
        minute + 1, BEGIN + timedelta(minutes=minute), "system:quiet", curve.CHANGED, dump({"users_now": users})
    )


def test_an_incident_without_impact_has_no_curve() -> None:
    other = Seen(1, BEGIN, "person:1", "incident.reported", "{}")
    assert curve.steps([other]) == ()
    assert curve.user_minutes((), BEGIN) == 0


def test_steps_keep_only_what_changes() -> None:
    found = curve.steps([changed(0, 100), changed(5, 100), changed(10, 300), changed(30, 0)])
    assert [(step.at - BEGIN, step.users) for step in found] == [
        (timedelta(0), 100),
        (timedelta(minutes=10), 300),
        (timedelta(minutes=30), 0),
    ]


@pytest.mark.parametrize(("until", "minutes"), [(10, 1000), (30, 7000), (90, 7000)])
def test_user_minutes_are_the_area_under_the_curve(until: int, minutes: float) -> None:
    found = curve.steps([changed(0, 100), changed(10, 300), changed(30, 0)])
    assert curve.user_minutes(found, BEGIN + timedelta(minutes=until)) == minutes


def entry(minute: int, kind: str, **data: object) -> Seen:
    return Seen(minute + 1, BEGIN + timedelta(minutes=minute), "person:1", kind, dump(data))


def test_user_minutes_go_on_from_what_the_incident_had_counted() -> None:
    entries = [
        entry(0, curve.CHANGED, users_now=100, user_minutes=250.0),
        entry(4, "incident.eta", eta=None),
        entry(10, curve.CHANGED, users_now=50, user_minutes=1250.0),
    ]
    assert curve.counted_minutes(entries, BEGIN + timedelta(minutes=30)) == 1250 + 50 * 20
    assert curve.counted_minutes([], BEGIN) == 0


def test_a_restoration_by_a_person_ends_the_curve() -> None:
    entries = [entry(0, curve.CHANGED, users_now=20, user_minutes=0.0), entry(30, "incident.restored")]
    assert [step.users for step in curve.steps(entries)] == [20, 0]
    assert curve.counted_minutes(entries, BEGIN + timedelta(minutes=60)) == 20 * 30


def test_marks_are_turns_and_not_every_grade() -> None:
    entries = [
        entry(0, "incident.graded", before=None, tier=4),
        entry(1, "incident.graded", before=4, tier=4),
        entry(2, "incident.raised", before=4, tier=2),
        entry(3, "notice.approved", notice_kind="first"),
        entry(4, "notice.approved", notice_kind="update"),
        entry(5, "incident.restored"),
        entry(5, "notice.approved", notice_kind="all_clear"),
    ]
    found = [(mark.kind, mark.tier) for mark in marks.marks(entries)]
    assert found == [("tier", 4), ("tier", 2), ("first", None), ("restored", None), ("all_clear", None)]


def test_the_eta_is_the_last_word_on_it() -> None:
    said, later = "2026-11-01T12:00:00Z", "2026-11-01T13:00:00Z"
    entries = [entry(0, marks.ETA, eta=said), entry(1, marks.ETA, eta=later)]
    assert marks.eta(entries) == datetime(2026, 11, 1, 13, tzinfo=UTC)
    assert marks.eta([*entries, entry(2, marks.ETA, eta=None)]) is None
    assert marks.eta([]) is None
