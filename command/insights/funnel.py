"""What became of notices: from the audience over sent to delivered, and what fell out on the way, each told apart. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from command.insights.rates import Rate
from command.messages.models import TOLD, State

WAITING = (State.READY, State.LEASED, State.CALLING, State.IN_DOUBT)
APART: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("waiting", WAITING),
    ("suppressed", (State.SUPPRESSED,)),
    ("withdrawn", (State.WITHDRAWN,)),
    ("expired", (State.EXPIRED,)),
    ("failed", (State.FAILED,)),
    ("undelivered", (State.UNDELIVERED,)),
    ("unknown", (State.UNKNOWN,)),
    ("underway", (State.SUBMITTED, State.SENT)),
)
"""Messages that were not delivered, by what became of them. `underway`: a gateway has them, no receipt yet."""
KINDS = ("first", "update", "all_clear", "correction", "advisory", "survey")


@dataclass(frozen=True, slots=True)
class Funnel:
    """Recipients of notices. `audience` as approved; `sent` counts everybody who was told (submitted or later, or unknown)."""

    notices: int
    audience: int
    sent: int
    delivered: int
    apart: Mapping[str, int]

    @property
    def rate(self) -> Rate:
        """Delivered of sent; there is no target for it."""
        return Rate(self.delivered, self.sent, 0)


def funnel(notices: int, audience: int, counts: Mapping[State, int]) -> Funnel:
    """The funnel of notices whose messages are in these states."""
    return Funnel(
        notices,
        audience,
        sum(counts.get(state, 0) for state in TOLD),
        counts.get(State.DELIVERED, 0),
        {name: sum(counts.get(state, 0) for state in states) for name, states in APART},
    )


def together(funnels: Iterable[Funnel]) -> Funnel:
    """Several as one."""
    apart: Counter[str] = Counter(dict.fromkeys((name for name, _ in APART), 0))
    notices = audience = sent = delivered = 0
    for one in funnels:
        apart.update(one.apart)
        notices, audience = notices + one.notices, audience + one.audience
        sent, delivered = sent + one.sent, delivered + one.delivered
    return Funnel(notices, audience, sent, delivered, dict(apart))
