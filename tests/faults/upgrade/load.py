"""What goes on while one release replaces the other: alarms, incidents that people are paged and customers told for, pages that are
looked at. Everything over HTTP, and nothing is tried twice: what is refused once counts as failed."""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

ALARM, INCIDENT, LOOK = 0.25, 4.0, 0.5
"""Seconds between two of each."""
TIMEOUT = 30.0
PAGES = ("/incidents/{number}", "/board", "/overview", "/notices", "/api/v1/incidents/{number}", "/on-call")
CELLS = ("CELL-1", "CELL-2", "CELL-3", "CELL-4", "CELL-5")


@dataclass
class Load:
    """`accepted` are what was answered 200 or 201; `failed` what was not, with what was said; `slowest` seconds of an answer by kind."""

    url: str
    token: str
    alarms: list[str] = field(default_factory=list)
    incidents: list[str] = field(default_factory=list)
    acts: int = 0
    looks: int = 0
    failed: list[str] = field(default_factory=list)
    slowest: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        work = ((self._alarm, ALARM), (self._incident, INCIDENT), (self._look, LOOK))
        self._threads = [threading.Thread(target=self._on, args=each, daemon=True) for each in work]
        self._pages = itertools.cycle(PAGES)
        self._cells = itertools.cycle(CELLS)

    def begin(self) -> None:
        for each in self._threads:
            each.start()

    def end(self) -> None:
        self._stopping.set()
        for each in self._threads:
            each.join(TIMEOUT + 5)
            assert not each.is_alive()

    def _on(self, work: Callable[[requests.Session], None], every: float) -> None:
        with requests.Session() as line:
            line.headers.update({"Authorization": f"Bearer {self.token}"})
            while not self._stopping.wait(every):
                try:
                    work(line)
                except Exception as error:
                    self.failed.append(repr(error))
                    raise

    def _ask(self, line: requests.Session, what: str, method: str, path: str, **body: Any) -> Any:
        """One request, once. What it answers, or None where it failed."""
        begun = time.monotonic()
        try:
            answer = line.request(
                method, self.url + path, timeout=TIMEOUT, **({"json": body} if method == "POST" else {})
            )
        except requests.RequestException as error:
            self.failed.append(f"{what} {path}: {type(error).__name__}")
            return None
        self.slowest[what] = max(self.slowest.get(what, 0.0), time.monotonic() - begun)
        if answer.status_code >= 300:
            self.failed.append(f"{what} {path}: {answer.status_code} {answer.text[:300]}")
            return None
        return answer.json() if "json" in answer.headers["Content-Type"] else answer.text

    def _alarm(self, line: requests.Session) -> None:
        name = f"port-{len(self.alarms) + len(self.failed)}"
        alarm = {
            "source": "upgrade",
            "element": "CELL-6",
            "object": name,
            "problem": "optical power",
            "severity": "warning",
        }
        at = datetime.now(UTC).isoformat()
        if self._ask(line, "alarm", "POST", "/api/v1/alarms", alarms=[alarm | {"raised_at": at}]) is not None:
            self.alarms.append(name)

    def _incident(self, line: requests.Session) -> None:
        """Somebody reports, assesses and starts the response: people are paged, customers told."""
        said = {"kind": "network_fault", "area": "8001", "elements": [next(self._cells)]}
        made = self._ask(line, "incident", "POST", "/api/v1/incidents", **said)
        if made is None:
            return
        self.incidents.append(made["number"])
        for action in ("assess", "activate"):
            address = f"/api/v1/incidents/{made['number']}/actions/{action}"
            if self._ask(line, "act", "POST", address) is not None:
                self.acts += 1

    def _look(self, line: requests.Session) -> None:
        if self.incidents:
            page = next(self._pages).format(number=self.incidents[-1])
            if self._ask(line, "look", "GET", page) is not None:
                self.looks += 1
