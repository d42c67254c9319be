"""The table as cells: every edit leaves each case ruled once, and what changed is told by act, tier and level."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command.authority import painting, thin, yaml_text
from command.authority.silence import silence
from command.authority.thin import Worker
from command.core.problems import Invalid
from command.people.authority import LEVELS, TIERS, Act, Post, Row, Succession
from command.people.authority_versions import completed, first

SHIPPED = first().rows
POSTS = (Post.COMMANDER, Post.DEPUTY, Post.DUTY_OFFICER)
rules = st.builds(
    Row,
    act=st.sampled_from((Act.LOWER, Act.RESTORE, Act.PAGE)),
    tiers=st.sets(st.sampled_from(TIERS), min_size=1).map(lambda found: tuple(sorted(found))),
    levels=st.sets(st.sampled_from(LEVELS), min_size=1).map(lambda found: tuple(sorted(found, key=LEVELS.index))),
    alone=st.lists(st.sampled_from(POSTS), min_size=1, unique=True).map(tuple),
    deputy=st.none() | st.builds(Succession, posts=st.just((Post.DEPUTY,)), after_minutes=st.integers(1, 60)),
)


@pytest.mark.proves("R28")
@settings(max_examples=12, deadline=None)
@given(st.lists(rules, min_size=1, max_size=4))
def test_whatever_is_put_on_the_table_every_case_stays_ruled_once(given_rules: list[Row]) -> None:
    rows = SHIPPED
    for rule in given_rules:
        before = rows
        rows = painting.paint(rows, rule)
        assert painting.dead_ends(rows) == []
        for case in painting.CASES:
            covered = case[0] in rule.tiers and case[1] in rule.levels
            now, was = painting.cells(rows, rule.act)[case], painting.cells(before, rule.act)[case]
            assert now == (painting.bare(rule) if covered else was)
    assert {row for row in rows if row.act == Act.CLOSE} == {row for row in SHIPPED if row.act == Act.CLOSE}


def test_a_rule_on_some_cases_splits_its_row_and_the_same_rule_on_all_merges_them_again() -> None:
    act = [row for row in SHIPPED if row.act == Act.MERGE]
    assert len(act) == 1
    narrow = act[0].model_copy(update={"tiers": (1,), "levels": ("country",), "alone": (Post.COMMANDER,)})
    split = painting.paint(SHIPPED, narrow)
    assert len([row for row in split if row.act == Act.MERGE]) == 3
    changed = painting.changes(SHIPPED, split)
    assert [(each.act, each.tiers, each.levels) for each in changed] == [(Act.MERGE, (1,), ("country",))]
    merged = painting.paint(split, act[0])
    assert [row for row in merged if row.act == Act.MERGE] == act
    assert painting.changes(SHIPPED, merged) == []


def test_the_table_is_written_as_yaml_and_read_back_the_same() -> None:
    assert yaml_text.read(yaml_text.written(SHIPPED)).rows == SHIPPED


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("rows: [", "1"),
        ("rows:\n  - act: fly\n    alone: [commander]\n", "fly"),
        (yaml_text.written(row for row in SHIPPED if row.act != Act.CLOSE), "close, tier 1, county: no row"),
    ],
    ids=["no yaml", "no such act", "a hole"],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line_or_its_hole(broken: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        yaml_text.read(broken)
    assert said in str(refused.value)
    assert refused.value.field == "yaml"


def test_acts_that_came_after_a_version_follow_the_file() -> None:
    kept = [row.model_dump(mode="json") for row in SHIPPED if row.act not in (Act.SETTLE, Act.READ)]
    rows = completed([*kept, {"act": "gone", "alone": ["commander"]}])
    assert painting.dead_ends(rows) == []
    assert painting.changes(SHIPPED, rows) == []


def test_a_level_that_one_person_or_nobody_answers_for_is_named() -> None:
    rule = Row(act=Act.ASSESS, alone=(Post.COMMANDER, Post.DEPUTY))
    people = [
        Worker(1, frozenset({"commander"}), "province"),
        Worker(2, frozenset({"deputy"}), "county"),
        Worker(3, frozenset({"engineer"}), "country"),
    ]
    found = {each.level: each.person_id for each in thin.found((rule,), people)}
    assert found == {"prefecture": 1, "province": 1, "country": None}


@pytest.mark.parametrize(
    ("tier", "paged", "sign", "found"),
    [
        (1, None, 0, ("no_sign", 30)),
        (3, None, 0, None),
        (3, 2, 0, ("no_answer", 12)),
        (2, 2, 0, ("no_answer", 12)),
        (2, 25, 0, ("no_sign", 30)),
        (3, 2, 5, None),
    ],
)
def test_a_commander_is_silent_by_the_page_they_leave_or_the_sign_they_do_not_give(
    tier: int, paged: int | None, sign: int, found: tuple[str, int] | None
) -> None:

    at = datetime(2026, 11, 27, 3, 10, tzinfo=UTC)
    seen = silence(tier, at + timedelta(minutes=paged) if paged else None, at + timedelta(minutes=sign), 10, 30)
    assert (seen and (seen.why, (seen.due_at - at).total_seconds() / 60)) == found
