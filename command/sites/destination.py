"""In which area a crew goes, from the place as it is written: a site's code, or an area's name."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.incidents import places
from command.sites.models import Site


def area_of(session: Session, place: str, area_id: int | None) -> int | None:
    """The area of a place: of the site whose code it begins with, or else the narrowest area in `area_id` that it names; `area_id` where it
    names none."""
    words = place.split()
    if words:
        found = session.scalar(select(Site.area_id).where(Site.code == words[0]))
        if found is not None:
            return found
    tree = places.tree(session)
    named = [
        (len(list(places.upward(tree, area.id))), area.id)
        for area in tree.values()
        if area.name_zh in place or area.name_en.lower() in place.lower()
    ]
    inside = [each for each in named if area_id is None or area_id in {a.id for a in places.upward(tree, each[1])}]
    return max(inside)[1] if inside else area_id
