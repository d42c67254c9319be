"""What channels, classes and states are called on the desk: English message ids, translated where they are shown."""

from command.core.problems import N_

CHANNEL_WORDS = {
    "phone": N_("Phone call"),
    "web": N_("Web"),
    "counter": N_("Counter"),
    "app": N_("App"),
    "mail": N_("Mail"),
    "social": N_("Social account"),
    "self_service": N_("Self-service"),
}
REACH_WORDS = {
    "one": N_("One customer"),
    "several": N_("Several customers"),
    "group": N_("A group or critical customer"),
    "public": N_("Talked about in public"),
}
SEVERITY_WORDS = {1: N_("1, gravest"), 2: N_("2, grave"), 3: N_("3, ordinary"), 4: N_("4, slight")}
COMPLAINT_STEPS = {
    "accept": N_("Accept the complaint"),
    "enquire": N_("First enquiry"),
    "answer": N_("Handle and answer"),
    "follow_up": N_("Follow up"),
}
SATISFIED_WORDS = {"yes": N_("Satisfied"), "no": N_("Not satisfied"), "no_answer": N_("Not reached")}
DIMENSION_WORDS = {
    "county": N_("County"),
    "prefecture": N_("Prefecture"),
    "service": N_("Service"),
    "plan": N_("Tariff plan"),
}
SURGE_WORDS = {
    "proposed": N_("Waits for a decision"),
    "accepted": N_("An incident"),
    "attached": N_("Part of an incident"),
    "dismissed": N_("Dismissed"),
}
SENTIMENT_WORDS = {"good": N_("Friendly"), "neutral": N_("Neutral"), "bad": N_("Hostile")}
CLASS_WORDS = {
    "regular": N_("Regular: answer in 24 hours"),
    "emergency": N_("Emergency: answer in 15 minutes"),
    "special": N_("Special: as agreed with the caller"),
}
SMS_WORDS = {
    "ready": N_("SMS waits"),
    "leased": N_("SMS waits"),
    "calling": N_("SMS is being sent"),
    "submitted": N_("SMS submitted"),
    "sent": N_("SMS sent"),
    "delivered": N_("SMS delivered"),
    "undelivered": N_("SMS not delivered"),
    "failed": N_("SMS failed"),
    "in_doubt": N_("SMS in doubt"),
    "unknown": N_("SMS: result unknown"),
    "withdrawn": N_("SMS withdrawn"),
    "expired": N_("SMS came too late"),
    "suppressed": N_("SMS suppressed"),
}
NOTICE_WORDS = {
    "first": N_("First notice"),
    "update": N_("Update"),
    "all_clear": N_("All-clear"),
    "correction": N_("Correction"),
    "advisory": N_("Advisory"),
    "survey": N_("Survey"),
}
STATE_WORDS = {
    "reported": N_("Reported"),
    "assessed": N_("Assessed"),
    "responding": N_("Responding"),
    "restored": N_("Restored"),
    "reviewing": N_("Reviewing"),
    "closed": N_("Closed"),
    "cancelled": N_("Cancelled"),
    "merged": N_("Merged"),
}
TIER_WORDS = {1: N_("Tier I"), 2: N_("Tier II"), 3: N_("Tier III"), 4: N_("Tier IV")}
STEP_WORDS = {
    "received": N_("Received"),
    "handled": N_("Being handled"),
    "restored": N_("Service restored"),
    "closed": N_("Case closed"),
}
