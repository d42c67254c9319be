"""The words of assessments on pages."""

from command.capability.models import Sort, State
from command.core.problems import N_

SORTS = {Sort.SELF: N_("Self-assessment"), Sort.THIRD_PARTY: N_("Third-party assessment")}
STATES = {State.DRAFT: N_("under way"), State.FINISHED: N_("finished"), State.DROPPED: N_("given up")}
TONES = {State.DRAFT: "warn", State.FINISHED: "ok", State.DROPPED: ""}
RECORDS = {
    "drill": N_("Drill"),
    "plan": N_("Playbook"),
    "incident": N_("Incident"),
    "risk": N_("Risk"),
    "action": N_("Improvement action"),
}
SENTENCES = {
    "capability.begun": N_("Begun for %(first_on)s to %(last_on)s"),
    "capability.rated": N_("%(item)s: %(level)s, before %(before)s"),
    "capability.imported": N_("File of the third party read, %(items)s items, SHA-256 %(sha256)s"),
    "capability.improved": N_("%(item)s: improvement action %(action_id)s given"),
    "capability.finished": N_("Finished with %(score)s of 100"),
    "capability.dropped": N_("Given up"),
    "capability.exported": N_("Copy taken as %(form)s, reference %(reference)s"),
}
"""By kind of entry; places in the words are fields of the entry."""
NOT_RATED = N_("not rated")
NOT_APPLIED = N_("does not apply")
LEVEL = N_("level %(level)s")
COLUMNS = (N_("Item"), N_("Level of capability"), N_("Evidence"))
DOMAIN_COLUMNS = (N_("Domain"), N_("Weight"), N_("Score of 100"), N_("Score before"))
