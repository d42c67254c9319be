"""Twilio's error codes and statuses, translated into verdicts and states. Pure: no I/O.

Source: Twilio's error and warning dictionary and the Message resource's list of statuses, both in its public
documentation; the grouping is the design's (docs/design, "Sending").
"""

from notifiers.base import Outcome, Verdict

RETRY = frozenset({"20429", "21611", "30001", "30003", "30008", "30036", "30500"})
"""Not delivered through no fault of the number: rate or queue limits, handset off, unknown carrier error, expiry."""

FINAL = frozenset({"21211", "21610", "21614", "30004", "30005", "30006"})
"""This number cannot be served: invalid, opted out, not a mobile, blocked, unknown, or a landline."""

STOP = frozenset({"20003", "21212", "21408", "21606", "21612", "30002", "30007", "30034"})
"""The account, the sender or the text is refused: every further recipient would fail the same way."""

OPTED_OUT = "21610"

STATES = {
    "accepted": "submitted",
    "scheduled": "submitted",
    "queued": "submitted",
    "sending": "submitted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}
"""Twilio's message status → our delivery state (`notifiers.base.RANK`)."""

CALL_STATES = {
    "queued": "submitted",
    "initiated": "submitted",
    "ringing": "sent",
    "in-progress": "sent",
    "completed": "delivered",
    "busy": "undelivered",
    "no-answer": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}
"""Twilio's call status → our delivery state. `delivered` is that the phone was picked up, not that anybody answered the page."""


def verdict_of(code: str | None) -> Verdict | None:
    """The verdict a known error code carries, on creation and in a receipt alike; None for an unknown code."""
    if code in RETRY:
        return Verdict.RETRY
    if code in FINAL:
        return Verdict.REJECTED
    if code in STOP:
        return Verdict.STOP
    return None


def refused(status: int, code: str | None, detail: str, retry_after: float | None = None) -> Outcome:
    """Classify an HTTP answer that is not a success.

    A 5xx and a 408 say nothing about whether the message was taken: doubtful, whatever code they carry. A 429 was
    never processed. An unknown code on 400 is held against the recipient only, on any other status against the
    account, because a wrong path or permission meets every recipient.
    """
    if status >= 500 or status == 408:
        return Outcome(Verdict.DOUBTFUL, code=code, detail=detail)
    if status == 429:
        return Outcome(Verdict.RETRY, code=code, detail=detail, retry_after=retry_after)
    default = Verdict.REJECTED if status == 400 else Verdict.STOP
    return Outcome(
        verdict_of(code) or default, code=code, detail=detail, retry_after=retry_after, suppress=code == OPTED_OUT
    )
