"""What a plan's line needs against what is fit for use: from the area's own pools, from elsewhere, or from none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.readiness.coverage import Cover, Need, Pile, Stands, Tier, cover, lines_served
from command.readiness.due import HORIZONS
from command.readiness.reminding import BEHIND, horizon

pytestmark = pytest.mark.proves("R11")
HERE, THERE = 1, 2
GENERATORS, CREWS = 7, 8
SERVING = {"generator": {GENERATORS}, "repair_crew": {CREWS, 9}}


def stands(quantity: int, *piles: Pile, capability: int | None = 2, line: str = "generator") -> Cover:
    return cover(Need("network_fault", 1, line, capability, quantity), SERVING, piles, {HERE})


def test_own_pools_make_ready_others_help_and_what_no_pool_has_is_short() -> None:
    here, there = Pile(GENERATORS, 2, HERE, 3), Pile(GENERATORS, 1, THERE, 4)
    assert stands(3, here, there).stands == Stands.READY
    helped = stands(5, here, there)
    assert (helped.stands, helped.from_elsewhere, helped.short) == (Stands.HELP, 2, 0)
    short = stands(10, here, there)
    assert (short.stands, short.own, short.everywhere, short.from_elsewhere, short.short) == (
        Stands.LACKING,
        3,
        7,
        4,
        3,
    )


def test_a_less_capable_type_does_not_serve_and_any_does_where_none_is_asked_for() -> None:
    weak = Pile(GENERATORS, 4, HERE, 9)
    assert stands(1, weak).own == 0
    assert stands(1, weak, capability=None).own == 9


def test_several_resources_serve_one_line_and_a_line_without_any_is_not_known() -> None:
    crews = (Pile(CREWS, 2, HERE, 1), Pile(9, 2, HERE, 2))
    assert stands(3, *crews, line="repair_crew").stands == Stands.READY
    unknown = stands(1, *crews, line="satellite_phone")
    assert (unknown.known, unknown.stands, unknown.short) == (False, Stands.LACKING, 1)
    assert lines_served("satellite-phone", ["spare_boards"]) == {"satellite_phone", "spare_boards"}


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(0, 50)), max_size=8), st.integers(1, 99))
def test_what_is_needed_is_always_own_from_elsewhere_or_short(rows: list[tuple[int, int, int]], needed: int) -> None:
    found = stands(needed, *(Pile(GENERATORS, kind, area, pieces) for kind, area, pieces in rows))
    assert min(found.own, needed) + found.from_elsewhere + found.short == needed
    assert (found.stands == Stands.LACKING) == (found.short > 0)
    assert (found.stands == Stands.READY) == (found.own >= needed)


def test_a_tier_is_as_ready_as_the_worst_of_its_lines() -> None:
    here, there = Pile(GENERATORS, 2, HERE, 3), Pile(GENERATORS, 1, THERE, 4)
    ready, helped, short = (stands(count, here, there) for count in (3, 5, 10))
    assert Tier(1, [ready, helped]).stands == Stands.HELP
    assert Tier(1, [short, ready, helped]).stands == Stands.LACKING
    assert Tier(1, []).stands == Stands.READY


@given(st.integers(-400, 400))
def test_the_horizon_is_the_nearest_that_has_come(days: int) -> None:
    at = horizon(days)
    if days > max(HORIZONS) or days < -BEHIND:
        assert at is None
    else:
        assert at == min(each for each in HORIZONS if days <= each)


@pytest.mark.parametrize(
    ("span", "days", "at"),
    [(30, 30, None), (30, 7, 7), (7, 7, None), (7, 1, 1), (1, 1, 1), (90, 30, 30), (7, -8, None)],
)
def test_what_was_just_done_is_not_told_of_at_once(span: int, days: int, at: int | None) -> None:
    assert horizon(days, span) == at
