"""Snapshots of folded boards, and the cards as last written to the journal."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, OfExercise


class Snapshot(Base):
    """A folded stream at a seq; deletable, made again from the entries."""

    __tablename__ = "snapshot"
    stream_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    fold_version: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


class BoardCard(OfExercise, Base):
    """What the journal last said of a card: the unit of work records an entry only when a card differs from it."""

    __tablename__ = "board_card"
    board: Mapped[str] = mapped_column(primary_key=True)
    card: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[str]
    changed_at: Mapped[datetime]
