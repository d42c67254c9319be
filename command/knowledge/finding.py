"""Solved problems like an event, and those that a person searches for.

The index of terms gives the few that have most in common; these are then measured by the same logic as open incidents, with weights
of their own (`similarity.SAME_PROBLEM`)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from command.incidents import alike, similarity
from command.incidents.models import Incident
from command.incidents.similarity import Likeness, Picture
from command.knowledge import terms
from command.knowledge.models import KEPT, SolvedProblem, SolvedTerm, SolvedVersion
from command.knowledge.visible import seen
from command.people.access import Principal

MEASURED = 60
"""Solved problems that are measured, those with most terms in common first."""
LEAST = 0.25
"""Below this none is offered. (Ours.)"""
NAMED = 40
"""Terms of a search or an event looked up at most, the longest first: a long text says it all in these."""
TEXTS = ("title", "symptoms", "cause", "solution")

alarm_kinds: list[Callable[[Session, int], Collection[str]]] = []
"""Asked with an incident's id: the names of the problems its alarms are of. Joined where the application is put together."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which solved problems: with these words, of this kind, service or tag; the retired ones where asked for."""

    words: str = ""
    kind: str | None = None
    service: str | None = None
    tag: str | None = None
    retired: bool = False
    after: int = 0
    limit: int = 50


Found = tuple[SolvedProblem, SolvedVersion]


def picture(session: Session, incident: Incident) -> Picture:
    """An incident as far as solved problems go, with the alarms it raised."""
    return alike.with_alarms(alike.pictures_of(session, [incident])[incident.id], alarms_of(session, incident.id))


def alarms_of(session: Session, incident_id: int) -> frozenset[str]:
    """The names of the problems that an incident's alarms are of."""
    return frozenset(name for ask in alarm_kinds for name in ask(session, incident_id))


def like(session: Session, new: Picture, who: Principal | None, *, without: int | None = None) -> list[Likeness[Found]]:
    """The solved problems most like an event that `who` may know of, three at most, the closest first; `without` an incident's own."""
    known = _nearest(session, new, who, without)
    candidates = [((problem, text), pictured(problem, text)) for problem, text in known]
    return similarity.closest(new, candidates, alike.paths(session), similarity.SAME_PROBLEM, least=LEAST)


def _nearest(session: Session, new: Picture, who: Principal | None, without: int | None) -> list[Found]:
    wanted = sorted(terms.found_by(new), key=lambda term: (":" not in term, -len(term), term))[: 2 * NAMED]
    matching = (
        select(SolvedTerm.problem_id, func.count().label("common"))
        .where(SolvedTerm.term.in_(wanted))
        .group_by(SolvedTerm.problem_id)
        .subquery()
    )
    query = (
        select(SolvedProblem, SolvedVersion)
        .join(matching, matching.c.problem_id == SolvedProblem.id)
        .join(SolvedVersion, _present())
        .where(SolvedProblem.state == KEPT, seen(session, who), SolvedProblem.incident_id != (without or 0))
        .order_by(matching.c.common.desc(), SolvedProblem.id.desc())
        .limit(MEASURED)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _present() -> ColumnElement[bool]:
    return and_(SolvedVersion.problem_id == SolvedProblem.id, SolvedVersion.version == SolvedProblem.version)


def pictured(problem: SolvedProblem, text: SolvedVersion) -> Picture:
    """A solved problem as far as likeness goes."""
    return Picture(
        kind=problem.kind,
        areas=frozenset({problem.area_id} if problem.area_id is not None else ()),
        services=frozenset(problem.services),
        element_kinds=frozenset(problem.element_kinds),
        alarms=frozenset(problem.alarm_kinds),
        words=alike.terms(words_of(text)),
    )


def words_of(text: SolvedVersion) -> str:
    """All that a version says, tags included."""
    said = [getattr(text, f"{name}_{language}") for name in TEXTS for language in ("zh", "en")]
    return "\n".join(part for part in (*said, *text.tags) if part)


def search(session: Session, wanted: Wanted, who: Principal) -> list[Found]:
    """Solved problems with the words asked for, the best first; the newest first where no words are asked for."""
    query = select(SolvedProblem, SolvedVersion).join(SolvedVersion, _present()).where(seen(session, who))
    if not wanted.retired:
        query = query.where(SolvedProblem.state == KEPT)
    if wanted.kind:
        query = query.where(SolvedProblem.kind == wanted.kind)
    for mark in _marks(wanted):
        query = query.where(SolvedProblem.id.in_(select(SolvedTerm.problem_id).where(SolvedTerm.term == mark)))
    if wanted.after:
        query = query.where(SolvedProblem.id < wanted.after)
    if wanted.words.strip():
        common = _common(alike.terms(wanted.words))
        query = query.where(or_(common > 0, _says(wanted.words))).order_by(common.desc())
    rows = session.execute(query.order_by(SolvedProblem.id.desc()).limit(wanted.limit))
    return [(row[0], row[1]) for row in rows]


def _marks(wanted: Wanted) -> list[str]:
    marks = {"service": wanted.service, "tag": wanted.tag}
    return [f"{name}:{value}" for name, value in marks.items() if value]


def _common(words: Collection[str]) -> ColumnElement[int]:
    """How many of these terms a solved problem has, where these are at least half of them; else 0."""
    chosen = sorted(words, key=lambda term: (-len(term), term))[:NAMED]
    count = func.count()
    counted = (
        select(count)
        .where(SolvedTerm.problem_id == SolvedProblem.id, SolvedTerm.term.in_(chosen))
        .having(2 * count >= len(chosen))
        .scalar_subquery()
    )
    return func.coalesce(counted, 0)


def _says(words: str) -> ColumnElement[bool]:
    """Whether the texts hold every word as it was typed: a single character has no terms."""
    columns = [getattr(SolvedVersion, f"{name}_{language}") for name in TEXTS for language in ("zh", "en")]
    each = [or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in words.split()[:8]]
    return and_(*each)


def versions(session: Session, problem: SolvedProblem) -> Sequence[SolvedVersion]:
    """Every version of a solved problem, the newest first."""
    query = select(SolvedVersion).where(SolvedVersion.problem_id == problem.id)
    return session.scalars(query.order_by(SolvedVersion.version.desc())).all()
