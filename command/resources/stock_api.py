"""Taking stock of whole pools over JSON, and the rule how often."""

from collections.abc import Mapping
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field
from sqlalchemy.orm import Session

from command.people.access import access, unit
from command.people.language import language
from command.resources import stocktaking, views
from command.resources.asked import Found, Strict, Words
from command.resources.states import Bucket
from command.resources.stocktaking import Seen, Taking
from command.resources.views import PoolOut

api = APIBlueprint("resource_stock_taking_api", __name__, url_prefix="/api/v1/resources", tag="Resources")
RowId = Annotated[int, Field(ge=1, le=2**62)]


class PiecesIn(Strict):
    """Pieces of a stock that were found; a bucket left out holds none, and cannot be left out where some should be there."""

    in_reserve: Found | None = None
    available: Found | None = None
    out_of_service: Found | None = None


class TakingIn(Strict):
    """What was found: pieces by id of the stock, units by their id. Differences take a `note`. `as_of` is the id of the pool's last
    movement that was known when stock was taken: where something moved since, it is refused."""

    stocks: dict[RowId, PiecesIn] = {}
    units: dict[RowId, Seen] = {}
    note: Words = ""
    as_of: Annotated[int, Field(ge=0, le=2**62)] | None = None


class RuleIn(Strict):
    """Every how many days stock is taken; null: no rule."""

    days: Annotated[int, Field(ge=1, le=stocktaking.LONGEST)] | None


def taking(given: TakingIn) -> Taking:
    """What a body says was found."""
    pieces = {stock_id: _buckets(each.model_dump()) for stock_id, each in given.stocks.items()}
    return Taking(pieces, given.units, given.note, given.as_of)


def _buckets(given: Mapping[str, int | None]) -> dict[Bucket, int]:
    return {Bucket(name): number for name, number in given.items() if number is not None}


@api.post("/pools/<int:pool_id>/actions/take_stock")
@api.input(TakingIn)
@api.output(PoolOut)
@access("manage_resources")
def take(pool_id: int, json_data: TakingIn) -> Any:
    """Take stock of a whole pool: every count and every unit in it; differences go on record."""
    tongue, found = language(), taking(json_data)

    def work(session: Session) -> PoolOut:
        return views.pool_out(session, stocktaking.take(session, pool_id, found), tongue)

    return unit(work)


@api.post("/pools/<int:pool_id>/actions/count_rule")
@api.input(RuleIn)
@api.output(PoolOut)
@access("manage_resources")
def rule(pool_id: int, json_data: RuleIn) -> Any:
    """Every how many days stock is taken of a pool."""
    tongue = language()
    return unit(lambda session: views.pool_out(session, stocktaking.rule(session, pool_id, json_data.days), tongue))
