"""The cycle of periodic reports: those that are due are counted, kept and sent.

Counting takes no lock and may be done by several engines at once; one of them keeps it. The engine's own clockwork only makes it look
again soon: rows decide what is due (see command/periodic/firing.py)."""

from datetime import date
from functools import partial

import structlog

from command.core.installation import Installation
from command.periodic import firing
from command.periodic.table import Kind

ACTOR = "system:periodic"
log = structlog.get_logger()


def run_once(installation: Installation) -> bool:
    """Make whatever is due, a day of each report a round; True when there may be more. One that fails is logged and tried again in the
    next round, the others go on."""
    with installation.database.read() as session:
        found = firing.due(session)
    for code in found.new:
        installation.database.background(partial(firing.begin, code=code), actor=ACTOR)
    made = [_make(installation, kind, on) for kind, on in found.made]
    return any(made)


def _make(installation: Installation, kind: Kind, on: date) -> bool:
    try:
        with installation.database.read() as session:
            composed = firing.compose(session, kind, on)
        return installation.database.background(partial(firing.fire, composed=composed, on=on), actor=ACTOR)
    except Exception:
        log.exception("periodic.failed", report=kind.code, day=str(on))
        return False
