"""A message as Twilio's JSON shows it. No I/O."""

from email.utils import formatdate
from functools import lru_cache
from typing import Any

from notifiers.simulator.store import Sms, segments

VERSION = "2010-04-01"


@lru_cache(maxsize=1024)
def rfc2822(second: int) -> str:
    """A Unix second as Twilio writes times, in UTC."""
    return formatdate(second, usegmt=False).replace("-0000", "+0000")


def represent(sms: Sms) -> dict[str, Any]:
    """The Message resource of Twilio's reference, every member of it."""
    uri = f"/{VERSION}/Accounts/{sms.account}/Messages/{sms.sid}"
    created = rfc2822(int(sms.created))
    return {
        "account_sid": sms.account,
        "api_version": VERSION,
        "body": sms.body,
        "date_created": created,
        "date_sent": rfc2822(int(sms.sent)) if sms.sent else None,
        "date_updated": rfc2822(int(sms.sent)) if sms.sent else created,
        "direction": sms.direction,
        "error_code": int(sms.error) if sms.error else None,
        "error_message": None,
        "from": sms.sender or None,
        "messaging_service_sid": sms.service,
        "num_media": "0",
        "num_segments": "0" if sms.service else str(segments(sms.body)),
        "price": None,
        "price_unit": "USD",
        "sid": sms.sid,
        "status": sms.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": sms.recipient,
        "uri": f"{uri}.json",
    }
