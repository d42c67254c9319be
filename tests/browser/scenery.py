"""A bad day at the small operator, set up once for the tour: something of everything that pages show."""

from dataclasses import dataclass

from tests.boards.stage import Stage

NO_PAGES = ("/api/", "/hooks/", "/healthz", "/readyz", "/metrics", "/board/state/")
"""What answers a GET and is no page."""


@dataclass(frozen=True, slots=True)
class Scenery:
    """What was set up, and the addresses of the pages that show it."""

    addresses: tuple[str, ...]


def built(stage: Stage) -> Scenery:
    """Incidents in every state, tasks done and open, people paged, notices sent."""
    number = stage.responding("CELL-1", "CELL-4")
    stage.report(kind="service_interruption", elements=["CELL-5"])
    stage.engine()
    stage.acknowledge()
    stage.deliver()
    return Scenery(
        (
            "/board",
            "/board/exercise",
            f"/incidents/{number}",
            f"/incidents/{number}/curve",
            "/alarms",
            "/people",
            "/me",
        )
    )
