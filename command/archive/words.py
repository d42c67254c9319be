"""The words of the archive's pages: message ids, translated where they are shown."""

from command.core.problems import N_

SORTS = {
    "newest": N_("Newest first"),
    "oldest": N_("Oldest first"),
    "tier": N_("Highest tier first"),
    "users": N_("Most users first"),
    "user_minutes": N_("Most user-minutes first"),
}
LABELS = {
    "number": N_("Number"),
    "text": N_("Text"),
    "area": N_("Area"),
    "service": N_("Service"),
    "person": N_("Person"),
    "tier": N_("Tier"),
    "kind": N_("Kind"),
    "state": N_("State"),
    "from": N_("Detected from"),
    "to": N_("Detected to"),
    "exercise": N_("Exercise"),
}
FATES = {
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
"""What became of a notice's messages, by delivery state."""
TIMES = {
    "occurred_at": N_("Occurred"),
    "detected_at": N_("Detected"),
    "reported_at": N_("Reported"),
    "assessed_at": N_("Assessed at"),
    "responding_at": N_("Response began"),
    "located_at": N_("Fault located"),
    "quiet_at": N_("Nothing cut off any more"),
    "restored_at": N_("Restored at"),
    "reviewing_at": N_("Review began"),
    "closed_at": N_("Closed at"),
}
"""The times of a case, in the order in which they come."""
