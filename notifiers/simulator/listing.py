"""Twilio's list of messages: filters and pages. No I/O.

Unsent messages have no DateSent, so a filter by it leaves them out, as the provider's does.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from notifiers.simulator.resource import represent
from notifiers.simulator.store import Sms, Store

_LARGEST_PAGE = 1000
_USUAL_PAGE = 50
_DAY = 86_400.0


def page_of(store: Store, account: str, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """One page, newest first, with the addresses of its neighbours."""
    size = min(max(_number(query.get("PageSize"), _USUAL_PAGE), 1), _LARGEST_PAGE)
    page = _number(query.get("Page"), 0)
    found = list(islice(_matching(store, account, query), page * size, (page + 1) * size + 1))
    shown = found[:size]
    kept = {name: value for name, value in query.items() if name not in ("Page", "PageSize", "PageToken")}

    def uri(number: int) -> str:
        return f"{path}?{urlencode({**kept, 'PageSize': size, 'Page': number})}"

    return {
        "end": page * size + max(len(shown) - 1, 0),
        "first_page_uri": uri(0),
        "messages": [represent(sms) for sms in shown],
        "next_page_uri": uri(page + 1) if len(found) > size else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": uri(page - 1) if page else None,
        "start": page * size,
        "uri": uri(page),
    }


def _matching(store: Store, account: str, query: Mapping[str, str]) -> Iterator[Sms]:
    to, sender = query.get("To"), query.get("From")
    in_time = _date_filter(query)
    for sms in store.perhaps_to(to) if to else store.newest():
        if sms.account != account or (to and sms.recipient != to) or (sender and sms.sender != sender):
            continue
        if in_time(sms):
            yield sms


def _date_filter(query: Mapping[str, str]) -> Callable[[Sms], bool]:
    on, before, after = (_instant(query.get(name)) for name in ("DateSent", "DateSent<", "DateSent>"))
    if on is before is after is None:
        return lambda sms: True

    def matches(sms: Sms) -> bool:
        if sms.sent is None:
            return False
        return (
            (on is None or on // _DAY == sms.sent // _DAY)
            and (before is None or sms.sent <= before)
            and (after is None or sms.sent >= after)
        )

    return matches


def _instant(text: str | None) -> float | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.removeprefix("="))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
