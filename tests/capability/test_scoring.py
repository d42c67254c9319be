"""The standard and the score: pure."""

from datetime import date

import pytest

from command.capability import drawing, figures, scoring
from command.capability.figure_names import NAMES
from command.capability.scoring import Mark
from command.capability.standard import Standard, current

pytestmark = pytest.mark.proves("R36")


def standard(weights: tuple[int, int] = (1, 3)) -> Standard:
    """Two domains: plans with two items, drills with one."""
    text = {"zh": "文字", "en": "Words"}

    def item(code: str, weight: int) -> dict[str, object]:
        return {"code": code, "title": text, "weight": weight, "evidence": text, "levels": [text] * 4}

    plans = {"code": "plans", "title": text, "weight": weights[0], "items": [item("coverage", 3), item("revision", 1)]}
    drills = {"code": "drills", "title": text, "weight": weights[1], "items": [item("programme", 1)]}
    return Standard.model_validate({"version": 1, "absent": text, "domains": [plans, drills]})


def test_the_standard_has_the_heads_of_the_handbook_and_describes_every_level() -> None:
    found = current()
    assert {domain.code for domain in found.domains} == {
        *("organisation", "plans", "warning", "response", "resources", "drills", "information", "recovery"),
        "improvement",
    }
    assert 28 <= len(list(found.items())) <= 35
    shown = {code for item in found.items() for code in item.figures}
    assert shown == set(NAMES) == set(figures.COUNTS), "every figure that is counted is shown beside an item"


def test_items_and_domains_count_by_their_weight_and_what_does_not_apply_counts_nowhere() -> None:
    marks = {"coverage": Mark(4), "revision": Mark(0), "programme": Mark(2)}
    assert scoring.scores(standard(), marks) == scoring.Scores(563, {"plans": 750, "drills": 500})
    assert scoring.scores(standard(), marks | {"revision": Mark(applies=False)}).domains["plans"] == 1000
    nowhere = scoring.scores(standard(), marks | {"programme": Mark(applies=False)})
    assert (nowhere.total, nowhere.domains["drills"]) == (750, None)
    assert scoring.scores(standard(), {}).total is None
    assert scoring.unrated(standard(), {"coverage": Mark(0), "revision": Mark(applies=False)}) == ["programme"]


def test_weak_items_stand_lowest_first_then_by_weight() -> None:
    marks = {"coverage": Mark(1), "revision": Mark(1), "programme": Mark(0)}
    assert scoring.weak(standard(), marks) == ["programme", "coverage", "revision"]
    assert scoring.weak(standard(), {"coverage": Mark(2)}) == []


def test_a_standard_with_a_code_twice_or_an_unknown_figure_does_not_load() -> None:
    good = standard().model_dump(mode="json")
    twice = {**good, "domains": [good["domains"][0], good["domains"][0]]}
    with pytest.raises(ValueError, match="listed twice"):
        Standard.model_validate(twice)
    good["domains"][0]["items"][0]["figures"] = ["moon_phase"]
    with pytest.raises(ValueError, match="no figure is called 'moon_phase'"):
        Standard.model_validate(good)


def test_the_web_reaches_the_ring_of_each_score_and_the_trend_has_a_line_for_each_sort() -> None:
    web = drawing.web([100.0, 50.0, 0.0, None], [None] * 4)
    x, y = drawing.MIDDLE
    assert web.dots == [(x, y - 150), (x + 75, y), (x, y)]
    assert web.shapes[1] == "" and len(web.rings) == 4
    trend = drawing.trend([("self", date(2026, 12, 31), 60.0), ("third_party", date(2026, 6, 30), 50.0)])
    assert len(trend.lines) == 2 and trend.points[0].x > trend.points[1].x and trend.points[0].y < trend.points[1].y
    assert drawing.trend([]).points == []
