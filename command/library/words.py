"""The words of the playbook pages: message ids, translated where they are shown."""

from command.core.problems import N_

SORTS = {
    "plan": N_("Plan"),
    "organisation": N_("Organisation"),
    "tier": N_("Tier"),
    "task": N_("Task"),
    "page": N_("Page"),
    "resource": N_("Resource"),
    "notice": N_("Notice"),
    "bulletin": N_("Bulletin"),
}
FIELDS = {
    "title": N_("Title"),
    "scope": N_("Scope"),
    "objects": N_("Objects"),
    "goal": N_("Goal"),
    "issued": N_("Issued"),
    "expires": N_("Expires"),
    "owner": N_("Kept up to date by"),
    "approved_by": N_("Approved by"),
    "approved_on": N_("Approved on"),
    "audience_cap": N_("Pre-approved up to"),
    "pre_approved": N_("Pre-approved notices"),
    "needs_element": N_("Needs a failed element"),
    "public_advice": N_("Advice to the public"),
    "post": N_("Post"),
    "duty": N_("Responsibility"),
    "echelon": N_("Handled by"),
    "response_mechanism": N_("Response mechanism"),
    "default_duration_minutes": N_("Duration until there is an ETA, minutes"),
    "cadence_minutes": N_("Minutes between updates"),
    "quiet_hours": N_("At night"),
    "technical_support": N_("Technical support"),
    "advice": N_("Advice in notices"),
    "detail": N_("What to do"),
    "department": N_("Department"),
    "due_minutes": N_("Due after, minutes"),
    "after": N_("After"),
    "risky": N_("Risky"),
    "by": N_("By"),
    "reply_code": N_("Reply code"),
    "ack_within_minutes": N_("Answer within, minutes"),
    "escalate": N_("Steps"),
    "quiet_minutes": N_("Next step when quiet, minutes"),
    "name": N_("Name"),
    "kind": N_("Sort of resource"),
    "quantity": N_("Quantity"),
    "type": N_("Type"),
    "valid_minutes": N_("Valid for, minutes"),
    "text": N_("Text"),
    "recipients": N_("Recipients"),
    "approver": N_("Approver"),
    "within_minutes": N_("Within, minutes"),
}
WHAT = {"added": N_("added"), "removed": N_("removed"), "changed": N_("changed")}
ECHELONS = {
    "head_office": N_("head office"),
    "province": N_("province"),
    "prefecture": N_("prefecture"),
    "county": N_("county"),
}
FUNCTIONS = {
    "command": N_("Command"),
    "operations": N_("Operations"),
    "planning": N_("Planning"),
    "logistics": N_("Logistics"),
    "public_information": N_("Public information"),
    "liaison": N_("Liaison"),
    "safety": N_("Safety"),
}
RESOURCES = {
    "technical": N_("Technical resources"),
    "human": N_("Human resources"),
    "material": N_("Material resources"),
    "information": N_("Information resources"),
}
NOTICES = {
    "first": N_("First notice"),
    "update": N_("Update"),
    "all_clear": N_("All-clear"),
    "correction": N_("Correction"),
    "missed": N_("For those never reached"),
}
BULLETINS = {"first": N_("First report"), "follow_up": N_("Follow-up report"), "final": N_("Final report")}
RECIPIENTS = {
    "superior": N_("superior command centre"),
    "regulator": N_("regulator"),
    "government": N_("local government"),
    "partner": N_("partners"),
}
QUIET = {"pass": N_("notices leave at night too"), "wait": N_("first notices and updates wait until the morning")}
VALIDITY = {
    "valid": N_("in force"),
    "early": N_("not in force yet"),
    "expiring": N_("expires soon"),
    "expired": N_("expired"),
}
ANSWERS = {"yes": N_("yes"), "no": N_("no"), "sms": N_("by SMS"), "voice": N_("by voice")}
