"""Every act has somebody who may do it, at any hour; everybody else learns who that is."""

from collections.abc import Set
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.core.paths import CONFIG
from command.people.authority import (
    LEVELS,
    TIERS,
    Act,
    Alone,
    Authority,
    ByDeputy,
    Denied,
    Level,
    NeedsApproval,
    Override,
    Post,
    Tier,
    UnknownCase,
    decide,
    may_approve,
    permitted,
)
from playbooks.source import SourceError, load, load_text

TABLE = load(CONFIG / "authority.yaml", Authority)
OF_THE_SYSTEM = {Act.MANAGE_PEOPLE, Act.MANAGE_TOKENS, Act.MANAGE_AUTHORITY}
COMMAND = set(Act) - OF_THE_SYSTEM - {Act.READ, Act.MANAGE_TRAINING, Act.REVIEW_OVERRIDE}
cases = st.tuples(st.sampled_from(Act), st.sampled_from(TIERS), st.sampled_from(LEVELS))
held = st.frozensets(st.sampled_from(Post))


def rows(text: str) -> str:
    """The default table with one row for `page` replaced by `text`."""
    whole = (CONFIG / "authority.yaml").read_text(encoding="utf-8")
    default = "  - act: page\n    alone: [commander, deputy, duty_officer, engineer]\n"
    assert default in whole
    return whole.replace(default, text)


@pytest.mark.proves("R28", "R4")
def test_the_duty_officer_alone_at_night_can_do_every_act_of_command() -> None:
    for act, tier, level in product(COMMAND, TIERS, LEVELS):
        waited = decide(TABLE, act, tier, level, {Post.DUTY_OFFICER}, waited_minutes=15, override=True, own=True)
        if act is Act.CLOSE and tier <= 2:
            assert isinstance(waited, NeedsApproval)  # closing the books can wait for the morning
        else:
            assert permitted(waited), (act, tier, level)


@pytest.mark.proves("R28")
@given(cases)
def test_no_case_is_a_dead_end_for_everybody(case: tuple[Act, Tier, Level]) -> None:
    act, tier, level = case
    assert any(permitted(decide(TABLE, act, tier, level, {post}, 1440, override=True, own=True)) for post in Post)


def test_a_commander_lowers_the_tier_of_a_grave_incident_alone() -> None:
    assert decide(TABLE, Act.LOWER, 1, "province", {Post.COMMANDER}) == Alone(Post.COMMANDER)


def test_a_duty_officer_asks_for_it() -> None:
    decision = decide(TABLE, Act.LOWER, 1, "province", {Post.DUTY_OFFICER})
    assert decision == NeedsApproval((Post.COMMANDER, Post.DEPUTY), override_possible=True)
    assert may_approve(TABLE, Act.LOWER, 1, "province", {Post.DEPUTY})
    assert not may_approve(TABLE, Act.LOWER, 1, "province", {Post.DUTY_OFFICER})


def test_a_deputy_acts_once_the_commander_has_not_answered_for_the_set_time() -> None:
    early = decide(TABLE, Act.TRANSFER_COMMAND, 1, "province", {Post.DEPUTY}, waited_minutes=9.5)
    on_time = decide(TABLE, Act.TRANSFER_COMMAND, 1, "province", {Post.DEPUTY}, waited_minutes=10)
    assert isinstance(early, Denied)
    assert (early.turn_in_minutes, early.override_possible) == (0.5, True)
    assert on_time == ByDeputy(Post.DEPUTY, 10)


def test_an_override_happens_only_when_it_is_asked_for_and_is_logged_and_reviewed() -> None:
    silent = decide(TABLE, Act.CANCEL, 1, "province", {Post.DUTY_OFFICER})
    asked = decide(TABLE, Act.CANCEL, 1, "province", {Post.DUTY_OFFICER}, override=True)
    assert not permitted(silent)
    assert asked == Override(Post.DUTY_OFFICER, logged=True, reviewed=True)


@pytest.mark.proves("I9", "B10")
@pytest.mark.parametrize("tier", TIERS)
def test_nobody_approves_their_own_notice_but_by_override(tier: Tier) -> None:
    posts = {Post.COMMANDER}
    assert decide(TABLE, Act.APPROVE_NOTICE, tier, "county", posts) == Alone(Post.COMMANDER)
    own = decide(TABLE, Act.APPROVE_NOTICE, tier, "county", posts, own=True)
    assert isinstance(own, NeedsApproval)
    assert own.override_possible
    assert decide(TABLE, Act.APPROVE_NOTICE, tier, "county", posts, own=True, override=True) == Override(Post.COMMANDER)


@pytest.mark.proves("I9")
@given(held, st.sampled_from(TIERS), st.sampled_from(LEVELS), st.floats(0, 10_000))
def test_no_posts_and_no_wait_let_one_s_own_notice_through(
    posts: Set[Post], tier: Tier, level: Level, waited: float
) -> None:
    assert not permitted(decide(TABLE, Act.APPROVE_NOTICE, tier, level, posts, waited, own=True))


def test_a_denial_says_why_and_who_may() -> None:
    decision = decide(TABLE, Act.ACTIVATE, 3, "county", {Post.TRAINER})
    assert isinstance(decision, Denied)
    assert decision.who_may == (Post.COMMANDER, Post.DEPUTY, Post.DUTY_OFFICER, Post.ENGINEER)
    assert decision.why.zh and decision.why.en
    assert not decision.override_possible


@pytest.mark.proves("R19")
@given(cases, st.floats(0, 10_000))
def test_an_auditor_reads_and_changes_nothing(case: tuple[Act, Tier, Level], waited: float) -> None:
    act, tier, level = case
    decision = decide(TABLE, act, tier, level, {Post.AUDITOR}, waited, override=True)
    assert permitted(decision) == (act in (Act.READ, Act.EXPORT, Act.READ_CAPABILITY, Act.REVIEW_OVERRIDE))


@pytest.mark.proves("R19")
@given(cases, st.floats(0, 10_000))
def test_an_administrator_runs_the_system_and_does_not_command(case: tuple[Act, Tier, Level], waited: float) -> None:
    act, tier, level = case
    decision = decide(TABLE, act, tier, level, {Post.ADMINISTRATOR}, waited, override=True)
    assert permitted(decision) == (act in OF_THE_SYSTEM | {Act.READ})


@given(cases, held, st.sampled_from(Post), st.floats(0, 100), st.booleans())
def test_one_post_more_never_takes_a_permission_away(
    case: tuple[Act, Tier, Level], posts: frozenset[Post], more: Post, waited: float, own: bool
) -> None:
    act, tier, level = case
    if permitted(decide(TABLE, act, tier, level, posts, waited, own=own)):
        assert permitted(decide(TABLE, act, tier, level, posts | {more}, waited, own=own))


@given(cases, held)
def test_what_is_unknown_is_read_as_the_gravest(case: tuple[Act, Tier, Level], posts: frozenset[Post]) -> None:
    act, _, _ = case
    assert decide(TABLE, act, None, None, posts) == decide(TABLE, act, 1, "country", posts)


def test_a_page_for_asking_is_open_to_those_who_may_only_ask() -> None:
    assert TABLE.may_ever("restore", {"engineer"})
    assert TABLE.may_ever("lower", {"duty_officer"})
    assert not TABLE.may_ever("restore", {"trainer"})
    assert not TABLE.may_ever("dance", {"commander"})


@given(cases, held, st.booleans())
def test_what_is_permitted_in_some_case_is_permitted_at_the_door(
    case: tuple[Act, Tier, Level], posts: frozenset[Post], override: bool
) -> None:
    decision = decide(TABLE, *case, posts, 1440, override=override)
    if permitted(decision) or isinstance(decision, NeedsApproval):
        assert TABLE.may_ever(case[0], posts)


@pytest.mark.parametrize(("act", "tier", "level"), [("dance", 1, "county"), ("read", 5, "county"), ("read", 1, "moon")])
def test_an_act_a_tier_or_a_level_that_does_not_exist_is_an_error(act: str, tier: int, level: str) -> None:
    with pytest.raises(UnknownCase, match=f"no act '{act}' at tier {tier}"):
        decide(TABLE, act, tier, level, {"commander"})


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("", "page, tier 1, county: no row"),
        ("  - {act: page, tiers: [1, 2, 3], alone: [commander]}\n", "page, tier 4, county: no row"),
        ("  - {act: page, levels: [county], alone: [commander]}\n", "page, tier 1, prefecture: no row"),
        ("  - {act: page, propose: [engineer], approve: [commander]}\n", "page, tier 1, county: dead end"),
        ("  - {act: page, alone: [commander], second_person: true}\n", "page, tier 1, county: dead end"),
        ("  - {act: page, alone: [commander]}\n  - {act: page, alone: [deputy]}\n", "several rows"),
        ("  - {act: page, alone: [commander, auditor]}\n", "auditor may not have the act page"),
        ("  - {act: page, alone: [commander], override: [administrator]}\n", "administrator may not have the act page"),
        ("  - {act: page, alone: [commander], propose: [engineer]}\n", "propose and approve belong together"),
        ("  - {act: page, alone: [comander]}\n", "Did you mean 'commander'"),
    ],
)
def test_a_table_with_a_hole_cannot_be_loaded(row: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        load_text(rows(row), "authority.yaml", Authority)
