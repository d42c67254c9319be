"""Which gateways may carry a message, in order, and why the others may not. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from command.messages.models import EXERCISE_GATEWAY, SMS, Lane
from command.messages.routing import AS_SET, Order
from notifiers.base import Capabilities, Channel

SPENT = "day_spent"
_LINK = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a message asks of a gateway: `url` that links survive, `unicode` characters beyond GSM-7, `channel` that it carries such (None:
    any), `avoid` that it is not this one, which did not reach, `misfits` that it is none of these, which take approved texts alone."""

    url: bool = False
    unicode: bool = False
    channel: Channel | None = None
    avoid: str | None = None
    misfits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Offer:
    """A gateway as it stands now. `stopped` is the reason somebody or the provider stopped it, or None; `open` its breaker; `used` how many
    messages it has had today."""

    name: str
    capabilities: Capabilities
    stopped: str | None = None
    open: bool = False
    used: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """Gateways that may carry the message, the best first, and each that may not with its reason.

    `ever` is false when no gateway of this installation could ever carry it, whatever its state."""

    gateways: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    ever: bool


def spent(used: int, daily_cap: int | None) -> bool:
    """Whether a gateway has carried all it may carry in a day."""
    return daily_cap is not None and used >= daily_cap


def needs_of(text: str, encoding: str) -> Needs:
    """What an SMS of this text needs; a link is anything that begins with http:// or https://."""
    return Needs(url=_LINK.search(text) is not None, unicode=encoding == "UCS-2", channel=SMS)


def fitting(needs: Needs, text: str, given: Mapping[str, Capabilities]) -> Needs:
    """The same of this text, where some of these gateways take only texts that were approved beforehand."""
    misfits = frozenset(name for name, one in given.items() if not one.takes(text))
    return replace(needs, misfits=misfits) if misfits else needs


def choose(
    lane: int,
    exercise: bool,
    offers: Sequence[Offer],
    cut_off: Collection[str] = (),
    needs: Needs = Needs(),
    order: Order = AS_SET,
) -> Route:
    """Route one kind of message.

    Exercises go to the exercise gateway and nothing else does. Live gateways keep the `order` of a rule, then that of the settings, but
    where no rule says otherwise a page prefers one where replies come back. A gateway whose own elements are cut off is no road (B4)."""
    able, skipped, ever = [], [], False
    for offer in offers:
        reason = _unable(offer, exercise, needs)
        if reason is None and order.only and not exercise and offer.name not in order.first:
            reason = "other_route"
        ever = ever or reason is None
        reason = reason or _unfit_now(offer, frozenset(cut_off))
        if reason is None:
            able.append(offer)
        else:
            skipped.append((offer.name, reason))
    if lane == Lane.PAGE:
        able.sort(key=lambda offer: not offer.capabilities.two_way)
    if order.first:
        places = {name: place for place, name in enumerate(order.first)}
        able.sort(key=lambda offer: places.get(offer.name, len(places)))
    return Route(tuple(offer.name for offer in able), tuple(skipped), ever)


def leading(
    pages: bool,
    exercise: bool,
    offers: Sequence[Offer],
    cut_off: Collection[str] = (),
    channels: Sequence[Channel] = (),
) -> Route:
    """Whether anything of a queue can leave, and by which gateway most of it does: notices are SMS but for a few, pages go by any. A
    queue of other `channels` leaves by the first of them that is open."""
    if channels and SMS not in channels:
        routes = [choose(Lane.CORRECTION, exercise, offers, cut_off, Needs(channel=each)) for each in channels]
        return next((route for route in routes if route.gateways), routes[0])
    route = choose(
        Lane.PAGE if pages else Lane.CORRECTION, exercise, offers, cut_off, Needs() if pages else Needs(channel=SMS)
    )
    return route if pages or route.gateways else choose(Lane.CORRECTION, exercise, offers, cut_off)


def dead(channels: Sequence[Channel], offers: Sequence[Offer], cut_off: Collection[str] = ()) -> tuple[Channel, ...]:
    """Those of some channels by which no notice can leave now, whether it could ever or not."""
    return tuple(
        each for each in channels if not choose(Lane.CORRECTION, False, offers, cut_off, Needs(channel=each)).gateways
    )


def closed(exercise: bool, offers: Sequence[Offer], cut_off: Collection[str] = ()) -> tuple[Channel, ...]:
    """Channels of notices by which nothing can leave now but may later. What goes by them is left where it is. A message for a channel
    that no gateway has at all can never leave; of SMS that is not said, for a gateway is soon configured."""
    found = []
    for channel in get_args(Channel):
        route = choose(Lane.CORRECTION, exercise, offers, cut_off, Needs(channel=channel))
        if not route.gateways and (route.ever or channel == SMS):
            found.append(channel)
    return tuple(found)


def _unable(offer: Offer, exercise: bool, needs: Needs) -> str | None:
    if exercise != (offer.name == EXERCISE_GATEWAY):
        return "exercise_only" if offer.name == EXERCISE_GATEWAY else "live_only"
    if needs.channel is not None and needs.channel != offer.capabilities.channel:
        return "other_channel"
    if needs.avoid == offer.name:
        return "tried"
    if needs.url and not offer.capabilities.url:
        return "no_links"
    if needs.unicode and not offer.capabilities.unicode:
        return "no_unicode"
    if offer.name in needs.misfits:
        return "not_approved"
    return None


def _unfit_now(offer: Offer, cut_off: Collection[str]) -> str | None:
    if offer.stopped:
        return f"stopped:{offer.stopped}"
    if offer.open:
        return "breaker_open"
    if spent(offer.used, offer.capabilities.daily_cap):
        return SPENT
    lost = sorted(set(offer.capabilities.elements) & set(cut_off))
    return f"cut_off:{lost[0]}" if lost else None
