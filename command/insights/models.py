"""Summaries: what settled incidents add to the figures, kept so that nobody has to count them again."""

from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, Blob


class SummaryBlock(Base):
    """The settled incidents reported in a month (UTC, as 2026-11), written as `blocks.packed` writes them. A record counts while
    `incident.summed` says so; that of an incident which was opened again stays until the next sum takes its place. `digest` is taken
    over `data`."""

    __tablename__ = "summary_block"
    month: Mapped[str] = mapped_column(primary_key=True)
    incidents: Mapped[int]
    digest: Mapped[Blob]
    data: Mapped[Blob]
