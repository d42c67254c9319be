"""What Twilio calls us with: delivery receipts, inbound texts, statuses of calls, signed.

Source: Twilio's public pages on webhook security and on the status callback of the Message resource.
"""

import hmac
from collections.abc import Mapping

from twilio.request_validator import RequestValidator

from notifiers.base import BadWebhook, Inbound, Receipt
from notifiers.twilio_codes import CALL_STATES, STATES

ATTEMPT = "attempt"
"""Query parameter of the status callback that carries our attempt id back."""


def valid_signature(url: str, params: Mapping[str, str], signature: str | None, token: str) -> bool:
    """Whether Twilio, holding `token`, signed these form fields for this public URL (query included, no fragment).

    `url` is the configured public one: behind a proxy the address the server sees is not what was signed.
    Twilio signs that URL as it stands or with its port said or left out: the first is tried by itself, for nearly every callback is so.
    """
    if not signature:
        return False
    validator = RequestValidator(token)
    plain = validator.compute_signature(url, dict(params))
    if hmac.compare_digest(plain.encode(), signature.encode("utf-8", "replace")):
        return True
    return bool(validator.validate(url, dict(params), signature))


def parse_receipt(params: Mapping[str, str], query: Mapping[str, str]) -> Receipt:
    """Read a status callback. Raises BadWebhook when the id or the status is missing or unknown."""
    status = _field(params, "MessageStatus")
    state = STATES.get(status)
    if state is None:
        raise BadWebhook(f"MessageStatus: unknown value {status!r:.40}; expected one of {', '.join(STATES)}")
    return Receipt(
        provider_id=_field(params, "MessageSid"),
        attempt=query.get(ATTEMPT) or None,
        status=state,
        code=params.get("ErrorCode") or None,
    )


def parse_call(params: Mapping[str, str], query: Mapping[str, str]) -> Receipt:
    """Read the status of a call. One that reached nobody has Twilio's status as its code. Raises BadWebhook."""
    status = _field(params, "CallStatus")
    state = CALL_STATES.get(status)
    if state is None:
        raise BadWebhook(f"CallStatus: unknown value {status!r:.40}; expected one of {', '.join(CALL_STATES)}")
    return Receipt(
        provider_id=_field(params, "CallSid"),
        attempt=query.get(ATTEMPT) or None,
        status=state,
        code=status if state in ("undelivered", "failed") else None,
    )


def parse_inbound(params: Mapping[str, str]) -> Inbound:
    """Read an inbound text. Raises BadWebhook when a number or the id is missing; an empty text is allowed."""
    return Inbound(
        provider_id=_field(params, "MessageSid"),
        sender=_field(params, "From"),
        recipient=_field(params, "To"),
        text=params.get("Body", ""),
    )


def _field(params: Mapping[str, str], name: str) -> str:
    value = params.get(name, "").strip()
    if not value:
        raise BadWebhook(f"{name}: missing; Twilio sends it with every callback, so check the URL that was configured")
    return value
