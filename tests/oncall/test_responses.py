"""The steps of a response, as rules alone."""

import itertools

import pytest

from command.core.problems import Conflict
from command.oncall.paging.responses import Response, Step, Verb, next_verbs, step

FORWARD = (Verb.ACKNOWLEDGE, Verb.EN_ROUTE, Verb.ON_SCENE, Verb.DONE)
STATES = (None, *Response)


def test_a_response_goes_forward_step_by_step() -> None:
    at: Response | None = None
    for verb, then in zip(FORWARD, list(Response)[:4], strict=True):
        at = step(at, verb).to
        assert at == then


def test_the_first_answer_takes_the_page_whichever_it_is() -> None:
    for verb in (Verb.ACKNOWLEDGE, Verb.EN_ROUTE, Verb.ON_SCENE, Verb.HELP):
        assert step(None, verb).takes
        assert step(Response.DECLINED, verb).takes
        assert not step(Response.ACKNOWLEDGED, verb).takes


def test_nobody_is_done_with_what_they_never_acknowledged() -> None:
    for at in (None, Response.DECLINED):
        with pytest.raises(Conflict, match="not acknowledged"):
            step(at, Verb.DONE)


def test_saying_it_again_changes_nothing() -> None:
    for at, verb in itertools.product(STATES, (*FORWARD, Verb.DECLINE)):
        try:
            first = step(at, verb)
        except Conflict:
            continue
        assert step(first.to, verb) == Step(first.to)


def test_nobody_goes_back() -> None:
    for at, verb in (
        (Response.ON_SCENE, Verb.EN_ROUTE),
        (Response.DONE, Verb.ON_SCENE),
        (Response.DONE, Verb.EN_ROUTE),
    ):
        with pytest.raises(Conflict, match="further"):
            step(at, verb)
    assert step(Response.ON_SCENE, Verb.ACKNOWLEDGE).to == Response.ON_SCENE


def test_who_is_there_asks_for_help_instead_of_declining() -> None:
    for at in (None, Response.ACKNOWLEDGED, Response.EN_ROUTE):
        assert step(at, Verb.DECLINE) == Step(Response.DECLINED, escalates=True)
    for at in (Response.ON_SCENE, Response.DONE):
        with pytest.raises(Conflict, match="on scene already"):
            step(at, Verb.DECLINE)


def test_help_is_there_in_any_state_and_escalates() -> None:
    for at in STATES:
        assert step(at, Verb.HELP).escalates
        assert step(at, Verb.HELP).to == (at if at not in (None, Response.DECLINED) else Response.ACKNOWLEDGED)


def test_what_is_offered_can_be_done() -> None:
    for at in STATES:
        for verb in next_verbs(at):
            step(at, verb)
