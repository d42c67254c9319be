"""What plans take from the register: the risks that they may answer."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.risks.models import Risk, State


def offered(session: Session) -> Sequence[Mapping[str, str]]:
    """Every risk that is not retired, the gravest first: code, names, kind and level (likelihood × impact)."""
    query = select(Risk).where(Risk.state != State.RETIRED)
    rows = session.scalars(query.order_by((Risk.likelihood * Risk.impact).desc(), Risk.code))
    return [
        {
            "code": row.code,
            "name_zh": row.name_zh,
            "name_en": row.name_en,
            "kind": row.kind,
            "level": str(row.likelihood * row.impact),
        }
        for row in rows
    ]
