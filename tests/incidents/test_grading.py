"""Rules give an incident its tier; automation raises it, a person with a reason lowers it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.core.paths import CONFIG
from command.incidents.grading import (
    LEVELS,
    Assessment,
    Facts,
    Grade,
    Level,
    ResponseLevel,
    Rule,
    Tier,
    TierTable,
    When,
    assess,
    grade,
    project,
    response_level,
)
from command.incidents.regrading import Keep, NeedsPerson, NeedsReason, NotLower, Raise, decide, lower, without
from playbooks.schema import Kind
from playbooks.source import SourceError, load, load_text
from playbooks.texts import Text

pytestmark = pytest.mark.proves("D1")
TABLE = load(CONFIG / "tiers.yaml", TierTable)
REASON = Text(zh="测试", en="test")
TIERS: tuple[Tier, ...] = (1, 2, 3, 4)


def fault(**known: object) -> Facts:
    return Facts(kind=Kind.network_fault, **known)  # type: ignore[arg-type]


facts = st.builds(
    Facts,
    kind=st.sampled_from(Kind),
    users=st.integers(0, 2_000_000),
    share=st.floats(0, 1),
    minutes=st.floats(0, 3000),
    user_minutes=st.floats(0, 2e9),
    areas=st.dictionaries(st.sampled_from(LEVELS), st.integers(0, 4)),
    services=st.frozensets(st.sampled_from(["voice", "data"])),
    critical_services=st.dictionaries(st.just("emergency"), st.sampled_from(LEVELS)),
    records_leaked=st.integers(0, 200_000_000),
    complaints=st.integers(0, 30_000),
    children=st.integers(0, 10),
)
closed_levels = st.integers(0, 3).map(lambda at: LEVELS[at:])
conditions = st.fixed_dictionaries(
    {"users_gte": st.integers(1, 1_000_000)},
    optional={
        "kind": st.lists(st.sampled_from(Kind), min_size=1).map(tuple),
        "share_gte": st.floats(0.01, 1),
        "minutes_gte": st.integers(1, 600),
        "user_minutes_gte": st.integers(1, 10**8),
        "area_level_in": closed_levels,
        "records_leaked_gte": st.integers(1, 10**8),
        "complaints_gte": st.integers(1, 10_000),
        "children_gte": st.integers(1, 5),
    },
)
new_rules = st.builds(
    lambda when, tier: Rule(id="added", when=When(**when), tier=tier, reason=REASON),
    conditions,
    st.sampled_from(TIERS),
)


@pytest.mark.parametrize(
    ("known", "tier", "rule"),
    [
        ({"users": 500_000, "minutes": 60}, 1, "i-500k-1h"),
        ({"users": 499_999, "minutes": 60}, 2, "ii-100k-1h"),
        ({"users": 100_000, "minutes": 60}, 2, "ii-100k-1h"),
        ({"users": 99_999, "minutes": 60}, 4, "iv-rest"),
        ({"users": 500_000, "minutes": 59.99}, 4, "iv-rest"),
        ({"users": 10_000, "minutes": 240}, 3, "iii-10k-4h"),
        ({"users": 9_999, "minutes": 240}, 4, "iv-rest"),
        ({"user_minutes": 900_000, "minutes": 30}, 3, "iii-900k-user-minutes-30min"),
        ({"user_minutes": 900_000, "minutes": 29}, 4, "iv-rest"),
        ({"areas": {"county": 2}}, 3, "iii-two-counties"),
        ({"areas": {"county": 2, "prefecture": 2}}, 2, "ii-two-prefectures"),
        ({"areas": {"county": 2, "prefecture": 2, "province": 2}}, 1, "i-two-provinces"),
        ({"critical_services": {"emergency": "province"}}, 1, "i-emergency-numbers-province"),
        ({"critical_services": {"emergency": "country"}}, 1, "i-emergency-numbers-province"),
        ({"critical_services": {"emergency": "county"}, "minutes": 15}, 2, "ii-emergency-numbers-15min"),
        ({"critical_services": {"emergency": "county"}, "minutes": 14}, 4, "iv-rest"),
        ({}, 4, "iv-rest"),
    ],
)
def test_the_thresholds_of_the_default_tiers_are_inclusive(known: dict[str, object], tier: int, rule: str) -> None:
    given_grade = grade(TABLE, fault(**known))
    assert (given_grade.tier, given_grade.matched[0]) == (tier, rule)


@pytest.mark.proves("R25")
@pytest.mark.parametrize(
    ("records", "tier"),
    [(100_000_000, 1), (10_000_000, 1), (9_999_999, 2), (1_000_000, 2), (999_999, 3), (100_000, 3), (99_999, 4)],
)
def test_a_leak_is_graded_by_the_records_that_left(records: int, tier: int) -> None:
    assert grade(TABLE, Facts(kind=Kind.information_security, records_leaked=records)).tier == tier


@pytest.mark.proves("R30")
@pytest.mark.parametrize(("complaints", "tier"), [(10_000, 1), (2_000, 2), (300, 3), (299, 4)])
def test_a_surge_is_graded_by_its_complaints(complaints: int, tier: int) -> None:
    assert grade(TABLE, Facts(kind=Kind.complaint_surge, complaints=complaints)).tier == tier


def test_the_grade_names_every_rule_that_matched_the_worst_first() -> None:
    everything = fault(users=600_000, minutes=300, user_minutes=180_000_000, areas={"county": 5, "prefecture": 2})
    assert grade(TABLE, everything).matched == (
        "i-500k-1h",
        "ii-100k-1h",
        "ii-two-prefectures",
        "iii-10k-4h",
        "iii-900k-user-minutes-30min",
        "iii-two-counties",
    )


def test_every_rule_that_a_grade_names_has_words_in_both_languages() -> None:
    for rule in TABLE.rules:
        assert TABLE.reason(rule.id) == rule.reason
    assert TABLE.reason("iv-rest").zh


@pytest.mark.proves("B7")
def test_users_alone_give_a_grade_at_minute_nought_by_the_plan_s_default_duration() -> None:
    at_once = assess(TABLE, fault(users=120_000), remaining_minutes=60)
    assert at_once.current == Grade(4, ("iv-rest",))
    assert at_once.projected == Grade(2, ("ii-100k-1h", "iii-900k-user-minutes-30min"))
    assert decide(None, at_once) == Raise(2, at_once.projected.matched)


@pytest.mark.proves("B7")
def test_a_projection_adds_the_remaining_minutes_of_those_affected() -> None:
    now = fault(users=2_000, minutes=30, user_minutes=45_000)
    assert project(now, 90) == replace(now, minutes=120, user_minutes=225_000)
    assert project(now, -5) == now


@given(facts, st.integers(0, 500_000), st.floats(0, 600))
def test_more_users_or_a_longer_time_never_lower_a_tier(known: Facts, users: int, minutes: float) -> None:
    more = replace(project(known, minutes), users=known.users + users)
    assert grade(TABLE, more).tier <= grade(TABLE, known).tier
    assert set(grade(TABLE, known).matched) - {"iv-rest"} <= set(grade(TABLE, more).matched)


@given(facts, new_rules, st.sampled_from(LEVELS))
def test_spreading_into_one_more_area_never_lowers_a_tier(known: Facts, rule: Rule, level: Level) -> None:
    wider = replace(known, areas={**known.areas, level: known.areas.get(level, 0) + 1})
    table = TABLE.model_copy(update={"rules": (*TABLE.rules, rule)})
    assert grade(table, wider).tier <= grade(table, known).tier


@given(facts, new_rules, st.integers(0, 15))
def test_a_rule_more_never_lowers_a_tier(known: Facts, rule: Rule, place: int) -> None:
    more = TABLE.model_copy(update={"rules": (*TABLE.rules[:place], rule, *TABLE.rules[place:])})
    before, after = grade(TABLE, known), grade(more, known)
    assert after.tier <= before.tier
    assert ("added" in after.matched) == rule.when.matches(known)


@pytest.mark.proves("I7")
@given(st.sampled_from([*TIERS, None]), facts, st.floats(0, 600))
def test_automation_never_lowers_a_tier(held: Tier | None, known: Facts, remaining: float) -> None:
    assessment = assess(TABLE, known, remaining)
    decision = decide(held, assessment)
    if isinstance(decision, Raise):
        assert held is None or decision.to < held
        assert decision.to == min(assessment.current.tier, assessment.projected.tier)
    else:
        assert held is not None and held <= min(assessment.current.tier, assessment.projected.tier)


@pytest.mark.proves("I7")
def test_automation_says_why_it_keeps_a_tier() -> None:
    calm = Assessment(Grade(4, ("iv-rest",)), Grade(4, ("iv-rest",)))
    assert decide(2, calm) == Keep("only_a_person_lowers")
    assert decide(4, calm) == Keep("same")


BIG = fault(users=120_000, minutes=70)


@pytest.mark.proves("I7")
def test_a_person_lowers_with_a_reason_and_overrules_the_rules_by_name() -> None:
    assessment = assess(TABLE, BIG, 0)
    lowered = lower(2, 3, by_person=True, reason=" 冗余链路在用 ", table=TABLE, assessment=assessment)
    assert (lowered.to, lowered.reason) == (3, "冗余链路在用")
    assert lowered.overruled == {"ii-100k-1h"}


@pytest.mark.proves("I7")
def test_an_overruled_rule_does_not_raise_again_but_a_new_one_does() -> None:
    reduced = without(TABLE, {"ii-100k-1h"})
    assert decide(3, assess(reduced, BIG, 0)) == Keep("only_a_person_lowers")
    assert decide(3, assess(reduced, replace(BIG, users=500_000), 0)) == Raise(1, ("i-500k-1h",))


@pytest.mark.proves("I7")
@pytest.mark.parametrize(
    ("to", "by_person", "reason", "refusal"),
    [
        (3, False, "quiet", NeedsPerson),
        (3, True, "  ", NeedsReason),
        (2, True, "same", NotLower),
        (1, True, "up", NotLower),
    ],
)
def test_a_lowering_without_person_or_reason_is_refused(
    to: Tier, by_person: bool, reason: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        lower(2, to, by_person=by_person, reason=reason, table=TABLE, assessment=assess(TABLE, BIG, 0))


@pytest.mark.proves("R3")
@pytest.mark.parametrize(
    ("areas", "level", "matched"),
    [
        ({"county": 1, "prefecture": 1, "province": 1}, 3, ("level-iii-local",)),
        ({"county": 2, "prefecture": 1, "province": 1}, 2, ("level-ii-region",)),
        ({"county": 2, "prefecture": 2, "province": 1}, 2, ("level-ii-region",)),
        ({"county": 2, "prefecture": 2, "province": 2}, 1, ("level-i-nationwide", "level-ii-region")),
        ({"country": 1}, 1, ("level-i-nationwide", "level-ii-region")),
        ({}, 3, ("level-iii-local",)),
    ],
)
def test_a_network_fault_has_a_response_level_by_its_reach(
    areas: dict[str, int], level: int, matched: tuple[str, ...]
) -> None:
    assert response_level(TABLE, fault(areas=areas)) == ResponseLevel(level, matched)  # type: ignore[arg-type]


@pytest.mark.proves("R3")
def test_an_event_that_is_no_network_fault_has_no_response_level() -> None:
    assert response_level(TABLE, Facts(kind=Kind.complaint_surge, areas={"country": 1})) is None


@pytest.mark.proves("R3")
def test_the_response_level_is_another_axis_than_the_tier() -> None:
    small_but_spread = fault(users=3, areas={"county": 2})
    many_but_local = fault(users=500_000, minutes=60, areas={"county": 1})
    assert (grade(TABLE, small_but_spread).tier, response_level(TABLE, small_but_spread).level) == (3, 2)  # type: ignore[union-attr]
    assert (grade(TABLE, many_but_local).tier, response_level(TABLE, many_but_local).level) == (1, 3)  # type: ignore[union-attr]


GOOD = """\
rules:
  - id: one
    when: {users_gte: 5}
    tier: 1
    reason: {zh: 五人, en: five}
otherwise: {id: rest, reason: {zh: 其余, en: rest}}
response_levels:
  kinds: [network_fault]
  rules: []
  otherwise: {id: local, reason: {zh: 局部, en: local}}
"""


def test_an_operator_writes_rules_of_their_own() -> None:
    table = load_text(GOOD, "tiers.yaml", TierTable)
    assert grade(table, fault(users=5)) == Grade(1, ("one",))
    assert grade(table, fault(users=4)) == Grade(4, ("rest",))


@pytest.mark.parametrize(
    ("instead_of", "write", "line", "words"),
    [
        ("{users_gte: 5}", "{user_gte: 5}", 3, "Did you mean 'users_gte'"),
        ("{users_gte: 5}", "{}", 3, "no condition"),
        ("{users_gte: 5}", "{users_gte: 0}", 3, "greater than or equal to 1"),
        ("{users_gte: 5}", "{areas_gte: 2}", 3, "areas_gte and area_level belong together"),
        ("{users_gte: 5}", "{area_level_in: [county]}", 3, "would lose its tier by spreading"),
        ("{users_gte: 5}", "{users_gte: 5, critical_level: province}", 3, "critical_level says nothing alone"),
        ("tier: 1", "tier: 0", 4, "tier"),
        ("id: rest", "id: one", 2, "'one' is used twice"),
        ("reason: {zh: 五人, en: five}", "reason: {zh: 五人}", 5, "required but missing"),
    ],
)
def test_a_mistake_in_the_rules_is_named_with_its_line(instead_of: str, write: str, line: int, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        load_text(GOOD.replace(instead_of, write), "tiers.yaml", TierTable)
    assert caught.value.faults[0].line == line
    assert caught.value.faults[0].remedy
