"""Journal entries as people read them, in both languages: names and notes joined, figures in their places."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.journal import Entry, Note
from command.core.log import masked_words
from command.incidents import clock_rows, house
from command.incidents.activation import KIND_WORDS, TIER_WORDS
from command.incidents.bulletin_sentences import BULLETINS, WHY
from command.incidents.quality_sentences import QUALITY_FIELDS
from command.incidents.sentences import SENTENCES, WORDS
from command.network.models import Area
from command.people.models import Person
from command.resources.models import Resource, ResourceUnit

_PLACE = re.compile(r"\{(\w+)\}")
_PERSON = re.compile(r"(^|_)(person_id|owner_id|commander_id)$")


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, readable. `actor` is the name of who acted; `notes` are texts cited by the entry, null where erased."""

    seq: int
    at: datetime
    actor: str
    kind: str
    zh: str
    en: str
    data: Mapping[str, Any]
    notes: Sequence[str | None]


class Reader:
    """Joins names and notes for the entries of one stream, asking for each of them once."""

    def __init__(self, session: Session, entries: Sequence[Entry]) -> None:
        self.session = session
        data = [orjson.loads(entry.data) for entry in entries]
        note_ids = {note["id"] for each in data for note in _notes(each)}
        bodies = session.execute(select(Note.id, Note.body).where(Note.id.in_(note_ids))).tuples()
        self.bodies = {note_id: masked_words(body) if body else body for note_id, body in bodies}
        people = {value for each in data for key, value in each.items() if _PERSON.search(key) and value}
        people |= {int(e.actor.removeprefix("person:")) for e in entries if e.actor.startswith("person:")}
        self.people = {p.id: p for p in session.scalars(select(Person).where(Person.id.in_(people)))}
        self.areas = {a.id: a for a in session.scalars(select(Area))}

    def line(self, entry: Entry) -> Line:
        """An entry as a line."""
        data = orjson.loads(entry.data)
        cited = [self.bodies.get(note["id"]) for note in _notes(data)]
        said = [body for body in cited if body]
        texts = {language: self._text(entry.kind, data, language, said) for language in ("zh", "en")}
        return Line(entry.seq, entry.at, self.actor(entry.actor), entry.kind, texts["zh"], texts["en"], data, cited)

    def actor(self, actor: str) -> str:
        """`person:7` by username; sources and cycles as they are."""
        person = self.people.get(int(actor.removeprefix("person:"))) if actor.startswith("person:") else None
        return person.username if person else actor

    def _text(self, kind: str, data: Mapping[str, Any], language: str, said: Sequence[str]) -> str:
        pair = SENTENCES.get(kind)
        if pair is None:
            return kind
        sentence = pair[0] if language == "zh" else pair[1]
        shown = _PLACE.sub(lambda place: self._value(place[1], data.get(place[1]), language), sentence)
        if not said:
            return shown
        return f"{shown}：{'；'.join(said)}" if language == "zh" else f"{shown}: {'; '.join(said)}"

    def _value(self, name: str, value: Any, language: str) -> str:
        zh = language == "zh"
        if value is None:
            return "—"
        if _PERSON.search(name):
            person = self.people.get(value)
            return names.of(person, language) if person else f"#{value}"
        if name == "area_id":
            return names.of(self.areas[value], language) if value in self.areas else f"#{value}"
        if (
            name in ("tier", "lower_tier", "before", "current_tier", "projected_tier", "suggested_tier")
            and value in TIER_WORDS
        ):
            return TIER_WORDS[value][0 if zh else 1]
        if name == "resource_id":
            resource = self.session.get(Resource, value)
            return names.of(resource, language) if resource else f"#{value}"
        if name == "unit_id":
            unit = self.session.get(ResourceUnit, value)
            return unit.serial if unit else f"#{value}"
        if name in ("km", "hours", "fuel_hours"):
            return f"{value:g}"
        if name == "event_kind":
            return KIND_WORDS[value][0 if zh else 1] if value in KIND_WORDS else str(value)
        if name == "clock":
            known = clock_rows.definition(value)
            return (known.name.zh if zh else known.name.en) if known else str(value)
        if name == "bulletin_kind" and value in BULLETINS:
            return BULLETINS[value][0 if zh else 1]
        if name in QUALITY_FIELDS and value in QUALITY_FIELDS[name]:
            return QUALITY_FIELDS[name][value][0 if zh else 1]
        if name == "why" and isinstance(value, str) and value in WHY:
            return WHY[value][0 if zh else 1]
        if name in ("root_cause", "cause_code", "causes", "earlier_causes"):
            return self._plain(
                [_cause(code, language) for code in ([value] if isinstance(value, str) else value)], language
            )
        if name in ("rules", "overruled"):
            return self._plain([_rule(rule, language) for rule in value], language)
        if name == "playbook":
            return self._plan(str(value), language)
        if name in ("task", "tasks"):
            return self._plain(
                [self._task(code, language) for code in ([value] if name == "task" else value)], language
            )
        return self._plain(value, language)

    def _task(self, code: str, language: str) -> str:
        """What a task is called in the plans; its code where none has it any more."""
        title = house.task_titles(self.session).get(code)
        if title is None:
            return code
        return f"“{title.zh}”" if language == "zh" else f"“{title.en}”"

    def _plan(self, code: str, language: str) -> str:
        """What a plan is called; its code where the library has it no more."""
        title = house.plan_titles(self.session).get(code)
        if title is None:
            return code
        return f"《{title.zh}》" if language == "zh" else f"“{title.en}”"

    def _plain(self, value: Any, language: str) -> str:
        if isinstance(value, list):
            return ("、" if language == "zh" else ", ").join(self._plain(each, language) for each in value) or "—"
        if isinstance(value, bool):
            return WORDS[str(value)][0 if language == "zh" else 1]
        if isinstance(value, str) and _MOMENT.match(value):
            return f"{house.local(self.session, datetime.fromisoformat(value)):%m-%d %H:%M}"
        if isinstance(value, str) and value in WORDS:
            return WORDS[value][0 if language == "zh" else 1]
        return f"{value:,.0f}" if isinstance(value, float) else str(value)


def _rule(rule: str, language: str) -> str:
    """Why a grading rule is there; its id where the table has it no more."""
    try:
        reason = house.tiers().reason(rule)
    except KeyError:
        return rule
    return reason.zh if language == "zh" else reason.en


def _cause(code: str, language: str) -> str:
    """What a cause or its root is called; its code where the table has it no more."""
    name = house.causes().name(code)
    if name is None:
        return code
    return name.zh if language == "zh" else name.en


_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d")


def _notes(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The note references anywhere in a payload, at its first two levels; other rooms cite notes by `…note_id`."""
    found: list[Mapping[str, Any]] = []
    for key, value in data.items():
        if isinstance(value, dict) and value.keys() >= {"id", "hash"}:
            found.append(value)
        elif isinstance(value, list):
            found += [each for each in value if isinstance(each, dict) and each.keys() >= {"id", "hash"}]
        elif key.endswith("note_id") and isinstance(value, int):
            found.append({"id": value})
    return found
