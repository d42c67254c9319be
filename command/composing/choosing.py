"""Areas, elements, services, tariff plans and lists by their names: offered while somebody types, understood as typed, and said where
they stand.

A form holds what a person reads (“8001 Meichuan”), a selection holds codes. What cannot be meant is left as it was typed: checking the
selection then names it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.core import names
from command.core.problems import N_, NotFound
from command.incidents import report_form
from command.network.models import Area, Element, Service, TariffPlan
from command.notices.models import NumberList

OFFERED = 8
"""Choices offered at a time."""
_PARTING = frozenset(";；,，\n")
"""What parts two choices in a form: a plan whose name has one cannot be meant there, and is not offered."""
AREAS = ("areas", "without_areas")
ELEMENTS = ("elements", "without_elements")
PLANS = ("plans", "without_plans")
LISTS = ("lists", "without_lists")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: what is written into the form, its name, and what tells it from others."""

    label: str
    name: str
    note: str


def offered(session: Session, field: str, typed: str, language: str) -> list[Choice]:
    """What a field may mean by what was typed, the best first; raise NotFound for a field that offers nothing."""
    typed = typed.strip()[:100]
    if field in AREAS:
        areas = report_form.found(session.scalars(select(Area)), typed)[:OFFERED]
        return [
            Choice(_label(area.code, names.of(area, language)), names.of(area, language), area.code) for area in areas
        ]
    if field in ELEMENTS:
        query = select(Element.name, Area).join(Area, Area.id == Element.area_id)
        query = query.where(Element.name.icontains(typed, autoescape=True)).order_by(Element.name).limit(OFFERED)
        return [Choice(name, name, names.of(area, language)) for name, area in session.execute(query).tuples()]
    if field in PLANS:
        plans = select(TariffPlan.name).where(TariffPlan.name.icontains(typed, autoescape=True))
        known = (name for name in session.scalars(plans.order_by(TariffPlan.name)) if not _PARTING.intersection(name))
        return [Choice(name, name, "") for name in islice(known, OFFERED)]
    if field in LISTS:
        wanted = [NumberList.name.icontains(typed, autoescape=True)]
        wanted += [NumberList.id == int(typed)] if typed.isdigit() and len(typed) < 18 else []
        there = NumberList.removed_at.is_(None)
        rows = session.scalars(
            select(NumberList).where(there, or_(*wanted)).order_by(NumberList.id.desc()).limit(OFFERED)
        )
        return [Choice(_label(row.id, row.name), row.name, f"{row.matched:,}") for row in rows]
    raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back to the notice and use its buttons."))


def _label(code: object, name: str) -> str:
    """As the form holds it: what would part two choices is left out of a name."""
    return f"{code} {name}".translate({ord(mark): " " for mark in _PARTING}).strip()


def meant(session: Session, field: str, typed: Sequence[str]) -> list[str]:
    """The codes that a field's words mean: a code, a code with its name, or a name that one alone has."""
    if field in AREAS and typed:
        areas = session.scalars(select(Area)).all()
        known = {area.code for area in areas}
        return [_area(areas, known, each) for each in typed]
    if field in LISTS:
        return [each.split(" ", 1)[0] for each in typed]
    return list(typed)


def _area(areas: Sequence[Area], known: set[str], typed: str) -> str:
    first = typed.split(" ", 1)[0]
    if typed in known or first in known:
        return typed if typed in known else first
    found = report_form.found(areas, typed)
    exact = [area for area in found if typed.lower() in (area.name_zh.lower(), area.name_en.lower())]
    return found[0].code if len(found) == 1 else exact[0].code if len(exact) == 1 else typed


def labels(session: Session, field: str, codes: Iterable[Any], language: str) -> list[str]:
    """What a form shows for codes; a code that is gone from the register stays as it is."""
    wanted = list(codes)
    if field in AREAS:
        rows = session.scalars(select(Area).where(Area.code.in_(wanted)))
        known: Mapping[Any, str] = {row.code: _label(row.code, names.of(row, language)) for row in rows}
    elif field in LISTS:
        known = {
            row.id: _label(row.id, row.name)
            for row in session.scalars(select(NumberList).where(NumberList.id.in_(wanted)))
        }
    elif field == "services":
        found = session.scalars(select(Service).where(Service.code.in_(wanted)))
        known = {row.code: names.of(row, language) for row in found}
    else:
        known = {}
    return [known.get(each, str(each)) for each in wanted]


def said(session: Session, selection: Mapping[str, Any], language: str) -> dict[str, list[str]]:
    """A kept selection in words, field by field; what says nothing is left out."""
    found = {}
    for field, value in selection.items():
        if not value or value == "any":
            continue
        found[field] = [value] if isinstance(value, str) else labels(session, field, value, language)
    return found
