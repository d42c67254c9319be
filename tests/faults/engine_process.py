"""An engine as a process of its own, its cycles run as the real one runs them: sends, applies receipts and sweeps until it is killed or
stopped."""

import logging
import threading
from typing import Any

from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import parse
from command.core.settings import Settings
from command.engine import deliver, receipts, sweep
from command.engine.run import Cycle, Engine, run
from command.messages.gateways import Gateways
from command.messages.handlers import Handlers
from tests.children import end_with_parent

EVERY = 0.05
"""Seconds between two rounds of a cycle that had nothing to do."""


def main(settings: dict[str, Any], keys: str, born: Any) -> None:
    """Run until killed or stopped; `born` is set once the cycles run."""
    end_with_parent()
    logging.disable(logging.CRITICAL)
    given = Settings(**settings)
    installation = Installation(given, Database(given.url), parse(keys))
    gateways, handlers = Gateways(installation), Handlers()
    sender, stopping = deliver.sender(installation, gateways, handlers), threading.Event()
    cycles = [
        Cycle("born", EVERY, born.set),
        Cycle("deliver", EVERY, lambda: deliver.run_once(installation, sender, stopping.is_set)),
        Cycle("receipts", EVERY, lambda: receipts.run_once(installation, handlers)),
        Cycle("sweep", EVERY, lambda: sweep.run_once(installation, gateways, handlers)),
    ]
    with gateways:
        run(Engine(installation, cycles, stopping))
