"""A drill beside earlier ones of the same scenario, or else of the same subject: figures side by side, and which way they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.drills.evaluation import measuring
from command.drills.evaluation.facts import SHARES, Figures
from command.drills.models import HELD, Drill, ScenarioVersion
from playbooks.scenario import Fact

EARLIER = 3
"""Earlier drills that stand beside one."""


class Trend(StrEnum):
    """Against the last earlier drill in which the same was measured."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Run:
    """One drill with its figures; `same` scenario as the one that is compared."""

    drill: Drill
    same: bool
    figures: Figures


def earlier(session: Session, drill: Drill) -> list[Run]:
    """Earlier drills that were held, the oldest first: of the same scenario; filled up with others of the same subject."""
    if drill.began_at is None:
        return []
    code = session.get_one(ScenarioVersion, drill.scenario_id).code
    rows = session.execute(
        select(Drill, ScenarioVersion.code)
        .join(ScenarioVersion, ScenarioVersion.id == Drill.scenario_id)
        .where(Drill.state.in_(HELD), Drill.subject == drill.subject, Drill.began_at < drill.began_at)
        .order_by(Drill.began_at.desc())
        .limit(50)
    ).all()
    chosen = sorted(rows, key=lambda row: row[1] != code)[:EARLIER]
    runs = [Run(row, its == code, measuring.figures(session, row)) for row, its in chosen]
    return sorted(runs, key=lambda run: run.drill.began_at or run.drill.due_at)


def trend(fact: Fact, now: Figures, before: Sequence[Run]) -> Trend:
    """Which way a fact went: less time and a greater share are better."""
    mine = now.value(fact)
    known = [value for run in before if (value := run.figures.value(fact)) is not None]
    if mine is None or not known:
        return Trend.NONE
    if abs(mine - known[-1]) < 1e-9:
        return Trend.SAME
    return Trend.BETTER if (mine > known[-1]) == (fact in SHARES) else Trend.WORSE
