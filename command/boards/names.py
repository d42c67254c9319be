"""The names that cards join to their ids when they are rendered, in one language."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.boards.words import WORDS
from command.core.paths import CONFIG
from command.incidents.clocks import ClockTable
from command.incidents.models import Task
from command.network.models import Area, Service
from command.people.departments import Structure
from command.people.models import Person
from playbooks.source import load


class Catalogue:
    """Names that come from configuration, read once a process."""

    def __init__(self) -> None:
        self.clocks = {c.id: c.name for c in load(CONFIG / "clocks.yaml", ClockTable).clocks}
        structure = load(CONFIG / "departments.yaml", Structure)
        self.departments = {str(d.code): d.name for d in structure.departments}


class Names:
    """Names in `language` (zh or en) of what a set of cards refers to; asks the database once per kind of thing."""

    def __init__(self, session: Session, catalogue: Catalogue, language: str) -> None:
        self.session = session
        self.catalogue = catalogue
        self.language = language
        self._known: dict[str, Mapping[int, str]] = {}

    def area(self, area_id: int | None) -> str:
        return self._of("area", Area, area_id)

    def service(self, service_id: int | None) -> str:
        return self._of("service", Service, service_id)

    def person(self, person_id: int | None) -> str:
        return self._of("person", Person, person_id)

    def actor(self, actor: str) -> str:
        """`person:7` as a name; machines and cycles as they are called."""
        kind, _, rest = actor.partition(":")
        return self.person(int(rest)) if kind == "person" and rest.isdigit() else rest or actor

    def clock(self, code: str) -> str:
        name = self.catalogue.clocks.get(code)
        return getattr(name, self.language) if name else code

    def department(self, code: str) -> str:
        name = self.catalogue.departments.get(code)
        return getattr(name, self.language) if name else code

    def tasks(self, ids: Iterable[int]) -> dict[int, str]:
        column = Task.title_zh if self.language == "zh" else Task.title_en
        return {row[0]: row[1] for row in self.session.execute(select(Task.id, column).where(Task.id.in_(list(ids))))}

    def word(self, group: str, value: Any) -> str:
        """The word for a state or kind; unknown ones are shown as they are."""
        found = WORDS[group].get(str(value))
        return gettext(found) if found else str(value)

    def _of(self, kind: str, model: Any, row_id: int | None) -> str:
        if row_id is None:
            return ""
        if kind not in self._known:
            column = model.name_zh if self.language == "zh" else model.name_en
            self._known[kind] = {row[0]: row[1] for row in self.session.execute(select(model.id, column))}
        return self._known[kind].get(row_id, f"#{row_id}")
