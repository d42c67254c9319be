"""Numbers of the demo's register that take no SMS: some marked, for each of the reasons, and some of which only one answer is known.

None is of a customer whom the storm cuts off: everybody is told of that."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.demo import recording
from command.messages import bad, policy
from command.messages.bad_models import BadAnswer, BadNumber, Standing
from command.network import service as network
from command.network.models import Element, Subscriber

EVERY = 499
"""One of so many subscribers."""
CODES = ("30005", "30005", "21614", "30005", "21211")
"""What was said of one after another."""
ONCE = 4
"""Of every so many, one was said to be bad only once: it may have been the road's fault."""
ROAD = "console"


def load(session: Session) -> None:
    """What providers said in the last two months. Nothing where something is known already."""
    if session.scalar(select(BadNumber.addressee).limit(1)) is not None:
        return
    struck = network.cut_off(session, _alarmed(session))
    now, zone = clock.now(session), policy.settings(session).tz
    some = select(Subscriber.id, Subscriber.number_index, Subscriber.element_id).where(Subscriber.id % EVERY == 0)
    found = session.execute(some.order_by(Subscriber.id)).tuples()
    people = [(person, recipient) for person, recipient, element in found if element not in struck]
    for place, (person, recipient) in enumerate(people):
        last = now - timedelta(days=1 + place % 50, hours=place % 7)
        times = (last,) if place % ONCE == 0 else (last - timedelta(days=2 + place % 5), last)
        session.add(BadNumber(recipient=recipient, addressee=person, state=Standing.SUSPECTED, last_at=last))
        session.flush()
        code = CODES[place % len(CODES)]
        for at in times:
            day = at.astimezone(zone).date().isoformat()
            session.add(
                BadAnswer(recipient=recipient, gateway=ROAD, day=day, code=code, times=1, first_at=at, last_at=at)
            )
    session.flush()
    recipients = [recipient for _, recipient in people]
    for begin in range(0, len(recipients), bad.FORGOTTEN_AT_ONCE):
        bad.judge(session, recipients[begin : begin + bad.FORGOTTEN_AT_ONCE])


def _alarmed(session: Session) -> frozenset[int]:
    """The elements of which the recording says anything."""
    names = {each.element for each in recording.alarms()}
    return frozenset(session.scalars(select(Element.id).where(Element.name.in_(names))))
