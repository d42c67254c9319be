"""The words and names that cards join to their ids and states when they are rendered, in one language, for everybody alike."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, cast

from babel.numbers import format_decimal
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.boards.projection import Seen
from command.boards.words import WORDS
from command.core.journal import Entry, Note
from command.core.log import masked_words
from command.incidents import house
from command.incidents.models import Task
from command.incidents.rendering import Reader
from command.network.models import Area, Service
from command.oncall import responses
from command.people.language import LOCALES
from command.people.models import Person

KEPT = 30.0
"""Seconds for which a process believes the names it has read: a renamed area shows its new name no later than that."""


class Catalogue:
    """Names of areas, services and people, read by a process once in a while, and at once for an id it does not know."""

    def __init__(self) -> None:
        self._read: dict[tuple[type, str], tuple[float, Mapping[int, str]]] = {}

    def name(self, session: Session, model: Any, row_id: int, language: str) -> str:
        """The name of a row; its number where there is none."""
        at, names = self._read.get((model, language), (-KEPT, {}))
        if row_id not in names or time.monotonic() - at > KEPT:
            column = model.name_zh if language == "zh" else model.name_en
            names = dict(session.execute(select(model.id, column)).tuples().all())
            self._read[model, language] = (time.monotonic(), names)
        return names.get(row_id, f"#{row_id}")


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

    def service(self, service_id: int | None) -> str:
        return self._of(Service, service_id)

    def person(self, person_id: int | None) -> str:
        return self._of(Person, person_id)

    def actor(self, actor: str) -> str:
        """`person:7` as a name; cycles as automatic; sources and plans as they are called."""
        kind, _, rest = actor.partition(":")
        if kind == "person" and rest.isdigit():
            return self.person(int(rest))
        return self.word("actor", kind) if kind == "system" else f"{self.word('actor', kind)} {rest}".strip()

    def clock(self, code: str) -> str:
        """The name of a time limit."""
        return next((getattr(c.name, self.language) for c in house.clocks().clocks if c.id == code), code)

    def department(self, code: str) -> str:
        known = house.structure().departments
        return next((getattr(d.name, self.language) for d in known if str(d.code) == code), code)

    def rule(self, rule: str) -> str:
        """Why a grading rule is there; its id where the table has it no more."""
        try:
            return str(getattr(house.tiers().reason(rule), self.language))
        except KeyError:
            return rule

    def tasks(self, ids: Iterable[int]) -> dict[int, str]:
        """The titles of tasks."""
        column = Task.title_zh if self.language == "zh" else Task.title_en
        return dict(self.session.execute(select(Task.id, column).where(Task.id.in_(list(ids)))).tuples().all())

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
