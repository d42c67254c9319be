"""An incident that is part of another is told to the public once, by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from command.status.picture import Line, once

T0 = datetime(2026, 11, 21, 8, tzinfo=UTC)


def line(incident: int, area: int, begin: int, end: int | None) -> Line:
    until = None if end is None else T0 + timedelta(minutes=end)
    return Line(incident, area, "voice", "outage", T0 + timedelta(minutes=begin), until)


@pytest.mark.proves("R35")
def test_what_a_part_says_its_parents_do_not_say_again() -> None:
    part, own = line(3, 7, 0, 50), line(1, 8, 0, None)
    inherited, middle = line(1, 7, 10, 50), line(2, 7, 5, 50)
    before = line(1, 7, -90, -30)
    assert once([part, inherited, middle, own, before], {3: 2, 2: 1}) == [part, own, before]
    assert once([inherited, own], {3: 1}) == [inherited, own], (
        "a part that is not confirmed says nothing: the parent does"
    )
