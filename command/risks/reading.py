"""Risks as lists and figures ask for them, and what of them is overdue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import house
from command.risks.models import Risk, State
from command.risks.rating import Level, level, months_after


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which risks: in this state (None: all but the retired), of this kind or level, in this area, with these words; only the overdue."""

    state: State | None = None
    kind: str = ""
    level: Level | None = None
    area: str = ""
    words: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Over all risks that are not retired."""

    risks: int
    severe: int
    signs: int
    review_overdue: int
    drill_overdue: int


def today(session: Session) -> date:
    """The operator's date."""
    return house.today(session, clock.now(session))


def review_due(risk: Risk) -> date:
    """The day by which a risk is to be reviewed again."""
    return months_after(risk.reviewed_on, risk.review_months)


def drill_due(risk: Risk) -> date | None:
    """The day by which it is to be drilled again; None where it is not drilled."""
    if risk.drill_months is None:
        return None
    return months_after(risk.drilled_on or risk.added_on, risk.drill_months)


def overdue(risk: Risk, on: date) -> tuple[bool, bool]:
    """Whether a risk's review and its drill are overdue on a day; a retired one's never are."""
    if risk.state == State.RETIRED:
        return False, False
    drill = drill_due(risk)
    return review_due(risk) < on, drill is not None and drill < on


def risks(session: Session, wanted: Wanted) -> Sequence[Risk]:
    """The greatest first, with their measures done or not; of those as great the ones by code."""
    query = select(Risk)
    query = query.where(Risk.state == wanted.state) if wanted.state else query.where(Risk.state != State.RETIRED)
    if wanted.kind:
        query = query.where(Risk.kind == wanted.kind)
    for word in wanted.words.split()[:8]:
        fields = (Risk.code, Risk.name_zh, Risk.name_en, Risk.words_zh, Risk.words_en, Risk.sign_zh, Risk.sign_en)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in fields)))
    on = today(session)
    rows = session.scalars(query.order_by((Risk.likelihood * Risk.impact).desc(), Risk.code)).all()
    return [row for row in rows if _fits(row, wanted, on)]


def _fits(risk: Risk, wanted: Wanted, on: date) -> bool:
    if wanted.area and wanted.area not in risk.areas:
        return False
    if wanted.level is not None and level(risk.likelihood, risk.impact) != wanted.level:
        return False
    return not wanted.overdue or any(overdue(risk, on))


def figures(session: Session) -> Figures:
    """How many there are, how many are severe, show their sign, or are overdue."""
    rows, on = risks(session, Wanted()), today(session)
    late = [overdue(row, on) for row in rows]
    return Figures(
        risks=len(rows),
        severe=sum(level(row.likelihood, row.impact) == Level.SEVERE for row in rows),
        signs=sum(row.sign_at is not None for row in rows),
        review_overdue=sum(review for review, _ in late),
        drill_overdue=sum(drill for _, drill in late),
    )


def retired(session: Session) -> int:
    """How many are retired."""
    return session.scalar(select(func.count()).select_from(Risk).where(Risk.state == State.RETIRED)) or 0
