"""What a run remembers between two rounds of an engine: how far each journal was read, how far each recording was played, and what was
written to phones."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, OfExercise


class DrillWatch(OfExercise, Base):
    """Entries of a stream up to `seq` have been looked at for a drill."""

    __tablename__ = "drill_watch"
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill.id"), primary_key=True, autoincrement=False)
    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigId, default=0)


class DrillFeed(OfExercise, Base):
    """The alarms of a delivered inject: the first `sent` of them went to the intake. `over` once there are no more."""

    __tablename__ = "drill_feed"
    inject_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill_inject.id"), primary_key=True, autoincrement=False)
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill.id"), index=True)
    sent: Mapped[int] = mapped_column(BigId, default=0)
    over: Mapped[bool] = mapped_column(default=False)


class DrillText(OfExercise, Base):
    """A text of a live drill to somebody who takes part."""

    __tablename__ = "drill_text"
    delivery_id: Mapped[int] = mapped_column(BigId, ForeignKey("delivery.id"), primary_key=True, autoincrement=False)
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill.id"), index=True)
