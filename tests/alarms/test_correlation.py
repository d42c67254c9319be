"""Alarms that belong together become one incident: small cases as sentences, properties, and the real storm."""

import random
import statistics
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.alarms.correlation import AlarmFact, Correlation, OpenIncident, Rule, correlate
from command.network.topology import Topology
from tests.alarms.storm import Offered, alarms_of, recorded, recorded_links

RULE = Rule(window_s=60, max_hops=2, min_elements=2, min_alarms=3)

CHAINS = Topology.build(
    [(0, True), *((i, False) for i in range(10, 20)), *((i, False) for i in range(20, 30))],
    [(0, 10), (0, 20), *((i, i + 1) for i in range(10, 19)), *((i, i + 1) for i in range(20, 29))],
)
"""Two chains of ten, 10–19 and 20–29, whose heads hang on core element 0."""


def down(id: int, element: int | None, at: float = 0.0) -> AlarmFact:
    return AlarmFact(id, element, at, affecting=True)


def minor(id: int, element: int, at: float = 0.0) -> AlarmFact:
    return AlarmFact(id, element, at, affecting=False)


def share(*alarms: AlarmFact, open: tuple[OpenIncident, ...] = (), rule: Rule = RULE) -> Correlation:
    return correlate(alarms, open, CHAINS, rule)


def test_three_alarms_on_two_near_elements_make_an_incident() -> None:
    assert share(down(1, 10), down(2, 11), down(3, 11, 30)) == Correlation({}, ((1, 2, 3),), ())


@pytest.mark.parametrize(
    ("case", "alarms"),
    [
        ("too few alarms", (down(1, 10), down(2, 11))),
        ("too few elements", (down(1, 10), down(2, 10), down(3, 10))),
        ("too far apart", (down(1, 10), down(2, 10), down(3, 13))),
        ("too long apart", (down(1, 10), down(2, 10), down(3, 11, 61))),
        ("only the core between them", (down(1, 10), down(2, 10), down(3, 20))),
        ("the core element itself joins no sides", (down(1, 10), down(2, 0), down(3, 20))),
        ("element unknown", (down(1, None), down(2, None), down(3, 10))),
        ("no service affected", (minor(1, 10), minor(2, 11), minor(3, 12))),
        ("minor alarms count for no threshold", (down(1, 10), down(2, 11), minor(3, 11))),
    ],
)
def test_below_the_threshold_alarms_stay_loose(case: str, alarms: tuple[AlarmFact, ...]) -> None:
    assert share(*alarms) == Correlation({}, (), tuple(alarm.id for alarm in alarms)), case


def test_the_limits_of_hops_and_window_are_inclusive() -> None:
    assert share(down(1, 10), down(2, 12, 60), down(3, 14, 120)).new == ((1, 2, 3),)


def test_loose_alarms_make_an_incident_with_the_one_that_was_missing() -> None:
    waiting = (down(1, 10), down(2, 11))
    assert share(*waiting).loose == (1, 2)
    assert share(*waiting, down(3, 12, 20)).new == ((1, 2, 3),)


def test_two_regions_make_two_incidents_the_earlier_first() -> None:
    west = (down(4, 10, 9), down(5, 11, 9), down(6, 12, 9))
    east = (down(7, 20, 5), down(8, 21, 5), down(9, 22, 9))
    assert share(*west, *east).new == ((7, 8, 9), (4, 5, 6))


def test_a_region_that_fails_twice_makes_an_incident_before_and_one_after_another_region() -> None:
    first, again = ([down(id + i, 10 + i, at) for i in range(3)] for id, at in ((1, 0), (7, 500)))
    between = [down(4 + i, 20 + i, 50) for i in range(3)]
    assert share(*again, *between, *first).new == ((1, 2, 3), (4, 5, 6), (7, 8, 9))


def test_one_alarm_near_an_open_incident_joins_it() -> None:
    incident = OpenIncident(7, frozenset({10, 11}), last_at=100)
    assert share(down(1, 13, 160), open=(incident,)).attach == {1: 7}
    assert share(down(1, 13, 161), open=(incident,)).loose == (1,)
    assert share(down(1, 14, 160), open=(incident,)).loose == (1,)


def test_an_open_incident_grows_from_alarm_to_alarm() -> None:
    incident = OpenIncident(7, frozenset({10}), last_at=0)
    assert share(down(1, 12, 50), down(2, 14, 100), down(3, 16, 150), open=(incident,)).attach == {1: 7, 2: 7, 3: 7}


def test_what_an_element_of_an_open_incident_reports_later_is_still_its_business() -> None:
    incident = OpenIncident(7, frozenset({10}), last_at=0)
    assert share(down(1, 10, 9_000), minor(2, 10, 9_000), open=(incident,)).attach == {1: 7, 2: 7}


def test_an_incident_does_not_grow_back_into_a_time_before_its_alarms() -> None:
    incident = OpenIncident(7, frozenset({10}), last_at=200)
    assert share(down(1, 12, 200), down(2, 14, 139), open=(incident,)) == Correlation({1: 7}, (), (2,))


def test_an_alarm_that_reports_late_is_not_refused() -> None:
    assert share(down(1, 11, 5), open=(OpenIncident(7, frozenset({10}), last_at=5_000),)).attach == {1: 7}


def test_an_alarm_between_two_open_incidents_joins_the_older() -> None:
    younger = OpenIncident(9, frozenset({10}), last_at=0)
    older = OpenIncident(4, frozenset({14}), last_at=0)
    assert share(down(1, 12), open=(younger, older)).attach == {1: 4}


def test_an_alarm_next_to_the_younger_incident_is_not_drawn_to_the_older_beyond_it() -> None:
    older, younger = OpenIncident(4, frozenset({10}), 0), OpenIncident(9, frozenset({17}), 0)
    assert share(down(1, 12), down(2, 15), open=(older, younger)).attach == {1: 4, 2: 9}


def test_an_open_incident_never_reaches_across_the_core() -> None:
    assert share(down(1, 20), open=(OpenIncident(7, frozenset({10}), 0),)).loose == (1,)


def test_minor_alarms_on_the_elements_of_an_incident_are_its_evidence() -> None:
    incident = OpenIncident(7, frozenset({10}), last_at=0)
    found = share(down(1, 11), minor(2, 10), minor(3, 11), minor(4, 12), open=(incident,))
    assert found == Correlation({1: 7, 2: 7, 3: 7}, (), (4,))


def test_a_minor_alarm_on_an_element_of_two_incidents_is_evidence_of_the_older() -> None:
    younger, older = OpenIncident(9, frozenset({10}), 0), OpenIncident(4, frozenset({10, 11}), 0)
    assert share(minor(1, 10, 9_000), open=(younger, older)).attach == {1: 4}


def test_a_new_incident_takes_the_minor_alarms_of_its_time_with_it() -> None:
    found = share(down(1, 10, 100), down(2, 11, 100), down(3, 11, 110), minor(4, 10, 40), minor(5, 10, 39))
    assert found == Correlation({}, ((1, 2, 3, 4),), (5,))


ALARMS = st.lists(st.tuples(st.none() | st.integers(8, 29), st.integers(0, 400), st.booleans()), max_size=25).map(
    lambda rows: [AlarmFact(id, *row) for id, row in enumerate(rows)]
)
INCIDENTS = st.lists(st.tuples(st.frozensets(st.integers(10, 19), min_size=1), st.integers(0, 400)), max_size=3).map(
    lambda rows: [OpenIncident(key, *row) for key, row in enumerate(rows)]
)


@given(ALARMS, INCIDENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_alarms_and_incidents_are_given_changes_nothing(
    alarms: list[AlarmFact], incidents: list[OpenIncident], chance: random.Random
) -> None:
    found = share(*alarms, open=tuple(incidents))
    chance.shuffle(alarms)
    chance.shuffle(incidents)
    assert share(*alarms, open=tuple(incidents)) == found


@given(ALARMS, INCIDENTS)
def test_every_alarm_ends_in_exactly_one_place(alarms: list[AlarmFact], incidents: list[OpenIncident]) -> None:
    found = share(*alarms, open=tuple(incidents))
    placed = [*found.attach, *(alarm for ids in found.new for alarm in ids), *found.loose]
    assert sorted(placed) == [alarm.id for alarm in alarms]
    assert set(found.attach.values()) <= {incident.key for incident in incidents}


@given(ALARMS, INCIDENTS)
def test_no_incident_ever_spans_two_components(alarms: list[AlarmFact], incidents: list[OpenIncident]) -> None:
    found = share(*alarms, open=tuple(incidents))
    side = {alarm.id: CHAINS.components().get(alarm.element or 0) for alarm in alarms}
    assert all(side[alarm] == 10 for alarm in found.attach)
    assert all(len({side[alarm] for alarm in ids}) == 1 for ids in found.new)


@given(ALARMS)
def test_a_new_incident_meets_the_threshold(alarms: list[AlarmFact]) -> None:
    facts = {alarm.id: alarm for alarm in alarms}
    for ids in share(*alarms).new:
        affecting = [facts[id] for id in ids if facts[id].affecting]
        assert len(affecting) >= RULE.min_alarms
        assert len({alarm.element for alarm in affecting}) >= RULE.min_elements


@given(ALARMS)
def test_incidents_are_the_groups_of_a_plain_pairwise_search(alarms: list[AlarmFact]) -> None:
    rule = Rule(RULE.window_s, RULE.max_hops, min_elements=1, min_alarms=1)
    affecting = [alarm for alarm in alarms if alarm.affecting and alarm.element is not None]
    found = share(*affecting, rule=rule)
    assert {frozenset(ids) for ids in found.new} == pairwise(affecting, rule)


def pairwise(alarms: list[AlarmFact], rule: Rule) -> set[frozenset[int]]:
    groups = [{alarm.id} for alarm in alarms]
    for a in alarms:
        for b in alarms:
            near = b.element in CHAINS.neighbourhood(a.element or 0, rule.max_hops)
            if near and abs(a.at - b.at) <= rule.window_s:
                touched = [group for group in groups if a.id in group or b.id in group]
                groups = [group for group in groups if group not in touched] + [set().union(*touched)]
    return {frozenset(group) for group in groups}


RECORDED = Topology.build([(device, False) for device in range(439)], recorded_links())


@pytest.mark.proves("B1")
@pytest.mark.parametrize("batch_s", [1, 10, 30, 300])
def test_the_real_storm_is_a_dozen_incidents_at_most(batch_s: float) -> None:
    alarms = alarms_of(recorded(70_200, 70_500))
    storm = Offered(RECORDED, Rule()).all(alarms, batch_s)
    affecting = [alarm for alarm in alarms if alarm.affecting]
    attached = [alarm for alarm in affecting if alarm.id in storm.incident_of]
    assert len(alarms) == 438
    assert len(storm.incidents) <= 12
    assert len(attached) >= 0.95 * len(affecting)


@pytest.mark.proves("B1")
@pytest.mark.parametrize(("start", "end"), [(56_700, 57_000), (70_000, 71_300), (152_700, 153_000), (285_600, 285_900)])
def test_no_incident_of_a_real_storm_spans_two_regions(start: float, end: float) -> None:
    storm = Offered(RECORDED, Rule()).all(alarms_of(recorded(start, end)), batch_s=10)
    assert storm.incidents
    for incident in storm.incidents.values():
        assert len({RECORDED.components()[element] for element in incident.elements}) == 1


@pytest.mark.proves("B1")
@pytest.mark.parametrize("speed", [1, 10])
def test_the_largest_region_of_the_storm_is_one_incident_at_either_speed(speed: float) -> None:
    storm = Offered(RECORDED, Rule()).all(alarms_of(recorded(70_200, 70_500), speed=speed), batch_s=1)
    region = Counter(RECORDED.components()[min(incident.elements)] for incident in storm.incidents.values())
    assert region.most_common(1)[0][1] == 1
    assert max(len(incident.elements) for incident in storm.incidents.values()) > 100


def test_a_batch_of_five_hundred_alarms_takes_milliseconds() -> None:
    """Measured 4 ms warm on two shared cores; the bound leaves room for a busy machine and fails a pairwise walk."""
    chance = random.Random(3)
    alarms = [down(i, i % 439, chance.random() * 300) for i in range(500)]
    assert statistics.median(_seconds(alarms) for _ in range(7)) < 0.05


def _seconds(alarms: list[AlarmFact]) -> float:
    """Of processor time: others share this machine."""
    started = time.thread_time()
    correlate(alarms, [], RECORDED, Rule())
    return time.thread_time() - started
