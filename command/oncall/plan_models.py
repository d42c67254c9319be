"""What is planned about duties beyond who holds them: escalation policies, swaps."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json


class EscalationPolicy(Base):
    """Whom the incidents of a department call, of one tier or all, in one area or everywhere (see oncall.policy). `steps` are
    [{"targets", "delay_minutes", "ack_minutes"}]; people in targets are `person:<id>`. `version` grows with each change."""

    __tablename__ = "escalation_policy"
    id: Mapped[Id]
    scope: Mapped[str] = mapped_column(unique=True)
    department: Mapped[str]
    tier: Mapped[int | None]
    area_code: Mapped[str | None]
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    repeat: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    changed_at: Mapped[datetime]


class SwapState(StrEnum):
    """proposed → accepted | declined | withdrawn."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class DutySwap(Base):
    """Two people change turns of one schedule: `other_id` takes what the proposer holds from `given_start` to `given_end`, the proposer
    what the other holds from `taken_start` to `taken_end`. Once accepted it is two overrides."""

    __tablename__ = "duty_swap"
    __table_args__ = (
        CheckConstraint("given_start < given_end AND taken_start < taken_end", name="spans"),
        CheckConstraint("state IN ('proposed','accepted','declined','withdrawn')", name="state"),
        Index("ix_duty_swap_other", "other_id", "state"),
        Index("ix_duty_swap_proposer", "proposer_id", "state"),
    )
    id: Mapped[Id]
    schedule_id: Mapped[int] = mapped_column(BigId, ForeignKey("schedule.id", ondelete="CASCADE"))
    proposer_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    other_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    given_start: Mapped[datetime]
    given_end: Mapped[datetime]
    taken_start: Mapped[datetime]
    taken_end: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=SwapState.PROPOSED)
    proposed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
