"""The words of the table: acts and area levels, to be translated where they are shown."""

from command.core.problems import N_
from command.people.authority import Act

ACTS = {
    Act.READ: N_("Read"),
    Act.REPORT_INCIDENT: N_("Report an incident"),
    Act.ASSESS: N_("Assess an incident"),
    Act.RAISE: N_("Raise the tier"),
    Act.LOWER: N_("Lower the tier"),
    Act.ACTIVATE: N_("Activate the response"),
    Act.RESTORE: N_("Confirm restoration"),
    Act.REOPEN: N_("Reopen an incident"),
    Act.REVIEW: N_("Write the review"),
    Act.CLOSE: N_("Close an incident"),
    Act.CANCEL: N_("Cancel an incident"),
    Act.MERGE: N_("Merge incidents"),
    Act.TRANSFER_COMMAND: N_("Take or transfer command"),
    Act.EDIT_TASK: N_("Handle tasks"),
    Act.PAGE: N_("Page people"),
    Act.SUBMIT_NOTICE: N_("Submit a notice"),
    Act.APPROVE_NOTICE: N_("Approve a notice"),
    Act.WITHDRAW_NOTICE: N_("Withdraw a notice"),
    Act.CORRECT_NOTICE: N_("Correct a notice"),
    Act.HOLD_MESSAGES: N_("Hold mass messages"),
    Act.PLAN_DRILL: N_("Plan phone drills"),
    Act.RUN_DRILL: N_("Plan and lead drills"),
    Act.MANAGE_TRAINING: N_("Keep the training plan"),
    Act.MANAGE_RISKS: N_("Keep the risk register"),
    Act.IMPROVE: N_("Give improvement actions"),
    Act.ISSUE_WARNING: N_("Issue a warning"),
    Act.LINK_INCIDENTS: N_("Link incidents of one event"),
    Act.GIVE_VIEW: N_("Give the department's view"),
    Act.KEEP_EVIDENCE: N_("Keep evidence"),
    Act.DECIDE_TELLING: N_("Decide whom to tell of a leak"),
    Act.DECLARE_SAFE: N_("Say whether crews may go"),
    Act.WRITE_BULLETIN: N_("Write a bulletin"),
    Act.APPROVE_BULLETIN: N_("Approve a bulletin"),
    Act.SETTLE: N_("Settle what followed"),
    Act.WRITE_PLAN: N_("Write a plan"),
    Act.APPROVE_PLAN: N_("Approve a plan"),
    Act.READ_CAPABILITY: N_("Read the capability assessment"),
    Act.ASSESS_CAPABILITY: N_("Assess capability"),
    Act.TAKE_CASE: N_("Answer callers"),
    Act.REQUEST_RESOURCE: N_("Request resources"),
    Act.APPROVE_RESOURCE: N_("Approve a resource request"),
    Act.PREEMPT_RESOURCE: N_("Take resources from a lower tier"),
    Act.MANAGE_RESOURCES: N_("Manage resources"),
    Act.EXPORT: N_("Export from the archive"),
    Act.UNMASK: N_("See a whole phone number"),
    Act.MANAGE_PEOPLE: N_("Manage people"),
    Act.MANAGE_TOKENS: N_("Manage tokens"),
    Act.MANAGE_AUTHORITY: N_("Edit the authority table"),
    Act.REVIEW_OVERRIDE: N_("Look at overrides afterwards"),
}
LEVELS = {
    "county": N_("County"),
    "prefecture": N_("Prefecture"),
    "province": N_("Province"),
    "country": N_("Whole country"),
}
TIERS = {1: N_("Tier I"), 2: N_("Tier II"), 3: N_("Tier III"), 4: N_("Tier IV")}
VERDICTS = {"justified": N_("Justified"), "not_justified": N_("Not justified")}
STATES = {"draft": N_("Draft"), "published": N_("Published"), "dropped": N_("Dropped")}
SUCCESSIONS = {
    "offered": N_("command offered to others"),
    "taken": N_("command taken"),
    "here": N_("the commander is there"),
    "over": N_("over"),
}
