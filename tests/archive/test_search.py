"""Every case is found by what is known of it, and by nobody who may not know of it."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command.archive import filters, search
from command.archive.filters import Filter
from command.core.installation import Installation
from tests.archive import cases
from tests.archive.cases import KINDS, STATES, ZONE, Case
from tests.builders import AREAS, Operator

TEXTS = (
    "光缆",
    "缆",
    "基站 上网",
    "fibre",
    "river cut",
    "down",
    "ddos",
    "ss",
    "100%",
    "%",
    "_",
    "无此词",
    "13812345678",
    "电1",
)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "number": st.sampled_from(("2026", "1103", "d-", "-00", "_", "%", "x")),
        "text": st.sampled_from(TEXTS),
        "area": st.sampled_from([code for code, *_ in AREAS]),
        "service": st.sampled_from(("voice", "mobile_data", "emergency")),
        "person": st.sampled_from(("ada", "dep", "dou", "sec", "eng", "kef", "ops", "tra")),
        "tier": st.integers(1, 4),
        "kind": st.sampled_from(KINDS),
        "state": st.sampled_from(STATES),
        "from": st.sampled_from(("2026-11-03", "2026-11-05T10:00", "2026-11-05T02:00Z")),
        "to": st.sampled_from(("2026-11-15", "2026-11-12T23:59", "2026-11-12T15:59+00:00")),
        "exercise": st.sampled_from(("yes", "no")),
        "sort": st.sampled_from(tuple(cases.ORDERS)),
    },
)


class Shelf:
    """Some cases in the tables and in plain Python."""

    def __init__(self, operator: Operator, count: int = 90) -> None:
        self.operator = operator
        dice = random.Random(7)
        self.cases: list[Case] = operator.do(
            lambda session: [
                cases.write(session, operator.network, operator.people, at, dice) for at in range(1, count + 1)
            ]
        )

    def found(self, asked: dict[str, Any], username: str, limit: int) -> tuple[list[str], int]:
        """What the search finds, page by page, and what it counts."""
        wanted, numbers, after = filters.resolve(filters.checked(asked), ZONE), [], None
        who = self.operator.principal(username)
        with self.operator.database.read() as session:
            while True:
                page = search.page(session, wanted, who, after=after, limit=limit)
                numbers += [case.number for case in page.cases]
                after = page.next
                if after is None:
                    return numbers, search.count(session, wanted, who)

    def meant(self, asked: dict[str, Any], username: str) -> list[str]:
        wanted = filters.resolve(Filter.model_validate(asked), ZONE)
        right = [
            case
            for case in self.cases
            if cases.wanted(case, wanted.filter, wanted.since, wanted.until) and cases.seen(case, username)
        ]
        return cases.ordered(right, wanted.filter.sort)


@pytest.fixture
def shelf(installation: Installation) -> Shelf:
    return Shelf(Operator(installation))


@pytest.mark.proves("R17")
def test_any_filter_finds_exactly_what_reading_every_case_would(shelf: Shelf) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(FILTERS, st.sampled_from(("ada", "sec", "dou", "eng", "ops")), st.sampled_from((1, 7, 50)))
    def exactly(asked: dict[str, Any], username: str, limit: int) -> None:
        numbers, count = shelf.found(asked, username, limit)
        assert numbers == shelf.meant(asked, username)
        assert count == len(numbers)

    exactly()


@pytest.mark.parametrize("name", ["person", "text"])
def test_a_filter_that_chance_seldom_meets_finds_something_too(shelf: Shelf, name: str) -> None:
    for value in {"person": ("ada", "dou", "eng"), "text": TEXTS}[name]:
        numbers, _ = shelf.found({name: value}, "ada", 50)
        assert numbers == shelf.meant({name: value}, "ada")
        if numbers:
            return
    raise AssertionError(f"nothing was found by {name}")
