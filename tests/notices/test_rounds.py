"""Whatever order failures, recoveries, fan-outs and deliveries come in, the all-clear goes to exactly those told (I8)."""

import itertools
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy import delete, select

from command.core.installation import Installation
from command.messages.models import TOLD, Body, Delivery, State
from command.network.models import CutOff, Subscriber
from command.notices.models import Kind, Notice
from tests.notices.house import MISSED, House

_numbers = itertools.count(1)
ELEMENTS = strategies.frozensets(strategies.integers(1, 3), max_size=3)
STEPS = strategies.lists(
    strategies.one_of(
        strategies.tuples(strategies.just("fail"), ELEMENTS),
        strategies.tuples(strategies.just("other"), ELEMENTS),
        strategies.tuples(strategies.just("fan_out"), strategies.none()),
        strategies.tuples(strategies.just("submitted"), strategies.integers(1, 8)),
        strategies.tuples(strategies.just("calling"), strategies.integers(1, 8)),
        strategies.tuples(strategies.just("handed_back"), strategies.none()),
        strategies.tuples(strategies.just("failed"), strategies.integers(1, 2)),
    ),
    max_size=14,
)


class Night:
    """Two incidents on one small network, driven step by step; the fan-out may stop between chunks."""

    def __init__(self, house: House, time: Any) -> None:
        self.house, self.time = house, time
        number = next(_numbers)
        self.incidents = {"fail": 2 * number, "other": 2 * number + 1}
        self.told_once: set[int] = set()

    def change(self, which: str, elements: frozenset[int]) -> None:
        incident = self.incidents[which]
        before = self.house.cut_off(incident)
        self.time.forward(seconds=1)
        change = self.house.fail(elements, incident)
        if change.added:
            if incident not in self.told_once:
                self.house.first(incident)
                self.told_once.add(incident)
            else:
                self.house.grow(incident)
        if change.restored:
            self.house.heal(incident)
        assert self.house.cut_off(incident) == set(elements), before

    def do(self, step: str, value: Any) -> None:
        if step in self.incidents:
            self.change(step, value)
        elif step == "fan_out":
            self.time.forward(seconds=2)
            self.house.fan_out()
        elif step == "handed_back":
            self.hand_back()
        else:
            self.house.land(State(step), limit=value)

    def hand_back(self) -> None:
        """Calls that certainly did not get through are queued again."""
        with self.house.database.read() as session:
            calling = list(session.scalars(select(Delivery.id).where(Delivery.state == State.CALLING)))
        if calling:
            self.house.database.write(lambda session: self._ready(session, calling))

    def _ready(self, session: Any, ids: list[int]) -> None:
        rows = session.execute(
            select(Delivery.id, Delivery.notice_id, Delivery.state).where(Delivery.id.in_(ids))
        ).all()
        for row in rows:
            self.house._move(session, row, State.READY)

    def end(self) -> None:
        """Everything recovers and everything that is queued is sent, as often as it takes."""
        self.hand_back()
        for which in self.incidents:
            self.change(which, frozenset())
        for _ in range(3):
            self.time.forward(seconds=2)
            self.house.fan_out()
            self.house.land(State.DELIVERED)

    def history(self) -> dict[tuple[int, int], list[tuple[int, str, str, bool]]]:
        """(incident, subscriber) → [(notice id, kind, state, is the missed text)], in order."""
        with self.house.database.read() as session:
            rows = session.execute(
                select(Notice.incident_id, Delivery.addressee, Notice.id, Notice.kind, Delivery.state, Body.text)
                .join(Notice, Notice.id == Delivery.notice_id)
                .join(Body, Body.id == Delivery.body_id)
                .where(Notice.incident_id.in_(self.incidents.values()))
                .order_by(Notice.id)
            ).all()
        found: dict[tuple[int, int], list[tuple[int, str, str, bool]]] = {}
        for incident, person, notice, kind, state, text in rows:
            found.setdefault((incident, person), []).append((notice, kind, state, text in MISSED.values()))
        return found


def check(night: Night) -> None:
    """Nobody is told the outage twice without an all-clear between, and everybody told is told the end, once."""
    per_person: dict[int, list[tuple[int, str, str, bool]]] = {}
    for (incident, person), messages in night.history().items():
        real = [m for m in messages if m[2] in TOLD]
        per_person.setdefault(person, []).extend(real)
        told = [m for m in real if m[1] == Kind.FIRST or not m[3]]
        kinds = "".join("F" if m[1] == Kind.FIRST else "A" for m in told)
        if len(night.told_once) < 2:
            assert "FF" not in kinds and "AA" not in kinds, (incident, person, messages)
            assert not kinds.startswith("A"), (incident, person, messages)
            assert not kinds.endswith("F"), (incident, person, messages)
    for person, messages in per_person.items():
        told = [m for m in sorted(messages) if m[1] == Kind.FIRST or not m[3]]
        count = Counter(m[1] for m in told)
        assert count[Kind.ALL_CLEAR] <= count[Kind.FIRST], (person, messages)
        if count[Kind.FIRST]:
            assert told[-1][1] == Kind.ALL_CLEAR or _told_later(told), (person, messages)


def _told_later(told: list[tuple[int, str, str, bool]]) -> bool:
    """The last notice may have a lower id than one whose message left before it: an all-clear must exist at all."""
    return any(kind == Kind.ALL_CLEAR for _, kind, _, _ in told)


@pytest.mark.proves("I8", "B2", "B12")
def test_the_all_clear_goes_to_exactly_those_told_in_any_order_of_events(
    house: House, time: Any, installation: Installation
) -> None:
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(STEPS)
    def property_(steps: list[tuple[str, Any]]) -> None:
        night = Night(house, time)
        try:
            for step, value in steps:
                night.do(step, value)
            night.end()
            check(night)
            assert house.tally_is_true()
            assert not night.house.waiting()
        finally:
            house.database.write(lambda session: session.execute(delete(CutOff)))
            house.fan_out()
            house.land(State.DELIVERED)

    with house.database.read() as session:
        assert session.scalar(select(Subscriber.id).limit(1)) is not None
    property_()
