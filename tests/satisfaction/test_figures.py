"""The three figures of satisfaction, confirmation and response, as counted by hand; and who is drawn (R16)."""

import pytest

from command.satisfaction.figures import Answer, Targets, figures
from command.satisfaction.rules import rules
from command.satisfaction.sampling import Told, drawn
from playbooks.schema import Kind

pytestmark = pytest.mark.proves("R16")


def grades(*given: int) -> list[Answer]:
    return [Answer(True, grade) for grade in given]


def test_nobody_answered_is_not_available_and_neither_met_nor_missed() -> None:
    found = figures(20, [Answer()] * 20, Targets())
    assert (found.asked, found.answered, found.response.tenths) == (20, 0, 0)
    for one in (found.satisfied, found.score, found.first_response, found.confirmed):
        assert (one.tenths, one.verdict, one.of) == (None, "none", 0)
    assert figures(0, [], Targets()).response.tenths is None


CASES = (
    # grades, satisfied in tenths of a percent and verdict, score in tenths of a point and verdict
    ((5,) * 10, 1000, "met", 1000, "met"),
    ((4,) * 10, 1000, "met", 800, "missed"),
    ((5,) * 9 + (3,), 900, "met", 960, "met"),
    ((5, 4, 3, 2, 1), 400, "missed", 600, "missed"),
    ((4, 4, 4, 5), 1000, "met", 850, "met"),
    ((4, 4, 4, 4, 4, 4, 5, 5), 1000, "met", 850, "met"),
    ((5,) * 8 + (1,), 888, "missed", 911, "met"),
    ((1,), 0, "missed", 200, "missed"),
)


@pytest.mark.parametrize(("given", "satisfied", "verdict", "score", "judged"), CASES)
def test_rate_and_score_are_as_counted_by_hand(
    given: tuple[int, ...], satisfied: int, verdict: str, score: int, judged: str
) -> None:
    found = figures(len(given), grades(*given), Targets())
    assert (found.satisfied.tenths, found.satisfied.verdict) == (satisfied, verdict)
    assert (found.score.tenths, found.score.verdict) == (score, judged)
    assert found.satisfied.few == (len(given) < 10)


def test_who_says_only_that_service_is_not_back_is_not_satisfied_and_gave_no_grade() -> None:
    found = figures(4, [Answer(True, 5), Answer(False), Answer(), Answer(None, 4, 3)], Targets())
    assert (found.answered, found.satisfied.good, found.satisfied.of) == (3, 2, 3)
    assert (found.score.total, found.score.of, found.score.tenths) == (9, 2, 900)
    assert (found.confirmed.good, found.confirmed.of) == (1, 2)
    assert (found.first_response.good, found.first_response.of, found.first_response.verdict) == (0, 1, "missed")
    assert (found.response.good, found.response.of, found.response.verdict) == (3, 4, "none")


def test_nothing_is_rounded_up_to_its_target() -> None:
    found = figures(1000, grades(*[5] * 899, *[3] * 101), Targets())
    assert (found.satisfied.tenths, found.satisfied.verdict) == (899, "missed")
    assert figures(10, grades(*[5] * 9, 1), Targets(satisfied=90)).satisfied.verdict == "met"


def test_the_same_seed_draws_the_same_people_and_all_critical_customers() -> None:
    people = [Told(id_, id_ % 100 == 0, id_ % 10 == 1) for id_ in range(1, 1001)]
    one = drawn(people, 7, share=5, most=1000, critical=True)
    assert one == drawn(reversed(people), 7, share=5, most=1000, critical=True)
    assert one != drawn(people, 8, share=5, most=1000, critical=True)
    critical = set(range(100, 1001, 100))
    assert one.audience == 1000 and critical <= set(one.chosen)
    assert len(one.chosen) == 10 + 45, "5 % of the 890 who are neither critical nor barred, rounded up"
    assert not {each for each in one.chosen if each % 10 == 1}
    assert len(drawn(people, 7, share=100, most=20, critical=False).chosen) == 20
    assert drawn([], 7, share=5, most=10, critical=True).chosen == ()


def test_the_table_asks_after_every_kind_but_surges_of_complaints() -> None:
    for kind in Kind:
        asks = [rules().of(kind, tier) is not None for tier in (1, 2, 3, 4)]
        assert asks == [kind != "complaint_surge"] * 4
    rule = rules().of("network_fault", 1)
    assert rule is not None and (rule.share, rule.most, rule.critical) == (5, 1000, True)
    assert rules().targets.model_dump() == {"satisfied": 90, "score": 85, "first_response": 85}
