"""The words and names that cards join to their ids and states when they are rendered, in one language, for everybody alike."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, cast

from babel.numbers import format_decimal
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.boards.grouping import AreaImpact, by_area
from command.boards.projection import Seen
from command.boards.words import WORDS
from command.core.journal import Entry, Note
from command.core.log import masked_words
from command.incidents import house
from command.incidents.facts import BY_ITSELF
from command.incidents.models import Incident, Task
from command.incidents.rendering import Reader
from command.network.models import Area, Service
from command.notices.drafting import texts_of
from command.notices.models import Notice
from command.oncall.paging import responses
from command.people.language import LOCALES
from command.people.models import Person
from command.resources.models import Resource, ResourceUnit

KEPT = 30.0
"""Seconds for which a process believes the names it has read: a renamed area shows its new name no later than that."""


class Catalogue:
    """Names of areas, services and people, read by a process once in a while, and at once for an id it does not know."""

    def __init__(self) -> None:
        self._read: dict[tuple[type, str], tuple[float, Mapping[int, str]]] = {}
        self._parents: tuple[float, Mapping[int, int | None]] = (-KEPT, {})

    def name(self, session: Session, model: Any, row_id: int, language: str) -> str:
        """The name of a row; its number where there is none."""
        at, names = self._read.get((model, language), (-KEPT, {}))
        if row_id not in names or time.monotonic() - at > KEPT:
            column = model.name_zh if language == "zh" else model.name_en
            names = dict(session.execute(select(model.id, column)).tuples().all())
            self._read[model, language] = (time.monotonic(), names)
        return names.get(row_id, f"#{row_id}")

    def parents(self, session: Session) -> Mapping[int, int | None]:
        """Which area each area lies in."""
        at, found = self._parents
        if time.monotonic() - at > KEPT:
            found = dict(session.execute(select(Area.id, Area.parent_id)).tuples().all())
            self._parents = (time.monotonic(), found)
        return found


class Names:
    """What a card's template asks for. Nothing here depends on who looks: times are the operator's, words those of `language`."""

    def __init__(
        self, session: Session, catalogue: Catalogue, language: str, translate: Callable[[str], str], zone: tzinfo
    ) -> None:
        self.session = session
        self.catalogue = catalogue
        self.language = language
        self.translate = translate
        self.zone = zone

    def area(self, area_id: int | None) -> str:
        return self._of(Area, area_id)

    def chain(self, area_id: int | None) -> tuple[int, ...]:
        """An area and those it lies in, the narrowest first."""
        found: list[int] = []
        parents = self.catalogue.parents(self.session)
        while area_id is not None and area_id not in found:
            found.append(area_id)
            area_id = parents.get(area_id)
        return tuple(found)

    def closure(self, area_ids: Iterable[int]) -> list[int]:
        """Areas and all those they lie in, each once."""
        return sorted({each for area_id in area_ids for each in self.chain(area_id)})

    def service(self, service_id: int | None) -> str:
        return self._of(Service, service_id)

    def resource(self, resource_id: int | None) -> str:
        return self._of(Resource, resource_id)

    def serials(self, ids: Iterable[int | None]) -> dict[int, str]:
        """The serial numbers of units, by id."""
        wanted = [each for each in ids if each]
        query = select(ResourceUnit.id, ResourceUnit.serial).where(ResourceUnit.id.in_(wanted))
        return dict(self.session.execute(query).tuples().all()) if wanted else {}

    def person(self, person_id: int | None) -> str:
        return self._of(Person, person_id)

    def incident(self, incident_id: int | None) -> str:
        """The number of an incident; nothing for none."""
        return self.session.scalar(select(Incident.number).where(Incident.id == incident_id)) or ""

    def actor(self, actor: str) -> str:
        """`person:7` as a name; cycles as automatic; sources and plans as they are called."""
        kind, _, rest = actor.partition(":")
        if kind == "person" and rest.isdigit():
            return self.person(int(rest))
        return self.word("actor", kind) if kind == "system" else f"{self.word('actor', kind)} {rest}".strip()

    def clock(self, code: str) -> str:
        """The name of a time limit."""
        return next((getattr(c.name, self.language) for c in house.clocks().clocks if c.id == code), code)

    def by_hand(self, code: str) -> bool:
        """Whether a clock is stopped by somebody who says that its matter was done."""
        return any(c.id == code and c.stops not in BY_ITSELF for c in house.clocks().clocks)

    def department(self, code: str) -> str:
        known = house.structure().departments
        return next((getattr(d.name, self.language) for d in known if str(d.code) == code), code)

    def rule(self, rule: str) -> str:
        """Why a grading rule is there; its id where the table has it no more."""
        try:
            return str(getattr(house.tiers().reason(rule), self.language))
        except KeyError:
            return rule

    def tasks(self, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
        """The titles of tasks, and what there is to do in detail."""
        zh = self.language == "zh"
        columns = (Task.title_zh, Task.detail_zh) if zh else (Task.title_en, Task.detail_en)
        rows = self.session.execute(select(Task.id, *columns).where(Task.id.in_(list(ids)))).tuples()
        return {task_id: (title, detail) for task_id, title, detail in rows}

    def notes(self, ids: Iterable[int | None]) -> dict[int, str]:
        """What people wrote, phone numbers masked; erased notes are left out."""
        wanted = [each for each in ids if each]
        rows = self.session.execute(select(Note.id, Note.body).where(Note.id.in_(wanted))).tuples() if wanted else ()
        return {note_id: masked_words(body) for note_id, body in rows if body is not None}

    def notice(self, notice_id: int) -> Mapping[str, str]:
        """The texts of a notice by language, this one's first; phone numbers that somebody typed into them are masked."""
        found = self.session.get(Notice, notice_id)
        texts = texts_of(self.session, found) if found else {}
        return dict(
            sorted(
                ((tongue, masked_words(text)) for tongue, text in texts.items()),
                key=lambda pair: pair[0] != self.language,
            )
        )

    def target(self, target: str) -> str:
        """Whom a step of a chain pages, in words."""
        scheme, _, name = target.partition(":")
        if scheme == "person" and name.isdigit():
            return self.person(int(name))
        if scheme == "oncall":
            return f"{self.word('target', scheme)} {self.department(name)}"
        if scheme == "group":
            known = house.structure().groups
            return next((getattr(g.name, self.language) for g in known if str(g.echelon) == name), name)
        return self.word("post", name)

    def impact(self, rows: Sequence[Mapping[str, Any]]) -> list[AreaImpact]:
        """Impact by area, services that are hit alike side by side."""
        return by_area(rows)

    def note(self, note_id: int | None) -> str:
        """What somebody wrote, with phone numbers masked; nothing where it was erased."""
        body = self.session.scalar(select(Note.body).where(Note.id == note_id)) if note_id else None
        return masked_words(body) if body else ""

    def arrival(self, page: Mapping[str, Any]) -> Markup:
        """When somebody under way is expected, from what they said and when."""
        return self.when(responses.arrival(_instant(page["response_at"]), page["eta_minutes"]))

    def entries(self, entries: Sequence[Seen]) -> list[tuple[Seen, str]]:
        """Journal entries with their words, newest first."""
        reader = Reader(self.session, cast(Sequence[Entry], entries))
        lines = [(entry, reader.line(cast(Entry, entry))) for entry in reversed(entries)]
        return [(entry, line.zh if self.language == "zh" else line.en) for entry, line in lines]

    def word(self, group: str, value: Any) -> str:
        """The word for a state or kind; unknown ones are shown as they are."""
        found = WORDS[group].get(str(value))
        return self.translate(found) if found else str(value)

    def users(self, count: float) -> str:
        """A count in the language's number form."""
        return str(format_decimal(round(count), locale=LOCALES[self.language]))

    def moment(self, at: str | datetime) -> str:
        """An instant on the operator's wall clock: month, day and time."""
        return f"{_instant(at).astimezone(self.zone):%m-%d %H:%M}"

    def when(self, at: str | datetime) -> Markup:
        """The same for a page, with the exact instant for programs and on hover."""
        local = _instant(at).astimezone(self.zone)
        return Markup('<time class="num" datetime="{}" title="{}">{}</time>').format(
            local.isoformat(timespec="seconds"), local.strftime("%Y-%m-%d %H:%M:%S %Z"), self.moment(at)
        )

    def _of(self, model: Any, row_id: int | None) -> str:
        return "" if row_id is None else self.catalogue.name(self.session, model, row_id, self.language)


def _instant(at: str | datetime) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
