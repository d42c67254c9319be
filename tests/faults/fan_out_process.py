"""The cycle that lists recipients, as a process of its own that can be killed. Its chunks are small, so that there are many ends between
which it can die."""

import logging
from typing import Any

from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import parse
from command.core.settings import Settings
from command.engine import fan_out
from command.engine.fan_out import Pace
from tests.children import end_with_parent

LEAST, MOST = 20, 60
"""Recipients of a chunk."""


class Small(Pace):
    """Chunks of LEAST to MOST recipients."""

    @classmethod
    def of(cls, sqlite: bool) -> Pace:
        usual = Pace.of(sqlite)
        return cls(MOST, LEAST, MOST, usual.hold, usual.clock)


def main(settings: dict[str, Any], keys: str, born: Any) -> None:
    """Run until killed; `born` is set before the first chunk."""
    end_with_parent()
    logging.disable(logging.CRITICAL)
    given = Settings(**settings)
    installation = Installation(given, Database(given.url), parse(keys))
    fan_out.Pace = Small  # type: ignore[misc]
    born.set()
    while True:
        fan_out.run_once(installation)
