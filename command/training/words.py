"""The words of training."""

from command.core.problems import N_
from command.training.models import Answer, Attendance, Source, State, Via
from command.training.rules import Topic
from command.training.standing import Stands

TOPICS = {
    Topic.PLAN_AND_PROCESS: N_("Plan and process"),
    Topic.FAULT_FINDING: N_("Fault finding and repair"),
    Topic.USER_COMMUNICATION: N_("User communication"),
    Topic.INFORMATION_SECURITY: N_("Information-security handling"),
    Topic.COORDINATION: N_("Multi-department coordination"),
}
STANDS = {
    Stands.MISSING: N_("missing"),
    Stands.OVER: N_("expired"),
    Stands.DUE: N_("first training due"),
    Stands.SOON: N_("about to expire"),
    Stands.FINE: N_("fine"),
    Stands.NOT_NEEDED: N_("not needed"),
}
MARKS = {
    Stands.MISSING: "▲",
    Stands.OVER: "▼",
    Stands.DUE: "◇",
    Stands.SOON: "◆",
    Stands.FINE: "●",
    Stands.NOT_NEEDED: "·",
}
"""A shape of its own each, so that no colour is needed to tell them apart."""
STATES = {State.PLANNED: N_("Planned"), State.HELD: N_("Session held"), State.CANCELLED: N_("Called off")}
TONES = {State.PLANNED: "accent", State.HELD: "ok", State.CANCELLED: ""}
ANSWERS = {Answer.INVITED: N_("invited"), Answer.JOINED: N_("will come"), Answer.DECLINED: N_("will not come")}
ATTENDANCE = {
    Attendance.OPEN: N_("not marked"),
    Attendance.CAME: N_("came"),
    Attendance.EXCUSED: N_("excused"),
    Attendance.ABSENT: N_("absent"),
}
VIA = {
    Via.LIST: N_("by the list"),
    Via.CODE: N_("by the code"),
    Via.API: N_("by a program"),
    Via.FILE: N_("by a file"),
}
SOURCES = {Source.SESSION: N_("session"), Source.IMPORT: N_("imported")}
SENTENCES = {
    "training.planned": ("计划了培训，邀请{invited}人", "planned the session; {invited} people invited"),
    "training.changed": ("修改了培训，新邀请{invited}人", "changed the session; {invited} more people invited"),
    "training.cancelled": ("取消了培训", "called the session off"),
    "training.answered": ("{person_id}：{answer}", "{person_id}: {answer}"),
    "training.marked": ("{person_id}：{attendance}", "{person_id}: {attendance}"),
    "training.held": (
        "结束培训：到场{came}人，请假{excused}人，缺席{absent}人，发证{certificates}张",
        "closed the session: {came} came, {excused} excused, {absent} absent, {certificates} certificates",
    ),
}
"""Entries of a session's stream as its page tells them."""
