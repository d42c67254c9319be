"""Which order of roads each leased delivery has: what a person diverts, then what the rules of config/routes.yaml say."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from command.core.keys import Keyring
from command.messages import routing
from command.messages.models import Purpose
from command.messages.road_orders import Orders
from command.messages.routing import AS_SET, Order, Table
from notifiers.base import Channel

AreasOf = Callable[[Session, Collection[int]], Mapping[int, tuple[str, ...]]]
"""The codes of the area of each of some subscribers, and of those that contain it, by subscriber."""
NUMBERED: tuple[Channel, ...] = ("sms", "voice")


def no_areas(session: Session, subscribers: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """Nothing is known of where anybody is."""
    return {}


@dataclass(frozen=True, slots=True)
class Choosing:
    """The rules, and what is asked for them."""

    table: Table
    keyring: Keyring
    areas_of: AreasOf = no_areas

    def any(self, orders: Orders) -> bool:
        """Whether anything stands against the order of the settings: mostly nothing does, and then nothing is asked."""
        return bool(self.table.rules or orders.lanes or orders.notices)

    def ask(self, session: Session, leased: Sequence[Row[Any]]) -> Mapping[int, tuple[str, ...]]:
        """Where the recipients are, if a rule wants to know: notices alone have subscribers."""
        told = {row.addressee for row in leased if row.purpose == Purpose.NOTICE}
        return self.areas_of(session, told) if told and self.table.by_area else {}

    def orders(
        self, leased: Sequence[Row[Any]], areas: Mapping[int, tuple[str, ...]], orders: Orders
    ) -> dict[int, Order]:
        """The order of roads of each delivery, by its id."""
        return {row.id: self._order(row, areas, orders) for row in leased}

    def _order(self, row: Row[Any], areas: Mapping[int, tuple[str, ...]], orders: Orders) -> Order:
        where = areas.get(row.addressee, ()) if row.purpose == Purpose.NOTICE else ()
        known = self.table.by_number and row.channel in NUMBERED
        found = routing.order(self.table, row.lane, where, self.keyring.decrypt(row.number) if known else "")
        return routing.diverted(found, orders.diverted(row.lane, row.notice_id))


__all__ = ["AS_SET", "AreasOf", "Choosing", "no_areas"]
