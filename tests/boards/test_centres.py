"""Command centres: each with the board of its area, all with one picture (R35)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.boards import centres, derived, render, store
from command.boards.projection import State
from command.core.installation import Installation
from tests.boards.served import Served
from tests.boards.stage import Stage

PARENTS = {1: None, 2: 1, 3: 2, 4: 2, 5: 3, 6: 4}
"""A country with a province, two prefectures and a county in each."""
rows = st.dictionaries(
    st.sampled_from("ABCDEF"),
    st.tuples(st.integers(1, 6), st.sets(st.integers(1, 6), max_size=3), st.none() | st.sampled_from("ABCDEF")).map(
        lambda each: {
            "area_id": each[0],
            "areas": [(a, 1, 0.1) for a in sorted(each[1])],
            "tier": 3,
            "detected_at": "",
            "parent": each[2],
        }
    ),
)


@pytest.mark.proves("R35")
@given(rows, st.sampled_from([2, 3, 4, 5, 6]))
def test_a_centre_sees_what_lies_in_its_area_or_holds_it(cards: dict[str, dict[str, object]], area: int) -> None:
    def upward(each: int | None) -> set[int]:
        return set() if each is None else {each} | upward(PARENTS[each])

    near = {each for each in PARENTS if area in upward(each)} | upward(area)
    seen = centres.Scope(frozenset(near), frozenset(upward(area) - {area}), everything=False)
    narrowed = centres.narrowed(State(7, cards), seen)
    for number, card in cards.items():
        hit = {a for a, _, _ in card["areas"]} or {card["area_id"]}  # type: ignore[attr-defined]
        assert (number in narrowed.cards) is bool(hit & near)
    assert centres.narrowed(narrowed, seen) == narrowed
    assert sorted(render.rows(narrowed)) == sorted(narrowed.cards), "each row once, whatever is part of what"


def test_parts_stand_under_the_incident_they_are_part_of_and_are_counted_with_it() -> None:
    plain = {"detected_at": "", "area_id": 1, "areas": [[1, 10, 0.5]]}
    cards = {
        "A": {**plain, "tier": 2},
        "B": {**plain, "tier": 1, "parent": "A"},
        "C": {**plain, "tier": 2},
        "D": {**plain, "tier": 4, "parent": "B"},
    }
    assert render.rows(State(1, cards)) == ["A", "B", "D", "C"]
    assert derived.areas(cards)["areas"][0]["users"] == 20, "A's figures hold B and D"
    assert render.rows(State(1, {name: cards[name] for name in "BD"})) == ["B", "D"]


@pytest.mark.proves("R35", "B5")
def test_each_centre_s_room_hears_of_its_own_area_live(installation: Installation) -> None:
    stage = Stage(installation)
    stage.report(area="8002", elements=["CELL-6"])
    with Served(installation) as served:
        token = stage.token("ada")
        west, east = (served.watch(token, f"centre:{code}") for code in ("8001", "8002"))
        whole = served.watch(token, "centre:00")
        for client in (west, east, whole):
            client.hear("beat")
        one = stage.report(elements=["CELL-1"])
        two = stage.report(elements=["CELL-4"], area="8002")
        with stage.database.read() as session:
            seq = store.load(session, "command").state.seq
        heard = [
            {name for name, html in client.update_to(seq)["cards"].items() if html} for client in (west, east, whole)
        ]
        assert [each & {one, two} for each in heard] == [{one}, {two}, {one, two}]
        stage.fail(one, "CELL-1", "CELL-5")
        with stage.database.read() as session:
            seq = store.load(session, "command").state.seq
        assert east.update_to(seq)["cards"][one], "what grows into an area comes onto its board"
        stage.fail(one, "CELL-1")
        with stage.database.read() as session:
            seq = store.load(session, "command").state.seq
        assert east.update_to(seq)["cards"][one] is None, "and leaves it again"
        assert served.join({"Authorization": f"Bearer {token}"}, {"room": "centre:800102"}).hear("refused")[1]


@pytest.mark.proves("R35")
def test_the_board_of_a_centre_is_a_page_found_by_one_s_own_area(stage: Stage) -> None:
    one = stage.report(elements=["CELL-1"])
    leak = stage.report("ada", kind="information_security", area="8001", summary="x")
    home = stage.get("eng", "/board/centre")
    assert (home.status_code, home.location) == (303, "/board/centre/8001")
    page = stage.get("eng", "/board/centre/8001?lang=en")
    assert one in page.text
    assert leak not in page.text
    assert "Command centre Meichuan" in page.text
    assert one not in stage.get("ada", "/board/centre/8002").text
    assert one in stage.get("ada", "/board/centre/00").text, "the head office sees all"
    assert one in stage.get("ada", "/board/centre/800101?wall").text, "a county with a group has a centre"
    assert stage.get("ada", "/board/centre/800102").status_code == 404
    assert stage.get("ada", "/board/centre/nonsense").status_code == 404
    assert 'href="/board/centre/8002"' in page.text, "every centre can be chosen in the head"
    drill = stage.report("tra", exercise=True)
    assert drill not in stage.get("ada", "/board/centre/8001").text
    assert one in stage.get("ada", "/board/state/centre:8001").json["cards"]
