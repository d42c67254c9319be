"""Every figure is one that Plotly's own schema accepts, and its marks lead to what is behind them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import plotly.graph_objects as go
import pytest

from command.insights import buckets, charts, curve, overview
from command.insights.curve import Step
from command.insights.filters import Filters
from command.insights.funnel import funnel
from command.insights.marks import Mark
from command.messages.models import State
from tests.insights.test_figures_of_a_period import LIMIT, NINE, NOW, after, case

WANTED = Filters(date(2026, 11, 16), date(2026, 11, 22), "day", kind="network_fault", area="8001")
FOUND = overview.overview(
    [case(), case(number="B", tier=1, responding_at=after(minutes=50), restored_at=after(hours=30))],
    buckets.split(WANTED.first, WANTED.last, "day"),
    UTC,
    LIMIT,
    NOW,
)
FIGURES = {
    "tiers": charts.tiers(FOUND.bars, WANTED, str),
    "users": charts.users(FOUND.bars, WANTED, str),
    "response": charts.response(FOUND.bins, 30, str),
    "rates": charts.rates(FOUND.bars, WANTED, str),
    "notices": charts.notices(funnel(1, 10, {State.DELIVERED: 9}), WANTED, str),
    "curve": curve.draw(
        [Step(NINE, 100), Step(after(minutes=10), 0)],
        after(minutes=20),
        [Mark(NINE, "tier", 2), Mark(after(minutes=4), "first")],
        after(hours=1),
        str,
    ),
}


def painted(value: Any) -> Any:
    """Tokens of the stylesheet as a browser would have put them."""
    if isinstance(value, str):
        return "#123456" if value.startswith("--") and "font" not in value else value
    if isinstance(value, list):
        return [painted(each) for each in value]
    return {name: painted(each) for name, each in value.items()} if isinstance(value, dict) else value


@pytest.mark.proves("D7", "D9")
@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_is_plotlys(name: str) -> None:
    assert orjson.dumps(FIGURES[name])
    go.Figure(painted(FIGURES[name]))


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_names_a_colour_of_its_own(name: str) -> None:
    text = orjson.dumps(FIGURES[name]).decode()
    assert "#" not in text.replace("#response-", "") and "rgb(" not in text


@pytest.mark.proves("D7")
def test_a_bar_of_a_tier_leads_to_its_incidents_under_the_same_filters() -> None:
    first = FIGURES["tiers"]["data"][0]
    at = first["x"].index("2026-11-20")
    assert first["y"][at] == 1
    assert first["customdata"][at] == ("/archive?from=2026-11-20&to=2026-11-20&kind=network_fault&area=8001&tier=1")


@pytest.mark.proves("R2")
def test_the_line_stands_between_what_is_in_time_and_what_is_late() -> None:
    figure = FIGURES["response"]
    in_time, late = figure["data"]
    assert dict(zip(in_time["x"], in_time["y"], strict=True))["5–10"] == 1
    assert dict(zip(late["x"], late["y"], strict=True))["45–60"] == 1
    edge = figure["layout"]["shapes"][0]["x0"]
    assert in_time["x"][int(edge - 0.5)] == "25–30" and in_time["x"][int(edge + 0.5)] == "30–45"


def test_the_curve_holds_each_mark_at_its_users_and_the_eta() -> None:
    line, tier, first = FIGURES["curve"]["data"]
    assert (line["line"]["shape"], line["y"]) == ("hv", [100, 0, 0])
    assert (tier["text"], tier["y"]) == (["Tier II"], [100])
    assert first["marker"]["symbol"] != tier["marker"]["symbol"]
    assert FIGURES["curve"]["layout"]["shapes"][0]["x0"] == "2026-11-20T02:00:00.000"


@pytest.mark.parametrize(("heights", "step"), [([], 1), ([0, 1], 1), ([5, 2], 1), ([6], None), ([20_000], None)])
def test_an_axis_that_counts_shows_each_whole_number_once(heights: list[float], step: int | None) -> None:
    assert charts.whole(heights).get("dtick") == step
    assert FIGURES["response"]["layout"]["yaxis"]["dtick"] == 1


def test_years_of_days_keep_few_words_under_the_axis() -> None:
    split = buckets.split(date(2026, 1, 1), date(2026, 3, 31), "day")
    bars = overview.overview([], split, UTC, timedelta(minutes=30), datetime(2026, 4, 1, tzinfo=UTC)).bars
    axis = charts.tiers(bars, WANTED, str)["layout"]["xaxis"]
    assert len(axis["ticktext"]) <= charts.TICKS and axis["ticktext"][0] == "01-01"


def test_a_property_that_plotly_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        charts.figure([{"type": "bar", "x": [1], "y": [1], "marker": {"colour": "--accent"}}], charts.axis(""))
