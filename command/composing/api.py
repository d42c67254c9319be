"""Audiences over JSON: counted as somebody puts them together, saved, and lists of numbers brought in."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.composing import keeping, reckoning
from command.core.problems import N_, Conflict
from command.incidents import api as incidents_api
from command.incidents import notice_acts
from command.incidents.api import Name, Strict
from command.incidents.notice_api import TextsIn
from command.notices.forecast import Forecast
from command.notices.models import Kind, SavedAudience
from command.notices.selecting import Selection
from command.people.access import access, here, principal, unit

api = APIBlueprint("audiences_api", __name__, url_prefix="/api/v1", tag="Notices")
Label = Annotated[str, Field(min_length=1, max_length=120)]


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
    """`whole` false: at least so many; the time allowed was up."""

    count: int
    whole: bool
    languages: dict[str, int]
    sample: list[SomeoneOut]
    forecast: ForecastOut | None


class AudienceIn(Strict):
    """An audience to keep."""

    name: Label
    shared: bool = False
    audience: Selection


class AudienceOut(BaseModel):
    """An audience that is kept; `own`: one may change it."""

    id: int
    name: str
    shared: bool
    own: bool
    audience: dict[str, Any]


class AudiencesOut(BaseModel):
    items: list[AudienceOut]


class ListIn(Strict):
    """A list of numbers as CSV text: the column `number`, or the first."""

    name: Label
    csv: Annotated[str, Field(min_length=1, max_length=2_000_000)]


class LineOut(BaseModel):
    line: int
    reason: str


class ListOut(BaseModel):
    """`matched` numbers are kept; `unknown` ones are nobody's here, and were not; `bad` lines hold none (the first are in `lines`)."""

    id: int
    name: str
    matched: int
    unknown: int
    bad: int
    lines: list[LineOut]


def shown(row: SavedAudience) -> AudienceOut:
    """A saved audience as whoever asks sees it."""
    own = row.owner_id == principal().person_id
    return AudienceOut(id=row.id, name=row.name, shared=row.shared, own=own, audience=row.selection)


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
        expected = reckoning.expected(session, *about, said, found.languages) if about else None
    sample = [SomeoneOut(number=each.number, language=each.language, area=each.area) for each in found.sample]
    return CountOut(
        count=found.count, whole=found.whole, languages=found.languages, sample=sample, forecast=_out(expected)
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


@api.get("/audiences")
@api.output(AudiencesOut)
@access("submit_notice")
def listed() -> Any:
    """One's own audiences and those shared."""
    with here().database.read() as session:
        return AudiencesOut(items=[shown(row) for row in keeping.saved(session, principal())])


@api.post("/audiences")
@api.input(AudienceIn)
@api.output(AudienceOut, status_code=201)
@access("submit_notice")
def create(json_data: AudienceIn) -> Any:
    """Keep an audience."""
    return _saved(json_data, None)


@api.get("/audiences/<int:audience_id>")
@api.output(AudienceOut)
@access("submit_notice")
def read(audience_id: int) -> Any:
    """One audience."""
    with here().database.read() as session:
        return shown(keeping.one(session, audience_id, principal()))


@api.put("/audiences/<int:audience_id>")
@api.input(AudienceIn)
@api.output(AudienceOut)
@access("submit_notice")
def change(audience_id: int, json_data: AudienceIn) -> Any:
    """Change one's own audience."""
    return _saved(json_data, audience_id)


@api.delete("/audiences/<int:audience_id>")
@api.output({}, status_code=204)
@access("submit_notice")
def remove(audience_id: int) -> Any:
    """Forget one's own audience."""
    who = principal()
    unit(lambda session: keeping.remove(session, audience_id, who))
    return ""


def _saved(body: AudienceIn, audience_id: int | None) -> AudienceOut:
    who = principal()

    def work(session: Session) -> AudienceOut:
        return shown(keeping.save(session, body.name, body.shared, body.audience, who, audience_id))

    return unit(work)


@api.post("/number-lists")
@api.input(ListIn)
@api.output(ListOut, status_code=201)
@access("submit_notice")
def take_list(json_data: ListIn) -> Any:
    """Bring a list of numbers in, to be told or to be spared."""
    body, who, keyring = json_data, principal(), here().keyring
    made = unit(lambda session: keeping.take_list(session, keyring, body.name, body.csv, who.actor))
    lines = [LineOut(line=each.line, reason=each.reason) for each in made.lines]
    return ListOut(id=made.id, name=made.name, matched=made.matched, unknown=made.unknown, bad=made.bad, lines=lines)
