"""What somebody says of a risk, checked against what the house knows: areas, elements, playbooks, people."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.log import masked_words
from command.core.problems import N_, Invalid
from command.incidents import house, places
from command.people.models import Person
from command.risks.rating import SCALE
from playbooks.schema import Kind

MOST_MEASURES = 30
CODE = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}$")
TEXTS = ("name_zh", "name_en", "words_zh", "words_en", "sign_zh", "sign_en", "watched_at")


@dataclass(frozen=True, slots=True)
class Measure:
    """A counter-measure; `owner` is a username or empty, the days may be open."""

    words: str
    owner: str = ""
    due_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of a risk. Names in one language at least; scales are 1 to 5; without `residual_…` the measures change nothing."""

    name_zh: str
    name_en: str
    kind: str
    likelihood: int
    impact: int
    owner: str
    areas: Sequence[str] = ()
    words_zh: str = ""
    words_en: str = ""
    elements: Sequence[str] = ()
    residual_likelihood: int | None = None
    residual_impact: int | None = None
    sign_zh: str = ""
    sign_en: str = ""
    watched_at: str = ""
    measures: Sequence[Measure] = field(default=())
    plan: str = ""
    scenarios: Sequence[str] = ()
    review_months: int = 12
    drill_months: int | None = 12


def columns(session: Session, said: Facts) -> dict[str, Any]:
    """The columns that facts fill; raise Invalid naming the first field that cannot be used."""
    texts = {name: masked_words(getattr(said, name).strip()) for name in TEXTS}
    if not (texts["name_zh"] or texts["name_en"]):
        raise Invalid(N_("A risk has a name."), field="name_zh", remedy=N_("Give it one, in Chinese or in English."))
    if said.kind not in list(Kind):
        raise Invalid(
            N_("There is no kind of event %(kind)s."),
            field="kind",
            remedy=N_("Use one of: %(known)s."),
            kind=said.kind[:64],
            known=", ".join(Kind),
        )
    likely, bad = _scales(said)
    _links(session, said)
    plain = {name: getattr(said, name) for name in ("kind", "likelihood", "impact", "plan", "review_months")}
    return {
        **texts,
        **plain,
        "name_zh": texts["name_zh"] or texts["name_en"],
        "name_en": texts["name_en"] or texts["name_zh"],
        "areas": list(dict.fromkeys(said.areas)),
        "elements": list(dict.fromkeys(said.elements)),
        "residual_likelihood": likely,
        "residual_impact": bad,
        "measures": [_measure(session, each) for each in said.measures],
        "scenarios": list(dict.fromkeys(said.scenarios)),
        "owner_id": _person(session, said.owner, "owner").id,
        "drill_months": said.drill_months,
    }


def _scales(said: Facts) -> tuple[int, int]:
    """Likelihood and impact with the measures done."""
    likely = said.likelihood if said.residual_likelihood is None else said.residual_likelihood
    bad = said.impact if said.residual_impact is None else said.residual_impact
    given = {"likelihood": said.likelihood, "impact": said.impact}
    for name, value in (given | {"residual_likelihood": likely, "residual_impact": bad}).items():
        if value not in SCALE:
            raise Invalid(
                N_("The scale is from 1 to 5."), field=name, remedy=N_("Use a whole number, 5 for the worst.")
            )
    for name, value, before in (("likelihood", likely, said.likelihood), ("impact", bad, said.impact)):
        if value > before:
            raise Invalid(
                N_("Counter-measures make no risk greater."),
                field=f"residual_{name}",
                remedy=N_("Use at most what it is without them."),
            )
    return likely, bad


def _links(session: Session, said: Facts) -> None:
    if not said.areas:
        raise Invalid(
            N_("A risk is somewhere."), field="areas", remedy=N_("Name an area by its code, 00 for everywhere.")
        )
    for code in said.areas:
        places.named(session, code, "areas")
    places.elements_named(session, said.elements)
    plans = {sheet.playbook.code for sheet in house.library(session).sheets}
    if said.plan and said.plan not in plans:
        raise Invalid(
            N_("There is no playbook %(name)s."),
            field="plan",
            remedy=N_("Choose one of the list of playbooks."),
            name=said.plan[:64],
        )
    for code in said.scenarios:
        if not CODE.match(code):
            raise Invalid(
                N_("%(code)s is no code of a scenario."),
                field="scenarios",
                remedy=N_("Use small letters, figures, dashes and underscores."),
                code=code[:64],
            )
    if not 1 <= said.review_months <= 60 or not 1 <= (said.drill_months or 1) <= 60:
        raise Invalid(
            N_("Months are from 1 to 60."),
            field="drill_months" if 1 <= said.review_months <= 60 else "review_months",
            remedy=N_("Write how many months may pass at most."),
        )


def _person(session: Session, username: str, name: str) -> Person:
    found = session.scalar(select(Person).where(Person.username == username.strip(), Person.active))
    if found is None:
        raise Invalid(
            N_("Nobody active has the username %(name)s."),
            field=name,
            remedy=N_("Choose one of the list of people."),
            name=username[:64],
        )
    return found


def _measure(session: Session, said: Measure) -> dict[str, Any]:
    if not said.words.strip():
        raise Invalid(N_("A counter-measure has words."), field="measures", remedy=N_("Say what is done."))
    if said.owner:
        _person(session, said.owner, "measures")
    values = asdict(replace(said, words=masked_words(said.words.strip())))
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def measures_from(text: str) -> tuple[Measure, ...]:
    """Counter-measures as people type them, one a line: words | owner | due | done. Raise Invalid naming the line."""
    lines = [line.strip() for line in text.replace("｜", "|").splitlines()]
    found = [_read(at, line) for at, line in enumerate(lines, 1) if line]
    if len(found) > MOST_MEASURES:
        raise Invalid(
            N_("These are more than %(most)d counter-measures."),
            field="measures",
            remedy=N_("Keep those that count."),
            most=MOST_MEASURES,
        )
    return tuple(found)


def _read(at: int, line: str) -> Measure:
    words, owner, due, done, *more = (*(part.strip() for part in line.split("|")), "", "", "")
    try:
        if any(more):
            raise ValueError(line)
        return Measure(words, owner, *(date.fromisoformat(day) if day else None for day in (due, done)))
    except ValueError:
        raise Invalid(
            N_("Line %(line)s is no counter-measure."),
            field="measures",
            remedy=N_("Write it as: words | username of the owner | day due | day done, days as 2027-03-31."),
            line=at,
        ) from None


def measures_as(rows: Sequence[dict[str, Any]]) -> str:
    """The same text from what is kept."""
    lines = []
    for row in rows:
        parts = [row["words"].replace("|", "/"), row["owner"], row["due_on"] or "", row["done_on"] or ""]
        while not parts[-1]:
            parts.pop()
        lines.append(" | ".join(parts))
    return "\n".join(lines)
