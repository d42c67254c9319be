"""What colours and states are called, the sentences of a warning's history, and what its fields are called; translated where they are
shown. A colour has a mark besides, so that it is never alone."""

from command.core.problems import N_
from command.warnings.colours import Colour
from command.warnings.models import Source, State

COLOURS = {
    Colour.BLUE: N_("Blue warning"),
    Colour.YELLOW: N_("Yellow warning"),
    Colour.ORANGE: N_("Orange warning"),
    Colour.RED: N_("Red warning"),
}
SHORT = {Colour.BLUE: N_("blue"), Colour.YELLOW: N_("yellow"), Colour.ORANGE: N_("orange"), Colour.RED: N_("red")}
MARKS = {Colour.BLUE: "▁", Colour.YELLOW: "▃", Colour.ORANGE: "▅", Colour.RED: "▇"}
TOLD = {
    "zh": {Colour.BLUE: "蓝色", Colour.YELLOW: "黄色", Colour.ORANGE: "橙色", Colour.RED: "红色"},
    "en": {Colour.BLUE: "Blue", Colour.YELLOW: "Yellow", Colour.ORANGE: "Orange", Colour.RED: "Red"},
}
"""In texts to subscribers, which come outside of any request."""
STATES = {State.LIVE: N_("Live"), State.LIFTED: N_("Lifted"), State.EXPIRED: N_("Expired")}
SOURCES = {
    Source.HAND: N_("by hand"),
    Source.API: N_("over the API"),
    Source.CAP: N_("from a CAP file"),
    Source.FEED: N_("from a CAP feed"),
    Source.RISK: N_("from the risk register"),
}
TASKS = {"open": N_("Open"), "done": N_("Done"), "skipped": N_("Left out")}
SENTENCES = {
    "warning.issued": N_("Issued: %(colour)s, %(areas)s, until %(until_at)s, %(source)s"),
    "warning.recoloured": N_("From %(before)s to %(colour)s"),
    "warning.changed": N_("Changed: %(fields)s"),
    "warning.lifted": N_("Lifted; incidents still open: %(incidents)s"),
    "warning.expired": N_("Expired; incidents still open: %(incidents)s"),
    "warning.tasks_given": N_("Preparedness tasks given: %(count)s"),
    "warning.task_settled": N_("Task %(task)s: %(state)s"),
    "warning.standby_asked": N_("Asked to stand by: %(person)s, %(department)s"),
    "warning.standby_confirmed": N_("Stands by: %(person)s, %(department)s"),
    "warning.standby_withdrawn": N_("Stands by no more: %(person)s, %(department)s"),
    "warning.happened": N_("It has happened: an incident came of it"),
    "warning.message_taken": N_("CAP message taken in: %(message)s; areas that are none of ours: %(unmatched)s"),
    "warning.drill_began": N_("A drill began all the same, with a reason"),
    "warning.overridden": N_("Done on their own word, which is reviewed"),
    "notice.drafted": N_("Advisory drafted"),
    "notice.submitted": N_("Advisory submitted, audience %(audience)s"),
    "notice.approved": N_("Advisory approved, audience %(audience)s"),
    "notice.rejected": N_("Advisory rejected"),
    "notice.withdrawn": N_("Advisory withdrawn; taken back from the queue: %(queued)s"),
    "notice.corrected": N_("Correction of the advisory submitted"),
    "notice.held": N_("Advisory waits: its audience grew to %(audience)s"),
    "notice.wave_opened": N_("Listing the recipients begins"),
    "notice.wave_finished": N_("Recipients listed: %(rows)s"),
    "notice.finished": N_("Advisory sent: %(counts)s"),
}
"""By kind of entry; places in the words are fields of the entry."""
FIELDS = {
    "issuer": N_("Issuer"),
    "reference": N_("Issuer's reference"),
    "event": N_("Event"),
    "areas": N_("Areas"),
    "from_at": N_("Valid from"),
    "until_at": N_("Valid until"),
    "headline_zh": N_("Headline in Chinese"),
    "headline_en": N_("Headline in English"),
    "text_zh": N_("Text in Chinese"),
    "text_en": N_("Text in English"),
}
KINDS = {
    "natural_disaster": N_("Natural disaster"),
    "network_fault": N_("Network fault"),
    "service_interruption": N_("Service interruption"),
    "complaint_surge": N_("Complaint surge"),
    "information_security": N_("Information security"),
}
TIERS = {1: N_("Tier I"), 2: N_("Tier II"), 3: N_("Tier III"), 4: N_("Tier IV")}
INCIDENTS = {
    "reported": N_("Reported"),
    "assessed": N_("Assessed"),
    "responding": N_("Responding"),
    "restored": N_("Restored"),
    "reviewing": N_("Reviewing"),
    "closed": N_("Closed"),
    "cancelled": N_("Cancelled"),
    "merged": N_("Merged"),
}
NOTICES = {
    "draft": N_("Draft"),
    "submitted": N_("Waiting for approval"),
    "approved": N_("Approved"),
    "sending": N_("Being sent"),
    "sent": N_("Finished"),
    "withdrawn": N_("Withdrawn"),
    "rejected": N_("Rejected"),
}
"""Of incidents and notices, as boards call them."""
DELIVERIES = {
    "ready": N_("Waiting to be sent"),
    "leased": N_("Waiting to be sent"),
    "calling": N_("Being sent"),
    "in_doubt": N_("In doubt"),
    "submitted": N_("Submitted"),
    "sent": N_("Sent"),
    "delivered": N_("Delivered"),
    "undelivered": N_("Undelivered"),
    "failed": N_("Sending failed"),
    "unknown": N_("Result unknown"),
    "withdrawn": N_("Withdrawn"),
    "expired": N_("Expired before it was sent"),
    "suppressed": N_("Suppressed"),
}
"""What became of an advisory's messages."""
