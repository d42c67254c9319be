"""What people type when asked how to reach them."""

import pytest

from command.core.problems import Invalid
from command.oncall.reach.addresses import Rules, shown, understood

CN = Rules("CN", False, ("slack", "wecombot"))
ABROAD = Rules(None, False, ())


@pytest.mark.proves("R4")
@pytest.mark.parametrize(
    "typed",
    [
        "+8613800001111",
        "+86 138-0000-1111",
        "0086 138 0000 1111",
        "(138) 0000-1111",
        "１３８００００１１１１",
        "＋８６ 138.0000.1111",
        "138 0000 1111",
        "tel:+86-138-0000-1111",
        " （138）0000 1111 ",
    ],
)
def test_a_number_in_any_shape_is_one_number(typed: str) -> None:
    assert understood("sms", typed, CN) == "+8613800001111"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "empty"),
        ("my phone", "no phone number"),
        ("138", "too few"),
        ("138 0000 1111 22", "too many"),
        ("1" * 300, "too many"),
        ("+86 " + "1" * 30, "too many"),
        ("+999 1234567", "country code"),
        ("+86 010", "too few"),
        ("999 9999 9999", "numbering plan"),
        ("010 6255 1234", "landline"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(typed: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        understood("sms", typed, CN)
    assert refused.value.field == "address" and refused.value.remedy


def test_a_landline_can_be_called() -> None:
    assert understood("voice", "010 6255 1234", CN) == "+861062551234"


def test_without_a_country_of_ones_own_every_number_needs_its_code() -> None:
    with pytest.raises(Invalid, match="country code"):
        understood("sms", "138 0000 1111", ABROAD)
    assert understood("sms", "+49 1512 3456789", ABROAD) == "+4915123456789"


def test_numbers_of_a_demo_are_taken_where_they_are_allowed() -> None:
    assert understood("sms", "120 0000 0001", Rules("CN", True, ())) == "+8612000000001"


def test_a_mailbox_is_one_mailbox() -> None:
    assert understood("email", " Li.Hong@Example.NET ", CN) == "Li.Hong@example.net"
    for typed in ("li", "a@b.cn, c@d.cn", "a@b.cn\nBcc: c@d.cn", "a@"):
        with pytest.raises(Invalid, match="no e-mail address"):
            understood("email", typed, CN)


def test_a_chat_is_one_that_the_operator_allows() -> None:
    assert understood(
        "chat", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7abc-4bc4-97a0-0ec2sifa5aaa", CN
    )
    with pytest.raises(Invalid, match="no address of a chat"):
        understood("chat", "json://10.0.0.1/", CN)


@pytest.mark.proves("I10")
def test_an_address_is_shown_masked() -> None:
    assert shown("sms", "+8613800001111") == "+86 138****1111"
    assert shown("email", "li.hong@example.net") == "l***@example.net"
    assert "secret" not in shown("chat", "slack://secret/secret/secret")
    assert shown("chat", "https://hooks.slack.com/services/secret") == "hooks.slack.com…"
