"""The demo operator: its files agree with each other and with the recording, and its storm is worth watching."""

from collections import Counter

import pytest

from command.alarms.correlation import Rule
from tests.alarms.storm import Offered, affecting_kinds, alarms_of, recorded, recorded_links
from tests.demo.replayed import START, Replay, element_of, ids, listed, rows, topology, users_of


def test_one_province_has_six_prefectures_and_twenty_four_counties() -> None:
    assert Counter(row["level"] for row in rows("areas")) == {
        "country": 1,
        "province": 1,
        "prefecture": 6,
        "county": 24,
    }


def test_every_area_but_the_root_comes_after_its_parent() -> None:
    seen: set[str] = set()
    for row in rows("areas"):
        assert row["parent"] in seen or (not row["parent"] and not seen)
        seen.add(row["code"])


def test_names_are_given_once_and_in_both_languages() -> None:
    for name in ("areas", "services", "problems"):
        for column in ("name_zh", "name_en"):
            names = [row[column] for row in rows(name)]
            assert all(names)
            assert len(set(names)) == len(names)


def test_every_element_stands_in_an_area_and_carries_known_services() -> None:
    areas, services = ({row["code"] for row in rows(name)} for name in ("areas", "services"))
    for row in rows("elements"):
        assert row["area"] in areas
        assert listed(row["services"])
        assert services.issuperset(listed(row["services"]))


def test_an_element_comes_after_its_uplinks() -> None:
    seen: set[str] = set()
    for row in rows("elements"):
        assert seen.issuperset(listed(row["uplinks"])), row["name"]
        seen.add(row["name"])


def test_service_bits_are_distinct_and_only_emergency_calls_are_critical() -> None:
    bits = [int(row["bit"]) for row in rows("services")]
    assert len(set(bits)) == len(bits)
    assert max(bits) < 30
    assert [row["code"] for row in rows("services") if row["critical"] == "1"] == ["emergency"]


def test_all_kinds_of_the_recording_are_named_problems() -> None:
    problems = {row["problem"]: row for row in rows("problems")}
    assert {f"MW-{kind:02d}" for kind in range(24)} <= problems.keys()
    assert affecting_kinds() == {7}
    assert {row["severity"] for row in problems.values()} <= {"critical", "major", "minor", "warning", "indeterminate"}


def test_the_radios_are_linked_exactly_as_recorded() -> None:
    radios = {element_of(device): device for device in range(439)}
    ours = {
        frozenset((radios[ids()[row["name"]]], radios[ids()[up]]))
        for row in rows("elements")
        for up in listed(row["uplinks"])
        if ids()[row["name"]] in radios and ids()[up] in radios
    }
    assert ours == {frozenset(link) for link in recorded_links()}


def test_every_element_has_a_path_to_the_core() -> None:
    assert topology().orphans == frozenset()


def test_recorded_regions_stay_apart_but_for_the_core() -> None:
    component = topology().components()
    for a, b in recorded_links():
        assert component[element_of(a)] == component[element_of(b)]
    assert len({component[element_of(device)] for device in range(439)}) == 53


@pytest.mark.proves("B1")
@pytest.mark.parametrize("batch_s", [1, 10, 30])
def test_the_storm_is_a_dozen_incidents_at_most_on_the_demo_network(batch_s: float) -> None:
    alarms = alarms_of(recorded(70_200, 70_500), element_of)
    storm = Offered(topology(), Rule()).all(alarms, batch_s)
    affecting = [alarm for alarm in alarms if alarm.affecting]
    assert len(storm.incidents) <= 12
    assert sum(alarm.id in storm.incident_of for alarm in affecting) >= 0.95 * len(affecting)


@pytest.mark.proves("B1")
@pytest.mark.parametrize("batch_s", [0.25, 1, 5])
def test_within_two_minutes_one_incident_affects_thousands_in_two_counties_or_more(batch_s: float) -> None:
    replay = Replay(batch_s).run(START, START + 1_200)
    (big,) = replay.reached_at
    assert 5_000 <= replay.peak[big] <= 20_000
    assert replay.reached_at[big] < 60
    assert len(replay.counties[big]) >= 2
    assert len({county[:4] for county in replay.counties[big]}) == 1, "more than one prefecture would be tier II"


@pytest.mark.proves("B1")
@pytest.mark.parametrize("batch_s", [0.25, 1, 5])
def test_all_is_quiet_by_four_minutes_when_the_replay_stops_before_the_next_burst(batch_s: float) -> None:
    replay = Replay(batch_s).run(START, START + 2_600)
    assert replay.peak.keys() == replay.quiet_at.keys()
    assert max(replay.quiet_at.values()) <= 240
    assert max(replay.peak.values()) <= 20_000


@pytest.mark.proves("B1")
def test_no_incident_of_the_whole_recording_reaches_twenty_thousand_users() -> None:
    """Nothing larger can come of the recording: an incident stays in one region, and no region has more users."""
    users: Counter[int] = Counter()
    component = topology().components()
    for device in range(439):
        users[component[element_of(device)]] += users_of()[element_of(device)]
    assert 5_000 < users.most_common(1)[0][1] < 20_000


def test_emergency_calls_hang_on_no_radio_that_fails_in_the_demo() -> None:
    carries = {row["name"] for row in rows("elements") if "emergency" in listed(row["services"])}
    failing = {one.device for one in recorded(START, START + 2_600) if one.kind in affecting_kinds()}
    assert carries.isdisjoint(f"MW-{device:04d}" for device in failing)
    assert any(name.startswith("MW-") for name in carries)
