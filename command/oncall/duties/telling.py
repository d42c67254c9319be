"""Telling one person something about duties by SMS: behind pages, before mass notices, with the operator's name in front."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from sqlalchemy.orm import Session

from command.core import clock
from command.core.settings import Settings
from command.messages import service as messages
from command.messages.models import Lane, Purpose
from command.people.models import Person

VALID = timedelta(hours=12)
"""How long it may wait for a gateway."""


def settings(session: Session) -> Settings:
    """The settings of the installation a session belongs to; the usual ones where nobody gave any."""
    found = session.info.get("settings")
    return found if isinstance(found, Settings) else Settings()


def zone(session: Session) -> tzinfo:
    """The operator's zone: texts tell its wall clock."""
    return settings(session).tz


def moment(session: Session, at: datetime) -> str:
    """An instant as texts tell it."""
    return f"{at.astimezone(zone(session)):%Y-%m-%d %H:%M}"


def tell(session: Session, person: Person, texts: Mapping[str, str]) -> int | None:
    """Queue a text (by language, zh and en) to somebody in their language; return the delivery's id, None where they cannot be reached."""
    if not person.active or person.number is None or person.number_index is None:
        return None
    given = settings(session)
    language = "zh" if person.language == "zh" else "en"
    sign = f"【{given.operator_name_zh}】" if language == "zh" else f"{given.operator_name_en}: "
    outgoing = messages.Outgoing(
        purpose=Purpose.DUTY,
        lane=Lane.CORRECTION,
        addressee=person.id,
        recipient=person.number_index,
        number=person.number,
        body_id=messages.put_body(session, sign + texts[language], language),
        exercise=False,
        valid_until=clock.now(session) + VALID,
    )
    return messages.enqueue(session, outgoing)
