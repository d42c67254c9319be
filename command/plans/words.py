"""The words of plans on pages and in their history."""

from command.core.problems import N_
from command.plans.models import State

STATES = {
    State.DRAFT: N_("draft"),
    State.REVIEW: N_("in review"),
    State.APPROVED: N_("approved"),
    State.PUBLISHED: N_("published"),
    State.WITHDRAWN: N_("withdrawn"),
    State.DROPPED: N_("dropped"),
}
TONES = {
    State.DRAFT: "",
    State.REVIEW: "warn",
    State.APPROVED: "info",
    State.PUBLISHED: "ok",
    State.WITHDRAWN: "",
    State.DROPPED: "",
}
COVER = {
    "missing": N_("no plan"),
    "expired": N_("expired"),
    "early": N_("not in force yet"),
    "expiring": N_("expires soon"),
    "valid": N_("in force"),
}
COVER_TONES = {"missing": "bad", "expired": "bad", "early": "warn", "expiring": "warn", "valid": "ok"}
STEPS = {
    "goal": N_("Goal and organisation"),
    "team": N_("Editing group"),
    "data": N_("Base data"),
    "risks": N_("Risk assessment"),
    "measures": N_("Measures"),
    "readers": N_("Distribution"),
}
FIGURES = {
    "subscribers": N_("Subscribers"),
    "areas": N_("Areas"),
    "services": N_("Services"),
    "elements": N_("Network elements"),
    "groups": N_("Emergency groups"),
    "schedules": N_("Duty schedules"),
    "pools": N_("Resource pools"),
    "stocks": N_("Kinds of resources in stock"),
    "units": N_("Resource units"),
}
SENTENCES = {
    "plan.begun": N_("The next version was begun"),
    "plan.changed": N_("Changed: %(steps)s"),
    "plan.submitted": N_("Submitted for review"),
    "plan.commented": N_("Comment on %(place)s"),
    "plan.answered": N_("Comment %(comment)s answered"),
    "plan.sent_back": N_("Sent back"),
    "plan.approved": N_("Approved as version %(version)s"),
    "plan.published": N_("Published as version %(version)s"),
    "plan.withdrawn": N_("Version %(version)s withdrawn"),
    "plan.dropped": N_("Dropped"),
    "plan.sent": N_("Sent to %(people)s people, %(reached)s of them reached"),
    "plan.read": N_("Read and confirmed"),
    "authority.overridden": N_("Approved by override"),
}
PARTS = {
    "head": N_("Goal and organisation"),
    "team": N_("Editing group"),
    "gathered": N_("Base data"),
    "risks": N_("Risks"),
    "assessment": N_("Risk assessment"),
    "body": N_("Measures"),
    "targets": N_("Distribution"),
}
KINDS = {
    "natural_disaster": N_("Natural disaster"),
    "network_fault": N_("Network fault"),
    "service_interruption": N_("Service interruption"),
    "complaint_surge": N_("Complaint surge"),
    "information_security": N_("Information security"),
}
TIERS = {1: N_("Tier I"), 2: N_("Tier II"), 3: N_("Tier III"), 4: N_("Tier IV")}
TEXTS = {
    "title": N_("Title"),
    "scope": N_("Scope"),
    "objects": N_("Objects"),
    "goal": N_("Goal"),
    "public_advice": N_("Advice to the public"),
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
NOTICES = {
    "first": N_("First notice"),
    "update": N_("Update"),
    "all_clear": N_("All-clear"),
    "correction": N_("Correction"),
    "missed": N_("For those never reached"),
}
ECHELONS = {
    "head_office": N_("head office"),
    "province": N_("province"),
    "prefecture": N_("prefecture"),
    "county": N_("county"),
}
