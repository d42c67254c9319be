"""The figures as JSON, the same as on the page."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from command.core import clock, names
from command.insights import excluded, figure_words, filters, period_figures
from command.insights.excluded import Excluded
from command.insights.figure_addresses import behind
from command.insights.period_figures import Line, PeriodFigures
from command.people import language
from command.people.access import access, here, principal

api = APIBlueprint("figures_api", __name__, url_prefix="/api/v1/insights", tag="Insights")

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]


class FiguresIn(BaseModel):
    """The filters of the page. Days are those of the reader's zone; `area` includes the areas within it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    from_: Short = Field("", alias="from")
    to: Short = ""
    tier: Short = ""
    kind: Short = ""
    area: Short = ""
    service: Short = ""
    lang: Short = ""


class AimOut(BaseModel):
    """What a figure has to reach: at least, at most, or below `value`, in its unit."""

    value: float
    how: Literal["at_least", "at_most", "below"]


class FigureOut(BaseModel):
    """One figure. `key` tells several of one code apart (a service, a class, a kind). `value` is in `unit`: percent and availability in
    percent, seconds, minutes, a count, failures per hundred elements, a score of 100; null where there is nothing to count. `before` is
    that of the period before, null for what stands as it does today. `narrowed`: tier, kind, area and service apply to it."""

    code: str
    key: str
    group: str
    name: str
    label: str
    value: float | None
    unit: str
    good: int | None
    of: int | None
    more: dict[str, float | None]
    target: AimOut | None
    verdict: Literal["met", "missed", "none"]
    before: float | None
    change: Literal["better", "worse", "same", "other", "none"]
    narrowed: bool
    today: bool
    definition: str
    source: str
    behind: str


class LoadOut(BaseModel):
    """Somebody on call: pages of the period, seconds until their answers (mean), hours on call; null: the period is too long for them."""

    person: str
    name: str
    pages: int
    answered: int
    night: int
    mean_answer: float | None
    hours: float | None
    night_hours: float | None


class ExcludedOut(BaseModel):
    """What is left out: how many by reason, and the newest of them. `restricted` counts those the reader may not know of, reported in
    `restricted_months`."""

    counts: dict[str, int]
    incidents: dict[str, list[str]]
    restricted: int
    restricted_months: list[str]


class FiguresOut(BaseModel):
    at: datetime
    first: date
    last: date
    before_first: date
    before_last: date
    figures: list[FigureOut]
    load: list[LoadOut]
    excluded: ExcludedOut


@api.get("/figures")
@api.input(FiguresIn, location="query")
@api.output(FiguresOut)
@access("read")
def figures(query_data: FiguresIn) -> Any:
    """All figures of a period (default: the last 30 days) with their targets and those of the period before, for what the reader may know
    of; and what they leave out."""
    asked, who, zone, spoken = query_data.model_dump(by_alias=True), principal(), language.zone(), language.language()
    with here().database.read() as session:
        now = clock.now(session)
        wanted = filters.read(asked, now.astimezone(zone).date())
        found = period_figures.figures(session, wanted, zone, who)
        labels = figure_words.labels(session, found.lines, spoken)
        left = excluded.excluded(session, wanted, zone, who)
        return _out(found, labels, left, now, spoken)


def _out(
    found: PeriodFigures, labels: Mapping[tuple[str, str], str], left: Excluded, now: datetime, spoken: str
) -> FiguresOut:
    wanted, earlier = found.wanted, period_figures.before(found.wanted)
    return FiguresOut(
        at=now,
        first=wanted.first,
        last=wanted.last,
        before_first=earlier.first,
        before_last=earlier.last,
        figures=[_figure(line, labels, found) for line in found.lines],
        load=[
            LoadOut(
                person=load.person.username,
                name=names.of(load.person, spoken),
                pages=load.pages,
                answered=load.answered,
                night=load.night,
                mean_answer=load.mean_answer,
                hours=load.hours,
                night_hours=load.night_hours,
            )
            for load in found.loads
        ],
        excluded=ExcludedOut(
            counts=dict(left.counts),
            incidents={reason: list(numbers) for reason, numbers in left.numbers.items()},
            restricted=left.restricted,
            restricted_months=list(left.restricted_months),
        ),
    )


def _figure(line: Line, labels: Mapping[tuple[str, str], str], found: PeriodFigures) -> FigureOut:
    its = line.definition
    return FigureOut(
        code=its.code,
        key=line.key,
        group=its.group,
        name=gettext(its.name),
        label=labels[its.code, line.key],
        value=line.now.value,
        unit=its.unit,
        good=line.now.good,
        of=line.now.of,
        more=dict(line.now.more),
        target=AimOut(value=its.aim.value, how=its.aim.how) if its.aim else None,
        verdict=line.verdict,
        before=line.before.value if line.before else None,
        change=line.change,
        narrowed=its.narrowed,
        today=its.today,
        definition=figure_words.says(its),
        source=gettext(its.source),
        behind=behind(line, found.wanted),
    )
