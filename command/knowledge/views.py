"""Solved problems as people and programs read them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import names
from command.incidents.models import Incident
from command.incidents.similarity import Likeness
from command.incidents.views import AreaOut, PersonOut, person
from command.incidents.words import CONCEPT
from command.knowledge import finding
from command.knowledge.finding import Found
from command.knowledge.models import SolvedProblem, SolvedVersion
from command.network.models import Area

SHARED = 4
"""Shared words that are shown as a reason."""


class TextsOut(BaseModel):
    """The words of a solved problem in both languages; empty where nobody wrote them."""

    title_zh: str
    title_en: str
    symptoms_zh: str
    symptoms_en: str
    cause_zh: str
    cause_en: str
    solution_zh: str
    solution_en: str
    tags: list[str]


class VersionOut(TextsOut):
    version: int
    at: datetime
    by: PersonOut | None


class ProblemOut(BaseModel):
    """A solved problem. `title` is in the reader's language where there is one; `state` kept or retired (with `reason`)."""

    id: int
    incident: str
    kind: str
    fault_class: str | None
    area: AreaOut | None
    element_kinds: list[str]
    alarm_kinds: list[str]
    services: list[str]
    restricted: bool
    state: str
    reason: str
    version: int
    kept_at: datetime
    changed_at: datetime
    offered: int
    helped: int
    unfit: int
    title: str
    texts: TextsOut


class WholeOut(ProblemOut):
    """With every version, the newest first."""

    versions: list[VersionOut]


class LikeOut(BaseModel):
    """A solved problem that is offered: how alike (0–1), why (the strongest first), and some of the words shared."""

    problem: ProblemOut
    score: float
    reasons: list[str]
    shared: list[str]


def problem_out(session: Session, found: Found, language: str) -> ProblemOut:
    """A solved problem in short."""
    return ProblemOut(**_short(session, found, language))


def whole(session: Session, problem: SolvedProblem, language: str) -> WholeOut:
    """A solved problem with every version."""
    every = finding.versions(session, problem)
    versions = [
        VersionOut(**_texts(each), version=each.version, at=each.at, by=person(session, each.by, language))
        for each in every
    ]
    return WholeOut(**_short(session, (problem, every[0]), language), versions=versions)


def _short(session: Session, found: Found, language: str) -> dict[str, object]:
    problem, text = found
    area = session.get(Area, problem.area_id) if problem.area_id else None
    columns = ("id", "kind", "fault_class", "element_kinds", "alarm_kinds", "services", "restricted", "state", "reason")
    figures = ("version", "kept_at", "changed_at", "offered", "helped", "unfit")
    return {
        **{name: getattr(problem, name) for name in (*columns, *figures)},
        "incident": session.get_one(Incident, problem.incident_id).number,
        "area": AreaOut(code=area.code, name=names.of(area, language), level=area.level) if area else None,
        "title": said(text, "title", language),
        "texts": TextsOut(**_texts(text)),
    }


def _texts(text: SolvedVersion) -> dict[str, object]:
    return {name: getattr(text, name) for name in TextsOut.model_fields}


def said(text: SolvedVersion, part: str, language: str) -> str:
    """A part in the reader's language, or in the one it has."""
    other = "en" if language == "zh" else "zh"
    found: str = getattr(text, f"{part}_{language}") or getattr(text, f"{part}_{other}")
    return found


def likes(session: Session, found: Sequence[Likeness[Found]], language: str) -> list[LikeOut]:
    """What is offered, the closest first."""
    return [
        LikeOut(
            problem=problem_out(session, each.who, language),
            score=round(each.score, 3),
            reasons=list(each.reasons),
            shared=[word for word in each.shared if not word.startswith(CONCEPT)][:SHARED],
        )
        for each in found
    ]
