"""What states and sources are called, and the sentences of an action's history; translated where they are shown."""

from command.core.problems import N_
from command.improvement.models import Source, State

STATES = {
    State.OPEN: N_("Not begun"),
    State.IN_PROGRESS: N_("In progress"),
    State.EVIDENCE_GIVEN: N_("Evidence given"),
    State.SENT_BACK: N_("Sent back"),
    State.VERIFIED: N_("Verified"),
    State.DROPPED: N_("Dropped"),
}
TONES = {
    State.OPEN: "",
    State.IN_PROGRESS: "accent",
    State.EVIDENCE_GIVEN: "warn",
    State.SENT_BACK: "bad",
    State.VERIFIED: "ok",
    State.DROPPED: "",
}
SOURCES = {
    Source.DRILL: N_("Drill"),
    Source.INCIDENT: N_("Incident"),
    Source.RISK: N_("Risk"),
    Source.HAND: N_("By hand"),
}
SENTENCES = {
    "improvement.given": N_("Given to %(owner_id)s, due %(due_on)s"),
    "improvement.taken": N_("%(person_id)s began"),
    "improvement.evidence": N_("%(person_id)s gave evidence"),
    "improvement.verified": N_("%(person_id)s verified that it was done and works"),
    "improvement.sent_back": N_("%(person_id)s sent the evidence back"),
    "improvement.dropped": N_("%(person_id)s dropped it"),
    "improvement.reopened": N_("%(person_id)s reopened it"),
    "improvement.moved": N_("Moved from %(owner_before)s, due %(due_before)s, to %(owner_id)s, due %(due_on)s"),
    "improvement.reminded": N_("%(person_id)s was reminded"),
}
"""By kind of entry; places in the words are fields of the entry."""
