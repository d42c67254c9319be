"""How much a web process takes in at once. Machines send faster than a database commits when a network breaks; whoever waits for the
database holds a connection and a body in memory. So only so many are let in, and a quarter of them at the same time to the database,
which leaves its other connections to people's pages. Who is taken in together with others waits without a connection and takes no turn.
The next is told with 429 when to come again, before its body is read, and nothing is lost: every source of alarms repeats what was not
accepted."""

import threading
from collections.abc import Collection

from flask import Flask, g, request

from command.core.problems import N_, TooMany

AGAIN = 2
"""Seconds until a sender that was turned away should come again."""
KEY = "tocsin.doors"


class Doors:
    """Those that are inside, of at most `most`."""

    def __init__(self, most: int, endpoints: Collection[str], together: Collection[str] = ()) -> None:
        self.most, self.endpoints, self.together = most, frozenset(endpoints), frozenset(together)
        self.inside = self.turned_away = 0
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(max(1, most // 4))

    def enter(self) -> None:
        """Let a request of one of the endpoints in; raise TooMany when it is one too many."""
        if request.endpoint not in self.endpoints or request.method != "POST":
            return
        with self._lock:
            if self.inside >= self.most:
                self.turned_away += 1
                raise TooMany(
                    N_("More reports come in than can be kept just now."),
                    remedy=N_("Send it again in %(retry_after)d seconds; nothing of it was used."),
                    retry_after=AGAIN,
                )
            self.inside += 1
        g.came_in = True
        if request.endpoint not in self.together:
            self._turns.acquire()
            g.has_turn = True

    def leave(self, _: BaseException | None = None) -> None:
        """A request has ended, however it did."""
        if g.pop("came_in", False):
            if g.pop("has_turn", False):
                self._turns.release()
            with self._lock:
                self.inside -= 1


def install(app: Flask, endpoints: Collection[str], most: int, together: Collection[str] = ()) -> None:
    """Guard these endpoints of an application; those of `together` gather their requests themselves."""
    doors = app.extensions[KEY] = Doors(most, endpoints, together)
    app.before_request(doors.enter)
    app.teardown_request(doors.leave)
