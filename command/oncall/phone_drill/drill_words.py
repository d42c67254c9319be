"""The words of drills on pages and in exports: how a person stands, how a run stands, how often, by what."""

from command.core.problems import N_
from command.oncall.phone_drill.drill_models import By, Every, RunState

STANDS = {
    "answered": N_("Answered"),
    "late": N_("Answered late"),
    "failed": N_("Not reached: no message arrived"),
    "no_method": N_("Not reached: no way to be reached"),
    "silent": N_("No answer"),
    "called": N_("Called, not answered yet"),
    "waiting": N_("Not called yet"),
    "withdrawn": N_("Taken back"),
}
TONES = {"answered": "ok", "late": "warn", "failed": "bad", "no_method": "bad", "silent": "bad", "called": "accent"}
RUNS = {
    RunState.RUNNING: N_("Going on"),
    RunState.PAUSED: N_("Paused"),
    RunState.ENDED: N_("Ended"),
    RunState.STOPPED: N_("Stopped"),
    RunState.MISSED: N_("Missed"),
}
RUN_TONES = {RunState.RUNNING: "accent", RunState.PAUSED: "warn", RunState.MISSED: "bad", RunState.STOPPED: "warn"}
EVERY = {
    Every.ONCE: N_("Once"),
    Every.WEEKLY: N_("Every week"),
    Every.MONTHLY: N_("Every month, the same weekday of the same week"),
}
BY = {By.RECORD: N_("SMS to the number on record"), By.ORDER: N_("Each person's own ways, in their order")}
KINDS = {"sms": N_("SMS"), "voice": N_("Voice call"), "email": N_("E-mail"), "chat": N_("Chat")}
VIA = {
    "sms": N_("by SMS"),
    "link": N_("by link"),
    "page": N_("on this page"),
    "api": N_("by a program"),
    "keypad": N_("by keypad"),
}
MESSAGES = {
    "ready": N_("waits"),
    "leased": N_("waits"),
    "calling": N_("leaves now"),
    "submitted": N_("taken by the gateway"),
    "sent": N_("sent"),
    "delivered": N_("delivered"),
    "undelivered": N_("not delivered"),
    "failed": N_("failed"),
    "in_doubt": N_("not known yet"),
    "unknown": N_("unknown"),
    "withdrawn": N_("taken back"),
    "expired": N_("expired"),
    "suppressed": N_("suppressed"),
}
