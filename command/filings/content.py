"""The content of a report: fields with their values, what goes to the regulator, frozen when it is submitted and checked ever after."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.columns import dump
from command.core.journal import Entry
from command.filings.computing import Raw
from command.filings.models import Filing
from command.filings.regulators import FieldOf, Report, report_of, table
from command.incidents.models import Incident
from playbooks.texts import Text


@dataclass(frozen=True, slots=True)
class Entered:
    """One field: what the incident gives, what a person wrote (it goes before), and whether it is required."""

    key: str
    title: Text
    source: str
    required: bool
    longest: int
    computed: Raw
    written: str

    @property
    def value(self) -> Raw:
        """What the report says: the person's words, else what the incident gives."""
        return self.written or self.computed

    @property
    def missing(self) -> bool:
        return self.required and self.value in (None, "")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A submitted edition as it left: its fields, and whether content, row and journal still agree."""

    authority: Text
    title: Text
    fields: Sequence[Entered]
    sound: bool


def entered(report: Report, kind: str, computed: dict[str, Any], written: dict[str, str]) -> list[Entered]:
    """The fields of a report with their values; `computed` and `written` are by key."""
    return [_entered(field, computed.get(field.key), written.get(field.key, "")) for field in report.asked_of(kind)]


def _entered(field: FieldOf, computed: Raw, written: str) -> Entered:
    return Entered(field.key, field.title, field.source, field.required, field.longest, computed, written)


def frozen_text(row: Filing, incident: Incident, reference: str, submitted_at: datetime) -> str:
    """The canonical JSON of what is submitted, with everything that a reader a year from now needs: names, titles, values, times."""
    profile, report = report_of(row.report)
    regulator = table().profiles[profile]
    fields = [
        {
            "key": each.key,
            "title": each.title.model_dump(),
            "source": each.source,
            "required": each.required,
            "computed": each.computed,
            "written": each.written,
        }
        for each in entered(report, incident.kind, row.computed, row.written)
    ]
    return dump(
        {
            "incident": incident.number,
            "exercise": incident.exercise,
            "profile": row.profile,
            "authority": regulator.authority.model_dump(),
            "report": row.report,
            "title": report.title.model_dump(),
            "edition": row.edition,
            "as_of": row.as_of,
            "fields": fields,
            "reference": reference,
            "submitted_at": submitted_at,
            "submitted_by": row.submitted_by,
        }
    )


def digest(text: str) -> str:
    """The SHA-256 of a frozen content, as the journal has it."""
    return hashlib.sha256(text.encode()).hexdigest()


def thaw(session: Session, row: Filing) -> Frozen:
    """What was submitted, checked against the row and against the journal's entry."""
    text = row.content or ""
    data = orjson.loads(text)
    fields = [
        Entered(
            each["key"],
            Text.model_construct(**each["title"]),
            each["source"],
            each["required"],
            0,
            each["computed"],
            each["written"],
        )
        for each in data["fields"]
    ]
    sound = digest(text) == row.digest == journaled(session, row)
    authority, title = (Text.model_construct(**data[name]) for name in ("authority", "title"))
    return Frozen(authority, title, fields, sound)


def journaled(session: Session, row: Filing) -> str | None:
    """The digest that the journal has of a submitted edition."""
    query = (
        select(Entry.data)
        .where(Entry.stream_id == f"incident:{row.incident_number}", Entry.kind == "filing.submitted")
        .order_by(Entry.seq)
    )
    for text in session.scalars(query):
        data = orjson.loads(text)
        if (data["filing"], data["edition"]) == (row.report, row.edition):
            return str(data["digest"])
    return None


def changed(before: Filing, row: Filing) -> list[str]:
    """The keys in which two editions differ in what they say."""
    keys = sorted({*before.computed, *before.written, *row.computed, *row.written})

    def says(one: Filing, key: str) -> Raw:
        return one.written.get(key) or one.computed.get(key)

    return [key for key in keys if says(before, key) != says(row, key)]
