"""What people type into the report's form, read as they mean it. Pure but for `area_meant`, which looks at the areas."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.network.models import Area

AGO = (0, 5, 15, 30)
"""Minutes ago that are one key away; 0 is now."""
OFFERED = 8
"""Areas offered at a time."""
_MANY = {"": 1, "k": 1000, "千": 1000, "w": 10_000, "万": 10_000, "m": 1_000_000, "百万": 1_000_000}
_USERS = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,12}(?:\.\d{1,6})?)(k|w|m|千|万|百万)?(?:户|人|用户|users?)?$")
_UNITS = ("users", "user", "户", "人", "用户")
_GAPS = re.compile(r"[\s;、；，]+|,(?!\d{3})")


@dataclass(frozen=True, slots=True)
class Hit:
    """Who or what is hit: users, or names of elements, or both."""

    users: int | None
    elements: tuple[str, ...]


def hit(text: str) -> Hit:
    """What "users or elements" says: 1200, 1,200, 1.2万 and 3k are users, MW-0221 and AGG-01-3 elements, in any order. Raise Invalid
    where two numbers stand beside each other."""
    users: int | None = None
    elements: list[str] = []
    for word in filter(None, _GAPS.split(unicodedata.normalize("NFKC", text).strip())):
        number = _USERS.match(word.lower())
        if word.lower() in _UNITS:
            continue
        if number is None:
            elements.append(word.upper() if word.isascii() else word)
            continue
        if users is not None:
            raise Invalid(
                N_("There are two numbers here."),
                field="affected",
                remedy=N_("Give one number of users, and names of elements beside it."),
            )
        users = round(float(number[1].replace(",", "")) * _MANY[number[2] or ""])
    return Hit(users, tuple(elements))


def since(ago: str, typed: str, now: datetime, zone: tzinfo) -> datetime | None:
    """When it began: the time typed, which is on the operator's wall clock, or so many minutes ago; None for now. Raise Invalid."""
    if typed:
        return moment(typed, "occurred_at", zone)
    minutes = int(ago) if ago.isdigit() and len(ago) < 5 else 0
    return now - timedelta(minutes=minutes) if minutes else None


def moment(typed: str, field: str, zone: tzinfo) -> datetime | None:
    """A time as typed on the operator's wall clock; None for none. Raise Invalid naming the field."""
    if not typed:
        return None
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise Invalid(N_("This is not a time."), field=field, remedy=N_("Choose day and time.")) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def found(areas: Iterable[Area], text: str) -> list[Area]:
    """The areas a text may mean, the best first: by code, by name in either language, by what a name begins with or holds."""
    wanted = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    ranked = [(rank, area.code, area) for area in areas if (rank := _rank(area, wanted)) is not None]
    return [area for _, _, area in sorted(ranked, key=lambda each: each[:2])]


def _rank(area: Area, wanted: str) -> int | None:
    """0 for the area itself, then what begins so, then what holds it; None where it cannot be meant."""
    names = (area.name_zh.lower(), area.name_en.lower())
    whole = (area.code, *names, *(f"{area.code} {name}" for name in names))
    if wanted in whole:
        return 0
    if not wanted or area.code.startswith(wanted) or any(name.startswith(wanted) for name in names):
        return 1
    if any(f" {wanted}" in name for name in names):
        return 2
    return 3 if any(wanted in name for name in names) else None


def area_meant(session: Session, text: str) -> str:
    """The code of the area that a text means: itself, or the only one it can mean. Raise Invalid naming those it could be."""
    areas: Sequence[Area] = session.scalars(select(Area)).all()
    known = found(areas, text) if text.strip() else []
    exact = [area for area in known if _rank(area, " ".join(text.lower().split())) == 0]
    if len(exact) == 1 or len(known) == 1:
        return (exact or known)[0].code
    if not known:
        raise Invalid(
            N_("There is no area like %(text)s."),
            field="area",
            remedy=N_("Type the code or a part of the name of a county, district or city."),
            text=text.strip()[:64] or "—",
        )
    raise Invalid(
        N_("Several areas are like %(text)s."),
        field="area",
        remedy=N_("Choose one: %(names)s."),
        text=text.strip()[:64],
        names=", ".join(f"{area.code} {area.name_zh}/{area.name_en}" for area in known[:OFFERED]),
    )
