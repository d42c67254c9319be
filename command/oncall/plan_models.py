"""What is planned about duties beyond who holds them: escalation policies."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
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
