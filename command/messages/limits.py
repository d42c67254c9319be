"""What a road may carry: its own limits and those of its senders, and how many permits of it are leased at once."""

from command.messages.gateways import Road
from command.messages.quota import Limit

LEAST_AT_ONCE = 16
"""Permits leased at once from a gateway that has no cap a day, at least."""
LOST_AT_MOST = 1000
"""What an engine that is killed takes with it is at most this part of what a cap allows a day: its permits in hand are nobody's."""


def senders(road: Road) -> tuple[Limit, ...]:
    """The senders of a road with limits of their own. What the exercise gateway borrows of a live one is not shared out: it has the
    first sender, so that an exercise takes nothing of what the public is told by."""
    if road.settings.name != road.name:
        return ()
    return tuple(Limit(each.number, each.rate, each.daily_cap) for each in road.settings.senders)


def caps(road: Road) -> tuple[int, ...]:
    """What the road, and each of its senders, may carry a day, where there is an end to it."""
    found = (road.capabilities.daily_cap, *(each.daily_cap for each in senders(road)))
    return tuple(cap for cap in found if cap is not None)


def counted(road: Road) -> bool:
    """Whether what the road carries is counted by days."""
    return bool(caps(road) or senders(road))


def at_once(road: Road) -> int:
    """Permits leased at once: a quarter of a second's, but few of what is capped a day."""
    most = max(LEAST_AT_ONCE, road.settings.rate // 4)
    return max(1, min((most, *(cap // LOST_AT_MOST for cap in caps(road)))))
