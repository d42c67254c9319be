"""Each tier has the emergency group of its echelon, with named people for each duty, and deputies."""

import csv
from datetime import UTC, datetime

import phonenumbers
import pytest

from command.core.paths import CONFIG
from command.oncall.duties.rotation import Rotation, on_duty
from command.people.authority import TIERS, Post, Tier
from command.people.departments import Structure
from command.people.roster import Gap, Roster, gaps
from playbooks.schema import Echelon
from playbooks.source import SourceError, load, load_text
from playbooks.tasks import Department

STRUCTURE = load(CONFIG / "departments.yaml", Structure)
DEMO = CONFIG / "demo" / "people.yaml"
ROSTER = load(DEMO, Roster)


def demo_with(instead_of: str, write: str) -> Roster:
    text = DEMO.read_text(encoding="utf-8")
    assert instead_of in text
    return load_text(text.replace(instead_of, write, 1), "people.yaml", Roster)


def demo_areas() -> dict[str, str]:
    with (CONFIG / "demo" / "areas.csv").open(encoding="utf-8") as lines:
        return {row["code"]: row["level"] for row in csv.DictReader(lines)}


@pytest.mark.proves("R4")
@pytest.mark.parametrize(
    ("tier", "echelon"),
    [(1, Echelon.head_office), (2, Echelon.province), (3, Echelon.prefecture), (4, Echelon.county)],
)
def test_each_tier_is_handled_by_the_group_of_its_echelon(tier: Tier, echelon: Echelon) -> None:
    assert STRUCTURE.group_for(tier) is STRUCTURE.group_of(echelon)


@pytest.mark.proves("R6")
def test_every_department_has_its_duty_in_both_languages() -> None:
    assert {card.code for card in STRUCTURE.departments} == set(Department)
    assert all(card.duty.zh and card.duty.en for card in STRUCTURE.departments)


@pytest.mark.proves("R4")
def test_every_duty_of_every_demo_group_has_a_named_holder_and_a_deputy() -> None:
    assert gaps(STRUCTURE, ROSTER) == ()


@pytest.mark.proves("R4")
def test_every_area_of_the_demo_has_the_group_of_its_echelon() -> None:
    echelon_of = {"country": "head_office", "province": "province", "prefecture": "prefecture", "county": "county"}
    wanted = {code: echelon_of[level] for code, level in demo_areas().items()}
    assert {group.area: group.echelon.value for group in ROSTER.groups} == wanted


def test_every_demo_person_works_in_an_area_and_every_post_is_held() -> None:
    assert {person.area for person in ROSTER.people} <= demo_areas().keys()
    assert {post for person in ROSTER.people for post in person.posts} == set(Post)


@pytest.mark.proves("I3")
def test_no_demo_number_can_reach_anybody() -> None:
    for person in ROSTER.people:
        assert not phonenumbers.is_valid_number(phonenumbers.parse(person.number))


@pytest.mark.proves("R28")
def test_each_department_has_a_duty_rotation_that_always_has_a_holder() -> None:
    assert {schedule.department for schedule in ROSTER.schedules} == set(Department)
    for schedule in ROSTER.schedules:
        (layer,) = schedule.layers
        turns = Rotation(
            tuple(range(len(layer.members))),
            layer.starts_on,
            layer.handover,
            layer.zone,
            period_days=layer.period_days,
        )
        assert on_duty(turns, datetime(2026, 1, 5, 1, tzinfo=UTC)) == 0


@pytest.mark.proves("R4")
@pytest.mark.parametrize(
    ("instead_of", "write", "gap"),
    [
        ("      - {duty: technical_lead, holder: qian.yu, deputies: [wang.kai]}\n", "", "nobody"),
        ("holder: qian.yu, deputies: [wang.kai]", "holder: qian.yu, deputies: []", "no deputy"),
        ("holder: qian.yu, deputies: [wang.kai]", "holder: qian.yu, deputies: [qian.yu]", "same person"),
        ("holder: qian.yu, deputies: [wang.kai]", "holder: qian.yu, deputies: [yang.shu]", "lacks the post"),
    ],
)
def test_a_duty_without_people_is_found(instead_of: str, write: str, gap: str) -> None:
    assert gaps(STRUCTURE, demo_with(instead_of, write)) == (Gap("head_office", "technical_lead", gap),)  # type: ignore[arg-type]


@pytest.mark.proves("R4")
def test_a_member_of_a_duty_that_the_echelon_does_not_have_is_found() -> None:
    roster = demo_with("duty: technical_lead, holder: qian.yu", "duty: mascot, holder: qian.yu")
    assert {gap.why for gap in gaps(STRUCTURE, roster)} == {"nobody", "unknown duty"}


@pytest.mark.parametrize(
    ("instead_of", "write", "words"),
    [
        ("holder: qian.yu", "holder: nobody.here", "'nobody.here' is not among the people"),
        ("members: [wang.kai, feng.xue, qian.yu]", "members: [ghost]", "'ghost' is not among the people"),
        ("username: qian.yu", "username: zhao.lei", "'zhao.lei' is used 2 times"),
        ('number: "+8612000000002"', 'number: "+8612000000001"', "is used 2 times"),
        ("posts: [commander]", "posts: [comander]", "Did you mean 'commander'"),
    ],
)
def test_a_mistake_in_the_roster_is_named(instead_of: str, write: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        demo_with(instead_of, write)


@pytest.mark.proves("R4")
@pytest.mark.parametrize(
    ("instead_of", "write", "words"),
    [
        ("handles: [1]", "handles: [1, 2]", "'2' is listed 2 times"),
        ("handles: [4]", "handles: []", "'4' is listed 0 times"),
        ("code: security\n", "code: technical\n", "'security' is listed 0 times"),
        ("echelon: county", "echelon: village", "'village' is not allowed"),
        ("posts: [commander, deputy]", "posts: [engineer]", "no duty for a commander"),
    ],
)
def test_a_structure_that_leaves_a_tier_or_department_out_cannot_be_loaded(
    instead_of: str, write: str, words: str
) -> None:
    text = (CONFIG / "departments.yaml").read_text(encoding="utf-8")
    assert instead_of in text
    with pytest.raises(SourceError, match=words):
        load_text(text.replace(instead_of, write, 1), "departments.yaml", Structure)


def test_every_tier_has_a_group() -> None:
    assert [STRUCTURE.group_for(tier).handles for tier in TIERS] == [(tier,) for tier in TIERS]
