"""An engine as a process of its own: sends, applies receipts and sweeps, over and over, until it is killed."""

import logging
import threading
from typing import Any

from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import parse
from command.core.settings import Settings
from command.engine import deliver, receipts, sweep
from command.messages.gateways import Gateways
from command.messages.handlers import Handlers

PAUSE = 0.02
"""Seconds between two rounds of a cycle that had nothing to do."""


def main(settings: dict[str, Any], keys: str, born: Any) -> None:
    """Run until killed; `born` is set once the cycles start."""
    logging.disable(logging.CRITICAL)
    given = Settings(**settings)
    installation = Installation(given, Database(given.url), parse(keys))
    gateways, handlers = Gateways(installation), Handlers()
    sender = deliver.sender(installation, gateways, handlers)
    born.set()
    for work in (
        lambda: receipts.run_once(installation, handlers),
        lambda: sweep.run_once(installation, gateways, handlers),
    ):
        threading.Thread(target=_for_ever, args=(work,), daemon=True).start()
    _for_ever(lambda: deliver.run_once(installation, sender))


def _for_ever(work: Any) -> None:
    pause = threading.Event()
    while True:
        if not work():
            pause.wait(PAUSE)
