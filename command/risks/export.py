"""The register as a CSV file that the import reads: imported where it came from, it changes nothing."""

import csv
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.people.models import Person
from command.resources.export import harmless
from command.risks.facts import measures_as
from command.risks.imports import WRITTEN
from command.risks.models import Risk, State


def write(session: Session, out: IO[str]) -> int:
    """Write every risk that is not retired; how many rows that were."""
    writer = csv.writer(out)
    writer.writerow(WRITTEN)
    owners = dict(session.execute(select(Person.id, Person.username)).tuples().all())
    rows = session.scalars(select(Risk).where(Risk.state != State.RETIRED).order_by(Risk.code)).all()
    for risk in rows:
        cells = _cells(risk, owners[risk.owner_id])
        writer.writerow([harmless(cells[name]) for name in WRITTEN])
    return len(rows)


def _cells(risk: Risk, owner: str) -> dict[str, str]:
    values: dict[str, Any] = {name: getattr(risk, name) for name in WRITTEN if name != "owner"}
    values |= {name: ";".join(values[name]) for name in ("areas", "elements", "scenarios")}
    values |= {"owner": owner, "measures": measures_as(risk.measures).replace(";", ",").replace("\n", ";")}
    return {name: "" if value is None else str(value) for name, value in values.items()}
