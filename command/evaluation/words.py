"""What pages and papers of an evaluation say of states, parts and figures: message ids, translated where they are shown."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from babel.numbers import format_decimal
from flask_babel import gettext

from command.core.problems import N_
from command.evaluation.models import State
from command.evaluation.parts import Part
from command.incidents import house
from command.people.language import LOCALES

TITLES: Mapping[Part, str] = {
    Part.SUMMARY: N_("Summary"),
    Part.CAUSE: N_("Cause, in words"),
    Part.WHYS: N_("Five whys"),
    Part.EFFECT: N_("Effect of the handling"),
    Part.WORKED: N_("What worked"),
    Part.NOT_WORKED: N_("What did not work"),
    Part.IMPROVEMENT: N_("What is to become better"),
    Part.NONE_NEEDED: N_("Why no action is needed"),
    Part.PUBLIC_ZH: N_("Version for users, Chinese"),
    Part.PUBLIC_EN: N_("Version for users, English"),
}
HINTS: Mapping[Part, str] = {
    Part.SUMMARY: N_("What happened, to whom, for how long, and how it ended; five sentences at most."),
    Part.CAUSE: N_("What failed and why, as it is known now."),
    Part.WHYS: N_("One step a line, up to seven: each answers why of the line above it."),
    Part.EFFECT: N_("What the handling achieved, and what it would have been without."),
    Part.WORKED: N_("What we would do again."),
    Part.NOT_WORKED: N_("What cost time, reached nobody, or went wrong."),
    Part.IMPROVEMENT: N_("In words; each thing to do is an action below, with an owner and a day."),
    Part.NONE_NEEDED: N_("Only where the report leads to no action: say why."),
    Part.PUBLIC_ZH: N_("Plain words: no names, no numbers of incidents or phones, no words of the trade."),
    Part.PUBLIC_EN: N_("Plain words: no names, no numbers of incidents or phones, no words of the trade."),
}
STATES: Mapping[State, str] = {
    State.DRAFT: N_("Draft"),
    State.FOR_SIGNATURE: N_("Waits for signatures"),
    State.SIGNED: N_("Signed"),
}
TONES: Mapping[State, str] = {State.DRAFT: "", State.FOR_SIGNATURE: "warn", State.SIGNED: "ok"}
MOMENTS: Mapping[str, str] = {
    "occurred": N_("Occurred"),
    "detected": N_("Detected"),
    "reported": N_("Reported"),
    "acknowledged": N_("First page acknowledged"),
    "responded": N_("Response began"),
    "notified": N_("Users notified"),
    "mitigated": N_("Nobody cut off any more"),
    "restored": N_("Restored"),
    "verified": N_("Repair held"),
    "closed": N_("Closed"),
}
TIERS: Mapping[int, str] = {1: N_("Tier I"), 2: N_("Tier II"), 3: N_("Tier III"), 4: N_("Tier IV")}
KINDS: Mapping[str, str] = {
    "natural_disaster": N_("Natural disaster"),
    "network_fault": N_("Network fault"),
    "service_interruption": N_("Service interruption"),
    "complaint_surge": N_("Complaint surge"),
    "information_security": N_("Information security"),
}
IMPACTS: Mapping[str, str] = {"outage": N_("Outage"), "degradation": N_("Degradation")}
CLOCKS: Mapping[str, str] = {
    "running": N_("Running"),
    "met": N_("Met"),
    "breached": N_("Breached"),
    "void": N_("Void"),
}
NOTICES: Mapping[str, str] = {
    "first": N_("First notice"),
    "update": N_("Update"),
    "all_clear": N_("All-clear"),
    "correction": N_("Correction"),
    "advisory": N_("Advisory"),
    "survey": N_("Survey"),
}
NOTICE_STATES: Mapping[str, str] = {
    "submitted": N_("Waiting for approval"),
    "approved": N_("Approved"),
    "sending": N_("Being sent"),
    "sent": N_("Finished"),
    "withdrawn": N_("Withdrawn"),
    "rejected": N_("Rejected"),
}
FATES: Mapping[str, str] = {
    "delivered": N_("Delivered"),
    "undelivered": N_("Undelivered"),
    "failed": N_("Sending failed"),
    "sent": N_("Sent"),
    "submitted": N_("Submitted"),
    "unknown": N_("Result unknown"),
    "in_doubt": N_("In doubt"),
    "ready": N_("Waiting to be sent"),
    "leased": N_("Waiting to be sent"),
    "calling": N_("Being sent"),
    "expired": N_("Expired before it was sent"),
    "withdrawn": N_("Withdrawn"),
    "suppressed": N_("Suppressed"),
}
OUTCOMES: Mapping[str, str] = {
    "held": N_("the repair held"),
    "ended": N_("ended by a person"),
    "returned": N_("the fault returned"),
}
WAITS: Mapping[str, str] = {
    "plan_busy": N_("The plan's next version is being written already; propose it once that is done."),
    "clause_gone": N_("The plan in force has no such clause any more."),
    "not_allowed": N_("Whoever signed last may not write plans."),
    "text_unfit": N_("The plan does not take this text."),
}
SHOWS: Mapping[str, str] = {
    "all": N_("All"),
    "draft": N_("Not signed"),
    "mine": N_("For my signature"),
    "overdue": N_("Overdue"),
    "signed": N_("Signed"),
}


def said(table: Mapping[str, str], code: str) -> str:
    """The word of a code in the reader's language; the code itself where there is none."""
    return str(gettext(table[code])) if code in table else code


def cause(code: str | None, language: str) -> str:
    """What a cause or its root is called; a dash for none."""
    name = house.causes().name(code) if code else None
    return (name.zh if language == "zh" else name.en) if name else code or "—"


def found_by(source: str) -> str:
    """How the incident was found, by its source."""
    if source == "person":
        return str(gettext("Reported by a person"))
    if source == "alarms":
        return str(gettext("Found by alarms"))
    if source == "demo":
        return str(gettext("Made up for the demo"))
    return str(gettext("Found by %(source)s", source=source))


def moment(at: datetime | None, zone: tzinfo) -> str:
    """An instant on the reader's clock with its distance from UTC; a dash for none."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S (UTC%z)}" if at else "—"


def short(at: datetime | None, zone: tzinfo) -> str:
    """The same without seconds and zone."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "—"


def span(since: datetime | None, until: datetime | None) -> str:
    """How long it was, in minutes or hours; a dash where an end is not known, and said so where it ends before it begins."""
    if since is None or until is None:
        return "—"
    minutes = (until - since) / timedelta(minutes=1)
    if minutes < 0:
        return str(gettext("error in the data: before it began"))
    if minutes < 60:
        return str(gettext("%(minutes)s min", minutes=f"{minutes:.1f}"))
    whole = round(minutes)
    return str(gettext("%(hours)d h %(minutes)d min", hours=whole // 60, minutes=whole % 60))


def number(count: float, language: str) -> str:
    """A count in the language's number form."""
    return str(format_decimal(round(count), locale=LOCALES[language]))
