"""A page offers only the ways to answer that its gateways leave open, and names may hold any character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.oncall.paging.wording import Call, Ways, fill, together, ways
from command.oncall.paging.wording import told as without_ways
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


def test_several_pages_are_named_once_each_with_their_own_code() -> None:
    zh = [Call(f"【示例】呼叫：2026-1126-00{n} 网络故障，梅江区。", f"400{n}", None) for n in (1, 2)]
    assert together(zh, "zh") == (
        "【示例】呼叫：共2个\n4001 2026-1126-001 网络故障，梅江区。\n4002 2026-1126-002 网络故障，梅江区。\n"
        "应答：回复代码；全部应答：回复“全部收到”。"
    )
    en = [Call(f"Example page: 2026-1126-00{n}, network fault.", f"400{n}", None) for n in (1, 2)]
    assert together(en, "en").splitlines() == [
        "Example page: 2 pages",
        "4001 2026-1126-001, network fault.",
        "4002 2026-1126-002, network fault.",
        "To acknowledge: reply the codes, or ACK ALL.",
    ]


def test_where_no_reply_comes_back_each_page_has_its_own_link() -> None:
    calls = [Call(f"Example page: INC-{n}: a fault.", None, f"http://x/p/{n}.s") for n in (1, 2)]
    assert together(calls, "en").splitlines() == [
        "Example page: 2 pages",
        "INC-1: a fault. http://x/p/1.s",
        "INC-2: a fault. http://x/p/2.s",
    ]


def test_pages_of_one_incident_and_texts_that_begin_differently_stay_whole() -> None:
    same = [Call("呼叫：INC-1：断纤。", code, None) for code in ("4001", "4002")]
    assert together(same, "zh").splitlines()[1:3] == ["4001 INC-1：断纤。", "4002 INC-1：断纤。"]
    other = [Call("火警", "4001", None), Call("呼叫：INC-1", "4002", None)]
    assert together(other, "zh").splitlines()[:3] == ["共2个", "4001 火警", "4002 呼叫：INC-1"]
