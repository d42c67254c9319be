"""The overview's figures as JSON, the same as on the page."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from command.core import clock
from command.insights import filters, funnel
from command.insights.funnel import Funnel
from command.insights.periods import Period, period
from command.insights.rates import Rate
from command.insights.spans import Spans
from command.people import language
from command.people.access import access, here, principal

api = APIBlueprint("insights_api", __name__, url_prefix="/api/v1/insights", tag="Insights")

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]


class OverviewIn(BaseModel):
    """The filters of the page. Days are those of the reader's zone; `area` includes the areas within it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    from_: Short = Field("", alias="from")
    to: Short = ""
    tier: Short = ""
    kind: Short = ""
    area: Short = ""
    service: Short = ""
    by: Short = ""
    lang: Short = ""


class RateOut(BaseModel):
    """`percent` is rounded down to tenths, null where nothing counts; the verdict is judged on the counts."""

    good: int
    of: int
    percent: float | None
    verdict: Literal["met", "missed", "none"]


class BarOut(BaseModel):
    first: date
    last: date
    tiers: dict[str, int]
    response: RateOut
    restoration: RateOut
    users: int
    user_minutes: float


class BinOut(BaseModel):
    """Responses that took more than `above` and at most `upto` minutes."""

    above: int
    upto: int | None
    incidents: int


class SpansOut(BaseModel):
    """Seconds; `unknown` incidents lack one of the two moments."""

    known: int
    unknown: int
    errors: int
    mean: float | None
    median: float | None
    p90: float | None


class FunnelOut(BaseModel):
    notices: int
    audience: int
    sent: int
    delivered: int
    apart: dict[str, int]


class FaultOut(BaseModel):
    """A span that ends before it began: left out of all figures."""

    incident: str
    span: str


class OverviewOut(BaseModel):
    at: datetime
    first: date
    last: date
    by: Literal["day", "week", "month"]
    incidents: int
    tiers: dict[str, int]
    users: int
    user_minutes: float
    response: RateOut
    response_minutes: int
    response_running: int
    response_late: list[str]
    restoration: RateOut
    restoration_ahead: int
    restoration_missed: list[str]
    without_target: int
    bars: list[BarOut]
    bins: list[BinOut]
    spans: dict[str, SpansOut]
    notices: FunnelOut
    notices_by_kind: dict[str, FunnelOut]
    faults: list[FaultOut]


@api.get("/overview")
@api.input(OverviewIn, location="query")
@api.output(OverviewOut)
@access("read")
def overview(query_data: OverviewIn) -> Any:
    """The figures of the incidents reported in a period (default: the last 30 days), for those the reader may know of."""
    asked = query_data.model_dump(by_alias=True)
    with here().database.read(snapshot=True) as session:
        today = clock.now(session).astimezone(language.zone()).date()
        return _out(period(session, filters.read(asked, today), language.zone(), principal()))


def _out(found: Period) -> OverviewOut:
    f = found.figures
    same = ("at", "incidents", "users", "user_minutes", "response_running", "restoration_ahead", "without_target")
    return OverviewOut(
        **{name: getattr(f, name) for name in same},
        first=found.wanted.first,
        last=found.wanted.last,
        by=found.wanted.step,
        tiers=_tiers(f.tiers),
        response=_rate(f.response),
        response_minutes=round(found.limit.total_seconds() / 60),
        response_late=list(f.response_late),
        restoration=_rate(f.restoration),
        restoration_missed=list(f.restoration_missed),
        bars=[
            BarOut(
                first=bar.bucket.first,
                last=bar.bucket.last,
                tiers=_tiers(bar.tiers),
                response=_rate(bar.response),
                restoration=_rate(bar.restoration),
                users=bar.users,
                user_minutes=bar.user_minutes,
            )
            for bar in f.bars
        ],
        bins=[BinOut(above=one.above, upto=one.upto, incidents=len(one.numbers)) for one in f.bins],
        spans={name: _spans(each) for name, each in f.spans.items()},
        notices=_funnel(funnel.together(found.funnels.values())),
        notices_by_kind={kind: _funnel(each) for kind, each in found.funnels.items()},
        faults=[FaultOut(incident=fault.number, span=fault.span) for fault in f.faults],
    )


def _tiers(counts: tuple[int, int, int, int]) -> dict[str, int]:
    return {str(tier): count for tier, count in enumerate(counts, 1)}


def _rate(rate: Rate) -> RateOut:
    return RateOut(good=rate.good, of=rate.of, percent=rate.percent, verdict=rate.verdict)


def _spans(found: Spans) -> SpansOut:
    counts = {"known": len(found.seconds), "unknown": found.unknown, "errors": len(found.errors)}
    return SpansOut(**counts, mean=found.mean, median=found.median, p90=found.p90)


def _funnel(found: Funnel) -> FunnelOut:
    return FunnelOut(
        notices=found.notices,
        audience=found.audience,
        sent=found.sent,
        delivered=found.delivered,
        apart=dict(found.apart),
    )
