"""What every edge needs: settings, database and keys of one installation, opened once."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from command.core.columns import Base
from command.core.database import Database
from command.core.keys import Keyring, open_keyring
from command.core.settings import Settings


class Counter(Base):
    """A number that only grows, without gaps (incident numbers, network revisions)."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)


def count_up(session: Session, name: str) -> int:
    """The next value of a counter, from 1. The row stays locked until the unit of work ends."""
    return int(
        session.execute(
            text(
                "INSERT INTO counter (name, value) VALUES (:name, 1) "
                "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
            ),
            {"name": name},
        ).scalar_one()
    )


@dataclass(frozen=True)
class Installation:
    """Settings, database and keys of one running Tocsin."""

    settings: Settings
    database: Database
    keyring: Keyring

    def __post_init__(self) -> None:
        self.database.info["settings"] = self.settings

    @classmethod
    def open(cls, settings: Settings) -> "Installation":
        """Open the data folder, the keys and the database (which must have been upgraded)."""
        settings.data.mkdir(parents=True, exist_ok=True)
        keyring = open_keyring(settings.keys, settings.data / "keys", may_create=settings.demo_allowed)
        return cls(settings, Database(settings.url, pool=settings.database_connections), keyring)
