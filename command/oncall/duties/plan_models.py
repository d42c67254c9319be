"""What is planned about duties beyond who holds them: escalation policies, swaps, flaws flagged, turns
from calendar files."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
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


class DutyFlag(Base):
    """A flaw of the duties ahead that was flagged: a gap of a schedule (`kind` gap), or a person's two duties at once (double, in
    `other_id` too). 0 stands for none. `horizon`: a week or a day before it begins, each once."""

    __tablename__ = "duty_flag"
    __table_args__ = (UniqueConstraint("schedule_id", "kind", "other_id", "person_id", "start_at", "horizon"),)
    id: Mapped[Id]
    schedule_id: Mapped[int] = mapped_column(BigId, ForeignKey("schedule.id", ondelete="CASCADE"))
    kind: Mapped[str]
    other_id: Mapped[int] = mapped_column(BigId, default=0)
    person_id: Mapped[int] = mapped_column(BigId, default=0)
    start_at: Mapped[datetime] = mapped_column(index=True)
    horizon: Mapped[str]
    flagged_at: Mapped[datetime]


class DutyTurn(Base):
    """A turn from a calendar file that was imported: a layer above the rotations of its schedule. The next import replaces all of them."""

    __tablename__ = "duty_turn"
    __table_args__ = (
        CheckConstraint("start_at < end_at", name="span"),
        Index("ix_duty_turn_when", "schedule_id", "end_at"),
    )
    id: Mapped[Id]
    schedule_id: Mapped[int] = mapped_column(BigId, ForeignKey("schedule.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
