"""Made-up subscribers: always the same, exactly as many as asked, and nobody's number."""

from collections import Counter
from itertools import islice

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.demo.subscribers import ParameterError, Parameters, Row, Site, apportion, generate
from tests.demo.replayed import parameters, rows, sites

DOCUMENT = {
    "total": 100,
    "seed": 1,
    "weights": {"radio": 1},
    "spread": 0,
    "languages": {"zh": 1},
    "plans": {"radio": {"mobile": {"share": 1, "services": ["voice", "emergency"]}}},
    "critical": {"mobile": {"hospital": 1}},
}
RADIOS = [Site("a", "radio", ("voice",)), Site("b", "radio", ("voice", "emergency")), Site("c", "core", ("voice",))]


def made(document: object = None) -> list[Row]:
    return list(generate(Parameters.read(document or DOCUMENT), RADIOS))  # type: ignore[arg-type]


def test_elements_of_one_weight_share_alike_and_unweighted_ones_have_nobody() -> None:
    assert Counter(row.element for row in made()) == {"a": 50, "b": 50}


def test_a_subscriber_has_only_the_services_of_the_place() -> None:
    assert {(row.element, row.services) for row in made()} == {("a", ("voice",)), ("b", ("voice", "emergency"))}


def test_the_demo_has_two_hundred_thousand_subscribers_with_two_hundred_thousand_numbers() -> None:
    numbers = {row.number for row in generate(parameters(), sites())}
    assert len(numbers) == 200_000
    assert all(len(number) == 14 and number.startswith("+86120") for number in numbers)


def test_no_number_can_reach_anybody() -> None:
    sample = [row.number for row in islice(generate(parameters(), sites()), 0, None, 500)]
    assert not any(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in sample)


def test_the_same_parameters_make_the_same_subscribers() -> None:
    first, second = (list(islice(generate(parameters(), sites()), 5_000)) for _ in range(2))
    assert first == second
    other = Parameters.read({**DOCUMENT, "spread": 0.5, "seed": 2})
    assert list(generate(other, RADIOS)) != list(generate(Parameters.read({**DOCUMENT, "spread": 0.5}), RADIOS))


def test_the_demo_speaks_both_languages_and_has_critical_customers() -> None:
    made = list(generate(parameters(), sites()))
    languages = Counter(row.language for row in made)
    assert 0.02 < languages["en"] / len(made) < 0.04
    assert languages["en"] + languages["zh"] == len(made)
    assert {"hospital", "government"} <= {row.critical for row in made}
    assert 0.001 < sum(bool(row.critical) for row in made) / len(made) < 0.01


def test_plans_name_only_services_that_exist() -> None:
    known = {row["code"] for row in rows("services")}
    for mix in parameters().mixes.values():
        assert known.issuperset(service for plan in mix.services for service in plan)


@given(st.integers(0, 10_000), st.lists(st.floats(0, 1e6), min_size=1).filter(any))
def test_shares_add_up_and_are_at_most_one_off(total: int, weights: list[float]) -> None:
    counts = apportion(total, weights)
    assert sum(counts) == total
    whole = sum(weights)
    assert all(abs(count - total * weight / whole) < 1.001 for count, weight in zip(counts, weights, strict=True))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"total": 0}, "total is 0; give 1 to"),
        ({"total": "many"}, "many"),
        ({"spread": 1}, "spread is 1.0; give 0 or more and less than 1"),
        ({"weights": {"radio": -1}}, "weights.radio is -1.0"),
        ({"weights": {"olt": 1}}, "weights.olt has no plans; add plans.olt"),
        ({"languages": {}}, "languages needs at least one language"),
    ],
)
def test_a_bad_parameter_is_named_with_its_remedy(change: dict[str, object], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        Parameters.read({**DOCUMENT, **change})


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="field 'seed' is missing"):
        Parameters.read({name: value for name, value in DOCUMENT.items() if name != "seed"})


def test_weights_that_fit_no_element_are_refused() -> None:
    with pytest.raises(ParameterError, match="weigh at least one kind"):
        list(generate(parameters(), [Site("c", "core", ("voice",))]))


def test_no_name_of_the_app_can_be_taken_for_a_number() -> None:
    apps = {row.app for row in generate(parameters(), sites())} - {""}
    assert len(apps) > 10_000 and all(app.startswith("app-") for app in apps)
