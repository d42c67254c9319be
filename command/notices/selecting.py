"""An audience put together by a person: which subscribers it takes, as data, and as a condition on subscribers.

What a selection takes is asked of the register each time: an area means those who live in it, or in an area within it, now. Critical
customers `also` come in whatever their plan, service and language, if they live where the selection looks. What is left out is left
out, whoever else would bring it in."""

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, Table, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.network.models import Area, Element, Service
from command.notices.models import ListedNumber, NumberList
from command.notices.story import Condition, E, S

L = cast(Table, ListedNumber.__table__)
Code = Annotated[str, Field(min_length=1, max_length=120)]
Codes = Annotated[tuple[Code, ...], Field(max_length=1000)]
Ids = Annotated[tuple[Annotated[int, Field(ge=1, le=2**62)], ...], Field(max_length=20)]


class Selection(BaseModel):
    """Which subscribers: those of `areas` (codes), of `elements` (names) or on imported `lists` (ids), narrowed by `services` (codes),
    `plans` and `language`; of critical customers `any`, `only` them, or them `also`; without the excluded areas, elements, plans and
    lists."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    areas: Codes = ()
    elements: Codes = ()
    lists: Ids = ()
    services: Codes = ()
    plans: Codes = ()
    critical: Literal["any", "only", "also"] = "any"
    language: Literal["zh", "en"] | None = None
    without_areas: Codes = ()
    without_elements: Codes = ()
    without_plans: Codes = ()
    without_lists: Ids = ()


def of(stored: dict[str, Any] | None) -> Selection | None:
    """The selection a notice or a saved audience keeps."""
    return Selection.model_validate(stored) if stored else None


def check(session: Session, selection: Selection) -> Selection:
    """Raise Invalid where it looks nowhere, or names what there is not: a misspelt exclusion would tell those it was to spare."""
    if not (selection.areas or selection.elements or selection.lists):
        raise Invalid(
            N_("The audience has no place to look in."),
            field="audience.areas",
            remedy=N_("Give areas, elements or an imported list; for everybody, the area that holds all."),
        )
    for fields, known in (
        (("areas", "without_areas"), select(Area.code)),
        (("elements", "without_elements"), select(Element.name)),
        (("services",), select(Service.code)),
        (("lists", "without_lists"), select(NumberList.id).where(NumberList.removed_at.is_(None))),
    ):
        (column,) = known.selected_columns
        for field in fields:
            wanted = set(getattr(selection, field))
            found = set(session.scalars(known.where(column.in_(wanted)))) if wanted else set()
            if missing := sorted(str(each) for each in wanted - found):
                raise Invalid(
                    N_("There is no %(name)s."),
                    field=f"audience.{field}",
                    remedy=N_("Take it out, or write it as the register does."),
                    name=", ".join(missing[:5]),
                )
    return selection


def matches(session: Session, selection: Selection) -> Condition:
    """The condition on subscribers (S). Raises nothing: what is gone from the register takes nobody."""
    where = or_(*_places(selection.areas, selection.elements, selection.lists))
    narrowed: list[Condition] = [true()]
    if selection.services:
        bits = session.scalars(select(Service.bit).where(Service.code.in_(selection.services)))
        narrowed.append(S.c.services.bitwise_and(sum(1 << bit for bit in bits)) != 0)
    if selection.plans:
        narrowed.append(S.c.tariff_plan.in_(selection.plans))
    if selection.language:
        narrowed.append(S.c.language == selection.language)
    wanted = and_(*narrowed)
    if selection.critical == "only":
        wanted = and_(wanted, S.c.critical != "")
    elif selection.critical == "also":
        wanted = or_(wanted, S.c.critical != "")
    out = _places(selection.without_areas, selection.without_elements, selection.without_lists)
    if selection.without_plans:
        out.append(S.c.tariff_plan.in_(selection.without_plans))
    return and_(where, wanted, *(~each for each in out))


def _places(areas: Codes, elements: Codes, lists: Ids) -> list[Condition]:
    found: list[Condition] = []
    if areas:
        found.append(S.c.element_id.in_(select(E.c.id).where(E.c.area_id.in_(_within(areas)))))
    if elements:
        found.append(S.c.element_id.in_(select(E.c.id).where(E.c.name.in_(elements))))
    if lists:
        found.append(exists().where(L.c.list_id.in_(lists), L.c.number_index == S.c.number_index).correlate(S))
    return found


def _within(codes: Codes) -> Select[int]:
    """The areas of these codes and all they contain. Named in place: sqlite3 counts rows of statements that begin with INSERT."""
    tree = select(Area.id).where(Area.code.in_(codes)).cte(recursive=True, nesting=True)
    tree = tree.union(select(Area.id).join(tree, Area.parent_id == tree.c.id))
    return select(tree.c.id)
