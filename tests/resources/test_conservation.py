"""Nothing is given twice and nothing disappears, whatever runs at once: in the pool + out + used + lost = what came in (I6)."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from command.core.problems import Conflict, Problem
from command.resources import allocation, register, upkeep
from command.resources.allocation import Returned, Taking
from command.resources.models import ResourceAllocation, ResourceMovement, ResourceStock, ResourceUnit
from command.resources.states import OVER, Bucket, State, Step
from tests.resources.conftest import Store

_codes = itertools.count(1)
COUNTS = st.integers(1, 6)
KEPT = [(verb, source) for verb, work in upkeep.WORKS.items() for source in (*work.sources, Bucket.OUT)]
WHICH = st.integers(0, 10_000)
PARTS = st.tuples(*[st.sampled_from([0, 0, 0, 1, 2])] * 4)


def at_once(works: list[Callable[[], Any]]) -> tuple[list[Any], list[BaseException]]:
    """Run all at the same time: what they returned, and what they raised."""
    made: list[Any] = []
    raised: list[BaseException] = []
    together = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> None:
        together.wait(30)
        try:
            made.append(work())
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return made, raised


class Pool(RuleBasedStateMachine):
    """A stock of cable and one of generators, worked on by several people at once; the model knows only what came in.

    Of what was taken one is named by a number that wraps around: how much several people get at once differs from run to run, and what is
    drawn next must not depend on it."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        code = f"pool-{next(_codes)}"
        self.pool = store.new_pool(code)
        self.cable = store.cable(30, pool=self.pool)
        self.units = store.generators(*(f"{code}-{n}" for n in range(3)), pool=self.pool)
        self.generators = store.unit(self.units[0]).stock_id
        self.came_in = Counter({self.cable: 30, self.generators: 3})
        self.taken: list[int] = []

    def attempt(self, work: Callable[[Session], Any]) -> Any:
        """Do it, or be refused with a reason and a way out."""
        try:
            return self.store.write(work)
        except Problem as problem:
            assert problem.detail and problem.remedy
            return None

    @rule(quantity=COUNTS, ready=st.booleans())
    def receive(self, quantity: int, ready: bool) -> None:
        self.store.cable(quantity, ready=ready, pool=self.pool)
        self.came_in[self.cable] += quantity

    @rule(work=st.sampled_from(KEPT), quantity=COUNTS)
    def keep(self, work: tuple[str, Bucket], quantity: int) -> None:
        verb, source = work
        self.attempt(lambda s: upkeep.do(s, self.cable, verb, source, quantity, "because"))

    @rule(verb=st.sampled_from(sorted(upkeep.WORKS)), which=st.integers(0, 2))
    def keep_unit(self, verb: str, which: int) -> None:
        self.attempt(lambda s: upkeep.do_unit(s, self.units[which], verb, "because"))

    @rule(wanted=st.lists(COUNTS, min_size=1, max_size=4), exercise=st.booleans())
    def take_at_once(self, wanted: list[int], exercise: bool) -> None:
        before = self.store.stock(self.cable).available
        held, raised = at_once([self.taker(Taking(self.cable, n), exercise) for n in wanted])
        assert all(isinstance(error, Conflict) for error in raised)
        assert before - sum(wanted) <= self.store.stock(self.cable).available
        if sum(wanted) <= before:
            assert not raised
        self.taken += itertools.chain.from_iterable(held)

    @rule(which=st.integers(0, 2), people=st.integers(1, 4))
    def take_a_unit_at_once(self, which: int, people: int) -> None:
        before = self.store.unit(self.units[which])
        works = [self.taker(Taking(before.stock_id, 1, before.id), False) for _ in range(people)]
        held, raised = at_once(works)
        assert len(held) == (1 if before.bucket == Bucket.AVAILABLE else 0)
        assert all(isinstance(error, Conflict) for error in raised)
        self.taken += itertools.chain.from_iterable(held)

    def taker(self, taking: Taking, exercise: bool) -> Callable[[], list[int]]:
        def work(session: Session) -> list[int]:
            return [held.id for held in allocation.take(session, [taking], exercise=exercise)]

        return lambda: self.store.write(work)

    @rule(which=WHICH, step=st.sampled_from([step for step in Step if step != Step.ASSIGN]))
    def turn(self, which: int, step: Step) -> None:
        if not self.taken:
            return
        which = self.taken[which % len(self.taken)]
        self.attempt(lambda s: allocation.turn(s, which, step))

    @rule(which=WHICH, release=st.booleans(), parts=PARTS)
    def give_back(self, which: int, release: bool, parts: tuple[int, int, int, int]) -> None:
        if not self.taken:
            return
        which = self.taken[which % len(self.taken)]
        self.attempt(lambda s: allocation.turn(s, which, Step.STAGE))
        if release:
            self.attempt(lambda s: allocation.turn(s, which, Step.RELEASE))
        else:
            parts = (0, 0, *parts[2:])
        self.attempt(lambda s: allocation.give_back(s, which, Returned(*parts), "because"))

    @rule(which=WHICH, parts=PARTS, wrong=st.integers(0, 3))
    def give_nonsense_back(self, which: int, parts: tuple[int, ...], wrong: int) -> None:
        if not self.taken:
            return
        which = self.taken[which % len(self.taken)]
        given = [-1 if at == wrong else part for at, part in enumerate(parts)]
        assert self.attempt(lambda s: allocation.give_back(s, which, Returned(*given), "because")) is None

    @rule(which=WHICH, people=st.integers(2, 3))
    def give_all_back_at_once(self, which: int, people: int) -> None:
        """Several people give the same thing back: it comes back once."""
        if not self.taken:
            return
        which = self.taken[which % len(self.taken)]
        self.attempt(lambda s: allocation.turn(s, which, Step.RELEASE))
        out = self.store.read(lambda s: s.get_one(ResourceAllocation, which)).still_out
        if out:
            work = lambda: self.store.write(lambda s: allocation.give_back(s, which, Returned(good=out)))  # noqa: E731
            made, raised = at_once([work] * people)
            assert len(made) == 1 and len(raised) == people - 1

    @rule(bucket=st.sampled_from([Bucket.AVAILABLE, Bucket.IN_RESERVE]), found=st.integers(-1, 30))
    def count(self, bucket: Bucket, found: int) -> None:
        expected = getattr(self.store.stock(self.cable), bucket)
        if self.attempt(lambda s: register.count(s, self.cable, {bucket: found}, "counted")) and found > expected:
            self.came_in[self.cable] += found - expected

    @invariant()
    def nothing_is_lost_from_the_books(self) -> None:
        for stock_id in (self.cable, self.generators):
            stock = self.store.stock(stock_id)
            counts = {bucket: getattr(stock, bucket) for bucket in Bucket}
            assert min(counts.values()) >= 0
            assert sum(counts.values()) == stock.received == self.came_in[stock_id]
            assert counts == self.store.read(lambda s, i=stock_id: ledger_of(s, i))
            assert counts[Bucket.OUT] == self.store.read(lambda s, i=stock_id: out_of(s, i))

    @invariant()
    def units_are_where_they_are_counted(self) -> None:
        stock = self.store.stock(self.generators)
        where = Counter(self.store.unit(unit_id).bucket for unit_id in self.units)
        assert {bucket: getattr(stock, bucket) for bucket in Bucket} == {b: where[b] for b in Bucket}


def ledger_of(session: Session, stock_id: int) -> dict[Bucket, int]:
    """The counts as the lines of the ledger alone tell them."""
    lines = session.scalars(select(ResourceMovement).where(ResourceMovement.stock_id == stock_id))
    found: Counter[str] = Counter()
    for line in lines:
        found[line.target] += line.quantity
        if line.source is not None:
            found[line.source] -= line.quantity
    return {bucket: found[bucket] for bucket in Bucket}


def out_of(session: Session, stock_id: int) -> int:
    """Pieces out as what was taken tells it."""
    held = session.scalars(select(ResourceAllocation).where(ResourceAllocation.stock_id == stock_id)).all()
    assert all((each.state in OVER) == (each.still_out == 0) for each in held)
    return sum(each.still_out for each in held)


@pytest.mark.proves("I6", "D4", "R11")
def test_whatever_people_do_at_once_pieces_are_conserved_and_never_below_zero(store: Store) -> None:
    rules = settings(
        max_examples=15 if store.database.sqlite else 8,
        stateful_step_count=30,
        deadline=None,
        phases=(Phase.generate,),  # threads do not run alike twice: nothing to shrink
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(lambda: Pool(store), settings=rules)


@pytest.mark.proves("I6")
@pytest.mark.parametrize("what", ["the last unit", "the last piece"])
def test_of_fifty_takers_of_the_last_one_gets_it_and_the_others_are_refused_clearly(store: Store, what: str) -> None:
    if what == "the last unit":
        (unit_id,) = store.generators("GEN-1")
        taking = Taking(store.unit(unit_id).stock_id, 1, unit_id)
    else:
        taking = Taking(store.cable(1), 1)
    made, raised = at_once([lambda: store.write(lambda s: allocation.take(s, [taking]))] * 50)
    assert len(made) == 1 and len(raised) == 49
    assert {type(error) for error in raised} == {Conflict}
    assert {error.code for error in raised if isinstance(error, Conflict)} <= {"not-there", "not-enough"}
    assert all(error.remedy for error in raised if isinstance(error, Conflict))
    stock = store.stock(taking.stock_id)
    assert (stock.available, stock.out, stock.received) == (0, 1, 1)


@pytest.mark.proves("I6")
def test_takers_of_the_same_stocks_in_any_order_all_come_through(store: Store) -> None:
    stocks = [store.cable(20, capability=capability) for capability in (1, 2, 3)]
    orders = list(itertools.permutations(stocks)) * 3

    def taker(order: tuple[int, ...]) -> Callable[[], Any]:
        return lambda: store.write(lambda s: allocation.take(s, [Taking(stock_id) for stock_id in order]))

    made, raised = at_once([taker(order) for order in orders])
    assert raised == [] and len(made) == 18
    assert [store.stock(stock_id).available for stock_id in stocks] == [2, 2, 2]


@pytest.mark.proves("I6")
def test_the_database_itself_refuses_counts_that_do_not_add_up(store: Store) -> None:
    stock_id = store.cable(3)

    def change(**values: Any) -> Callable[[Session], Any]:
        return lambda s: s.execute(update(ResourceStock).where(ResourceStock.id == stock_id).values(**values))

    for values in ({"available": 4}, {"available": -1, "out": 4}, {"received": 2}):
        with pytest.raises(DBAPIError, match=r"never_below_zero|conservation"):
            store.write(change(**values))
    with pytest.raises(DBAPIError, match="never change"):
        store.write(lambda s: s.execute(text("UPDATE resource_movement SET quantity = 9")))
    assert store.read(lambda s: s.scalar(select(func.count()).select_from(ResourceUnit))) == 0


@pytest.mark.proves("I6")
def test_a_unit_is_out_once_even_if_counts_were_wrong(store: Store) -> None:
    (unit_id,) = store.generators("GEN-1")
    stock_id = store.unit(unit_id).stock_id
    store.write(lambda s: allocation.take(s, [Taking(stock_id, 1, unit_id)]))

    def again(session: Session) -> None:
        first = session.scalars(select(ResourceAllocation)).one()
        session.add(
            ResourceAllocation(
                stock_id=stock_id,
                unit_id=unit_id,
                quantity=1,
                state=State.HELD,
                taken_at=first.taken_at,
                changed_at=first.taken_at,
            )
        )
        session.flush()

    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        store.write(again)
