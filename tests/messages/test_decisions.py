"""The pure decisions: routes, fates of calls, resolutions of doubts, ranks of receipts, pace, chunks."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.messages import fates, ranks, reconciling, routes
from command.messages.chunk import GOAL, LIMIT, Chunk
from command.messages.models import Lane, Purpose, State
from command.messages.pace import Pace
from command.messages.routes import Needs, Offer, choose
from notifiers.base import Capabilities, Found, NotFound, Outcome, Receipt, Unanswered, Verdict

PLAIN = Capabilities(two_way=True, url=True, voice=False, unicode=True, daily_cap=None, look_up="advisory")
ONE_WAY = Capabilities(
    two_way=False, url=False, voice=False, unicode=True, daily_cap=None, look_up="none", elements=("smsc-1",)
)
OFFERS = (Offer("smsc", ONE_WAY), Offer("twilio", PLAIN), Offer("exercise", PLAIN))


def test_gateways_keep_the_order_of_the_settings_and_pages_prefer_replies() -> None:
    assert choose(Lane.FIRST, False, OFFERS).gateways == ("smsc", "twilio")
    assert choose(Lane.PAGE, False, OFFERS).gateways == ("twilio", "smsc")


@pytest.mark.proves("I3", "B3")
@given(
    lane=st.sampled_from(Lane),
    exercise=st.booleans(),
    stopped=st.lists(st.booleans(), min_size=3, max_size=3),
    needs=st.builds(Needs, st.booleans(), st.booleans()),
)
def test_exercises_and_live_messages_never_share_a_road(
    lane: Lane, exercise: bool, stopped: list[bool], needs: Needs
) -> None:
    offers = [Offer(o.name, o.capabilities, "20003" if s else None) for o, s in zip(OFFERS, stopped, strict=True)]
    route = choose(lane, exercise, offers, (), needs)
    assert all((name == "exercise") == exercise for name in route.gateways)
    assert len(route.gateways) + len(route.skipped) == len(offers), (
        "each gateway is a road or is skipped with its reason"
    )


@pytest.mark.proves("I3", "B3")
def test_a_call_of_an_exercise_takes_the_exercise_gateway_where_it_carries_calls_and_no_other() -> None:
    calls, call = replace(PLAIN, channel="voice"), Needs(url=True, channel="voice")
    live = Offer("voice", calls)
    assert choose(Lane.PAGE, True, (live, Offer("exercise", PLAIN)), (), call).gateways == ()
    carries = (Offer("exercise", PLAIN), Offer("exercise", calls))
    assert choose(Lane.PAGE, True, (live, *carries), (), call).gateways == ("exercise",)
    assert choose(Lane.PAGE, False, (live, *carries), (), call).gateways == ("voice",)


@pytest.mark.proves("B4")
def test_a_gateway_whose_own_elements_are_cut_off_is_no_road() -> None:
    route = choose(Lane.FIRST, False, OFFERS, {"smsc-1", "bsc-7"})
    assert route.gateways == ("twilio",)
    assert ("smsc", "cut_off:smsc-1") in route.skipped


def test_a_link_takes_a_road_where_links_survive() -> None:
    needs = routes.needs_of("see https://example.com/x", "GSM-7")
    assert needs == Needs(url=True, unicode=False, channel="sms")
    assert choose(Lane.FIRST, False, OFFERS, (), needs).gateways == ("twilio",)


def test_a_message_no_gateway_can_ever_carry_says_so() -> None:
    route = choose(Lane.FIRST, False, OFFERS[:1], (), Needs(url=True))
    assert not route.gateways and not route.ever
    closed = [Offer("twilio", PLAIN, None, True)]
    assert choose(Lane.FIRST, False, closed).ever, "an open breaker closes again"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome(Verdict.ACCEPTED, provider_id="SM1"), State.SUBMITTED),
        (Outcome(Verdict.REJECTED, code="21614"), State.FAILED),
        (Outcome(Verdict.RETRY, code="20429", retry_after=7), State.READY),
        (Outcome(Verdict.DOUBTFUL, code="no_answer"), State.IN_DOUBT),
        (Outcome(Verdict.STOP, code="21606"), State.FAILED),
        (Outcome(Verdict.STOP, code="20003"), State.READY),
        (None, State.READY),
    ],
)
def test_each_verdict_has_its_fate(outcome: Outcome | None, state: State) -> None:
    made = fates.fate(outcome, 1, lambda: 0.5)
    assert made.state == state
    assert made.stops_gateway == (outcome is not None and outcome.code == "20003")


def test_waits_double_and_honour_what_the_gateway_asked() -> None:
    def wait(tries: int, **more: float) -> float:
        return fates.fate(Outcome(Verdict.RETRY, code="30500", **more), tries, lambda: 0.5).wait  # type: ignore[arg-type]

    assert [wait(tries) for tries in (1, 2, 3)] == [2, 4, 8]
    assert wait(1, retry_after=60) == 60
    assert fates.fate(Outcome(Verdict.RETRY, code="30500"), fates.MOST_TRIES, lambda: 0.5).state == State.FAILED
    assert fates.fate(Outcome(Verdict.RETRY, code="20429"), 99, lambda: 0.5).state == State.READY


@pytest.mark.proves("I2", "B11")
def test_a_doubt_ends_by_proof_or_by_policy() -> None:
    def resolve(
        purpose: str, look_up: str, answer: object, age: float, tries: int = 1, asked: int = 1
    ) -> reconciling.Resolution:
        return reconciling.resolve(purpose, tries, look_up, answer, age, asked)  # type: ignore[arg-type]

    assert resolve("notice", "advisory", Found("SM1", "delivered"), 1).state == State.DELIVERED
    assert resolve("notice", "authoritative", NotFound(), 5).state is None, "the provider may be slow"
    assert resolve("notice", "authoritative", NotFound(), 31).state == State.READY
    assert resolve("notice", "advisory", NotFound(), 31).state == State.UNKNOWN
    page = resolve("page", "advisory", NotFound(), 31)
    assert page.state == State.READY and page.resent
    assert resolve("page", "none", Unanswered(""), 31, fates.MOST_TRIES).state == State.UNKNOWN
    assert resolve("notice", "advisory", Unanswered(""), 60).state is None
    assert resolve("notice", "advisory", Unanswered(""), 1e6).state is None, "nobody may have asked for so long"
    assert resolve("notice", "advisory", Unanswered(""), 601, asked=reconciling.MOST_ASKED).state == State.UNKNOWN
    late = resolve("page", "advisory", Unanswered(""), reconciling.PAGE_GIVE_UP)
    assert late.state == State.READY and late.resent
    assert resolve("answer", "none", Unanswered(""), 31).state == State.UNKNOWN


@pytest.mark.proves("I2")
@given(st.sampled_from([Purpose.NOTICE, Purpose.ANSWER]), st.sampled_from(["none", "advisory"]), st.floats(0, 1e6))
def test_nothing_but_a_page_is_sent_again_without_proof(purpose: str, look_up: str, age: float) -> None:
    for answer in (NotFound(), Unanswered("")):
        assert reconciling.resolve(purpose, 1, look_up, answer, age, 99).state != State.READY  # type: ignore[arg-type]


RECEIPTS = [Receipt("SM1", "a", status) for status in ("submitted", "sent", "delivered")]


@pytest.mark.parametrize("order", list(itertools.permutations([*RECEIPTS, RECEIPTS[1]])))
def test_receipts_end_the_same_in_any_order(order: list[Receipt]) -> None:
    one_by_one: str = State.CALLING
    for receipt in order:
        one_by_one = ranks.applied(one_by_one, receipt) or one_by_one
    at_once = ranks.best(order)
    assert one_by_one == State.DELIVERED
    assert at_once is not None and ranks.applied(State.CALLING, at_once) == State.DELIVERED


def test_what_ended_otherwise_stays() -> None:
    for state in (State.WITHDRAWN, State.EXPIRED, State.SUPPRESSED, State.FAILED, State.DELIVERED):
        assert ranks.applied(state, RECEIPTS[2]) is None
    assert ranks.applied(State.UNKNOWN, RECEIPTS[2]) == State.DELIVERED


def test_a_refusal_for_rate_halves_the_pace_once_a_second_and_it_grows_back() -> None:
    pace = Pace(64)
    pace.throttled(10.0, retry_after=3)
    pace.throttled(10.2)
    assert (pace.window, pace.share, pace.pause_until) == (32, 0.5, 13.0)
    for second in range(11, 30):
        pace.accepted(float(second))
    assert (pace.window, pace.share) == (64, 1.0)


@given(st.floats(1e-5, 1e-2), st.floats(0, 0.01))
def test_a_chunk_settles_where_a_transaction_fits_or_is_as_small_as_it_gets(each: float, fixed: float) -> None:
    chunk = Chunk(500, limited=True)
    for _ in range(60):
        chunk.took(chunk.size, fixed + each * chunk.size)
    assert fixed + each * chunk.size <= LIMIT * 1.3 or chunk.size == chunk.least
    assert fixed + each * chunk.size >= GOAL * 0.6 or chunk.size == chunk.most
