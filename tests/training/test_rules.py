"""config/training.yaml and how somebody stands: pure."""

from datetime import date

import pytest

from command.core.paths import CONFIG
from command.people.authority import Post
from command.training.rules import Need, Rules, Topic, current
from command.training.standing import Done, Stands, months_later, standing
from playbooks import source
from playbooks.source import SourceError

pytestmark = pytest.mark.proves("R10")
TEXT = (CONFIG / "training.yaml").read_text("utf-8")
TODAY = date(2027, 3, 10)
NEED = Need(Topic.FAULT_FINDING, 12, 90, 60)


def test_posts_are_trained_differently_and_every_topic_has_posts_that_need_it() -> None:
    needs = {post: frozenset(current().needs({post})) for post in Post}
    assert set().union(*needs.values()) == set(Topic)
    assert len(set(needs.values())) >= 5
    assert Topic.FAULT_FINDING in needs[Post.ENGINEER] and Topic.FAULT_FINDING not in needs[Post.COMMANDER]


def test_who_holds_several_posts_is_held_to_the_strictest() -> None:
    both = current().needs({"engineer", "duty_officer"})[Topic.FAULT_FINDING]
    assert (both.months, both.minutes, both.score) == (12, 90, 60)
    assert current().needs({"engineer", "commander"})[Topic.PLAN_AND_PROCESS].score == 80


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("every_months: 6", "every_months: 0", "every_months"),
        ("posts: [engineer], every_months: 12", "posts: [enginer], every_months: 12", "posts"),
        (
            "{topic: coordination, minutes: 60, months: 24}",
            "{topic: fault_finding, minutes: 60, months: 24}",
            "2 times",
        ),
        ("posts: [duty_officer], every_months: 24", "posts: [engineer], every_months: 24", "said twice"),
        ("subject: weather_disaster", "subject: network_fault", "said twice"),
        ("least_share: 0.5", "least_share: 2", "least_share"),
    ],
)
def test_a_mistake_names_its_line_and_the_remedy(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(SourceError) as wrong:
        source.load_text(TEXT.replace(old, new, 1), "training.yaml", Rules)
    fault = wrong.value.faults[0]
    assert says in str(fault) and fault.remedy
    assert fault.line > 1


def done(on: date, until: date, minutes: int = 90, score: int | None = 70, drill: str = "") -> Done:
    return Done(Topic.FAULT_FINDING, on, until, minutes, score, drill=drill)


@pytest.mark.parametrize(
    ("its", "stands", "until"),
    [
        ([], Stands.MISSING, None),
        ([done(date(2026, 9, 1), date(2027, 9, 1))], Stands.FINE, date(2027, 9, 1)),
        ([done(date(2026, 4, 9), date(2027, 4, 9))], Stands.SOON, date(2027, 4, 9)),
        ([done(date(2026, 4, 10), date(2027, 4, 10))], Stands.FINE, date(2027, 4, 10)),
        ([done(date(2026, 3, 10), TODAY)], Stands.SOON, TODAY),
        ([done(date(2026, 3, 9), date(2027, 3, 9))], Stands.OVER, date(2027, 3, 9)),
        ([done(date(2025, 3, 1), date(2028, 3, 1))], Stands.OVER, date(2026, 3, 1)),
        ([done(date(2026, 9, 1), date(2027, 9, 1), minutes=89)], Stands.MISSING, None),
        ([done(date(2026, 9, 1), date(2027, 9, 1), score=59)], Stands.MISSING, None),
        ([done(date(2026, 9, 1), date(2027, 9, 1), score=None)], Stands.MISSING, None),
        ([done(date(2026, 9, 1), date(2027, 9, 1), minutes=0, score=None, drill="D-1")], Stands.FINE, date(2027, 9, 1)),
    ],
)
def test_how_somebody_stands_in_a_topic(its: list[Done], stands: Stands, until: date | None) -> None:
    found = standing(Topic.FAULT_FINDING, NEED, its, TODAY, first_by=date(2027, 1, 1), soon_days=30)
    assert (found.stands, found.until) == (stands, until)


def test_somebody_new_has_time_for_the_first_training_and_no_need_is_no_gap() -> None:
    new = standing(Topic.FAULT_FINDING, NEED, [], TODAY, first_by=TODAY, soon_days=30)
    assert (new.stands, new.next_on) == (Stands.DUE, TODAY)
    free = standing(Topic.FAULT_FINDING, None, [], TODAY, first_by=TODAY, soon_days=30)
    assert free.stands == Stands.NOT_NEEDED
    assert months_later(date(2028, 2, 29), 12) == date(2029, 2, 28)
