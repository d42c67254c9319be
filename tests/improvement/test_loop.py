"""An action goes from the finding to the proof that it is better, and nobody closes their own loop (R18)."""

from hashlib import sha256

import pytest

from command.core.journal import Entry
from tests.improvement.conftest import API, GIVER, OWNER, Works

pytestmark = pytest.mark.proves("R18")
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LINK = "https://intranet.example/photos/1"
DONE = "Signs every 50 m, seen on the walk of 3 May"


def test_find_analyse_improve_and_verify_are_on_record(works: Works) -> None:
    number = works.report("dou", elements=["CELL-1"])["number"]
    given = works.given(
        source=f"incident:{number}", finding="Nobody saw the cable", cause="No signs", words="Set signs"
    )
    action = given["id"]
    assert (given["state"], given["source"]["ref"], given["owner"]["username"]) == ("open", number, OWNER)
    assert (given["finding"], given["cause"], given["words"]) == ("Nobody saw the cable", "No signs", "Set signs")
    assert "new improvement action" in works.texts(OWNER)[0] and "Mark the route" in works.texts(OWNER)[0]
    assert works.may_not(GIVER, action, "take")["status"] == 403
    assert works.does(OWNER, action, "take")["state"] == "in_progress"
    assert works.may_not(GIVER, action, "verify")["status"] == 409
    shown = works.does(OWNER, action, "evidence", words=DONE, link=LINK)
    assert (shown["state"], shown["evidence"][0]["words"]) == ("evidence_given", DONE)
    assert "verify" in works.texts(GIVER)[0]
    assert works.may_not(OWNER, action, "verify")["status"] == 403
    back = works.does(GIVER, action, "send-back", reason="The bridge has none")
    assert (back["state"], back["reason"]) == ("sent_back", "The bridge has none")
    works.does(OWNER, action, "evidence", words="The bridge too")
    ended = works.does("ada", action, "verify", words="Walked it")
    assert (ended["state"], ended["verified_by"]["username"], ended["days"]) == ("verified", "ada", None)
    again = works.does("ada", action, "reopen", reason="Signs were stolen", due_on=works.ahead(9))
    assert (again["state"], again["reopened"], again["verified_by"]) == ("open", 1, None)
    kinds = [line["kind"].removeprefix("improvement.") for line in again["history"]]
    assert kinds == ["given", "taken", "evidence", "sent_back", "evidence", "verified", "reopened"]
    assert again["history"][3]["said"] == "The bridge has none"
    assert again["history"][2]["data"]["link"] == sha256(LINK.encode()).hexdigest()
    with works.database.read() as session:
        lines = session.query(Entry).where(Entry.stream_id == f"improvement:{action}").all()
    assert all(DONE not in line.data and "Signs were" not in line.data and not line.exercise for line in lines)


@ONE
def test_whoever_owns_it_neither_drops_it_nor_stretches_its_day_but_may_hand_it_on(works: Works) -> None:
    action = works.given(10)["id"]
    assert works.may_not(OWNER, action, "drop", reason="no time")["status"] == 403
    assert works.may_not(OWNER, action, "move", reason="no time", due_on=works.ahead(40))["status"] == 403
    sooner = works.does(OWNER, action, "move", reason="crew is free", due_on=works.ahead(5))
    assert (sooner["days"], sooner["due_moved"]) == (5, 1)
    later = works.does(GIVER, action, "move", reason="crew is ill", due_on=works.ahead(15), owner="ops")
    assert (later["days"], later["owner"]["username"], later["state"]) == (15, "ops", "open")
    assert len(works.texts("ops")) == 1
    assert works.may_not("ops", action, "move", reason=" ", owner="eng")["field"] == "reason"
    assert works.may_not("ops", action, "move", reason="why")["status"] == 422
    works.does("ops", action, "evidence", words="done")
    assert works.may_not(GIVER, action, "move", reason="why", owner="aud")["field"] == "owner"
    dropped = works.does("ada", action, "drop", reason="The route is given up")
    assert (dropped["state"], dropped["reason"]) == ("dropped", "The route is given up")
    assert works.may_not("ada", action, "evidence", words="late")["status"] == 409


@ONE
def test_whoever_gave_the_evidence_for_the_owner_does_not_verify_it(works: Works) -> None:
    action = works.given()["id"]
    works.does("ops", action, "evidence", words="I did it for her")
    assert works.may_not("ops", action, "verify")["status"] == 403
    assert works.does(GIVER, action, "verify")["state"] == "verified"


WRONG: list[tuple[dict[str, object], str]] = [
    ({"title": " "}, "title"),
    ({"owner": "nobody"}, "owner"),
    ({"owner": "aud"}, "owner"),
    ({"due_on": "2020-01-01"}, "due_on"),
    ({"due_on": "2999-01-01"}, "due_on"),
    ({"starts_on": "2998-01-01", "due_on": "2997-01-01"}, "due_on"),
    ({"source": "incident:1999-0101-001"}, "source"),
    ({"source": "drill:D-1999"}, "source"),
    ({"source": "risk:nothing"}, "source"),
    ({"source": "gossip:canteen"}, "source"),
    ({"playbook": "nothing", "playbook_version": 1}, "playbook"),
    ({"playbook": "network_fault", "playbook_version": 1, "playbook_place": "tiers.2.tasks.dance"}, "playbook_place"),
]


@ONE
def test_what_cannot_be_given_names_its_field_and_the_remedy(works: Works) -> None:
    for fields, field in WRONG:
        body = {"title": "Mark", "owner": OWNER, "due_on": works.ahead(3), **fields}
        answer = works.post("dou", f"{API}?lang=en", **body)
        assert answer.status_code == 422, answer.text
        assert field in (answer.json.get("field"), *(each["field"] for each in answer.json.get("errors", ())))
        assert answer.json.get("remedy"), answer.text
    assert works.listed() == []


@ONE
def test_numbers_are_masked_and_links_that_are_none_are_refused(works: Works) -> None:
    given = works.given(title="Call 13800138000", words="or 13800138000")
    assert "13800138000" not in str(works.one(given["id"]))
    for link in ("javascript:alert(1)", "ftp://x", "https://", "https://x/13800138000", "http://[::1"):
        assert works.may_not(OWNER, given["id"], "evidence", words="x", link=link)["field"] == "link"
    assert works.may_not(OWNER, given["id"], "evidence", words=" ")["field"] == "words"
    assert works.post("aud", API, title="x", owner=OWNER, due_on=works.ahead(1)).status_code == 403


@ONE
@pytest.mark.proves("I10")
def test_an_action_of_a_restricted_incident_is_known_to_named_people_only(works: Works) -> None:
    number = works.report("sec", kind="information_security", restricted=True, elements=["CELL-1"])["number"]
    action = works.given(by="sec", source=f"incident:{number}", title="Close the hole")["id"]
    assert works.get("ops", f"{API}/{action}").status_code == 404
    assert works.listed(by="ops") == [] and works.post("ops", f"{API}/{action}/actions/take").status_code == 404
    assert [each["id"] for each in works.listed(by=OWNER)] == [action]
    assert works.one(action, "cou")["restricted"] is True
    assert (
        works.post("ops", API, title="x", owner="ops", due_on=works.ahead(1), source=f"incident:{number}").status_code
        == 422
    )
    assert all("Close the hole" not in text for text in works.texts(OWNER)) and works.texts(OWNER)
    works.at(9, 38)
    works.look()
    assert works.texts("pre") == [], "a superior who may not know of the incident is not told of its action"


def test_the_list_has_the_late_ones_first_and_counts_them(works: Works) -> None:
    slow, quick = works.given(3)["id"], works.given(1, owner="ops")["id"]
    done = works.given(2, owner="ops")["id"]
    works.does("ops", done, "evidence", words="x")
    works.does("ada", done, "verify")
    works.at(9, 2)
    assert [each["id"] for each in works.listed()] == [quick, slow, done]
    assert [each["id"] for each in works.listed("late=1")] == [quick]
    assert [each["id"] for each in works.listed("undone=1")] == [quick, slow]
    assert [each["id"] for each in works.listed("state=verified")] == [done]
    assert [each["id"] for each in works.listed("mine=1", by="ops")] == [quick, done]
    assert [each["id"] for each in works.listed("owner=eng")] == [slow]
    figures = works.get("ada", API).json["figures"]
    assert figures == {"open": 2, "late": 1, "to_verify": 0, "verified": 1, "dropped": 0}
    first = works.get("ada", f"{API}?limit=2").json
    assert first["next"] == 2
    assert [each["id"] for each in works.listed("limit=2&after=2")] == [done]
