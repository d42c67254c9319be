"""Ratings of objectives, and the one that a run proposes from what it measured. Pure; whoever rates decides."""

from enum import StrEnum

from command.core.problems import N_
from command.drills.evaluation.facts import SHARES, Figures
from playbooks.scenario import Measure


class Rating(StrEnum):
    """How an objective was performed (the four ratings of the Homeland Security Exercise and Evaluation Program)."""

    P = "P"  # performed without challenges
    S = "S"  # with some
    M = "M"  # with major ones
    U = "U"  # unable to be performed


RATINGS: dict[Rating, str] = {
    Rating.P: N_("performed without challenges"),
    Rating.S: N_("performed with some challenges"),
    Rating.M: N_("performed with major challenges"),
    Rating.U: N_("unable to be performed"),
}
TONES = {Rating.P: "ok", Rating.S: "accent", Rating.M: "warn", Rating.U: "bad"}
WITHIN_S = 1.5
"""Up to so many times the minutes allowed it is S (house rule)."""
SHARE_S = 0.75
"""From so much of the share demanded it is S (house rule)."""


def propose(measure: Measure, figures: Figures, *, over: bool) -> Rating | None:
    """P where the demand is met; S up to half as long again, or from three quarters of the share; M for less than that; U for not at all.
    None where there was nothing to measure, and, of what has not happened, while the drill goes on."""
    if measure.fact in SHARES:
        return _of_share(measure.at_least or 1.0, figures.share(measure.fact).value, over)
    span, within = figures.span(measure.fact), measure.within_minutes or 0.0
    if span.minutes is None:
        return Rating.U if span.begun and over else None
    if span.minutes <= within:
        return Rating.P
    return Rating.S if span.minutes <= within * WITHIN_S else Rating.M


def _of_share(at_least: float, share: float | None, over: bool) -> Rating | None:
    if share is None:
        return None
    if share >= at_least:
        return Rating.P
    if not over:
        return None
    if share >= at_least * SHARE_S - 1e-9:
        return Rating.S
    return Rating.M if share > 0 else Rating.U
