"""What SMPP gateways bring by themselves: receipts into the inbox, texts to the rooms. The SMSC is answered only once it is committed."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from command.core.beats import LINKS
from command.core.installation import Installation
from command.messages import inbound, outbox
from command.messages.gateways import Gateways, configured
from command.messages.handlers import Handlers
from command.messages.inbox import Inbox, NotDurable
from command.messages.models import EXERCISE_GATEWAY, State
from notifiers.base import Inbound, Receipt
from notifiers.smpp import Sink, Unmatched
from notifiers.smpp_text import reference

ACTOR = "system:smpp"
_c = outbox.deliveries.c
_AWAITED: ColumnElement[bool] = outbox.in_state(State.SUBMITTED, State.SENT)


def begin(installation: Installation, gateways: Gateways, handlers: Handlers) -> None:
    """Listen at every SMPP gateway of this process."""
    inbox = Inbox(installation.database)
    LINKS.told_by(gateways.links)
    gateways.listen(lambda name: _sink(installation, inbox, handlers, name))


def _sink(installation: Installation, inbox: Inbox, handlers: Handlers, gateway: str) -> Sink:
    async def keep(came: Receipt | Inbound) -> bool:
        loop = asyncio.get_running_loop()
        if isinstance(came, Inbound):
            work = partial(inbound.receive, gateway=gateway, came=came, handlers=handlers, keyring=installation.keyring)
            await loop.run_in_executor(None, lambda: installation.database.write(work, actor=ACTOR))
            return True
        kept: asyncio.Future[bool] = loop.create_future()

        def end(known: bool, error: BaseException | None) -> None:
            if kept.done():
                return
            if error is not None:
                kept.set_exception(NotDurable(type(error).__name__))
            else:
                kept.set_result(known)

        def then(known: bool, error: BaseException | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(end, known, error)

        find = partial(_find, installation, gateway, came) if isinstance(came, Unmatched) else None
        inbox.put_soon(gateway, came, then, find)
        return await kept

    return keep


def _find(installation: Installation, gateway: str, told: Unmatched, session: Session) -> Mapping[str, Any] | None:
    """The attempt a receipt is about, by the SMSC's id, or for a call without an answer by our reference and the number. The exercise
    gateway may share the account of this one, and then either's receipts come by either's binds; each stays with its own. Where it has an
    account of its own, nothing that comes by one account says anything of the other: both SMSCs may give the same id."""
    shared = getattr(configured(installation, EXERCISE_GATEWAY), "name", None) == gateway
    ways = _c.gateway.in_((gateway, EXERCISE_GATEWAY) if shared else (gateway,))
    by_id = select(_c.attempt, _c.gateway).where(_AWAITED, _c.provider_id == told.provider_id, ways)
    found = session.execute(by_id.limit(2)).all() if told.provider_id else []
    if not found and told.reference is not None:
        index = installation.keyring.index(f"+{told.to.removeprefix('+')}")
        doubtful = outbox.in_state(State.CALLING, State.IN_DOUBT) & (_c.recipient == index) & ways
        rows = session.execute(select(_c.attempt, _c.gateway).where(doubtful)).all()
        found = [row for row in rows if row.attempt and reference(row.attempt) == told.reference]
    if len(found) != 1:
        return None
    return {"attempt": found[0].attempt, "gateway": found[0].gateway}
