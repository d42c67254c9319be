"""B6: a board replayed is the board as it stood, at every moment of its life."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import select

from command.boards import frames, moments, projection, render, replay, store
from command.boards.frames import instant, ms_of
from command.boards.projection import Seen, State
from command.core import journal
from command.core.columns import dump
from command.core.database import Database
from command.core.journal import Entry
from tests.boards.stage import Stage
from tests.boards.test_cards import FEW, Story, steps
from tests.boards.test_store import put
from tests.conftest import Time
from tests.pace import paced


def carried_forward(stage: Stage, board: str, window: replay.Window) -> dict[int, Any]:
    """The board's HTML by milliseconds, composed of frames as the page composes them."""
    with stage.database.read() as session, stage.app.test_request_context():
        found = replay.stretch(session, board, window, render.of(stage.app), "en")
    cards: dict[str, str] = {}
    shown = {}
    for frame in found:
        cards = {name: html for name, html in {**cards, **frame["cards"]}.items() if html is not None}
        shown[frame["ms"]] = cards
    return shown


def folded(stage: Stage, board: str, ms: int) -> dict[str, str | None]:
    """The board's HTML at a moment, folded from its beginning."""
    with stage.database.read() as session, stage.app.test_request_context():
        state = store.load_at(session, board, instant(ms)).state
        return render.of(stage.app).cards(session, board, state, render.shown(board, state), "en")


@pytest.mark.proves("B6")
@FEW
@given(script=steps)
def test_the_frame_of_each_entry_is_the_fold_of_all_up_to_it(stage: Stage, time: Time, script: Any) -> None:
    story = Story(stage, time)
    story.run(script[0])
    for step in script[1][:6]:
        story.run(step)
        time.forward(seconds=40)
    stream = f"incident:{story.number}"
    with stage.database.read() as session:
        entries = list(store.seen(session, stream, 0))
    for frame in frames.frames(State(), entries):
        prefix = [entry for entry in entries if ms_of(entry.at) <= frame.ms]
        whole = projection.fold(State(), prefix)
        assert (frame.state.cards, frame.state.latest) == (whole.cards, whole.latest)
    instants = sorted({ms_of(entry.at) for entry in entries})
    shown = carried_forward(stage, stream, replay.Window(instant(instants[0]), instant(instants[-1])))
    for ms in instants[: replay.MOST_FRAMES : 5]:
        assert shown[ms] == folded(stage, stream, ms)


@pytest.mark.proves("B6")
def test_a_shared_board_is_carried_over_the_turn_of_a_month(database: Database, time: Time) -> None:
    row = {"tier": 2, "state": "reported", "detected_at": "2026-10-31T23:00:00Z"}
    put(database, "board:command:2026-10", A=row)
    time.forward(minutes=1)
    put(database, "board:command:2026-11", B=row | {"tier": 3})  # type: ignore[arg-type]
    time.forward(minutes=1)
    put(database, "board:command:2026-11", A=None)
    with database.read() as session:
        first = session.scalar(select(Entry.at).where(Entry.stream_id == "board:command:2026-10"))
        assert first is not None
        begin = store.load_at(session, "command", first).state
        window = replay.Window(first, first + timedelta(hours=1))
        found = list(frames.frames(begin, replay.between(session, "command", window)))
    shown = [sorted(frame.state.cards) for frame in found]
    assert shown[-2:] == [["A", "B"], ["B"]]
    assert all(each == ["A"] for each in shown[:-2]), "what cites the month before changes no card"


def entry(seq: int, second: int, kind: str, **data: Any) -> Seen:
    at = datetime.fromisoformat("2026-11-26T08:00:00+00:00") + timedelta(seconds=second)
    return Seen(seq, at, "system:x", kind, dump(data))


def test_moments_are_what_people_read_and_turns_are_told_apart() -> None:
    entries = [
        entry(1, 0, "incident.reported"),
        entry(2, 0, "incident.graded", before=None, tier=4),
        entry(3, 0, "board.cards", cards={}),
        entry(4, 5, "incident.graded", before=4, tier=4),
        entry(5, 6, "clock.started"),
        entry(6, 7, "incident.lowered", before=3, tier=4),
        entry(7, 8, "notice.approved"),
        entry(8, 9, "page.queued"),
    ]
    found = [(moment.seq, moment.group) for moment in moments.of_incident(entries)]
    assert found == [(1, "state"), (2, "tier"), (4, "entry"), (6, "tier"), (7, "notice"), (8, "entry")]


def test_rows_of_a_shared_board_come_change_and_go() -> None:
    def cards(seq: int, **rows: Any) -> Seen:
        return entry(seq, seq, "board.cards", cards=rows)

    def row(tier: int, state: str) -> dict[str, Any]:
        return {"tier": tier, "state": state, "users_now": 5}

    story = [
        cards(1, B=row(4, "reported")),
        cards(2, A=row(1, "reported")),
        cards(3, A=row(1, "responding"), B=row(4, "reported") | {"users_now": 9}),
        cards(4, A=None),
    ]
    found = [(each.number, each.kind, each.after) for each in moments.of_shared({"A": row(2, "reported")}, story)]
    assert found == [("B", "came", 4), ("A", "tier", 1), ("A", "state", "responding"), ("A", "went", None)]


def test_entries_of_one_millisecond_are_one_frame_and_fractions_belong_to_the_next() -> None:
    at = datetime.fromisoformat("2026-11-26T08:00:00.000001+00:00")
    assert ms_of(at) == ms_of(at.replace(microsecond=1000)) == ms_of(at.replace(microsecond=0)) + 1
    assert instant(ms_of(at)) >= at
    one, other = entry(1, 0, "incident.reported"), entry(2, 0, "incident.assessed")
    (frame,) = frames.frames(State(), [one, other])
    assert frame.state.latest == (one, other)


@pytest.mark.proves("B6")
def test_the_timeline_and_its_pages(stage: Stage, time: Time) -> None:
    number = stage.report(elements=["CELL-1"])
    time.forward(minutes=10)
    stage.act("dou", number, "assess")
    stage.act("dou", number, "activate")
    time.forward(minutes=20)
    stage.act("ada", number, "restore", evidence="test calls succeed")
    line = stage.get("aud", f"/board/moments/incident:{number}?lang=en").get_json()
    assert line["begin"] == line["instants"][0] and line["instants"][-1] <= line["end"]
    assert line["end"] - line["begin"] == pytest.approx(30 * 60_000, abs=5_000)
    groups = [moment["group"] for moment in line["moments"]]
    assert {"tier", "state", "notice"} <= set(groups)
    restored = next(each for each in line["moments"] if each["kind"] == "incident.restored")
    assert "test calls succeed" in restored["text"]
    window = f"from={line['instants'][0]}&to={line['instants'][-1]}"
    found = stage.get("aud", f"/board/frames/incident:{number}?{window}&lang=en").get_json()["frames"]
    assert [frame["ms"] for frame in found] == line["instants"]
    assert "Reported" in found[0]["cards"]["head"] and "Restored" in found[-1]["cards"]["head"]
    assert len(found[-1]["cards"]) < len(found[0]["cards"]), "later frames hold what changed only"
    page = stage.get(
        "aud", f"/incidents/{number}/replay?at={instant(line['instants'][0]).isoformat()}&lang=en".replace("+", "%2B")
    )
    assert page.status_code == 200 and "state-reported" in page.text and 'type="range"' in page.text
    assert 'name="at"' in page.text and "style=" not in page.text.replace("data-style=", "")
    for address in ("/board/replay", "/board/replay?hours=1", "/board/exercise/replay"):
        assert stage.get("aud", address).status_code == 200


def test_what_cannot_be_replayed_is_refused_in_words(stage: Stage) -> None:
    hidden = stage.report("sec", kind="information_security", elements=["CELL-4"])
    for address in (
        f"/incidents/{hidden}/replay",
        f"/board/moments/incident:{hidden}",
        "/board/moments/nothing?from=0&to=1",
    ):
        assert stage.get("ops", address).status_code == 404
    assert stage.get("ops", f"/board/frames/incident:{hidden}?from=0&to=9").status_code == 404
    for query in ("", "?from=x&to=1", "?from=5&to=4", "?from=0&to=99999999999999999999"):
        assert (
            stage.get(
                "ada",
                f"/board/frames/command{query}",
            ).status_code
            == 422
        )
    assert stage.get("ada", "/board/replay?hours=5").status_code == 422
    assert stage.get("ada", "/board/replay?at=soon").status_code == 422


@pytest.mark.proves("B6")
@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_frame_of_a_long_incident_is_drawn_before_anybody_notices(stage: Stage, time: Time) -> None:
    number = stage.responding("CELL-1")
    stream = f"incident:{number}"
    cells = ("CELL-1", "CELL-2", "CELL-3", "CELL-4")
    n = 0
    while True:
        with stage.database.read() as session:
            if journal.head(session, stream) >= 300:
                break
        time.forward(seconds=20)
        stage.fail(number, *cells[: 1 + n % 4])
        n += 1
    line = stage.get("ada", f"/board/moments/{stream}?lang=en").get_json()
    took = []
    for first in range(0, len(line["instants"]), 32):  # every second stretch says as much as all
        part = line["instants"][first : first + 16]

        def stretch(part: list[int] = part) -> None:
            answer = stage.get("ada", f"/board/frames/{stream}?from={part[0]}&to={part[-1]}&lang=en")
            assert answer.status_code == 200 and len(answer.get_json()["frames"]) == len(part)

        took.append(paced(stretch) * 1000)
    print(
        f"{len(took)} stretches of 16 frames: {sorted(took)[len(took) // 2]:.0f} ms median, {max(took):.0f} ms at most"
    )
    assert sorted(took)[int(0.95 * (len(took) - 1))] / 16 < 150
    assert sorted(took)[len(took) // 2] / 16 < 75
