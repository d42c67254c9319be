"""The demo's driver: plays the alarm source, the engineer on call and the duty officer, through public HTTP and nothing else.

It ends by itself: when every incident it waits for is restored, or when its time is up."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog

from command.alarms.caller import Caller, Refused, Unreachable
from command.alarms.replay import replay
from command.demo import recording
from command.demo.load import DEMO, SOURCE
from command.people.roster import Roster
from playbooks import source

log = structlog.get_logger()

ANSWER_AFTER = 6.0
"""Seconds an engineer takes to answer a page, so that one can watch it wait."""
CONFIRM_AFTER = 5.0
"""Seconds the duty officer takes to confirm once an incident is quiet."""
EVERY = 2.0
LONGEST = 1800.0
"""Seconds after which the driver ends whatever has happened."""

_CODE = re.compile(r"(?:回复|[Rr]eply)(?: with)? ?(?:ACK )?([0-9]{3,8})(?![0-9])")
_TOGETHER = re.compile("回复“全部收到”|or ACK ALL")
EVIDENCE = "All alarms of the affected radios have been quiet, and test calls in the affected counties succeed."


@dataclass
class Engineers:
    """Those on call, at their phones: each page is answered once, some seconds after it came."""

    simulator: Caller
    numbers: tuple[str, ...]
    seen: dict[str, float] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)

    def look(self, now: float) -> None:
        """Read the phones; answer what has waited long enough."""
        for number in self.numbers:
            for message in self._messages(number):
                answer = answer_to(message["body"]) if message["direction"] != "inbound" else None
                if answer is None or message["sid"] in self.answered:
                    continue
                if now - self.seen.setdefault(message["sid"], now) >= ANSWER_AFTER:
                    self._answer(number, message["sid"], answer)

    def _messages(self, number: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.simulator.get(f"/api/phones/{quote(number)}/messages?limit=50")["items"]
        return found

    def _answer(self, number: str, sid: str, answer: str) -> None:
        self.answered.add(sid)
        self.simulator.post(f"/api/phones/{quote(number)}/reply", {"body": answer})
        log.info("driver.acknowledged", answer=answer)


@dataclass
class DutyOfficer:
    """Confirms restorations: of an incident that is handled, some seconds after its elements became quiet."""

    tocsin: Caller
    quiet_since: dict[str, float] = field(default_factory=dict)
    restored: list[str] = field(default_factory=list)

    def look(self, now: float) -> bool:
        """Confirm what is due; whether an incident is still being handled."""
        incidents = self.tocsin.get("/api/v1/incidents?state=responding&limit=200")["items"]
        handled = [one for one in incidents if one["state"] == "responding" and not one["exercise"]]
        for incident in handled:
            quiet = incident["quiet_at"] is not None
            since = self.quiet_since.setdefault(incident["number"], now) if quiet else None
            if since is None:
                self.quiet_since.pop(incident["number"], None)
            elif now - since >= CONFIRM_AFTER:
                self._confirm(incident["number"])
        return bool(handled)

    def _confirm(self, number: str) -> None:
        try:
            self.tocsin.post(f"/api/v1/incidents/{number}/actions/restore", {"evidence": EVIDENCE})
        except Refused as refusal:
            log.warning("driver.not_restored", incident=number, why=str(refusal))
            return
        self.restored.append(number)
        log.info("driver.restored", incident=number)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the driver speaks to: Tocsin and the simulator of phones; and with which tokens."""

    tocsin: str
    simulator: str
    tokens: dict[str, str]


def drive(places: Places, stopping: threading.Event, longest: float = LONGEST) -> bool:
    """Play the demo once; return whether an incident was restored. Raises Unreachable when nobody answers."""
    Caller(places.tocsin, patience=120).get("/readyz")
    log.info("driver.ready", tocsin=places.tocsin)
    began = time.monotonic()
    officer = DutyOfficer(Caller(places.tocsin, places.tokens["duty_officer"]))
    engineers = Engineers(Caller(places.simulator), on_call_numbers(DEMO / "people.yaml"))
    storm = _Storm(places, stopping)
    storm.start()
    while not stopping.wait(EVERY) and time.monotonic() - began < longest:
        _attempt(engineers.look)
        handling = _attempt(officer.look)
        if handling is False and not storm.is_alive():
            break
    stopping.set()
    storm.join(10)
    log.info("driver.ended", restored=officer.restored)
    return bool(officer.restored)


class _Storm(threading.Thread):
    """The alarm source, with a connection of its own."""

    def __init__(self, places: Places, stopping: threading.Event) -> None:
        super().__init__(name="storm", daemon=True)
        self.caller = Caller(places.tocsin, places.tokens["alarms"])
        self.stopping = stopping

    def run(self) -> None:
        said = recording.alarms()
        log.info("driver.replaying", alarms=len(said), speed=recording.SPEED)
        try:
            sent = replay(
                said,
                self.caller,
                source=SOURCE,
                start=recording.START,
                speed=recording.SPEED,
                stopping=self.stopping.is_set,
            )
        except (Refused, Unreachable) as error:
            log.error("driver.replay_failed", why=str(error))
        else:
            log.info("driver.replayed", alarms=sent)


def _attempt(look: Callable[[float], Any]) -> Any:
    """One look; what fails now is tried again at the next."""
    try:
        return look(time.monotonic())
    except (Refused, Unreachable, KeyError) as error:
        log.warning("driver.failed", why=repr(error))
        return None


def answer_to(text: str) -> str | None:
    """What a page, or a message of several, is answered with; None for any other text."""
    if _TOGETHER.search(text):
        return "ACK ALL"
    found = _CODE.search(text)
    return f"ACK {found[1]}" if found else None


def on_call_numbers(file: Path) -> tuple[str, ...]:
    """The numbers of everybody who takes turns of duty in a roster."""
    roster = source.load(file, Roster)
    names = {name for schedule in roster.schedules for layer in schedule.layers for name in layer.members}
    return tuple(sorted(roster.person(name).number for name in names))
