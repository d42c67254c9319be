"""How many an audience is, of which languages, a few of them, and what telling them would come to, before anything is sent.

The register is counted in ranges of ids until the time is up: what is not through by then is told as “at least”. The count that a second
person types is never this one, but the whole one that submitting makes."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from command.core.keys import Keyring
from command.core.log import mask
from command.incidents import notifying, telling
from command.incidents.models import Incident
from command.messages import bad
from command.messages.segments import Segments
from command.messages.segments import count as segments_of
from command.network.models import Area, Element
from command.notices import audience, living, selecting, sparing
from command.notices.drafting import texts_of
from command.notices.forecast import Forecast, forecast
from command.notices.models import Basis, Kind, Notice
from command.notices.selecting import Selection
from command.notices.sparing import Span
from command.notices.story import Condition, S, Story

SPAN = 50_000
"""Ids of a range: a small part of the time allowed, on either database."""
ALLOWED = 0.8
"""Seconds, so that whoever types is not kept waiting."""
SAMPLE = 10


@dataclass(frozen=True, slots=True)
class Someone:
    """One of an audience, masked."""

    number: str
    language: str
    area: str


@dataclass(frozen=True, slots=True)
class Reckoned:
    """`whole`: everybody was counted; otherwise they are at least so many. `left_out` of them, by language: their numbers take no SMS, and
    a notice of this kind leaves them out."""

    count: int
    whole: bool
    languages: dict[str, int]
    sample: tuple[Someone, ...]
    left_out: dict[str, int]

    @property
    def reached(self) -> dict[str, int]:
        """Those it would be sent to, by language."""
        return less(self.languages, self.left_out)


def reckon(
    session: Session,
    selection: Selection,
    keyring: Keyring,
    about: tuple[Incident, Kind] | None,
    allowed: float = ALLOWED,
) -> Reckoned:
    """Count a selection; for a notice of a kind `about` an incident, without those who would not get it. Raise Invalid."""
    selecting.check(session, selection)
    queries, spared = _queries(session, selection, about), _spared(session, about)
    top = session.scalar(select(func.max(S.c.id))) or 0
    until, at = time.monotonic() + allowed, 0
    languages, left = Counter[str](), Counter[str]()
    while at < top and (at == 0 or time.monotonic() < until):
        for query in queries:
            some = query.where(S.c.id > at, S.c.id <= at + SPAN)
            languages.update(_by_language(session, some))
            if spared is not None:
                left.update(_by_language(session, some.where(spared(_ids(at)))))
        at += SPAN
    sample = tuple(each for query in queries for each in _sample(session, query, keyring, min(at, top)))[:SAMPLE]
    return Reckoned(languages.total(), at >= top, dict(sorted(languages.items())), sample, dict(sorted(left.items())))


def less(languages: dict[str, int], left_out: dict[str, int] | None) -> dict[str, int]:
    """Those of each language but for those left out."""
    return {language: count - (left_out or {}).get(language, 0) for language, count in languages.items()}


def _ids(at: int) -> Span:
    """The ids of a range."""
    return lambda column: and_(column > at, column <= at + SPAN)


def _by_language(session: Session, people: Select[Any]) -> dict[str, int]:
    grouped = people.with_only_columns(S.c.language, func.count()).group_by(S.c.language)
    return dict(session.execute(grouped).tuples().all())


def _spared(session: Session, about: tuple[Incident, Kind] | None) -> Callable[[Span], Condition] | None:
    """The condition, within a span, of those whom a notice of a kind about the incident leaves out; None where it leaves nobody out."""
    if about is None or not bad.any_marked(session):
        return None
    incident, kind = about
    if not sparing.leaves_out(session, kind, incident.tier, incident.kind):
        return None
    prospect = living.prospect(telling.about(session, incident), kind)
    prospect.basis = Basis.SELECTION
    return partial(sparing.marked, sparing.ways_of(session, prospect))


def _queries(session: Session, selection: Selection, about: tuple[Incident, Kind] | None) -> list[Select[Any]]:
    chosen = selecting.matches(session, selection)
    if about is None:
        return [select(S).where(chosen)]
    incident, kind = about
    prospect = living.prospect(telling.about(session, incident), kind)
    story = Story.of(session, incident.id, incident.exercise)
    if kind in (Kind.FIRST, Kind.ADVISORY):
        return [audience.selected(story, prospect, chosen, S.c.id > 0)]
    return [audience.told(story, prospect, source, chosen) for source in audience.sources(story, prospect)]


def _sample(session: Session, query: Select[Any], keyring: Keyring, upto: int) -> list[Someone]:
    places = select(Area.code).join(Element, Element.area_id == Area.id).where(Element.id == S.c.element_id)
    few = query.with_only_columns(S.c.number, S.c.language, places.scalar_subquery()).where(S.c.id <= upto)
    rows = session.execute(few.order_by(S.c.id).limit(SAMPLE)).tuples()
    return [Someone(mask(keyring.decrypt(number)), language, area) for number, language, area in rows]


def expected(
    session: Session, incident: Incident, kind: Kind, texts: dict[str, str], languages: dict[str, int]
) -> Forecast | None:
    """What telling so many would cost and how long it would take; None of an exercise, which tells those who take part alone."""
    if incident.exercise or not texts:
        return None
    try:
        release = notifying.terms(session, incident, kind, automatic=False)["release_at"]
    except telling.NoPlan:
        release = None
    return forecast(session, kind, texts, languages, release_at=release)


def expected_of(session: Session, notice: Notice) -> Forecast | None:
    """The same of a notice whose audience was counted, for those who do not have it yet; None before that."""
    if notice.exercise or notice.languages is None:
        return None
    texts = texts_of(session, notice)
    languages = less(notice.languages, notice.left_out)
    return forecast(session, notice.kind, texts, languages, notice_id=notice.id, release_at=notice.release_at)


def segments(texts: dict[str, str]) -> dict[str, Segments]:
    """The size of each text on the air."""
    return {language: segments_of(text) for language, text in texts.items()}
