"""The history of a warning, from its journal, in sentences."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import journal, names
from command.core.journal import Payload
from command.incidents import visibility
from command.incidents.views import note_text
from command.oncall.duties import telling
from command.people.access import Principal
from command.people.models import Person
from command.people.posts import DEPARTMENTS
from command.resources import lines
from command.warnings import advisory, entries, happened, tasks
from command.warnings.colours import Colour
from command.warnings.models import Source, Warning
from command.warnings.words import FIELDS, SENTENCES, SHORT, SOURCES, STATES, TASKS


class LineOut(BaseModel):
    """A line of the history."""

    seq: int
    at: datetime
    by: str
    kind: str
    text: str
    said: str | None


def lines_of(session: Session, row: Warning, who: Principal, language: str) -> Iterator[LineOut]:
    """The lines of a warning's history, the oldest first; an incident's number only where `who` may know of it."""
    found = list(journal.entries(session, entries.stream(row.code)))
    actors = lines.people(session, {entry.actor for entry in found}, language)
    titles = {each.code: each.title_zh if language == "zh" else each.title_en for each in tasks.of(session, row)}
    numbers = {incident.id: incident for _, incident in happened.incidents(session, [row.id])}
    for entry in found:
        data = Payload.registry[entry.kind].model_validate_json(entry.data).model_dump(mode="json")
        if "task" in data:
            data["task"] = titles.get(data["task"], data["task"])
        text = gettext(SENTENCES.get(entry.kind, entry.kind)) % _told(session, data, language)
        incident = numbers.get(data.get("incident_id") or 0)
        if incident is not None and visibility.visible(session, incident, who):
            text = f"{text} · {incident.number}"
        note = data.get("reason") or data.get("note")
        note_id = note["id"] if isinstance(note, Mapping) else data.get("reason_note_id")
        yield LineOut(
            seq=entry.seq,
            at=entry.at,
            by=actors.get(entry.actor, entry.actor),
            kind=entry.kind,
            text=text,
            said=note_text(session, note_id) if note_id else None,
        )


def _told(session: Session, data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """An entry's fields as its sentence tells them."""
    told = dict(data)
    for name in ("colour", "before"):
        if name in data:
            told[name] = gettext(SHORT[Colour(data[name])])
    if "areas" in data:
        told["areas"] = advisory.area_words(session, data["areas"], language)
    if "source" in data:
        told["source"] = gettext(SOURCES[Source(data["source"])])
    if "until_at" in data:
        told["until_at"] = telling.moment(session, datetime.fromisoformat(data["until_at"]))
    if "fields" in data:
        told["fields"] = gettext(", ").join(gettext(FIELDS[name]) for name in data["fields"])
    if "tasks" in data:
        told["count"] = len(data["tasks"])
    if "state" in data:
        told["state"] = gettext(TASKS.get(data["state"]) or STATES.get(data["state"], data["state"]))
    if "department" in data:
        told["department"] = gettext(DEPARTMENTS.get(data["department"], data["department"]))
    if "person_id" in data:
        found = session.get(Person, data["person_id"])
        told["person"] = names.of(found, language) if found else data["person_id"]
    if isinstance(data.get("counts"), dict):
        told["counts"] = ", ".join(f"{state} {count}" for state, count in data["counts"].items())
    return told
