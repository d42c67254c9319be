"""What people are told of improvement actions, in both languages: by the first way of theirs that works. The engine sends some of it
outside of any request, so it does not come from the catalogues."""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from command.core import clock
from command.improvement import visible
from command.improvement.models import ImprovementAction
from command.oncall.duties import telling
from command.people.models import Person

TEXTS = {
    "given": {
        "zh": "您有新的整改项%(name)s，%(day)s前完成。",
        "en": "you have a new improvement action %(name)s, due %(day)s.",
    },
    "evidence": {
        "zh": "整改项%(name)s已提交佐证，待您核验。",
        "en": "evidence was given for improvement action %(name)s; please verify it.",
    },
    "sent_back": {
        "zh": "整改项%(name)s的佐证被退回，%(day)s前完成。",
        "en": "the evidence for improvement action %(name)s was sent back; due %(day)s.",
    },
    "owner": {
        "zh": "整改项%(name)s应于%(day)s前完成%(late)s。",
        "en": "improvement action %(name)s is due %(day)s%(late)s.",
    },
    "verifier": {
        "zh": "整改项%(name)s（%(day)s到期%(late)s）已提交佐证，待您核验。",
        "en": "improvement action %(name)s (due %(day)s%(late)s) waits for you to verify its evidence.",
    },
    "superior": {
        "zh": "%(person)s负责的整改项%(name)s应于%(day)s前完成%(late)s，请督促。",
        "en": "improvement action %(name)s of %(person)s was due %(day)s%(late)s; please see to it.",
    },
}
LATE = {"zh": "，已逾期%d天", "en": ", %d days late"}
ACT = {"zh": "查看", "en": "look at it"}


def tell(session: Session, person: Person, action: ImprovementAction, what: str, days: int = 0) -> bool:
    """Queue a text to somebody; `days` are left, below zero it is late. False where they cannot be reached. The title of an action that a
    restricted incident brought is left out."""
    owner = session.get_one(Person, action.owner_id)
    named = f"#{action.id}" if visible.restricted(session, action) else f"#{action.id} “{action.title[:60]}”"
    text = {}
    for language, words in TEXTS[what].items():
        values = {
            "name": named,
            "day": action.due_on.isoformat(),
            "late": LATE[language] % -days if days < 0 else "",
            "person": owner.name_zh if language == "zh" else owner.name_en,
        }
        text[language] = words % values
    said = telling.Said(text, _begins(session, action), ACT, f"/improvement/{action.id}")
    return telling.tell(session, person, said) is not None


def _begins(session: Session, action: ImprovementAction) -> datetime:
    """Until when it must be known: the end of its day. A day at least, so that it waits for the end of anybody's quiet hours."""
    ends = datetime.combine(action.due_on + timedelta(days=1), time(), telling.zone(session))
    return max(ends, clock.now(session) + timedelta(days=1))
