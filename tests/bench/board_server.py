"""A web process for the board's figures, under gevent: python -m tests.bench.board_server URL KEYS DATA. It prints its port, then one
line for each order: `tail N`: tell N entries, one a round, without the pause between rounds; `bare N`: emit the same packet N times;
`live 0`: let the boards run by themselves; `still N`: emit the last packet N times at a steady rate."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.fileobject import FileObject  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402

from command.app import create_app  # noqa: E402
from command.boards import store, tail  # noqa: E402
from command.boards.socket import NAMESPACE, Boards, attach  # noqa: E402
from command.boards.tail import Known, Watched  # noqa: E402
from command.core import garbage  # noqa: E402
from command.core.database import Database  # noqa: E402
from command.core.installation import Installation  # noqa: E402
from command.core.keys import parse  # noqa: E402
from command.core.settings import Settings  # noqa: E402

ROOM = tail.room("command", "en")
BARE_RATE = 20


class Bench:
    """The real application and the real boards; only the rounds are driven from outside."""

    def __init__(self, url: str, keys: str, data: str) -> None:
        settings = Settings(env="test", data=Path(data), database_url=url, keys=keys)
        self.app = create_app(Installation(settings, Database(url), parse(keys)))
        self.io = attach(self.app, "gevent")
        self.boards: Boards = self.io.server.namespace_handlers[NAMESPACE]
        self.boards._running = True  # its own task stays out: rounds come one after the other, as fast as they go
        self.boards.tail.batch = 1
        self.sent: dict[str, Any] = {}
        emit = self.boards.tail.emit

        def remember(event: str, data: dict[str, Any], to: str) -> None:
            if event == "update":
                self.sent = data
            emit(event, data, to)

        self.boards.tail.emit = remember

    def order(self, what: str, count: int) -> float:
        """Do it; return the seconds it took until every packet was handed to every client's queue."""
        begun = time.monotonic()
        if what == "tail":
            self._tell(count)
        elif what == "live":
            self._live()
        elif what == "still":
            self._still(count)
        else:
            for _ in range(count):
                self.io.emit("update", self.sent, to=ROOM, namespace=NAMESPACE)
                gevent.sleep(0)
        return time.monotonic() - begun

    def _live(self) -> None:
        """From here on the boards run as they do in life: hinted, coalesced, by themselves."""
        self.boards.tail.batch = tail.BATCH
        self.boards._running = False
        self.boards._start()

    def _still(self, count: int) -> None:
        """Emit the packet last sent `count` times, BARE_RATE a second, each with the moment it was handed over."""
        self.boards._running = False
        begun = time.monotonic()
        for n in range(count):
            gevent.sleep(max(0.0, begun + n / BARE_RATE - time.monotonic()))
            packet = {"sent_at": time.monotonic(), **self.sent}
            self.io.emit("update", packet, to=ROOM, namespace=NAMESPACE)

    def _tell(self, count: int) -> None:
        """The last `count` entries of the board, read from the journal one a round."""
        with self.boards.database.read() as session:
            board = store.load(session, "command")
            before = store.state_of(session, board.stream, until=board.state.seq - count)
        known = Known(store.Board(board.stream, before))
        self.boards.tail.watched["command"] = Watched(known, beat_at=time.monotonic())
        for _ in range(count):
            self.boards.round()
            gevent.sleep(0)


def main() -> None:
    bench = Bench(*sys.argv[1:4])
    garbage.settle()
    server = WSGIServer(("127.0.0.1", 0), bench.app, log=None)
    server.start()
    print(server.server_port, flush=True)
    for line in FileObject(sys.stdin):
        what, count = line.split()
        print(bench.order(what, int(count)), flush=True)


if __name__ == "__main__":
    main()
