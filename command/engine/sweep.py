"""The cycle that leaves nothing behind: leases that ran out, doubts, receipts that never came, the rest of halted notices."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.messages import doubts, halts
from command.messages.doubts import Doubt
from command.messages.gateways import Gateways
from command.messages.handlers import Handlers
from command.messages.models import State
from notifiers.base import Capabilities, LookUp, Unanswered

ACTOR = "system:sweep"
ROWS, ASKED = 200, 100
"""Rows a transaction touches, and doubts asked about in one go."""
ASKING_AT_ONCE = 32
BUDGET = 2.0
"""Seconds after which a round ends, so that the engine can be stopped."""
OVERDUE = (State.LEASED, State.CALLING, State.SUBMITTED, State.SENT)


def run_once(installation: Installation, gateways: Gateways, handlers: Handlers) -> bool:
    """Sweep once; return whether work is left."""
    until = time.monotonic() + BUDGET
    steps: list[Callable[[], int]] = [partial(_end_halted, installation)]
    steps += [partial(_overdue, installation, state, handlers) for state in OVERDUE]
    steps.append(partial(_ask, installation, gateways, handlers))
    for step in steps:
        while step():
            if time.monotonic() > until:
                return True
    return False


def _end_halted(installation: Installation) -> int:
    with installation.database.read() as session:
        if not halts.waiting(session):
            return 0

    def work(session: Session) -> int:
        open_halts = halts.unfinished(session, 1)
        for halted in open_halts:
            halts.end_some(session, halted, ROWS)
        return len(open_halts)

    return installation.database.background(work, actor=ACTOR)


def _overdue(installation: Installation, state: State, handlers: Handlers) -> int:
    with installation.database.read() as session:
        if not doubts.waiting(session, state):
            return 0
    work = partial(doubts.overdue, state=state, limit=ROWS, handlers=handlers)
    return installation.database.background(work, actor=ACTOR)


def _ask(installation: Installation, gateways: Gateways, handlers: Handlers) -> int:
    """Ask the gateways about doubts that are due and write what comes of it; return how many were asked about."""
    with installation.database.read() as session:
        if not doubts.waiting(session, State.IN_DOUBT):
            return 0
    take = partial(doubts.take, limit=ASKED, keyring=installation.keyring)
    taken = installation.database.background(take, actor=ACTOR)
    if not taken:
        return 0
    answers = gateways.run(_answers(gateways, taken))

    def capabilities(name: str) -> Capabilities | None:
        road = gateways.roads.get(name)
        return road.capabilities if road else None

    write = partial(doubts.settle, answers=answers, capabilities=capabilities, handlers=handlers)
    installation.database.background(write, actor=ACTOR)
    return len(taken)


async def _answers(gateways: Gateways, taken: Sequence[Doubt]) -> list[tuple[Doubt, LookUp]]:
    at_once = asyncio.Semaphore(ASKING_AT_ONCE)

    async def ask(doubt: Doubt) -> tuple[Doubt, LookUp]:
        road = gateways.roads.get(doubt.gateway)
        if road is None:
            return doubt, Unanswered("gateway is not configured any more")
        async with at_once:
            return doubt, await road.bulk.look_up(doubt.message, doubt.since)

    return list(await asyncio.gather(*(ask(doubt) for doubt in taken)))
