"""Live warnings as the public reads them on the status page: nothing of exercises, no figure, advice with each, and the fields of CAP."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from command.core import clock
from command.network.models import Area
from command.warnings import reading
from command.warnings.colours import Colour
from command.warnings.flags import event_of
from command.warnings.models import Warning

SEVERITY = {Colour.BLUE: "Minor", Colour.YELLOW: "Moderate", Colour.ORANGE: "Severe", Colour.RED: "Extreme"}
SOON = timedelta(hours=24)


def now(session: Session) -> list[dict[str, Any]]:
    """The fields of each live warning, the gravest first."""
    rows = reading.warnings(session, "live")
    names = {area.code: {"zh": area.name_zh, "en": area.name_en} for area in session.scalars(_areas(rows))}
    at = clock.now(session)
    return [_fields(row, names, at) for row in rows]


def _areas(rows: Sequence[Warning]) -> Select[Area]:
    return select(Area).where(Area.code.in_({code for row in rows for code in row.areas}))


def _fields(row: Warning, names: dict[str, dict[str, str]], at: datetime) -> dict[str, Any]:
    event = event_of(row)
    return {
        "identifier": row.code,
        "issuer": row.issuer,
        "event": event.name.model_dump(),
        "colour": row.colour,
        "severity": SEVERITY[Colour(row.colour)],
        "urgency": "Immediate" if row.from_at <= at else "Expected" if row.from_at - at < SOON else "Future",
        "headline": {"zh": row.headline_zh, "en": row.headline_en},
        "advice": event.advice.model_dump(),
        "areas": [names[code] for code in row.areas if code in names],
        "onset": row.from_at,
        "expires": row.until_at,
    }
