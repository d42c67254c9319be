"""The words of bulletins on pages."""

from command.bulletins.models import CopyState, Kind, State
from command.core.problems import N_

KINDS = {
    Kind.FIRST: N_("First report"),
    Kind.FOLLOW_UP: N_("Follow-up report"),
    Kind.FINAL: N_("Final report"),
    Kind.UPWARD: N_("Report upward"),
}
STATES = {
    State.DRAFT: N_("Draft"),
    State.SUBMITTED: N_("Waits for approval"),
    State.APPROVED: N_("Approved"),
    State.DROPPED: N_("Dropped"),
}
STATE_TONES = {State.DRAFT: "warn", State.SUBMITTED: "warn", State.APPROVED: "ok", State.DROPPED: ""}
COPIES = {
    CopyState.QUEUED: N_("On its way"),
    CopyState.SENT: N_("Sent"),
    CopyState.FAILED: N_("Not sent"),
    CopyState.UNKNOWN: N_("Not known whether it arrived"),
    CopyState.READY: N_("Ready to be fetched"),
    CopyState.KEPT: N_("Kept in the drill's mailbox"),
}
COPY_TONES = {
    CopyState.QUEUED: "warn",
    CopyState.SENT: "ok",
    CopyState.FAILED: "bad",
    CopyState.UNKNOWN: "bad",
    CopyState.READY: "",
    CopyState.KEPT: "accent",
}
SORTS = {
    "superior": N_("Superior"),
    "regulator": N_("Regulator"),
    "government": N_("Local government"),
    "partner": N_("Partner"),
}
SEES = {"full": N_("Whole text"), "short": N_("Short text")}
TEXTS = {
    "zh": N_("Chinese, whole"),
    "en": N_("English, whole"),
    "short_zh": N_("Chinese, short"),
    "short_en": N_("English, short"),
}
REASONS = {
    "invalid_address": N_("the mailbox is not valid"),
    "expired": N_("no mail server took it in time"),
    "not_allowed": N_("not on the drill's allow-list"),
    "no_answer": N_("the mail server did not answer"),
    "smtp_550": N_("the mail server knows no such mailbox"),
}
EVENTS = {
    "regulator_informed": N_("informs the regulator"),
    "regulator_brief_sent": N_("is the brief report in writing"),
    "regulator_report_sent": N_("is the report in writing"),
    "regulator_final_report_sent": N_("is the final report"),
}
