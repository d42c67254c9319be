"""A whole city's rows: a notice withdrawn while it is being sent, counts on its page, receipts that come in while others leave.

    python -m tests.bench volume

`withdraw`: seconds from the decision until no sender calls anybody of the notice any more; a clock, goal 5 s. `notice_counts`: the 95th
percentile of what the notice's page and interface ask, at ROWS and a tenth; a clock, goal 50 ms. `receipts_beside_send`: messages a second
while receipts are applied, against the same engine without them; goal 0.8."""

import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from command.composing import views
from command.core import clock, log
from command.engine import receipts, sweep
from command.messages import service
from command.messages.handlers import Handlers
from command.messages.models import Delivery, Lane, Purpose, ReceiptIn, State, Tally
from command.notices.models import Notice, NoticeState
from tests.bench.send import TEXT, Engine, databases, simulator

ROWS, RECEIPTS, MESSAGES = 900_000, 100_000, 6_000
AT_ONCE = 20_000
WITHDRAWN_WITHIN, COUNTED_WITHIN, KEEPS = 5.0, 0.05, 0.8
LOOKS = 200


def run(rows: int = ROWS, given: int = RECEIPTS, messages: int = MESSAGES) -> Iterator[dict[str, Any]]:
    """Each figure on both databases."""
    log.configure(level=40)
    with simulator() as (base, sink), databases() as urls:
        for name, url in urls.items():
            engine = Engine(url, base, sink, Path(tempfile.gettempdir()))
            engine.send(500)
            yield from _receipts_beside_send(name, engine, given, messages)
            yield from _withdraw(name, engine, rows, base)
            yield from _counts(name, engine, rows)
            engine.close()


def _withdraw(name: str, engine: Engine, rows: int, base: str) -> Iterator[dict[str, Any]]:
    """The engine sends it; then somebody takes it back."""
    notice = _fill(engine, rows, State.READY)
    sending = threading.Thread(target=engine.sender.run)
    sending.start()
    time.sleep(2)
    before = time.perf_counter()
    engine.database.write(lambda session: service.withdraw(session, notice, "taken_back"))
    decided = time.perf_counter() - before
    last, quiet = _taken(base), 0.0
    silent_since = time.perf_counter()
    while quiet < 1.0:
        time.sleep(0.05)
        if (now := _taken(base)) != last:
            last, silent_since = now, time.perf_counter()
        quiet = time.perf_counter() - silent_since
    took = silent_since - before
    while sweep.run_once(engine.installation, engine.gateways, Handlers()):
        pass
    sending.join()
    ended = time.perf_counter() - before
    with engine.database.read() as session:
        counts = service.tally(session, notice)
    assert counts[State.WITHDRAWN] + counts.get(State.SUBMITTED, 0) == rows, counts
    told = {"rows": rows, "decided_s": round(decided, 3), "rows_ended_s": round(ended, 1)}
    yield _clock(f"withdraw {name}", took, WITHDRAWN_WITHIN) | told


def _counts(name: str, engine: Engine, rows: int) -> Iterator[dict[str, Any]]:
    """What the page of a notice asks while it is shown."""
    small = _p95(engine, _fill(engine, rows // 10, State.DELIVERED))
    whole = _p95(engine, _fill(engine, rows, State.DELIVERED))
    yield _clock(f"notice_counts {name}", whole, COUNTED_WITHIN) | {"rows": rows, "growth": round(whole / small, 2)}


def _p95(engine: Engine, notice_id: int) -> float:
    took = []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        with engine.database.read() as session:
            notice = session.get_one(Notice, notice_id)
            views.progress(session, notice)
        took.append(time.perf_counter() - begun)
    return sorted(took)[round(0.95 * LOOKS) - 1]


def _receipts_beside_send(name: str, engine: Engine, given: int, messages: int) -> Iterator[dict[str, Any]]:
    """Alone and beside receipts in turns, three times; the median of the ratios. The receipts' cycle runs in the same engine."""
    pairs, applied = [], 0.0
    for _ in range(3):
        alone = engine.send(messages)
        notice = _fill(engine, given, State.SUBMITTED)
        stop, rates = threading.Event(), list[float]()
        applying = threading.Thread(target=_apply, args=(engine, notice, given, stop, rates))
        applying.start()
        pairs.append((engine.send(messages), alone))
        stop.set()
        applying.join()
        applied = rates[0]
    beside, alone = sorted(pairs, key=lambda pair: pair[0] / pair[1])[1]
    told = {"receipts_per_s": round(applied), "goal": KEEPS, "met": beside / alone >= KEEPS}
    yield {
        "name": f"receipts_beside_send {name}",
        "value": round(beside, 1),
        "unit": "messages/s",
        "baseline": round(alone, 1),
        "ratio": round(beside / alone, 3),
    } | told


def _apply(engine: Engine, notice: int, given: int, stop: threading.Event, rates: list[float]) -> None:
    """Apply receipts until the others have left; how many a second."""
    begun = time.perf_counter()
    while not stop.is_set() and receipts.run_once(engine.installation, Handlers()):
        pass
    took = time.perf_counter() - begun
    with engine.database.read() as session:
        left = session.scalar(select(func.count()).select_from(ReceiptIn)) or 0
        assert service.tally(session, notice).get(State.DELIVERED, 0) == given - left
    rates.append((given - left) / took)
    while receipts.run_once(engine.installation, Handlers()):
        pass


def _fill(engine: Engine, rows: int, state: State) -> int:
    """A notice with so many rows in one state, and its receipts where they are awaited."""
    engine.notice += 1
    notice = engine.notice
    made = engine.database.write(lambda session: (service.put_body(session, TEXT, "zh"), clock.now(session)))
    for at in range(0, rows, AT_ONCE):
        span = range(at, min(rows, at + AT_ONCE))
        engine.database.write(lambda session, span=span: _put(session, engine, notice, made, span, state))  # type: ignore[misc]
    engine.database.write(lambda session: _told(session, notice, rows, state, made[1]))
    return notice


def _put(session: Session, engine: Engine, notice: int, made: tuple[int, Any], span: range, state: State) -> None:
    body, now = made
    number = engine.keyring.encrypt("+8612000000000")
    fixed = {
        "purpose": Purpose.NOTICE,
        "notice_id": notice,
        "number": number,
        "lane": Lane.FIRST,
        "body_id": body,
        "state": state,
        "created_at": now,
        "due_at": now,
        "exercise": False,
    }
    awaited = state == State.SUBMITTED
    called = {"gateway": "twilio", "tries": 1, "submitted_at": now, "lease_until": now + timedelta(days=3)}
    session.execute(
        insert(Delivery),
        [
            fixed
            | {"addressee": n, "recipient": n.to_bytes(16, "big")}
            | (called | {"attempt": f"v{notice}-{n}", "provider_id": f"SM{notice}-{n}"} if awaited else {})
            for n in span
        ],
    )
    if awaited:
        each = {"gateway": "twilio", "status": "delivered", "code": None, "at": now}
        session.execute(
            insert(ReceiptIn), [each | {"attempt": f"v{notice}-{n}", "provider_id": f"SM{notice}-{n}"} for n in span]
        )


def _told(session: Session, notice: int, rows: int, state: State, now: Any) -> None:
    session.add(Tally(notice_id=notice, state=state, count=rows))
    session.add(
        Notice(
            id=notice,
            incident_id=1,
            incident_number="B-1",
            tier=1,
            kind="first",
            state=NoticeState.SENDING,
            basis="cut_off",
            audience=rows,
            validity_minutes=120,
            created_by="system:bench",
            created_at=now,
            approved_at=now,
            exercise=False,
        )
    )


def _taken(base: str) -> int:
    return int(requests.get(f"{base}/api/stats", timeout=30).json()["messages"])


def _clock(name: str, value: float, goal: float) -> dict[str, Any]:
    return {"name": name, "value": round(value, 4), "unit": "s", "goal": goal, "met": value <= goal}
