"""Where an incident is: the tree of areas, walked up and down."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.incidents.grading import LEVELS, Level
from command.network.models import Area, Element

Tree = Mapping[int, Area]
_TREE = "places.tree"


def tree(session: Session) -> Tree:
    """Every area by id, read once in each unit of work: areas come by imports, which ask for none."""
    found: Tree | None = session.info.get(_TREE)
    if found is None:
        found = session.info[_TREE] = {area.id: area for area in session.scalars(select(Area))}
    return found


def named(session: Session, code: str, field: str = "area") -> Area:
    """The area of a code; raise Invalid naming the field."""
    area = session.scalar(select(Area).where(Area.code == code))
    if area is None:
        raise Invalid(
            N_("There is no area %(code)s."),
            field=field,
            remedy=N_("Use the code of an imported area, such as that of the county or prefecture concerned."),
            code=code,
        )
    return area


def upward(areas: Tree, area_id: int | None) -> Iterator[Area]:
    """An area and those that contain it, the narrowest first."""
    while area_id is not None and area_id in areas:
        yield areas[area_id]
        area_id = areas[area_id].parent_id


def containing(areas: Tree, ids: Collection[int]) -> int | None:
    """The narrowest area that contains all of `ids`; None for none."""
    paths = [[area.id for area in upward(areas, each)] for each in sorted(ids)]
    if not paths:
        return None
    shared = set(paths[0]).intersection(*paths[1:])
    return next((each for each in paths[0] if each in shared), None)


def codes_upward(session: Session, area_id: int | None) -> list[str]:
    """The codes of an area and of those that contain it."""
    return [area.code for area in upward(tree(session), area_id)]


def level_of(session: Session, area_id: int | None) -> Level | None:
    """The level of an area; None where it is not known."""
    found = session.scalar(select(Area.level).where(Area.id == area_id)) if area_id else None
    return next((level for level in LEVELS if level == found), None)


def elements_named(session: Session, names: Sequence[str], field: str = "elements") -> list[Element]:
    """The elements of these names; raise Invalid naming the ones that do not exist."""
    found = {e.name: e for e in session.scalars(select(Element).where(Element.name.in_(list(names))))}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise Invalid(
            N_("Unknown elements: %(names)s."),
            field=field,
            remedy=N_("Use names of imported elements, or leave them out and give area and users."),
            names=", ".join(unknown[:10]),
        )
    return [found[name] for name in dict.fromkeys(names)]


def element_areas(session: Session, element_ids: Collection[int]) -> set[int]:
    """The areas in which elements stand."""
    if not element_ids:
        return set()
    return set(session.scalars(select(Element.area_id).where(Element.id.in_(list(element_ids))).distinct()))
