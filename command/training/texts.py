"""What people are told about sessions and of what ends, in both languages. The engine sends it, outside of any request, so it does not
come from the catalogues."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from command.core import clock
from command.oncall.duties import telling
from command.training.models import Told, TrainingSession
from command.training.rules import Topic
from command.training.standing import Standing, Stands

TOPICS = {
    "zh": {
        Topic.PLAN_AND_PROCESS: "预案与流程",
        Topic.FAULT_FINDING: "故障排查与抢修",
        Topic.USER_COMMUNICATION: "用户沟通",
        Topic.INFORMATION_SECURITY: "信息安全处置",
        Topic.COORDINATION: "多部门协同",
    },
    "en": {
        Topic.PLAN_AND_PROCESS: "plan and process",
        Topic.FAULT_FINDING: "fault finding and repair",
        Topic.USER_COMMUNICATION: "user communication",
        Topic.INFORMATION_SECURITY: "information-security handling",
        Topic.COORDINATION: "multi-department coordination",
    },
}
SESSION = {
    "zh": {
        Told.INVITED: "邀请您参加培训“%(title)s”，%(at)s，%(where)s。",
        Told.REMINDED: "提醒：培训“%(title)s”将于%(at)s开始，%(where)s。",
        Told.CANCELLED: "培训“%(title)s”（%(at)s）已取消。",
    },
    "en": {
        Told.INVITED: "you are invited to the training “%(title)s” on %(at)s, %(where)s.",
        Told.REMINDED: "reminder: the training “%(title)s” begins on %(at)s, %(where)s.",
        Told.CANCELLED: "the training “%(title)s” of %(at)s was called off.",
    },
}
ONLINE = {"zh": "线上", "en": "online"}
ENDING = {
    "zh": "“%(topic)s”培训将于%(day)s到期%(more)s。",
    "en": "your training in %(topic)s expires on %(day)s%(more)s.",
}
FIRST = {
    "zh": "请最迟于%(day)s完成“%(topic)s”首次培训%(more)s。",
    "en": "your first training in %(topic)s is due by %(day)s%(more)s.",
}
MORE = {"zh": "，另有%d项", "en": ", and %d more"}
LOOK = {"zh": "查看并答复", "en": "look and answer"}
JOIN = {"zh": "选择一场培训", "en": "choose a session"}


def of_session(session: Session, row: TrainingSession, what: Told) -> telling.Said:
    """An invitation, a reminder, or that it was called off; times on the clock of the session."""
    values = {"title": row.title, "at": f"{row.starts.replace('T', ' ')} ({row.zone})"}
    text = {
        language: SESSION[language][what] % {**values, "where": row.place or ONLINE[language]} for language in SESSION
    }
    return telling.Said(text, row.starts_at, LOOK, f"/training/sessions/{row.id}")


def of_ending(session: Session, found: Sequence[tuple[Standing, date]]) -> telling.Said:
    """What ends soonest, the others counted."""
    first, day = found[0]
    text = {}
    for language in TOPICS:
        more = MORE[language] % (len(found) - 1) if len(found) > 1 else ""
        pattern = (FIRST if first.stands == Stands.DUE else ENDING)[language]
        text[language] = pattern % {"topic": TOPICS[language][first.topic], "day": day.isoformat(), "more": more}
    ends = datetime.combine(day + timedelta(days=1), time(), telling.zone(session))
    return telling.Said(text, max(ends, clock.now(session) + timedelta(days=1)), JOIN, "/training")
