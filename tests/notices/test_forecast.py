"""What telling people would come to, as plain figures: which text whom, which road what, and how long."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.core.settings import GatewaySettings
from command.notices.forecast import Able, Load, loads, shared

ZH, EN = "【示例通信】网络中断。", "Example Telecom: the network is down."
SMSC = GatewaySettings(name="smsc", transport="console", sms_price=Decimal("0.045"))
BACKUP = GatewaySettings(name="backup", transport="console", sms_price=Decimal("0.01"), sms_currency="USD")
FREE = GatewaySettings(name="free", transport="console")
pytestmark = pytest.mark.proves("B11", "D5")


def able(settings: GatewaySettings, rate: int = 80, left: int | None = None) -> Able:
    return Able(settings, Fraction(rate), left)


def test_whoever_has_no_text_in_their_language_gets_the_fallback() -> None:
    found = loads({"zh": ZH, "en": EN}, {"zh": 7, "en": 2, "fr": 1})
    assert [(load.text, load.people, load.unicode) for load in found] == [(ZH, 8, True), (EN, 2, False)]
    assert [load.people for load in loads({"en": EN}, {"zh": 3, "en": 4})] == [7]
    assert loads({}, {"zh": 3}) == []


def test_segments_are_paid_for_by_the_road_that_carries_them() -> None:
    given = [(Load(ZH, 100, 2, True), able(SMSC)), (Load(EN, 30, 1, False), able(BACKUP, 10))]
    (first, second), roadless = shared(given, ahead=700)
    assert (first.gateway, first.segments, first.amount, first.currency) == ("smsc", 200, Decimal("9.00"), "CNY")
    assert (second.segments, second.amount, second.currency) == (30, Decimal("0.30"), "USD")
    assert (first.seconds, second.seconds, roadless) == (10.0, 3.0, 0)


def test_no_price_no_road_and_the_cap_of_a_day_are_said() -> None:
    given = [(Load(ZH, 100, 1, True), able(FREE, left=60)), (Load(EN, 5, 1, False), None)]
    (share,), roadless = shared(given, ahead=0)
    assert (share.amount, share.over_cap, roadless) == (None, 40, 5)


@given(people=st.integers(1, 2_000_000), size=st.integers(1, 9), rate=st.integers(1, 5000), ahead=st.integers(0, 10**6))
def test_more_people_longer_texts_and_more_ahead_never_cost_or_take_less(
    people: int, size: int, rate: int, ahead: int
) -> None:
    def of(people: int, size: int, ahead: int) -> tuple[Decimal, float]:
        ((share,), _) = shared([(Load(ZH, people, size, True), able(SMSC, rate))], ahead)
        assert share.amount is not None
        return share.amount, share.seconds

    here = of(people, size, ahead)
    for more in (of(people + 1, size, ahead), of(people, size + 1, ahead), of(people, size, ahead + 1)):
        assert more[0] >= here[0] and more[1] >= here[1]
