"""A page offers only the ways to answer that its gateways leave open, and names may hold any character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.oncall.wording import Ways, fill, ways
from command.oncall.wording import told as without_ways
from notifiers.base import Capabilities

BOTH = "INC-1[, reply {code}][, or open {link}]"


def gateway(two_way: bool, url: bool) -> Capabilities:
    return Capabilities(two_way=two_way, url=url, voice=False, unicode=True, daily_cap=None, look_up="none")


@pytest.mark.parametrize(
    ("code", "link", "text"),
    [
        ("1234", "http://x/p/1", "INC-1, reply 1234, or open http://x/p/1"),
        ("1234", None, "INC-1, reply 1234"),
        (None, "http://x/p/1", "INC-1, or open http://x/p/1"),
        (None, None, "INC-1"),
    ],
)
def test_a_clause_goes_when_its_way_is_closed(code: str | None, link: str | None, text: str) -> None:
    assert fill(BOTH, code, link) == text


@given(st.text().filter(lambda t: "{{" not in t and "}}" not in t and "{code}" not in t and "{link}" not in t))
def test_braces_and_brackets_of_names_stay_as_they_are(name: str) -> None:
    assert fill(name + " {code}", "1234", None) == name + " 1234"


def test_what_looks_like_a_place_of_format_is_left_alone() -> None:
    assert fill("{0} {name!r:>9} [x] {code} 100% {", "1234", None) == "{0} {name!r:>9} [x] 1234 100% {"


def test_a_value_is_not_read_again() -> None:
    assert fill("{code} {link}", "{link}", "http://x") == "{link} http://x"


def test_doubled_braces_stand_for_one() -> None:
    assert fill("{{A}} {code}", "1234", None) == "{A} 1234"


@pytest.mark.parametrize(
    ("gateways", "expected"),
    [
        ([gateway(True, True)], Ways(True, True)),
        ([gateway(True, False)], Ways(True, False)),
        ([gateway(False, True)], Ways(False, True)),
        ([gateway(False, False)], Ways(False, False)),
        ([gateway(True, False), gateway(False, True)], Ways(True, False)),
        ([gateway(True, True), gateway(False, False)], Ways(True, True)),
    ],
)
def test_ways_follow_the_gateways_that_pages_take(gateways: list[Capabilities], expected: Ways) -> None:
    assert ways(gateways) == expected


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("【示例】呼叫：INC-1，梅江区。应答：[回复{code} ][打开{link}]", "【示例】呼叫：INC-1，梅江区。"),
        ("Page: INC-1, Tier I. To acknowledge: [reply {code} ][or open {link}]", "Page: INC-1, Tier I."),
        ("Page: INC-1 {{x}}.[ Reply {code}][, or open {link}]", "Page: INC-1 {x}."),
        ("Come at once", "Come at once"),
        ("[Reply {code}]", ""),
    ],
)
def test_whoever_has_the_page_open_is_not_told_how_to_answer(template: str, told: str) -> None:
    assert without_ways(template) == told
