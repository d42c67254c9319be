"""Cutting those affected into chunks: everybody once, no chunk over its size, however the subscribers lie over the elements."""

import pytest
from sqlalchemy import select

from command.core.installation import Installation
from command.notices import slices
from command.notices.slices import Place
from command.notices.story import C, S
from tests.notices.house import House


@pytest.mark.parametrize("size", [1, 3, 5, 100])
def test_slices_take_every_affected_subscriber_once_and_never_too_many(installation: Installation, size: int) -> None:
    house = House(installation, elements=5, each=4)
    house.fail({1, 2, 4, 5})
    taken: list[int] = []
    place = Place(span=7)
    with house.database.read() as session:
        while (part := slices.next_slice(session, 1, place, size)) is not None:
            joined = C.join(S, S.c.element_id == C.c.element_id)
            query = select(S.c.id).select_from(joined).where(C.c.incident_id == 1, slices.WITHIN)
            people = list(session.scalars(query, part.given))
            assert len(people) <= size
            taken += people
            place = Place(*part.cursor)
    assert sorted(taken) == sorted(house.on(1, 2, 4, 5))


def test_slices_of_ended_cut_offs_leave_out_those_still_open(house: House) -> None:
    house.fail({1, 2})
    house.fail({2})
    with house.database.read() as session:
        part = slices.next_slice(session, 1, Place(), 100, ended=True)
    assert part is not None and (part.place.first, part.place.last) == (1, 1)


def test_an_element_without_subscribers_is_passed_over(installation: Installation) -> None:
    house = House(installation, elements=2, each=0)
    house.fail({1, 2})
    with house.database.read() as session:
        assert slices.next_slice(session, 1, Place(), 10) is None


@pytest.mark.parametrize(
    ("span", "found", "size", "wanted"),
    [(1000, 501, 500, 500), (1, 2, 1, 1), (1000, 500, 1000, 1800), (1000, 0, 500, 16_000), (10, 3, 500, 160)],
)
def test_the_next_range_follows_from_how_full_the_last_was(span: int, found: int, size: int, wanted: int) -> None:
    assert slices.fitting(span, found, size) == wanted
