"""Numbers that take no SMS: what providers say of them, in whatever order and however often, leads to one mark; exercises never mark."""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from command.core import clock
from command.core.database import Database
from command.core.keys import new_key, parse
from command.messages import bad, outbox, receipts, service
from command.messages.bad_models import BadAnswer, BadNumber, Standing
from command.messages.bad_rules import Answers, BadNumbers, Reason, reason_of
from command.messages.handlers import Handlers
from command.messages.models import Delivery, Lane, Purpose, ReceiptIn, State
from tests.conftest import Time
from tests.messages.test_receipts import fresh

RULE = BadNumbers()
KEYS = parse(new_key())
DAY = date(2026, 3, 1)


def said(day: int, road: str = "twilio", reason: Reason = Reason.ABSENT, hour: int = 12, times: int = 1) -> Answers:
    at = datetime(2026, 3, 1, hour, tzinfo=UTC) + timedelta(days=day)
    return Answers(road, DAY + timedelta(days=day), reason, times, at, at)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("21211", Reason.ABSENT),
        ("30005", Reason.ABSENT),
        ("21614", Reason.NOT_MOBILE),
        ("smpp_0b", Reason.ABSENT),
        ("smpp_number_1", Reason.ABSENT),
        ("smpp_number_13", Reason.BARRED),
        ("30003", None),
        ("30006", None),
        ("smpp_err_27", None),
        ("21610", None),
        (None, None),
    ],
)
def test_only_what_is_said_for_good_of_the_number_counts(code: str | None, reason: Reason | None) -> None:
    assert reason_of(code) == reason


@pytest.mark.parametrize(
    ("answers", "mark"),
    [
        ((said(0),), None),
        ((said(0, times=9),), None),
        ((said(0), said(0, "smsc")), Reason.ABSENT),
        ((said(0), said(1)), Reason.ABSENT),
        ((said(0, hour=23), said(1, hour=1)), None),  # around midnight is one occasion
        ((said(0), said(90)), None),
        ((said(0), said(89)), Reason.ABSENT),
        ((said(0), said(1, reason=Reason.BARRED, times=2)), Reason.BARRED),
    ],
)
def test_one_road_on_one_day_may_be_wrong_two_of_either_are_not(
    answers: Sequence[Answers], mark: Reason | None
) -> None:
    assert RULE.mark(answers) == mark


ANSWERS = st.builds(
    said,
    st.integers(0, 200),
    st.sampled_from(("twilio", "smsc", "third")),
    st.sampled_from(Reason),
    st.integers(0, 23),
    st.integers(1, 3),
)


@given(st.lists(ANSWERS, max_size=8), st.randoms(use_true_random=False), ANSWERS)
def test_order_is_nothing_and_an_answer_more_never_takes_a_mark_away(answers, dice, more) -> None:  # type: ignore[no-untyped-def]
    mark = RULE.mark(answers)
    shuffled = list(answers)
    dice.shuffle(shuffled)
    assert RULE.mark(shuffled) == mark
    if mark is not None:
        assert RULE.mark([*answers, more]) is not None


def test_what_is_sent_to_marked_numbers_all_the_same() -> None:
    leaves = RULE.leaves_out
    assert not leaves("first", 1, "network_fault") and not leaves("first", 2, "network_fault")
    assert leaves("first", 3, "network_fault") and not leaves("first", 4, "natural_disaster")
    assert not leaves("advisory", 4, "network_fault")
    assert all(leaves(kind, 1, "natural_disaster") for kind in ("update", "all_clear", "survey", "correction"))


# --- in the outbox


def queued(session: Session, index: int = 1, *, notice: int = 1, exercise: bool = False, **more: object) -> int:
    body = service.put_body(session, "网络中断", "zh")
    number = f"+86120{index:08d}"
    fields = {
        "purpose": Purpose.NOTICE,
        "lane": Lane.FIRST,
        "addressee": index,
        "recipient": KEYS.index(number),
        "number": KEYS.encrypt(number),
        "body_id": body,
        "exercise": exercise,
        "notice_id": notice,
    }
    return service.enqueue(session, service.Outgoing(**fields | more))  # type: ignore[arg-type]


def called(session: Session, id: int, gateway: str, attempt: str) -> None:
    """It went out and waits for its receipt."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == id)
        .values(state=State.SUBMITTED, gateway=gateway, attempt=attempt, due_at=clock.now(session))
    )


def receive(session: Session, gateway: str, attempt: str, status: str, code: str | None, times: int = 1) -> None:
    row = {"gateway": gateway, "attempt": attempt, "provider_id": attempt, "status": status, "code": code}
    session.execute(insert(ReceiptIn), [row | {"at": clock.now(session)} for _ in range(times)])


def answered(
    database: Database,
    gateway: str,
    status: str = "undelivered",
    code: str | None = "30005",
    *,
    index: int = 1,
    notice: int = 1,
    times: int = 1,
    **more: object,
) -> None:
    """A notice to a number goes out by a gateway, and its receipt comes so many times."""

    def work(session: Session) -> None:
        id = queued(session, index, notice=notice, **more)  # type: ignore[arg-type]
        called(session, id, gateway, f"a{id}")
        receive(session, gateway, f"a{id}", status, code, times)
        receipts.apply(session, 100, Handlers())
        receive(session, gateway, f"a{id}", status, code)
        receipts.apply(session, 100, Handlers())

    database.write(work)


def standing(database: Database, index: int = 1) -> tuple[str, str | None] | None:
    with database.read() as session:
        found = session.get(BadNumber, KEYS.index(f"+86120{index:08d}"))
        return (found.state, found.reason) if found else None


@pytest.mark.proves("R19", "B4")
def test_two_roads_mark_a_number_and_a_receipt_that_comes_again_does_not(database: Database) -> None:
    answered(database, "twilio", times=3)
    assert standing(database) == (Standing.SUSPECTED, None)
    answered(database, "smsc", code="smpp_number_1", notice=2)
    assert standing(database) == (Standing.MARKED, Reason.ABSENT)
    with database.read() as session:
        assert list(session.scalars(select(BadAnswer.times))) == [1, 1]


def test_another_day_marks_a_number(database: Database, time: Time) -> None:
    answered(database, "twilio", code="21614")
    time.forward(minutes=5)
    answered(database, "twilio", code="21614", notice=2)
    assert standing(database) == (Standing.SUSPECTED, None)
    time.forward(hours=24)
    answered(database, "twilio", code="21614", notice=3)
    assert standing(database) == (Standing.MARKED, Reason.NOT_MOBILE)


def test_what_passes_and_what_is_said_of_calls_and_apps_never_marks(database: Database) -> None:
    for notice, code in enumerate(("30003", "30006", "smpp_err_27", None), 1):
        answered(database, f"road{notice}", code=code, notice=notice)
    for notice, channel in enumerate(("voice", "push"), 5):
        answered(database, channel, code="21211", notice=notice, channel=channel)
    assert standing(database) is None


def test_a_message_that_arrives_ends_the_mark(database: Database, time: Time) -> None:
    answered(database, "twilio")
    answered(database, "smsc", notice=2)
    time.forward(minutes=1)
    answered(database, "twilio", "delivered", None, notice=3, index=2)
    answered(database, "push", "delivered", None, notice=4, channel="push")
    assert standing(database) == (Standing.MARKED, Reason.ABSENT), (
        "neither another's message nor the app's says anything"
    )
    answered(database, "twilio", "delivered", None, notice=5)
    assert standing(database) is None
    answered(database, "smsc", notice=6)
    assert standing(database) == (Standing.SUSPECTED, None), "it begins anew"


@pytest.mark.proves("I3", "D5")
def test_an_exercise_never_marks_nor_ends_a_mark(database: Database, time: Time) -> None:
    for notice in (1, 2, 3):
        answered(database, "exercise", notice=notice, exercise=True)
        time.forward(hours=24)
    assert standing(database) is None
    answered(database, "twilio", notice=4)
    answered(database, "smsc", notice=5)
    answered(database, "exercise", "delivered", None, notice=6, exercise=True)
    assert standing(database) == (Standing.MARKED, Reason.ABSENT)


@pytest.mark.proves("I3")
def test_the_table_refuses_what_an_exercises_gateway_says(database: Database) -> None:
    answered(database, "twilio")

    def forged(session: Session) -> None:
        now = clock.now(session)
        row = BadAnswer(
            recipient=KEYS.index("+8612000000001"),
            gateway="exercise",
            day="2026-03-01",
            code="30005",
            times=1,
            first_at=now,
            last_at=now,
        )
        session.add(row)
        session.flush()

    with pytest.raises(IntegrityError):
        database.write(forged)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("twilio", "smsc")), st.sampled_from(("30005", "21614"))), min_size=1, max_size=5
    ),
    st.randoms(use_true_random=False),
)
def test_receipts_in_any_order_and_number_leave_the_same_mark(sqlite_template, calls, dice) -> None:  # type: ignore[no-untyped-def]
    """The receipts of some calls, shuffled and repeated, applied in batches of any size, against the pure rule over the calls."""
    with TemporaryDirectory() as folder, fresh(sqlite_template, Path(folder)) as database:
        database.write(lambda session: _all_called(session, calls))
        coming = [index for index in range(len(calls)) for _ in range(dice.randint(1, 3))]
        dice.shuffle(coming)
        while coming:
            some, coming = coming[: (size := dice.randint(1, 4))], coming[size:]

            def work(session: Session, some: Sequence[int] = some) -> None:
                for index in some:
                    receive(session, calls[index][0], f"a{index}", "undelivered", calls[index][1])
                receipts.apply(session, 100, Handlers())

            database.write(work)
        roads = {road for road, _ in calls}
        codes = [reason_of(code) for _, code in calls]
        reason = max(Reason, key=codes.count) if len(roads) > 1 else None
        assert standing(database) == (Standing.MARKED if reason else Standing.SUSPECTED, reason)


def _all_called(session: Session, calls: Sequence[tuple[str, str]]) -> None:
    for index, (gateway, _) in enumerate(calls):
        called(session, queued(session, notice=index + 1), gateway, f"a{index}")


def test_old_suspicions_are_forgotten_and_marks_are_not(database: Database, time: Time) -> None:
    answered(database, "twilio")
    answered(database, "twilio", index=2)
    answered(database, "smsc", index=2, notice=2)
    assert database.write(bad.forget_old) == 0
    time.forward(hours=24 * 91)
    assert database.write(bad.forget_old) == 1
    assert standing(database) is None and standing(database, 2) == (Standing.MARKED, Reason.ABSENT)


def test_every_way_in_which_a_message_ends_is_heard(database: Database) -> None:
    """A refusal at the call itself, written by the sender."""

    def refused(session: Session, gateway: str, notice: int) -> None:
        id = queued(session, notice=notice)
        called(session, id, gateway, f"a{id}")
        locked = outbox.lock(session, outbox.deliveries.c.id == id)
        outbox.change(session, locked, {id: {"id": id, "state": State.FAILED, "code": "21211"}}, Handlers())

    database.write(lambda session: refused(session, "twilio", 1))
    database.write(lambda session: refused(session, "second", 2))
    assert standing(database) == (Standing.MARKED, Reason.ABSENT)


def test_two_engines_that_hear_of_a_number_at_once_see_each_others_word(database: Database) -> None:
    """Each applies the receipts of its own road, in the other's order."""
    people = range(1, 13)

    def sent(session: Session) -> None:
        for notice, road in enumerate(("twilio", "smsc"), 1):
            for index in people:
                called(session, queued(session, index, notice=notice), road, f"{road}{index}")

    database.write(sent)
    ready = threading.Barrier(2)

    def engine(road: str, order: Sequence[int]) -> None:
        for index in order:

            def work(session: Session, index: int = index) -> None:
                locked = outbox.lock(session, outbox.deliveries.c.attempt == f"{road}{index}")
                change = {"id": locked[0].id, "state": State.UNDELIVERED, "code": "30005"}
                outbox.change(session, locked, {locked[0].id: change}, Handlers())

            ready.wait(20)
            database.write(work)

    both = [
        threading.Thread(target=engine, args=("twilio", people)),
        threading.Thread(target=engine, args=("smsc", people)),
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert {standing(database, index) for index in people} == {(Standing.MARKED, Reason.ABSENT)}
