"""Audiences over JSON: counted as somebody puts them together, and what telling them would come to."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel

from command.composing import reckoning
from command.core.problems import N_, Conflict
from command.incidents import api as incidents_api
from command.incidents import notice_acts
from command.incidents.api import Name, Strict
from command.incidents.notice_api import TextsIn
from command.notices.forecast import Forecast
from command.notices.models import Kind
from command.notices.selecting import Selection
from command.people.access import access, here, principal

api = APIBlueprint("reckoning_api", __name__, url_prefix="/api/v1", tag="Notices")


class CountIn(Strict):
    """A selection; with an `incident`, without those whom a notice of the `kind` would not go to; with `texts` too, what telling them those
    would cost and how long it would take."""

    audience: Selection
    incident: Name | None = None
    kind: Kind = Kind.FIRST
    texts: TextsIn | None = None


class SomeoneOut(BaseModel):
    """One of the audience, masked."""

    number: str
    language: str
    area: str


class ShareOut(BaseModel):
    """What one road would carry. `amount` is null where its settings name no price; `over_cap` people are more than it may carry today."""

    gateway: str
    people: int
    segments: int
    amount: float | None
    currency: str
    seconds: float
    over_cap: int


class ForecastOut(BaseModel):
    """What telling so many would come to if it left now. `seconds` until it is through, from `from_at` where quiet hours keep it (null: for
    `roadless` people there is no road now); `ahead` messages leave before; `ends_at` is null while mass messages are `held`."""

    segments: int
    shares: list[ShareOut]
    cost: dict[str, float]
    roadless: int
    ahead: int
    seconds: float | None
    held: bool
    from_at: datetime | None
    ends_at: datetime | None


class CountOut(BaseModel):
    """`whole` false: at least so many; the time allowed was up. `left_out` of them take no SMS, and the notice leaves them out."""

    count: int
    left_out: int
    whole: bool
    languages: dict[str, int]
    sample: list[SomeoneOut]
    forecast: ForecastOut | None


@api.post("/audiences/count")
@api.input(CountIn)
@api.output(CountOut)
@access("submit_notice")
def count(json_data: CountIn) -> Any:
    """How many a selection takes, of which languages, and ten of them."""
    with here().database.read() as session:
        about = (incidents_api.read(session, json_data.incident), json_data.kind) if json_data.incident else None
        found = reckoning.reckon(session, json_data.audience, here().keyring, about)
        said = json_data.texts.model_dump() if json_data.texts else {}
        expected = reckoning.expected(session, *about, said, found.reached) if about else None
    sample = [SomeoneOut(number=each.number, language=each.language, area=each.area) for each in found.sample]
    return CountOut(
        count=found.count,
        left_out=sum(found.left_out.values()),
        whole=found.whole,
        languages=found.languages,
        sample=sample,
        forecast=_out(expected),
    )


@api.get("/notices/<int:notice_id>/forecast")
@api.output(ForecastOut)
@access("read")
def forecast(notice_id: int) -> Any:
    """What a notice that was counted would come to for those who do not have it yet."""
    with here().database.read() as session:
        notice = notice_acts.found(session, notice_id, principal())
        expected = reckoning.expected_of(session, notice)
    if expected is None:
        raise Conflict(
            N_("Nothing is reckoned of notice %(id)s."),
            field="state",
            remedy=N_("Submit it, which counts its audience; an exercise tells those who take part alone."),
            id=notice_id,
        )
    return _out(expected)


def _out(found: Forecast | None) -> ForecastOut | None:
    if found is None:
        return None
    plain = ("segments", "roadless", "ahead", "seconds", "held", "from_at", "ends_at")
    shares = [
        ShareOut(**{**asdict(each), "amount": None if each.amount is None else float(each.amount)})
        for each in found.shares
    ]
    cost = {currency: float(amount) for currency, amount in found.cost}
    return ForecastOut(shares=shares, cost=cost, **{name: getattr(found, name) for name in plain})
