"""What every verb needs to know of this house: its settings, its rule tables, its library of plans."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from command.core.paths import CONFIG
from command.core.settings import Settings, read
from command.incidents import published
from command.incidents.causes import CauseTable
from command.incidents.clocks import ClockTable
from command.incidents.grading import TierTable
from command.incidents.observing_rules import WatchTable
from command.incidents.published import Marks
from command.incidents.words import Lexicon
from command.people.departments import Structure
from playbooks.loader import SHIPPED, Library, load_library
from playbooks.source import load
from playbooks.texts import Text


def settings(session: Session) -> Settings:
    """The settings of the installation the session belongs to; those of the environment where nobody gave any."""
    found = session.info.get("settings")
    return found if isinstance(found, Settings) else _environment()


@cache
def _environment() -> Settings:
    return read()


@cache
def tiers() -> TierTable:
    """The grading rules, read once a process."""
    return load(CONFIG / "tiers.yaml", TierTable)


@cache
def clocks() -> ClockTable:
    """The table of clocks, read once a process."""
    return load(CONFIG / "clocks.yaml", ClockTable)


@cache
def observation() -> WatchTable:
    """How long repairs are watched, and which evidence counts; read once a process."""
    return load(CONFIG / "observation.yaml", WatchTable)


@cache
def causes() -> CauseTable:
    """What incidents come from, read once a process."""
    return load(CONFIG / "causes.yaml", CauseTable)


@cache
def lexicon() -> Lexicon:
    """The words by which incidents are recognised, read once a process."""
    return load(CONFIG / "words.yaml", Lexicon)


@cache
def structure() -> Structure:
    """Departments and the form of the emergency groups, read once a process."""
    return load(CONFIG / "departments.yaml", Structure)


def library(session: Session) -> Library:
    """The plans that ship, the operator's own over them, and those that were published here over both."""
    return _library(settings(session).playbooks, published.marks(session))


@lru_cache(maxsize=16)
def _library(own: Path | None, marks: Marks) -> Library:
    return published.over(_files(own), marks)


@cache
def _files(own: Path | None) -> Library:
    return load_library((SHIPPED, own) if own else (SHIPPED,))


def task_titles(session: Session) -> Mapping[str, Text]:
    """Titles of tasks by code, of every plan the library holds; the newest where several plans have one of a code."""
    return _titles(settings(session).playbooks, published.marks(session))


@lru_cache(maxsize=16)
def _titles(own: Path | None, marks: Marks) -> Mapping[str, Text]:
    plans = sorted((sheet.playbook for sheet in _library(own, marks).sheets), key=lambda plan: plan.version)
    return {task.id: task.title for plan in plans for tier in plan.tiers.all() for task in tier.tasks}


def plan_titles(session: Session) -> Mapping[str, Text]:
    """Titles of plans by code; the newest where a plan has several versions."""
    sheets = library(session).sheets
    return {
        plan.code: plan.title for plan in sorted((sheet.playbook for sheet in sheets), key=lambda plan: plan.version)
    }


def local(session: Session, at: datetime) -> datetime:
    """An instant on the wall clock of the operator's zone."""
    return at.astimezone(settings(session).tz)


def today(session: Session, at: datetime) -> date:
    """The operator's date at an instant."""
    return local(session, at.astimezone(UTC)).date()
