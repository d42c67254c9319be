"""States of sites as sources send them: what cannot be used is named one by one, the rest is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import filled, items
from command.core.problems import N_, Invalid
from command.sites import reports
from command.sites.asked import StateIn
from command.sites.models import Site
from command.sites.reports import FIELDS, Said


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one of them (`index` from 0), and the remedy."""

    index: int
    site: str
    field: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many were kept, how many of these had a figure that came too late to count, and what was wrong with the others."""

    kept: int
    late: int
    faults: tuple[Fault, ...]


def take(session: Session, given: Sequence[Mapping[str, Any]], *, exercise: bool = False) -> Outcome:
    """Keep what can be used."""
    read = [_read(index, each) for index, each in enumerate(given)]
    asked = [each for each in read if isinstance(each, tuple)]
    known = _sites(session, {state.site for _, state in asked})
    now = clock.now(session)
    faults = [each for each in read if isinstance(each, Fault)]
    good = []
    for index, state in asked:
        try:
            good.append(said(state, known, now=now))
        except Invalid as wrong:
            words = filled(wrong.detail, wrong.values), filled(wrong.remedy, wrong.values)
            faults.append(Fault(index, state.site, wrong.field, *words))
    late = reports.take(session, good, exercise=exercise)
    return Outcome(len(good), late, tuple(sorted(faults, key=lambda fault: fault.index)))


def _read(index: int, given: Mapping[str, Any]) -> tuple[int, StateIn] | Fault:
    try:
        return index, StateIn.model_validate(given)
    except ValidationError as error:
        first = items(error.errors(include_url=False))[0]
        site = given.get("site")
        named = site[:40] if isinstance(site, str) else ""
        words = filled(first.detail, first.values), filled(first.remedy, first.values)
        return Fault(index, named, first.field, *words)


def _sites(session: Session, codes: set[str]) -> dict[str, int]:
    query = select(Site.code, Site.id).where(Site.code.in_(list(codes)))
    return dict(session.execute(query).tuples().all())


def said(state: StateIn, known: Mapping[str, int], *, now: Any) -> Said:
    """A state as a report; raise Invalid."""
    if state.site not in known:
        raise Invalid(
            N_("There is no site %(site)s."),
            field="site",
            remedy=N_("Import it first, or correct its code."),
            site=state.site,
        )
    made = Said(known[state.site], state.at, **{name: getattr(state, name) for name in FIELDS}, words=state.words)
    reports.check(made, now)
    return made
