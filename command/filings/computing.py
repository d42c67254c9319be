"""What an incident itself says of the fields of a report, as of one moment: times as ISO text, figures, words in both languages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.journal import Note
from command.core.log import masked_words
from command.incidents import house, measuring, standing, telling
from command.incidents.activation import KIND_WORDS, TIER_WORDS
from command.incidents.family import kin
from command.incidents.grading import Facts
from command.incidents.models import Impact, Incident
from command.incidents.sentences import WORDS
from command.network.models import Service
from command.people.models import Person
from playbooks.templates import LANGUAGES, Language

Raw = str | int | float | dict[str, str] | None
"""A value as it is kept: a time is ISO text in UTC, words of two languages are {zh, en}; None is not known."""
NONE = {"zh": "无", "en": "none"}
YES, NO = {"zh": "是", "en": "yes"}, {"zh": "否", "en": "no"}
SPLIT: Mapping[Language, str] = {"zh": "、", "en": ", "}


def impacts(session: Session, incident: Incident) -> list[Impact]:
    """Every row of impact that the incident ever had: a report is about all that was hit, and stays so after the restoration."""
    query = select(Impact).where(Impact.incident_id == incident.id).order_by(Impact.id)
    return list(session.scalars(query))


def facts(session: Session, incident: Incident, now: datetime) -> tuple[Facts, Facts]:
    """What rules of reportability look at: as it is, and as it is expected to be at the ETA (else after the plan's time).

    Minutes run from when it occurred, or its first sign, until it is restored or over; users are the most there were. So what was
    reportable once stays reportable, and a rule of users and minutes rather reports too much than too little."""
    over = incident.restored_at or incident.ended_at
    end = min(over, now) if over else now
    found = measuring.facts(session, incident, now, impacts(session, incident))
    lasted = max((end - measuring.began(incident, end)).total_seconds(), 0.0) / 60
    found = replace(found, users=max(incident.users_peak, incident.users_now), minutes=lasted)
    expected = measuring.expected_end(session, incident) if over is None else None
    left = max((expected - now).total_seconds() / 60, 0.0) if expected else 0.0
    more = found.user_minutes + incident.users_now * left
    return found, replace(found, minutes=lasted + left, user_minutes=more)


def values(session: Session, incident: Incident) -> dict[str, Raw]:
    """The value of every source but `words`, as of now."""
    now = clock.now(session)
    current, _ = facts(session, incident, now)
    rows = impacts(session, incident)
    return {
        "number": incident.number,
        "kind": _pair(KIND_WORDS[incident.kind]),
        "tier": _pair(TIER_WORDS[incident.tier]),
        "occurred_at": _time(incident.occurred_at),
        "discovered_at": _time(incident.detected_at),
        "restored_at": _time(incident.restored_at),
        "eta": _time(incident.eta if incident.restored_at is None else None),
        "users_peak": current.users,
        "users_now": incident.users_now,
        "user_minutes": round(current.user_minutes),
        "duration_minutes": round(current.minutes),
        "share": f"{current.share * 100:.1f} %" if rows else None,
        "told_users": sum(standing.told_count(session, each) for each in kin.whole(session, incident.id)),
        "records_leaked": current.records_leaked or None,
        **_places(session, incident, rows),
        **_causes(incident),
        **_people(session, incident),
        "summary": _note(session, incident.summary_note_id),
        "measures": _note(session, incident.measures_note_id),
        "cause_words": _note(session, incident.cause_note_id),
    }


def _places(session: Session, incident: Incident, rows: Sequence[Impact]) -> dict[str, Raw]:
    def area(language: Language) -> str:
        return telling.area_words(session, incident, language, rows)

    def services(language: Language) -> str:
        return telling.service_words(session, language, rows)

    return {
        "area": _both(area) if rows or incident.area_id else None,
        "services": _both(services) if rows else None,
        "critical_services": _critical(session, rows),
    }


def _critical(session: Session, rows: Sequence[Impact]) -> dict[str, str]:
    """Critical services of which users lost it or had it worse; that there were none is known too."""
    ids = {row.service_id for row in rows if row.users}
    hit = [each for each in session.scalars(select(Service).order_by(Service.id)) if each.critical and each.id in ids]
    return _both(lambda language: SPLIT[language].join(names.of(each, language) for each in hit)) if hit else NONE


def _causes(incident: Incident) -> dict[str, Raw]:
    """What somebody who looked has said it came from; whose side, only once that is known."""
    table = house.causes()
    root = next((text for code, text in table.roots.items() if code == incident.root_cause), None)
    cause = table.causes.get(incident.cause or "")
    return {
        "root_cause": root.model_dump() if root else None,
        "cause": cause.name.model_dump() if cause else None,
        "third_party": (YES if incident.third_party else NO) if incident.root_cause else None,
        "fault_class": _pair(WORDS[incident.fault_class]) if incident.fault_class in WORDS else None,
    }


def _people(session: Session, incident: Incident) -> dict[str, Raw]:
    """Who is in command, and where the command centre is reached: by its own number, never by anybody's."""
    settings = house.settings(session)
    person = session.get(Person, incident.commander_id) if incident.commander_id else None
    centre = settings.centre_hotline or settings.hotline

    def contact(language: Language) -> str:
        return f"{names.of(person, language)} {centre}" if person else centre

    return {
        "operator": {"zh": settings.operator_name_zh, "en": settings.operator_name_en},
        "commander": _both(lambda language: names.of(person, language)) if person else None,
        "contact": _both(contact),
    }


def _both(said: Callable[[Language], str]) -> dict[str, str]:
    return {language: said(language) for language in LANGUAGES}


def _pair(pair: Sequence[Any]) -> dict[str, str]:
    return {"zh": str(pair[0]), "en": str(pair[1])}


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _note(session: Session, note_id: int | None) -> str | None:
    """What a note says, phone numbers masked (I10); None where there is none or it was erased."""
    body = session.scalar(select(Note.body).where(Note.id == note_id)) if note_id else None
    return masked_words(body.strip()) if body and body.strip() else None
