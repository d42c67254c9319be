"""I5: after any sequence of what people, alarms and the engine do, the folded boards equal the tables."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from command.boards import derived, projection, store
from command.boards.projection import State
from command.core.journal import Entry
from tests.boards.stage import Stage
from tests.conftest import Time

CELLS = ("CELL-1", "CELL-2", "CELL-3", "CELL-4", "CELL-5", "AGG-1")
PEOPLE = ("ada", "dou", "dep", "eng", "kef")
KINDS = ("network_fault", "natural_disaster", "service_interruption", "complaint_surge", "information_security")
FEW = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

elements = st.lists(st.sampled_from(CELLS), unique=True, max_size=3)
who = st.sampled_from(PEOPLE)
births = st.tuples(st.just("report"), st.sampled_from(KINDS), elements, st.booleans()) | st.tuples(
    st.just("storm"), st.lists(st.sampled_from(CELLS), unique=True, min_size=1, max_size=3)
)
acts = st.one_of(
    st.tuples(st.just("act"), who, st.sampled_from(("assess", "activate", "review", "close", "locate"))),
    st.tuples(st.just("act"), who, st.sampled_from(("restore", "reopen", "cancel"))),
    st.tuples(st.just("seen"), who),
    st.tuples(st.just("tier"), who, st.integers(1, 4)),
    st.tuples(st.just("fail"), elements),
    st.tuples(st.just("declare"), who, st.integers(0, 30)),
    st.tuples(st.just("eta"), who, st.booleans()),
    st.tuples(st.just("facts"), who),
    st.tuples(st.just("transfer"), who, who),
    st.tuples(st.just("act"), who, st.sampled_from(("accept", "take"))),
    st.tuples(st.just("objective"), who, st.sampled_from(("set", "meet", "drop", "reopen"))),
    st.tuples(st.just("comment"), who),
    st.tuples(st.just("task"), who, st.sampled_from(("done", "skip", "reopen"))),
    st.tuples(st.just("notice"), who, st.sampled_from(("submit", "approve", "withdraw", "correct"))),
    st.tuples(st.just("merge"), who),
    st.tuples(st.just("engine")),
    st.tuples(st.just("deliver")),
    st.tuples(st.just("acknowledge")),
    st.tuples(st.just("respond"), st.sampled_from(("en_route", "on_scene", "help", "decline", "done"))),
    st.tuples(st.just("later"), st.sampled_from((3, 17, 61, 500))),
)
steps = st.tuples(births, st.lists(st.tuples(st.just("activate"), st.just(())) | acts, min_size=1, max_size=14))


class Story:
    """Runs drawn steps against the last incident of a story; refusals are as good as deeds, faults of ours are not."""

    def __init__(self, stage: Stage, time: Time) -> None:
        self.stage, self.time = stage, time
        self.numbers: list[str] = []

    @property
    def number(self) -> str:
        return self.numbers[-1]

    def run(self, step: tuple[Any, ...]) -> None:
        verb: Callable[..., None] = getattr(self, f"do_{step[0]}")
        verb(*step[1:])

    def do_report(self, kind: str, failed: list[str], exercise: bool) -> None:
        by = "tra" if exercise else "dou"
        body = {"kind": kind, "elements": failed, "exercise": exercise, "restricted": False}
        answer = self.stage.post(by, "/api/v1/incidents", area="800101", **body)
        if answer.status_code != 201:
            answer = self.stage.post("dou", "/api/v1/incidents", kind=kind, area="800101", elements=failed)
        self.numbers.append(answer.get_json()["number"])

    def do_storm(self, failed: list[str]) -> None:
        self.numbers.append(self.stage.storm(*failed))

    def do_activate(self, _: tuple[()]) -> None:
        self.stage.act("ada", self.number, "assess")
        self.stage.act("ada", self.number, "activate")

    def do_act(self, by: str, action: str) -> None:
        self.stage.act(by, self.number, action, reason="seen", override=True)

    def do_objective(self, by: str, turn: str) -> None:
        base = f"/api/v1/incidents/{self.number}/objectives"
        if turn == "set":
            assert self.stage.post(by, base, text="service back by noon").status_code < 500
            return
        for each in self.stage.get("ada", base).get_json()["items"][:2]:
            assert self.stage.post(by, f"{base}/{each['id']}/actions/{turn}", reason="so it is").status_code < 500

    def do_comment(self, by: str) -> None:
        assert self.stage.post(by, f"/api/v1/incidents/{self.number}/comments", text="crew on site").status_code < 500

    def do_tier(self, by: str, tier: int) -> None:
        self.stage.act(by, self.number, "regrade", tier=tier, reason="judged", override=True)

    def do_seen(self, by: str) -> None:
        self.stage.act(by, self.number, "seen")

    def do_fail(self, failed: list[str]) -> None:
        self.stage.fail(self.number, *failed)

    def do_declare(self, by: str, users: int) -> None:
        self.stage.act(by, self.number, "impact", area="800201", users=users, override=True)

    def do_eta(self, by: str, known: bool) -> None:
        eta = (self.time.now() + timedelta(hours=3)).isoformat() if known else None
        self.stage.act(by, self.number, "eta", eta=eta)

    def do_facts(self, by: str) -> None:
        self.stage.act(by, self.number, "facts", feedback="calls", measures="crew sent")

    def do_transfer(self, by: str, to: str) -> None:
        self.stage.act(by, self.number, "transfer", to=to, briefing="as it stands", override=True)

    def do_task(self, by: str, action: str) -> None:
        tasks = self.stage.get("ada", f"/api/v1/incidents/{self.number}").get_json()["tasks"]
        for task in tasks[:2]:
            address = f"/api/v1/incidents/{self.number}/tasks/{task['code']}/actions/{action}"
            assert self.stage.post(by, address, note="so it is").status_code < 500

    def do_notice(self, by: str, action: str) -> None:
        for notice in self.stage.get("ada", f"/api/v1/notices?incident={self.number}").get_json()["items"]:
            body = {"count": notice["audience"]} if action == "approve" else {}
            address = f"/api/v1/notices/{notice['id']}/actions/{action}"
            assert self.stage.post(by, address, reason="needed", override=True, **body).status_code < 500

    def do_merge(self, by: str) -> None:
        into = self.stage.report(elements=["CELL-5"])
        self.stage.act(by, self.number, "merge", into=into, reason="the same", override=True)
        self.numbers.append(into)

    def do_engine(self) -> None:
        self.stage.engine()

    def do_deliver(self) -> None:
        self.stage.deliver()

    def do_acknowledge(self) -> None:
        self.stage.acknowledge()

    def do_respond(self, verb: str) -> None:
        self.stage.respond(verb)

    def do_later(self, minutes: int) -> None:
        self.time.forward(minutes=minutes)


@pytest.mark.proves("I5")
@FEW
@given(script=steps)
def test_the_folded_boards_equal_the_tables(stage: Stage, time: Time, script: Any) -> None:
    story = Story(stage, time)
    story.run(script[0])
    stage.agrees(*story.numbers)
    for step in script[1]:
        story.run(step)
        stage.agrees(*story.numbers)


@pytest.mark.proves("I5", "B6")
@FEW
@given(script=steps)
def test_alerts_and_areas_that_follow_from_the_rows_equal_the_tables(stage: Stage, time: Time, script: Any) -> None:
    story = Story(stage, time)
    for step in (script[0], *script[1]):
        story.run(step)
        rows = stage.folded("command")
        assert {one["area_id"]: one["users"] for one in derived.areas(rows)["areas"]} == stage.affected_now()
        assert {row["number"] for row in derived.alerts(rows)["alerts"]} == stage.unseen_now()


@pytest.mark.proves("I5", "B5")
@FEW
@given(script=steps, every=st.integers(1, 9))
def test_snapshots_of_real_streams_change_nothing(stage: Stage, time: Time, script: Any, every: int) -> None:
    story = Story(stage, time)
    story.run(script[0])
    for step in script[1]:
        story.run(step)
        stage.database.write(lambda session: store.snapshot_due(session, every=every))
    with stage.database.read() as session:
        for number in story.numbers:
            stream = f"incident:{number}"
            whole = projection.fold(State(), store.seen(session, stream, 0))
            assert store.state_of(session, stream) == whole


@pytest.mark.proves("I5", "R6")
def test_objectives_pages_and_acceptance_are_on_the_board_as_the_tables_have_them(stage: Stage) -> None:
    number = stage.responding("CELL-1")
    base = f"/api/v1/incidents/{number}/objectives"
    made = stage.post("cou", base, text="service back by noon").get_json()["id"]
    assert stage.act("cou", number, "transfer", to="pre", briefing="as it stands") == 200
    stage.engine()
    cards = stage.folded(f"incident:{number}")
    assert [(each["id"], each["state"]) for each in cards["objectives"]["objectives"]] == [(made, "open")]
    held = {role["role"]: role["accepted_at"] for role in cards["people"]["roles"] if role["briefing_note_id"]}
    assert held == {"commander": None}
    assert all(chain["next"] for chain in cards["pages"]["chains"] if chain["state"] == "running")
    running = [clock for clock in cards["clocks"]["clocks"] if clock["state"] == "running"]
    assert cards["head"]["next_clock"] == running[0]
    assert stage.act("pre", number, "accept") == 200
    assert stage.post("pre", f"{base}/{made}/actions/meet").status_code == 200
    cards = stage.folded(f"incident:{number}")
    assert cards["objectives"]["objectives"][0]["state"] == "met"
    assert all(role["accepted_at"] for role in cards["people"]["roles"] if role["briefing_note_id"])
    stage.agrees(number)


@pytest.mark.proves("R15")
def test_the_next_update_is_due_when_the_plan_promises_it(stage: Stage) -> None:
    number = stage.responding("CELL-1")
    head = stage.folded(f"incident:{number}")["head"]
    told = [n for n in stage.folded(f"incident:{number}")["notices"]["notices"] if n["approved_at"]]
    assert bool(told) and (head["update_due_at"] is None or head["update_due_at"] > told[0]["approved_at"])
    assert stage.act("dou", number, "regrade", tier=2, reason="it spreads") == 200
    promised = stage.folded(f"incident:{number}")["head"]["update_due_at"]
    assert promised is not None and promised > told[0]["approved_at"]
    assert stage.act("ada", number, "restore", evidence="test calls succeed") == 200
    assert stage.folded(f"incident:{number}")["head"]["update_due_at"] is None


@pytest.mark.proves("B6", "B5")
def test_a_board_can_be_replayed_at_every_moment_of_its_life(stage: Stage, time: Time) -> None:
    moments = []
    number = stage.report(elements=["CELL-1"])
    for action in ("assess", "activate", "restore"):
        moments.append((time.now(), stage.tabled(number), stage.tabled_board()))
        time.forward(minutes=7)
        assert stage.act("ada", number, action, reason="seen") == 200
    with stage.database.read() as session:
        for at, cards, rows in moments:
            assert store.load_at(session, f"incident:{number}", at).state.cards == cards
            assert store.load_at(session, "command", at).state.cards == rows


@pytest.mark.proves("I5")
def test_a_restricted_incident_has_a_board_of_its_own_and_no_row(stage: Stage) -> None:
    number = stage.report(kind="information_security", elements=["CELL-1"])
    assert stage.folded("command") == {}
    assert stage.folded(f"incident:{number}")["head"]["restricted"] is True


def test_an_exercise_stays_on_the_exercise_board(stage: Stage) -> None:
    number = stage.report("tra", elements=["CELL-1"], exercise=True)
    assert stage.folded("command") == {}
    assert list(stage.folded("exercise")) == [number]


def test_a_closed_or_cancelled_incident_leaves_the_command_board(stage: Stage) -> None:
    number = stage.report(elements=["CELL-1"])
    assert list(stage.folded("command")) == [number]
    assert stage.act("ada", number, "cancel", reason="a test call") == 200
    assert stage.folded("command") == {}


def test_nothing_is_journaled_when_no_card_changed(stage: Stage) -> None:
    number = stage.responding("CELL-1")

    def written() -> int:
        with stage.database.read() as session:
            return len(session.scalars(select(Entry.seq).where(Entry.kind == projection.CARDS)).all())

    before = written()
    assert stage.post("dou", f"/api/v1/incidents/{number}/actions/facts", feedback="more calls").status_code == 200
    assert written() == before
