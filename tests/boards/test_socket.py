"""The client contract, kept by a real server: nothing falls between first state and room, gaps are filled, age is honest, and whoever
may not look does not."""

import threading
import time as wall
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from command.boards import socket, tail
from command.core.installation import Installation
from command.core.journal import head
from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.boards.served import EMITS_A_SECOND, PATIENCE, Served, packets
from tests.boards.stage import Stage

PASSWORD = "four words nobody joins"


@pytest.fixture
def served(installation: Installation) -> Iterator[Served]:
    with Served(installation) as running:
        yield running


def seq_of(stage: Stage, stream: str) -> int:
    with stage.database.read() as session:
        return head(session, stream)


@pytest.mark.proves("D2", "B5")
def test_a_commit_of_another_process_reaches_the_board(stage: Stage, served: Served) -> None:
    stage.report()
    client = served.watch(stage.token("ada"), "command")
    client.hear("beat")
    number = stage.report(elements=["CELL-1"])
    _, update = client.hear("update")
    assert set(update["cards"]) == {number, "map"}, "the row, and the derived card that it changes; no other"
    assert "Meijiang" in update["cards"][number]
    state = served.state(stage.token("ada"), "command")
    assert (state["seq"], state["cards"][number]) == (update["seq"], update["cards"][number])


@pytest.mark.proves("D2", "B5")
def test_an_incident_board_follows_the_incident_in_both_languages(stage: Stage, served: Served) -> None:
    number = stage.report(elements=["CELL-1"])
    board = f"incident:{number}"
    english = served.watch(stage.token("ada"), board)
    chinese = served.watch(stage.token("ada"), board, language="zh")
    for client in (english, chinese):
        client.hear("beat")
    assert stage.act("ada", number, "assess") == 200
    assert stage.act("ada", number, "activate") == 200
    seq = seq_of(stage, board)
    for client, language, word in ((english, "en", "Response activated"), (chinese, "zh", "启动响应")):
        cards = client.update_to(seq)["cards"]
        state = served.state(stage.token("ada"), board, language)
        assert word in cards["latest"]
        assert "tasks:technical" in cards
        assert cards == {name: state["cards"][name] for name in cards}


@pytest.mark.proves("B5")
def test_what_was_missed_in_a_cut_comes_at_once(stage: Stage, served: Served) -> None:
    number = stage.report(elements=["CELL-1"])
    board = f"incident:{number}"
    before = served.state(stage.token("ada"), board)
    cut = served.watch(stage.token("ada"), board)
    cut.hear("beat")
    cut.leave()
    stage.act("ada", number, "assess")
    stage.act("ada", number, "activate")
    again = served.watch(stage.token("ada"), board, after=before["seq"])
    _, update = again.hear("update", "refetch")
    assert (update["after"], update["seq"]) == (before["seq"], seq_of(stage, board))
    now = served.state(stage.token("ada"), board)["cards"]
    changed = {name for name, html in now.items() if before["cards"].get(name) != html}
    assert {name: now[name] for name in changed} == {name: update["cards"][name] for name in changed}


@pytest.mark.proves("B5")
def test_a_client_that_sees_a_gap_asks_and_gets_it(stage: Stage, served: Served) -> None:
    number = stage.report(elements=["CELL-1"])
    board = f"incident:{number}"
    begun = served.state(stage.token("ada"), board)
    client = served.watch(stage.token("ada"), board)
    client.hear("beat")
    stage.act("ada", number, "assess")
    client.update_to(seq_of(stage, board))
    client.ask(stream=begun["stream"], after=begun["seq"])
    _, update = client.hear("update")
    assert update["after"] == begun["seq"]
    assert "head" in update["cards"]


@pytest.mark.proves("B5")
def test_whoever_comes_back_is_told_all_they_missed_and_the_journal_is_read_for_the_first_of_them_alone(
    stage: Stage, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = stage.report(elements=["CELL-1"])
    board = f"incident:{number}"
    stories = [served.state(stage.token("ada"), board)]
    for act in ("assess", "activate"):
        assert stage.act("ada", number, act) == 200
        stories.append(served.state(stage.token("ada"), board))
    client = served.watch(stage.token("ada"), board)
    client.hear("beat")
    stage.fail(number, "CELL-1", "CELL-2")
    client.update_to(seq_of(stage, board))
    monkeypatch.setattr(tail, "FRESH", PATIENCE)
    boards, read = served.boards.tail, []
    reads = boards._read
    monkeypatch.setattr(boards, "_read", lambda *given: read.append(given) or reads(*given))
    now = served.state(stage.token("ada"), board)
    for story in stories:
        event, told = boards.missed(board, now["stream"], story["seq"], "en")
        changed = {name: html for name, html in now["cards"].items() if story["cards"].get(name) != html}
        assert (event, told["after"], told["seq"]) == ("update", story["seq"], now["seq"])
        assert changed.items() <= told["cards"].items()
        assert told["gauge"] == now["gauge"]
    assert boards.missed(board, now["stream"], now["seq"], "en")[0] == "beat"
    assert len(read) == 1, "for the first, who was farthest behind"
    monkeypatch.setattr(tail, "FRESH", 0.0)
    boards.missed(board, now["stream"], now["seq"], "en")
    assert len(read) == 2, "what was not compared with the journal of late is believed no more"


@pytest.mark.proves("B5")
def test_a_round_that_comes_between_takes_no_change_from_what_a_client_is_told(
    stage: Stage, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever says how far a board stands must name all that changed up to there."""
    monkeypatch.setattr(tail, "FRESH", PATIENCE)
    number = stage.report(elements=["CELL-1"])
    board = f"incident:{number}"
    begun = served.state(stage.token("ada"), board)
    served.watch(stage.token("ada"), board).hear("beat")
    served.boards.stop()
    boards = served.boards.tail
    stage.fail(number, "CELL-1", "CELL-2")
    boards.look()

    class Overtaken(dict[Any, Any]):
        """Answers given before, looked for while a round goes by."""

        def get(self, *given: Any) -> Any:
            boards._answers = {}
            assert stage.act("ada", number, "assess") == 200
            boards.look()
            return super().get(*given)

    boards._answers = Overtaken()
    event, told = boards.missed(board, begun["stream"], begun["seq"], "en")
    told_seq, later = told["seq"], boards.missed(board, begun["stream"], told["seq"], "en")[1]
    now = served.state(stage.token("ada"), board)
    assert event == "update" and told_seq < now["seq"] == later["seq"]
    changed = {name: html for name, html in now["cards"].items() if begun["cards"].get(name) != html}
    assert changed.items() <= (told["cards"] | later["cards"]).items()


@pytest.mark.proves("B5")
@pytest.mark.parametrize(
    "asked", [{"stream": "board:command:1999-01"}, {"after": 10_000}, {"after": None}, {"after": "7"}, {"after": -9}]
)
def test_a_client_that_cannot_be_caught_up_is_told_to_fetch_again(
    stage: Stage, served: Served, asked: dict[str, Any]
) -> None:
    stage.report()
    served.watch(stage.token("ada"), "command", **asked).hear("refetch")


@pytest.mark.proves("B5")
def test_a_client_too_far_behind_is_told_to_fetch_again(stage: Stage, served: Served) -> None:
    served.boards.tail.batch = 3
    number = stage.responding("CELL-1")
    served.watch(stage.token("ada"), f"incident:{number}", after=1).hear("refetch")


@pytest.mark.proves("B5")
def test_a_board_that_begins_is_fetched_again(stage: Stage, served: Served) -> None:
    client = served.watch(stage.token("ada"), "command")
    client.hear("beat")
    stage.report(elements=["CELL-1"])
    client.hear("refetch")


@pytest.mark.proves("B5")
def test_many_changes_are_coalesced_to_five_packets_a_second(stage: Stage, served: Served) -> None:
    number = stage.report(elements=["CELL-1"])
    client = served.watch(stage.token("ada"), "command")
    client.hear("beat")
    begun = wall.monotonic()
    for n in range(12):
        stage.fail(number, *(f"CELL-{m}" for m in range(1, 2 + n % 3)))
    last = seq_of(stage, served.state(stage.token("ada"), "command")["stream"])
    update = client.update_to(last)
    assert packets(client.log) <= EMITS_A_SECOND * (wall.monotonic() - begun) + 2
    now = served.state(stage.token("ada"), "command")["cards"]
    assert update["cards"] == {name: now[name] for name in update["cards"]}
    assert set(now) - set(update["cards"]) <= {"alerts", "notices", "resources"}, "what did not change is not sent"


@pytest.mark.proves("B5")
def test_a_quiet_board_beats_with_the_database_s_time(
    stage: Stage, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "BEAT_EVERY", 0.5)
    client = served.watch(stage.token("ada"), "command")
    beats = [client.hear("beat")[1] for _ in range(3)]
    assert [beat["seq"] for beat in beats] == [0, 0, 0]
    assert sorted(beat["at"] for beat in beats) == [beat["at"] for beat in beats]


@pytest.mark.proves("B5", "I11")
def test_a_database_that_fails_for_a_while_silences_the_board_and_does_not_kill_it(
    stage: Stage, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.report()
    client = served.watch(stage.token("ada"), "command")
    client.hear("beat")
    failures: list[int] = []
    works = served.database.read

    def fails() -> Any:
        failures.append(1)
        raise OperationalError("SELECT 1", {}, Exception("gone away"))

    monkeypatch.setattr(served.database, "read", fails)
    number = stage.report(elements=["CELL-1"])
    until = wall.monotonic() + 15
    while len(failures) < 3 and wall.monotonic() < until:
        with pytest.raises(AssertionError):
            client.hear("update", within=0.2)
    assert len(failures) >= 3
    monkeypatch.setattr(served.database, "read", works)
    _, update = client.hear("update")
    assert number in update["cards"]
    assert [event for event, _ in client.log].count("update") == 1


@pytest.mark.proves("B5")
def test_connections_cut_by_the_server_are_opened_again(stage: Stage, served: Served) -> None:
    if stage.database.sqlite:
        pytest.skip("SQLite has no connections to cut")
    stage.report()
    client = served.watch(stage.token("ada"), "command")
    client.hear("beat")
    with stage.database.writer.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    stage.database.close()
    number = stage.report(elements=["CELL-1"])
    assert number in client.hear("update")[1]["cards"]


@pytest.mark.proves("B5")
def test_a_board_that_cannot_be_told_does_not_silence_the_others(
    stage: Stage, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = stage.report(elements=["CELL-1"])
    broken = served.watch(stage.token("ada"), f"incident:{number}")
    whole = served.watch(stage.token("ada"), "command")
    for client in (broken, whole):
        client.hear("beat")
    renders = served.boards.tail.update

    def fails(session: Any, name: str, *rest: Any) -> Any:
        if name.startswith("incident:"):
            raise RuntimeError("cannot be rendered")
        return renders(session, name, *rest)

    monkeypatch.setattr(served.boards.tail, "update", fails)
    stage.fail(number, "CELL-1", "CELL-2")
    whole.hear("update")
    monkeypatch.setattr(served.boards.tail, "update", renders)
    assert stage.act("ada", number, "assess") == 200
    assert "head" in broken.update_to(seq_of(stage, f"incident:{number}"))["cards"]


@pytest.mark.proves("B5")
def test_a_client_that_never_reads_does_not_hold_up_the_others(stage: Stage, served: Served) -> None:
    stage.report(elements=["CELL-1"])
    deaf = served.watch(stage.token("ada"), "command")
    deaf.hear("beat")
    released = threading.Event()
    deaf.io.eio.ws.recv = lambda *_: released.wait(60)
    quick = served.watch(stage.token("dou"), "command")
    quick.hear("beat")
    for _ in range(200):
        served.io.emit("gauge", {"room": "command", "pad": "x" * 50_000}, to="command|en", namespace="/board")
        quick.hear("gauge")
    number = stage.report(elements=["CELL-2"])
    assert number in quick.hear("update")[1]["cards"]
    released.set()


def signed_in(stage: Stage, served: Served, username: str) -> requests.Session:
    """A browser's session of somebody who signed in by password."""
    hashed = passwords.hashed(PASSWORD)
    ids = stage.people
    stage.database.write(lambda session: people.set_password(session, session.get_one(Person, ids[username]), hashed))
    browser = requests.Session()
    page = browser.get(f"{served.url}/sign-in", timeout=15).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"username": username, "password": PASSWORD, "csrf_token": token}
    answer = browser.post(f"{served.url}/sign-in", data=form, headers={"Referer": served.url}, timeout=15)
    assert answer.url.endswith("/board"), answer.url
    return browser


def cookie(browser: requests.Session) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{each.name}={each.value}" for each in browser.cookies)}


@pytest.mark.proves("R19")
@pytest.mark.parametrize("deed", ["sign out", "lock", "posts", "password"])
def test_a_session_that_ends_takes_its_sockets_with_it(stage: Stage, served: Served, deed: str) -> None:
    stage.report()
    browser = signed_in(stage, served, "dou")
    client = served.join(cookie(browser), {"room": "command", "language": "en"})
    other = served.watch(stage.token("ada"), "command")
    client.hear("refetch")
    other.hear("beat")
    if deed == "sign out":
        token = browser.get(f"{served.url}/me", timeout=15).text.split('name="csrf_token" value="')[1].split('"')[0]
        browser.post(f"{served.url}/sign-out", data={"csrf_token": token}, timeout=15)
    else:
        stage.database.write(lambda session: _end(session, stage.people["dou"], deed))
    client.hear("disconnect", within=5)
    stage.report("ada", elements=["CELL-1"])
    other.hear("update")
    assert all(event != "update" for event, _ in client.log)


def _end(session: Any, person_id: int, deed: str) -> None:
    person = session.get_one(Person, person_id)
    if deed == "lock":
        people.lock_person(session, person)
    elif deed == "posts":
        people.set_posts(session, person, ["auditor"])
    else:
        people.set_password(session, person, passwords.hashed("another four words here"))


@pytest.mark.proves("R19")
def test_nobody_looks_without_signing_in(served: Served) -> None:
    assert served.join({}, {"room": "command"}).hear("refused")[1]["message"] == "unauthenticated"
    assert served.join({"Authorization": "Bearer nonsense"}, {}).hear("refused")[1]["message"] == "unauthenticated"


@pytest.mark.proves("R19")
def test_a_restricted_incident_is_known_to_named_people_only(stage: Stage, served: Served) -> None:
    number = stage.report("ada", kind="information_security", elements=["CELL-1"])
    asked = {"room": f"incident:{number}", "language": "en"}
    refused = served.join({"Authorization": f"Bearer {stage.token('aud')}"}, asked).hear("refused")[1]
    unknown = served.join({"Authorization": f"Bearer {stage.token('aud')}"}, {"room": "incident:1999-0101-001"}).hear(
        "refused"
    )[1]
    assert refused == unknown == {"message": "not-found"}
    assert stage.get("aud", f"/incidents/{number}").status_code == 404
    assert stage.get("aud", f"/board/state/incident:{number}").status_code == 404
    served.join({"Authorization": f"Bearer {stage.token('ada')}"}, asked).hear("refetch")


@pytest.mark.proves("R19")
def test_every_event_is_checked_again(stage: Stage, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "CHECK_EVERY", float("inf"))
    browser = signed_in(stage, served, "kef")
    client = served.join(cookie(browser), {"room": "command", "language": "en"})
    client.hear("refetch")
    stage.database.write(lambda session: _end(session, stage.people["kef"], "lock"))
    client.ask(stream="", after=0)
    client.hear("disconnect")
