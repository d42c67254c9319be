"""Who is cut off when elements fail: known cases as sentences, and everything else against a plain search."""

import random
import statistics
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.network.topology import Topology, TopologyError

CORE = 1


def network(*links: tuple[int, int], core: frozenset[int] = frozenset({CORE}), alone: tuple[int, ...] = ()) -> Topology:
    elements = {end for link in links for end in link} | core | set(alone)
    return Topology.build([(element, element in core) for element in sorted(elements)], links)


@pytest.mark.proves("B1")
def test_everything_behind_a_failed_element_is_isolated() -> None:
    chain = network((CORE, 20), (20, 30), (30, 40), (CORE, 50))
    assert chain.isolated({20}) == {30, 40}
    assert chain.cut_off({20}) == {20, 30, 40}


@pytest.mark.proves("B1")
def test_a_ring_survives_any_single_failure_and_not_two() -> None:
    ring = network((CORE, 2), (2, 3), (3, 4), (4, 5), (5, CORE))
    assert [ring.isolated({element}) for element in (2, 3, 4, 5)] == [frozenset()] * 4
    assert ring.isolated({2, 5}) == {3, 4}


@pytest.mark.proves("B1")
def test_a_second_core_element_carries_what_the_first_drops() -> None:
    homes = network((1, 10), (2, 10), (1, 11), core=frozenset({1, 2}))
    assert homes.isolated({1}) == {11}
    assert homes.isolated({1, 2}) == {10, 11}


def test_a_path_may_lead_through_another_core_element() -> None:
    assert network((1, 10), (1, 2), core=frozenset({1, 2})).isolated({2}) == frozenset()


def test_an_element_never_connected_is_an_orphan_and_not_newly_isolated() -> None:
    topology = network((CORE, 2), (8, 9), alone=(7,))
    assert topology.orphans == {7, 8, 9}
    assert topology.isolated({2, 8}) == frozenset()
    assert topology.cut_off({8}) == {8}


def test_without_a_core_everything_is_an_orphan() -> None:
    assert network((2, 3), core=frozenset()).orphans == {2, 3}


def test_a_fault_of_an_element_not_in_the_topology_is_kept() -> None:
    topology = network((CORE, 2))
    assert topology.cut_off({404}) == {404}
    assert topology.neighbourhood(404, 3) == {404}


def test_the_neighbourhood_grows_hop_by_hop_and_stops_at_the_core() -> None:
    topology = network((2, 3), (3, 4), (4, CORE), (CORE, 5), (5, 6))
    assert [topology.neighbourhood(2, hops) for hops in (0, 1, 2, 9)] == [{2}, {2, 3}, {2, 3, 4}, {2, 3, 4}]
    assert topology.neighbourhood(CORE, 5) == {CORE}


def test_components_are_told_apart_by_taking_the_core_away() -> None:
    topology = network((7, 3), (3, CORE), (CORE, 5), (5, 6), alone=(9,))
    assert topology.components() == {3: 3, 7: 3, 5: 5, 6: 5, 9: 9}


def test_groups_are_linked_step_by_step() -> None:
    chain = network(*((i, i + 1) for i in range(10, 20)), (10, CORE))
    assert list(chain.connected_groups({11, 13, 15, 19}, 2)) == [{11, 13, 15}, {19}]
    assert list(chain.connected_groups({19, 11, 13, 15}, 1)) == [{11}, {13}, {15}, {19}]


def test_a_link_to_nowhere_is_named() -> None:
    with pytest.raises(TopologyError, match=r"link 1–99: element 99 .* add it or drop the link"):
        Topology.build([(1, True)], [(1, 99)])


def test_an_element_given_twice_is_named() -> None:
    with pytest.raises(TopologyError, match="element 5 is given twice"):
        Topology.build([(5, True), (6, False), (5, False)], [])


IDS = st.integers(100, 111)
NETWORKS = st.tuples(
    st.dictionaries(IDS, st.booleans(), min_size=1), st.lists(st.tuples(IDS, IDS), max_size=24), st.sets(IDS)
)


def known(links: list[tuple[int, int]], elements: dict[int, bool]) -> list[tuple[int, int]]:
    return [(a, b) for a, b in links if a in elements and b in elements]


def served(elements: dict[int, bool], links: list[tuple[int, int]], gone: set[int]) -> set[int]:
    """The plain search: walk out from the core elements that are left until nothing new is found."""
    found = {element for element, core in elements.items() if core and element not in gone}
    while True:
        more = {y for a, b in links for x, y in ((a, b), (b, a)) if x in found and y not in gone} - found
        if not more:
            return found
        found |= more


@pytest.mark.proves("B1")
@given(NETWORKS)
def test_isolated_is_what_a_plain_search_no_longer_finds(
    case: tuple[dict[int, bool], list[tuple[int, int]], set[int]],
) -> None:
    elements, links, failed = case[0], known(case[1], case[0]), case[2]
    topology = Topology.build(elements.items(), links)
    before = served(elements, links, set())
    assert topology.orphans == elements.keys() - before
    assert topology.isolated(failed) == before - served(elements, links, failed) - failed


@given(NETWORKS, st.sets(IDS))
def test_more_failures_never_cut_off_fewer(
    case: tuple[dict[int, bool], list[tuple[int, int]], set[int]], more: set[int]
) -> None:
    topology = Topology.build(case[0].items(), known(case[1], case[0]))
    assert topology.cut_off(case[2]) <= topology.cut_off(case[2] | more)


@given(NETWORKS, st.integers(0, 5))
def test_neighbours_are_mutual_and_of_one_component(
    case: tuple[dict[int, bool], list[tuple[int, int]], set[int]], hops: int
) -> None:
    topology = Topology.build(case[0].items(), known(case[1], case[0]))
    component = topology.components()
    for element in case[0]:
        for other in topology.neighbourhood(element, hops):
            assert element in topology.neighbourhood(other, hops)
            assert component.get(element) == component.get(other)


def test_fifty_thousand_elements_are_searched_in_far_under_a_second() -> None:
    """Measured 8–12 ms on two shared cores; the bound leaves room for a busy machine and still fails a slow walk."""
    chance = random.Random(1)
    links = [(i, chance.randrange(max(0, i - 2000), i)) for i in range(20, 50_000)]
    topology = Topology.build([(i, i < 20) for i in range(50_000)], links)
    failed = chance.sample(range(20, 50_000), 500)
    assert statistics.median(_seconds(topology, failed) for _ in range(5)) < 0.1


def _seconds(topology: Topology, failed: list[int]) -> float:
    started = time.perf_counter()
    topology.cut_off(failed)
    return time.perf_counter() - started
