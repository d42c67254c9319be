"""What a warning says, checked: colour and event known, areas on file and none inside another, a validity that can be."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid
from command.network.models import Area
from command.warnings import covering
from command.warnings.colours import ORDER
from command.warnings.flags import parents
from command.warnings.models import State, Warning
from command.warnings.table import table

LONGEST = timedelta(days=31)
"""No warning holds longer: what lasts a season is a risk of the register."""
AHEAD = timedelta(days=14)
"""How far ahead a warning may begin to hold. Ours: no forecast is a warning so long before."""
MOST_AREAS = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What a warning says. A headline in one language at least; `from_at` None: from now on."""

    issuer: str
    event: str
    colour: str
    areas: Sequence[str]
    until_at: datetime
    headline_zh: str = ""
    headline_en: str = ""
    from_at: datetime | None = None
    text_zh: str = ""
    text_en: str = ""
    reference: str = ""


def columns(session: Session, said: Facts) -> dict[str, Any]:
    """The columns that facts fill; raise Invalid naming the first field that cannot be used."""
    if not said.issuer.strip():
        raise Invalid(N_("A warning has an issuer."), field="issuer", remedy=N_("Name who issued it."))
    known_colour(said.colour)
    _event(said.event)
    heads = {name: masked_words(getattr(said, name).strip()) for name in ("headline_zh", "headline_en")}
    if not any(heads.values()):
        raise Invalid(
            N_("A warning has a headline."), field="headline_zh", remedy=N_("Write it in Chinese or in English.")
        )
    start = said.from_at or clock.now(session)
    checked_validity(session, start, said.until_at)
    return {
        "issuer": masked_words(said.issuer.strip()),
        "reference": masked_words(said.reference.strip()),
        "event": said.event,
        "colour": said.colour,
        "areas": checked_areas(session, said.areas),
        "from_at": start,
        "until_at": said.until_at,
        "headline_zh": heads["headline_zh"] or heads["headline_en"],
        "headline_en": heads["headline_en"] or heads["headline_zh"],
        "text_zh": masked_words(said.text_zh.strip()),
        "text_en": masked_words(said.text_en.strip()),
    }


def known_colour(colour: str, field: str = "colour") -> None:
    """Raise Invalid for a colour that is none."""
    if colour not in ORDER:
        raise Invalid(
            N_("There is no colour %(name)s."),
            field=field,
            remedy=N_("Use one of: %(known)s."),
            name=colour[:64],
            known=", ".join(ORDER),
        )


def _event(event: str) -> None:
    if event not in table().events:
        raise Invalid(
            N_("There is no event %(name)s."),
            field="event",
            remedy=N_("Use one of: %(known)s."),
            name=event[:64],
            known=", ".join(table().events),
        )


def checked_areas(session: Session, codes: Sequence[str]) -> list[str]:
    """The codes, each once; raise Invalid naming those that are not on file, or an area that lies in another one named."""
    asked = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if not asked or len(asked) > MOST_AREAS:
        raise Invalid(
            N_("A warning is for some areas, %(most)s at most."),
            field="areas",
            remedy=N_("Name areas by their codes; a wider area stands for all it contains."),
            most=MOST_AREAS,
        )
    known_areas(session, asked)
    inside = covering.nested(parents(session), asked)
    if inside is not None:
        raise Invalid(
            N_("The area %(inner)s lies in %(outer)s, which is named too."),
            field="areas",
            remedy=N_("Leave one of the two out: an area stands for all it contains."),
            inner=inside[0],
            outer=inside[1],
        )
    return asked


def known_areas(session: Session, codes: Sequence[str]) -> Sequence[str]:
    """The codes; raise Invalid naming those that are not on file."""
    found = set(session.scalars(select(Area.code).where(Area.code.in_(list(codes)))))
    if unknown := [code for code in codes if code not in found]:
        raise Invalid(
            N_("Unknown areas: %(names)s."),
            field="areas",
            remedy=N_("Use the codes of imported areas."),
            names=", ".join(code[:32] for code in unknown[:10]),
        )
    return codes


def checked_validity(session: Session, start: datetime, end: datetime) -> None:
    """Raise Invalid for a validity that is reversed, past, too long, or too far ahead."""
    now = clock.now(session)
    if end <= start:
        raise Invalid(
            N_("The warning would end before it begins."),
            field="until_at",
            remedy=N_("Correct one of the two times."),
        )
    if end <= now:
        raise Invalid(
            N_("The warning would be over already."), field="until_at", remedy=N_("Give a time that is still to come.")
        )
    if end - start > LONGEST:
        raise Invalid(
            N_("No warning holds longer than %(days)s days."),
            field="until_at",
            remedy=N_("End it earlier; it can be extended. What lasts longer belongs into the risk register."),
            days=LONGEST.days,
        )
    if start > now + AHEAD:
        raise Invalid(
            N_("No warning begins later than %(days)s days from now."),
            field="from_at",
            remedy=N_("Correct the time, or issue it later."),
            days=AHEAD.days,
        )


def alike(session: Session, issuer: str, event: str, areas: Collection[str], exercise: bool, but: int = 0) -> list[str]:
    """Codes of other live warnings of the same issuer and event that overlap these areas."""
    same = (Warning.state == State.LIVE, Warning.issuer == issuer, Warning.event == event)
    others = select(Warning).where(*same, Warning.exercise.is_(exercise), Warning.id != but).order_by(Warning.id)
    rows = session.scalars(others).all()
    above = parents(session) if rows else {}
    return [row.code for row in rows if covering.overlap(above, row.areas, areas)]


def refuse_alike(found: Sequence[str], confirmed: bool) -> None:
    """Raise Conflict naming the other warnings, unless somebody has seen and confirmed that."""
    if found and not confirmed:
        raise Conflict(
            N_("A warning of the same issuer and event holds there already: %(codes)s."),
            field="confirm",
            remedy=N_("Raise, lower or change that one; or confirm that this one holds besides."),
            code="overlapping",
            codes=", ".join(found[:10]),
        )
