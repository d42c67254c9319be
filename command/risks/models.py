"""The risk register: what might happen, how likely and how bad it is, what shows that it comes, what is done against it, and its drills."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json


class State(StrEnum):
    """open ⇄ watched (its early-warning sign is looked out for); both → occurred (an incident came of it) → open or watched; all → retired
    → open."""

    OPEN = "open"
    WATCHED = "watched"
    OCCURRED = "occurred"
    RETIRED = "retired"


class Risk(Base):
    """One risk; its journal is the stream `risk:<code>`. Likelihood and impact are 1 (lowest) to 5, `residual_…` with the measures done.

    `measures` are counter-measures: words, username of the owner, day due and day done (either may be null). `plan` is the code of a
    playbook, `scenarios` codes of what drills it. It is reviewed every `review_months` and drilled every `drill_months` (null: not),
    counted from `reviewed_on` and `drilled_on`, or where it was never drilled from `added_on`. `sign_at`: its early-warning sign is
    there since. `incident_id`: the incident that came of it last."""

    __tablename__ = "risk"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'watched', 'occurred', 'retired')", name="state"),
        CheckConstraint("likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5", name="assessed"),
        CheckConstraint(
            "residual_likelihood BETWEEN 1 AND likelihood AND residual_impact BETWEEN 1 AND impact", name="residual"
        ),
        CheckConstraint("review_months > 0 AND (drill_months IS NULL OR drill_months > 0)", name="months"),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    words_zh: Mapped[str] = mapped_column(default="")
    words_en: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    areas: Mapped[list[str]] = mapped_column(Json)
    elements: Mapped[list[str]] = mapped_column(Json, default=list)
    likelihood: Mapped[int]
    impact: Mapped[int]
    residual_likelihood: Mapped[int]
    residual_impact: Mapped[int]
    sign_zh: Mapped[str] = mapped_column(default="")
    sign_en: Mapped[str] = mapped_column(default="")
    watched_at: Mapped[str] = mapped_column(default="")
    measures: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    plan: Mapped[str] = mapped_column(default="")
    scenarios: Mapped[list[str]] = mapped_column(Json, default=list)
    owner_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    review_months: Mapped[int]
    reviewed_on: Mapped[date]
    drill_months: Mapped[int | None]
    added_on: Mapped[date]
    drilled_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default=State.OPEN)
    sign_at: Mapped[datetime | None]
    incident_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("incident.id"))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
