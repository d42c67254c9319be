"""Records that evidence names: `drill:<code>`, `plan:<playbook>`, `incident:<number>`, `risk:<code>`, `action:<id>`.

An assessor from outside reads the evidence, so no restricted incident, and no drill that is still ahead, is named there."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.problems import N_, Invalid
from command.drills.models import HELD, Drill
from command.improvement import visible
from command.improvement.models import ImprovementAction
from command.incidents import house
from command.incidents.models import Incident
from command.risks.models import Risk

KINDS = ("drill", "plan", "incident", "risk", "action")
MOST = 12
"""Records that one item names at most."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record that may be shown: what it is called, and its page."""

    link: str
    title: str
    address: str


def checked(session: Session, links: list[str]) -> list[str]:
    """The links, each once, all of them of records that may be named; raise Invalid."""
    found = list(dict.fromkeys(link.strip() for link in links if link.strip()))
    if len(found) > MOST:
        raise Invalid(
            N_("An item names %(most)d records at most."),
            field="links",
            remedy=N_("Name those that show most."),
            most=MOST,
        )
    for link in found:
        if shown(session, link, "en") is None:
            raise Invalid(
                N_("%(link)s names no record that an assessor may read."),
                field="links",
                remedy=N_(
                    "Write it as drill:CODE, plan:CODE, incident:NUMBER, risk:CODE or action:NUMBER; of drills those that were held."
                ),
                link=link[:80],
            )
    return found


def shown(session: Session, link: str, language: str) -> Record | None:
    """The record of a link; None where there is none, or no more one that may be shown."""
    kind, _, ref = link.partition(":")
    reading = {"drill": _drill, "plan": _plan, "incident": _incident, "risk": _risk, "action": _action}.get(kind)
    return reading(session, link, ref.strip(), language) if reading and ref.strip() else None


def _drill(session: Session, link: str, ref: str, language: str) -> Record | None:
    drill = session.scalar(select(Drill).where(Drill.code == ref, Drill.state.in_(HELD)))
    return Record(link, f"{drill.code} {drill.name}", f"/drills/{drill.code}") if drill else None


def _plan(session: Session, link: str, ref: str, language: str) -> Record | None:
    title = house.plan_titles(session).get(ref)
    return Record(link, title.zh if language == "zh" else title.en, f"/playbooks/{ref}") if title else None


def _incident(session: Session, link: str, ref: str, language: str) -> Record | None:
    open_ones = (Incident.restricted.is_(False), Incident.exercise.is_(False))
    incident = session.scalar(select(Incident).where(Incident.number == ref, *open_ones))
    return Record(link, incident.number, f"/incidents/{incident.number}") if incident else None


def _risk(session: Session, link: str, ref: str, language: str) -> Record | None:
    risk = session.scalar(select(Risk).where(Risk.code == ref))
    return Record(link, names.of(risk, language), f"/risks/{risk.code}") if risk else None


def _action(session: Session, link: str, ref: str, language: str) -> Record | None:
    if not (ref.isascii() and ref.isdecimal()) or len(ref) > 15:
        return None
    action = session.get(ImprovementAction, int(ref))
    if action is None or visible.restricted(session, action):
        return None
    return Record(link, action.title, f"/improvement/{action.id}")
