"""The engine that lists whom a selection tells is killed between its chunks, and in them: everybody chosen has one message, nobody else
any, and the count is right whatever moment it died at (I1, I8, I11)."""

import random
import threading
import time
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from command.core.installation import Installation
from command.core.keys import new_key, parse
from command.messages.models import Delivery
from command.notices import audience, service
from command.notices.models import Kind, Notice, Wave
from command.notices.selecting import Selection
from tests.faults import fan_out_process
from tests.faults.engines import Engine
from tests.notices.house import ANN, BEN, FIRST, WRONG, House, about

ELEMENTS, EACH, KILLS = 20, 100, 12
GROWN, LONGER = 150, 0.02
"""Recipients that are listed in a life of the engine, and the seconds that it lives on then, at most."""
SPARED = ("E3", "E7")


def approved(house: House) -> tuple[int, int]:
    """A first notice to a selection, approved by a second person; its id and how many it goes to."""

    def work(session):  # type: ignore[no-untyped-def]
        notice = service.draft(
            session,
            about(),
            Kind.FIRST,
            FIRST,
            validity_minutes=60,
            pre_approved_cap=0,
            automatic=False,
            by=ANN.actor,
            correction=WRONG,
            selection=Selection(areas=("80",), without_elements=SPARED),
        )
        service.submit(session, notice, ANN.actor)
        service.approve(session, notice, BEN, notice.audience)
        return notice.id, notice.audience

    return house.database.write(work)


def listed(house: House, notice: int) -> int:
    with house.database.read() as session:
        return session.scalar(select(func.count()).where(Delivery.notice_id == notice)) or 0


def done(house: House, notice: int) -> bool:
    with house.database.read() as session:
        return session.scalar(select(Wave.id).where(Wave.notice_id == notice, Wave.done_at.is_(None))) is None


@pytest.mark.faults
@pytest.mark.timeout(180)
@pytest.mark.proves("I1", "I8", "I11", "B4")
@pytest.mark.parametrize("engines", [1, 2])
def test_a_selection_is_told_once_each_whenever_the_engine_dies(installation: Installation, engines: int) -> None:
    keys = new_key()
    house = House(Installation(installation.settings, installation.database, parse(keys)), elements=ELEMENTS, each=EACH)
    running = [Engine(house.installation, keys, fan_out_process.main) for _ in range(engines)]
    dice, seen = random.Random(20), list[int]()
    try:
        for each in running:
            each.start()
        notice, wanted = approved(house)  # all of them are up: none has listed everybody before another can die
        assert wanted == (ELEMENTS - len(SPARED)) * EACH
        for _ in range(KILLS):
            goal = (seen[-1] if seen else 0) + dice.randint(0, GROWN)
            wait_until(lambda goal=goal: listed(house, notice) >= min(goal, wanted), every=0.002)
            threading.Event().wait(dice.uniform(0, LONGER))
            running[0].kill()
            seen.append(listed(house, notice))
            assert house.tally_is_true(), "a chunk is there whole, or not at all"
            running[0].start()  # the others lived on
        wait_until(lambda: done(house, notice))
    finally:
        stop(running)
    assert any(0 < count < wanted for count in seen), "it never died on the way"
    assert seen == sorted(seen)
    told = house.people(notice)
    spared = house.on(*(int(name.removeprefix("E")) for name in SPARED))
    assert (len(told), listed(house, notice), told & spared) == (wanted, wanted, set())
    assert house.tally_is_true()
    with house.database.read() as session:
        assert sum(audience.languages(session, session.get_one(Notice, notice)).values()) == 0, "nobody is left"


def wait_until(there, every: float = 0.1) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + 60
    while not there():
        assert time.monotonic() < until, "it did not come to an end"
        threading.Event().wait(every)


def stop(running: Sequence[Engine]) -> None:
    for each in running:
        each.kill()
