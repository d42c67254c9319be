"""An error says what is wrong, where, and what to do."""

import pytest

from command.core.problems import Conflict, Denied, Invalid, NotFound, Problem, TooMany, Unauthenticated


def test_its_text_names_field_fault_and_remedy_with_the_figures() -> None:
    problem = Invalid(
        "There is no area %(area)s.", field="area", remedy="Use one of: %(known)s.", area="99", known="80"
    )
    assert str(problem) == "area: There is no area 99. Use one of: 80."


def test_a_text_without_figures_may_hold_a_percent_sign() -> None:
    assert str(Invalid("98 % is missed.")) == "98 % is missed."


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (Invalid, 422, "invalid"),
        (Unauthenticated, 401, "unauthenticated"),
        (Denied, 403, "denied"),
        (NotFound, 404, "not-found"),
        (Conflict, 409, "conflict"),
        (TooMany, 429, "too-many"),
    ],
)
def test_each_kind_has_its_status_and_code(kind: type[Problem], status: int, code: str) -> None:
    problem = kind("x")
    assert (problem.status, problem.code) == (status, code)


def test_a_problem_may_have_a_code_of_its_own() -> None:
    assert Denied("x", code="needs-approval").code == "needs-approval"


def test_a_code_that_the_text_shows_is_a_figure_and_not_the_problem_s_own() -> None:
    problem = NotFound("There is no task %(code)s.", code="repair")
    assert str(problem) == "There is no task repair."
    assert problem.code == "not-found"
