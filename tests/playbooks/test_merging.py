"""`all_tiers`: what a tier inherits, what it replaces, and what keeps its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.merging import merge
from playbooks.nodes import Node, read


def merged(text: str) -> Node:
    return merge(read(text, "m.yaml"), "m.yaml")


def tier(common: str, own: str) -> object:
    """Tier 1 after merging two flow mappings."""
    node = merged(f"all_tiers: {common}\ntiers:\n  1: {own}\n").find(("tiers", "1"))[0]
    return node.plain()


@pytest.mark.parametrize(
    ("common", "own", "result"),
    [
        ("{a: 1}", "{}", {"a": 1}),
        ("{a: 1}", "{a: 2}", {"a": 2}),
        ("{a: 1}", "{a: null}", {"a": None}),
        ("{a: {b: 1, c: 2}}", "{a: {b: 3}}", {"a": {"b": 3, "c": 2}}),
        ("{a: [1, 2]}", "{a: [3]}", {"a": [3]}),
        ("{a: {zh: 一, en: one}}", "{a: {zh: 二, en: two}}", {"a": {"zh": "二", "en": "two"}}),
        ("{a: {zh: 一, en: one}}", "{a: {zh: 二}}", {"a": {"zh": "二"}}),
        ("{tasks: [{id: a, x: 1}, {id: b}]}", "{tasks: [{id: a, x: 2}]}", {"tasks": [{"id": "a", "x": 2}, {"id": "b"}]}),
        ("{tasks: [{id: a}]}", "{tasks: [{id: c}]}", {"tasks": [{"id": "a"}, {"id": "c"}]}),
        ("{tasks: [{id: a, after: [x, y]}]}", "{tasks: [{id: a, after: []}]}", {"tasks": [{"id": "a", "after": []}]}),
        ("{pages: [{target: p, n: 1}]}", "{pages: [{target: p, n: 2}]}", {"pages": [{"target": "p", "n": 2}]}),
        ("{resources: [{id: r, n: 1}]}", "{resources: [{id: r, n: 2}]}", {"resources": [{"id": "r", "n": 2}]}),
        ("{tasks: [{id: a}]}", "{tasks: [{id: a}, {id: a, x: 1}]}", {"tasks": [{"id": "a"}, {"id": "a", "x": 1}]}),
        ("{tasks: [{x: 1}]}", "{tasks: [{x: 2}]}", {"tasks": [{"x": 1}, {"x": 2}]}),
        ("{a: {b: 1}}", "{a: 5}", {"a": 5}),
        ("{a: 5}", "{a: {b: 1}}", {"a": {"b": 1}}),
    ],
)  # fmt: skip
def test_how_a_tier_is_laid_over_what_is_common(common: str, own: str, result: object) -> None:
    assert tier(common, own) == result


def test_all_tiers_is_gone_after_merging_and_the_rest_is_kept() -> None:
    plan = merged("code: x\nall_tiers: {a: 1}\ntiers: {1: {}, 2: {b: 2}}\n").plain()
    assert plan == {"code": "x", "tiers": {"1": {"a": 1}, "2": {"a": 1, "b": 2}}}


def test_every_value_keeps_the_line_where_it_was_written() -> None:
    plan = merged("all_tiers:\n  a: 1\n  b: 2\ntiers:\n  1:\n    a: 3\n")
    assert plan.find(("tiers", "1", "a"))[0].line == 6
    assert plan.find(("tiers", "1", "b"))[0].line == 3


def test_merging_changes_neither_what_is_common_nor_other_tiers() -> None:
    node = read("all_tiers: {a: {b: 1}}\ntiers: {1: {a: {b: 2}}, 2: {}}\n", "m.yaml")
    before = node.plain()
    assert merge(node, "m.yaml").find(("tiers", "2"))[0].plain() == {"a": {"b": 1}}
    assert node.plain() == before


names = st.sampled_from("abc")
items = st.lists(
    st.builds(lambda i, x: Node({"id": Node(i, 1), "x": Node(x, 1)}, 1), names, st.integers(0, 9)),
    max_size=3,
    unique_by=lambda node: str(node.find(("id",))[0].value),
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(0, 9).map(lambda n: Node(n, 1)),
        "m": st.dictionaries(names, st.integers(0, 9).map(lambda n: Node(n, 1))).map(lambda d: Node(d, 1)),
        "tasks": items.map(lambda nodes: Node(nodes, 1)),
    },
).map(lambda d: Node(d, 1))


def over(common: Node, own: Node) -> Node:
    plan = Node({"all_tiers": common, "tiers": Node({"1": own}, 1)}, 1)
    return merge(plan, "m.yaml").find(("tiers", "1"))[0]


@given(fields)
def test_nothing_over_something_is_that_thing(some: Node) -> None:
    nothing = Node({}, 1)
    assert over(some, nothing).plain() == over(nothing, some).plain() == some.plain()


@given(fields)
def test_a_thing_over_itself_is_itself(some: Node) -> None:
    assert over(some, some).plain() == some.plain()


@given(fields, fields)
def test_merging_twice_is_merging_once(common: Node, own: Node) -> None:
    once = over(common, own)
    assert over(common, once).plain() == once.plain()


@given(fields, fields, fields)
def test_merging_may_be_grouped_either_way_up_to_the_order_of_items(a: Node, b: Node, c: Node) -> None:
    def sorted_items(node: Node) -> object:
        plain = node.plain()
        assert isinstance(plain, dict)
        tasks = plain.get("tasks")
        return plain | ({"tasks": sorted(map(str, tasks))} if isinstance(tasks, list) else {})

    assert sorted_items(over(over(a, b), c)) == sorted_items(over(a, over(b, c)))
