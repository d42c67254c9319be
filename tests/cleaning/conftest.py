"""An operator at a desk in whose register some numbers take no SMS."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import bad
from command.messages.bad_models import BadAnswer, BadNumber, Standing
from command.network.models import Subscriber
from tests.incidents.conftest import Desk, desk

SAID = {
    1: (("twilio", "30005"), ("smsc", "smpp_number_1")),
    2: (("twilio", "21614"), ("smsc", "smpp_number_11")),
    25: (("twilio", "30005"),),
    40: (("smsc", "smpp_number_13"), ("third", "smpp_number_13")),
}
"""Which of the subscribers, by place, are marked, and what which road said: two of CELL-1, one of CELL-2, one of CELL-4."""


def people(session: Session) -> list[Subscriber]:
    return list(session.scalars(select(Subscriber).order_by(Subscriber.id)))


def mark_some(session: Session) -> None:
    known, now = people(session), clock.now(session)
    for place, said in SAID.items():
        person = known[place]
        session.execute(update(Subscriber).where(Subscriber.id == person.id).values(reference=f"ACC-{place:03d}"))
        at = now - timedelta(days=2)
        row = BadNumber(recipient=person.number_index, addressee=person.id, last_at=now, state=Standing.SUSPECTED)
        session.add(row)
        session.flush()
        for gateway, code in said:
            for day in range(2):
                when = at + timedelta(days=day)
                said_then = {"day": when.date().isoformat(), "times": 1, "first_at": when, "last_at": when}
                session.add(BadAnswer(recipient=person.number_index, gateway=gateway, code=code, **said_then))
        session.flush()
        bad.judge(session, [person.number_index])


@pytest.fixture
def cleaner(desk: Desk) -> Iterator[Desk]:
    desk.do(mark_some)
    yield desk


__all__ = ["desk"]
