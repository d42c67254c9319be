"""What an incident asked of the pools stands on its board as the tables tell it, is counted on the shared board, and leaks from neither."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from command.boards import derived, render, shortages, store
from command.core.journal import Entry
from tests.boards.stage import Stage
from tests.conftest import Time

BASE = "/api/v1/resources"


class Depot:
    """A pool with three generators and cable, and what people do with it."""

    def __init__(self, stage: Stage, time: Time) -> None:
        self.stage, self.time = stage, time
        names = {"name_zh": "发电机", "name_en": "Generator"}
        self.done(f"{BASE}/catalogue", code="generator", kind="material", serial=True, **names)
        self.done(f"{BASE}/catalogue", code="cable", kind="technical", serial=False, name_zh="光缆", name_en="Cable")
        home = {"name_zh": "梅川", "name_en": "Depot", "area": "8001", "place": "1 Road", "department": "operations"}
        self.pool = self.done(f"{BASE}/pools", code="depot", **home)["id"]
        came = f"{BASE}/pools/{self.pool}/actions/receive"
        self.stock = self.done(came, resource="generator", type=2, serials=["G-1", "G-2", "G-3"])["id"]
        self.cable = self.done(came, resource="cable", type=2, quantity=40)["id"]
        pages = self.stage.get("dou", f"{BASE}/stocks/{self.stock}/units").get_json()["items"]
        self.units = {unit["serial"]: unit["id"] for unit in pages}

    def done(self, address: str, by: str = "dou", **body: Any) -> Any:
        answer = self.stage.post(by, address, **body)
        assert answer.status_code in (200, 201), answer.text
        return answer.get_json()

    def soon(self, hours: int = 2) -> str:
        return (self.time.now() + timedelta(hours=hours)).isoformat()

    def asked(self, number: str, resource: str = "generator", quantity: int = 2, by: str = "dou") -> int:
        need = {"resource": resource, "quantity": quantity, "place": "CELL-1", "need_by": self.soon()}
        made: int = self.done(f"/api/v1/incidents/{number}/resource-requests", by, **need)["id"]
        return made

    def approved(self, number: str, **need: Any) -> int:
        made = self.asked(number, **need)
        self.done(f"{BASE}/requests/{made}/actions/approve", "ada")
        return made

    def filled(self, request_id: int, *takings: dict[str, int]) -> list[int]:
        whole = self.done(f"{BASE}/requests/{request_id}/actions/fill", take=list(takings))
        return [each["id"] for each in whole["taken"]]

    def unit(self, serial: str) -> dict[str, int]:
        return {"stock": self.stock, "unit": self.units[serial]}

    def step(self, allocation_id: int, step: str, **body: Any) -> None:
        self.done(f"{BASE}/out/{allocation_id}/actions/{step}", **body)

    def card(self, number: str) -> Any:
        self.stage.agrees(number)
        return self.stage.folded(f"incident:{number}").get("resources")

    def counts(self, board: str = "command") -> Any:
        return derived.resources(self.stage.folded(board))


@pytest.fixture
def depot(stage: Stage, time: Time) -> Depot:
    return Depot(stage, time)


@pytest.mark.proves("D4", "R11", "I5")
def test_from_asking_to_giving_back_the_card_tells_what_the_tables_tell(depot: Depot) -> None:
    number = depot.stage.responding("CELL-1")
    assert depot.card(number) is None
    request = depot.asked(number)
    assert (depot.card(number)["wants"], depot.counts()["open"]) == ({"asked": 1, "lacking": 0}, {"4": 1})
    depot.done(f"{BASE}/requests/{request}/actions/approve", "ada")
    (first,) = depot.filled(request, depot.unit("G-1"))
    card = depot.card(number)
    assert (card["requests"][0]["covered"], card["wants"]) == (1, {"asked": 0, "lacking": 1})
    order = {"source": "vendor", "partner": "Rent Co", "quantity": 1}
    depot.done(f"{BASE}/requests/{request}/orders", **order)
    assert (depot.card(number)["requests"][0]["ordered"], depot.counts()["open"]) == (1, {})
    depot.step(first, "assign")
    eta = depot.soon(1)
    depot.step(first, "dispatch", eta_at=eta)
    (out,) = depot.card(number)["out"]
    assert (out["state"], out["unit_id"]) == ("en_route", depot.units["G-1"]) and out["eta_at"] is not None
    assert depot.counts()["sums"] == {"material": {"en_route": 1}}
    depot.step(first, "check_in")
    depot.step(first, "release")
    assert depot.counts()["sums"] == {"material": {"released": 1}}
    depot.done(f"{BASE}/out/{first}/actions/return", good=1)
    assert (depot.card(number)["out"], depot.counts()["sums"]) == ([], {})


@pytest.mark.proves("B6", "D4")
def test_replay_shows_what_served_the_incident_at_each_moment(depot: Depot) -> None:
    number = depot.stage.responding("CELL-1")
    request = depot.approved(number, quantity=1)
    (taken,) = depot.filled(request, depot.unit("G-2"))
    moments = []
    for step in ("assign", "dispatch", "check_in"):
        moments.append((depot.time.now(), depot.card(number)))
        depot.time.forward(minutes=5)
        depot.step(taken, step)
    with depot.stage.database.read() as session:
        for at, card in moments:
            assert store.load_at(session, f"incident:{number}", at).state.cards["resources"] == card


@pytest.mark.proves("D4")
def test_a_step_writes_one_card_of_the_incident_and_one_row_of_the_shared_board(depot: Depot) -> None:
    number, other = depot.stage.responding("CELL-1"), depot.stage.responding("CELL-4")
    (taken,) = depot.filled(depot.approved(number, quantity=1), depot.unit("G-1"))
    depot.filled(depot.approved(other, quantity=1), depot.unit("G-2"))

    def written() -> dict[str, int]:
        with depot.stage.database.read() as session:
            query = select(Entry.stream_id, func.count()).where(Entry.kind == "board.cards").group_by(Entry.stream_id)
            return dict(session.execute(query).tuples().all())

    before = written()
    depot.step(taken, "assign")
    grown = {stream: count - before.get(stream, 0) for stream, count in written().items()}
    month = next(stream for stream in grown if stream.startswith("board:command:"))
    assert {stream: count for stream, count in grown.items() if count} == {f"incident:{number}": 1, month: 1}


@pytest.mark.proves("D4")
def test_a_restricted_incident_is_not_counted_and_an_exercise_is_on_its_own_board(depot: Depot) -> None:
    secret = depot.stage.report(kind="information_security", elements=["CELL-1"])
    drill = depot.stage.report("tra", elements=["CELL-1"], exercise=True)
    depot.asked(secret)
    assert depot.counts() == {"sums": {}, "open": {}}
    depot.asked(drill, by="dou")
    assert depot.counts() == {"sums": {}, "open": {}}
    assert sum(depot.counts("exercise")["open"].values()) == 1
    assert depot.card(secret)["wants"]["asked"] == 1


@pytest.mark.proves("I5", "D4")
def test_when_incidents_are_merged_their_resources_stand_on_the_one_that_goes_on(depot: Depot) -> None:
    child, into = depot.stage.responding("CELL-1"), depot.stage.responding("CELL-4")
    depot.filled(depot.approved(child, resource="cable", quantity=30), {"stock": depot.cable, "quantity": 30})
    assert depot.stage.act("ada", child, "merge", into=into, reason="the same", override=True) == 200
    assert depot.card(child) is None
    assert [each["pieces"] for each in depot.card(into)["out"]] == [30]
    assert depot.counts()["sums"] == {"technical": {"held": 1}}


what = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(("dou", "eng"))),
    st.tuples(st.sampled_from(("approve", "refuse", "cancel", "close", "fill", "order", "attach")), st.integers(0, 3)),
    st.tuples(st.sampled_from(("assign", "dispatch", "check_in", "release", "return", "rate")), st.integers(0, 3)),
    st.tuples(st.just("arrive"), st.integers(0, 3)),
    st.tuples(st.sampled_from(("regrade", "merge", "restore", "reopen")), st.integers(1, 4)),
)


class Story:
    """Runs drawn steps on two incidents that draw on one pool; refusals are as good as deeds, faults of ours are not."""

    def __init__(self, depot: Depot) -> None:
        self.depot, self.stage = depot, depot.stage
        self.numbers = [self.stage.responding("CELL-1"), self.stage.responding("CELL-4")]
        self.requests: list[int] = []

    def run(self, verb: str, which: Any) -> None:
        if verb == "ask":
            need = {"resource": "cable", "quantity": 3, "place": "CELL-1", "need_by": self.depot.soon()}
            address = f"/api/v1/incidents/{self.numbers[len(self.requests) % 2]}/resource-requests"
            answer = self.stage.post(which, address, **need)
            self.requests += [answer.get_json()["id"]] if answer.status_code == 201 else []
        elif verb in ("regrade", "merge", "restore", "reopen"):
            body = {"tier": which} if verb == "regrade" else {"into": self.numbers[1]} if verb == "merge" else {}
            self.stage.act("ada", self.numbers[0], verb, reason="so it is", override=True, **body)
        elif verb in ("assign", "dispatch", "check_in", "release", "return", "rate"):
            out = self.stage.get("dou", f"{BASE}/out").get_json()["items"]
            body = {"return": {"good": 1}, "rate": {"rating": 3}}.get(verb, {})
            for each in out[which : which + 1]:
                self.tried(f"{BASE}/out/{each['id']}/actions/{verb}", **body)
        elif self.requests:
            self.request(verb, self.requests[which % len(self.requests)])

    def request(self, verb: str, request: int) -> None:
        base = f"{BASE}/requests/{request}"
        if verb == "order":
            self.tried(f"{base}/orders", source="vendor", partner="Rent Co", quantity=1)
        elif verb == "arrive":
            for each in self.stage.get("dou", base).get_json()["orders"][:1]:
                self.tried(f"{base}/orders/{each['id']}/actions/arrive")
        elif verb == "fill":
            self.tried(f"{base}/actions/fill", take=[{"stock": self.depot.cable, "quantity": 1}])
        elif verb == "attach":
            held = self.tried(f"{BASE}/out", take=[{"stock": self.depot.cable, "quantity": 1}])
            for each in held.get("items", ()):
                self.tried(f"{base}/actions/attach", allocation=each["id"])
        else:
            body = {} if verb == "close" else {"reason": "so it is", "override": True}
            self.tried(f"{base}/actions/{verb}", by="ada", **body)

    def tried(self, address: str, by: str = "dou", **body: Any) -> Any:
        answer = self.stage.post(by, address, **body)
        assert answer.status_code < 500, answer.text
        return answer.get_json()


@pytest.mark.proves("I5", "D4")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(script=st.lists(what, min_size=4, max_size=9))
def test_whatever_is_done_with_resources_the_folded_boards_equal_the_tables(depot: Depot, script: Any) -> None:
    story = Story(depot)
    for step in (("ask", "dou"), ("approve", 0), ("fill", 0), *script):
        story.run(*step)
        for number in story.numbers:
            assert depot.stage.folded(f"incident:{number}") == depot.stage.tabled(number)
    depot.stage.agrees(*story.numbers)


@pytest.mark.proves("D4", "R11")
def test_stocks_under_their_minimum_are_named_on_the_command_board(depot: Depot) -> None:
    depot.done(f"{BASE}/stocks/{depot.cable}/actions/minimum", minimum=50)
    depot.done(f"{BASE}/stocks/{depot.stock}/actions/minimum", minimum=3)
    with depot.stage.database.read() as session:
        found = shortages.now(session, "en")
    assert [(each.resource, each.fit, each.minimum) for each in found.stocks] == [("Cable", 40, 50)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_cards_are_rendered_in_both_languages(depot: Depot) -> None:
    number = depot.stage.responding("CELL-1")
    request = depot.approved(number)
    (taken,) = depot.filled(request, depot.unit("G-1"))
    depot.step(taken, "assign")
    renderer = render.of(depot.stage.app)
    with depot.stage.database.read() as session:
        for language, said, called in (("en", "Incomplete", "Generator"), ("zh", "未齐", "发电机")):
            board = store.load(session, f"incident:{number}")
            html = renderer.cards(session, f"incident:{number}", board.state, ["resources"], language)["resources"]
            assert html and [each for each in ("G-1", said, called, f"/requests/{request}") if each not in html] == []
            shared = store.load(session, "command")
            assert renderer.cards(session, "command", shared.state, ["resources"], language)["resources"]
