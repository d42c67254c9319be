"""Sessions over HTTP: planned, joined, attended, closed with certificates; drills count; who sees whose records."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from command.core.journal import Entry
from tests.training.conftest import API, ONE, TRAINER, School, faults

pytestmark = pytest.mark.proves("R10")
CAME = {"attendance": "came", "score": 90}


def test_a_session_from_the_plan_to_the_certificate(school: School) -> None:
    school.long_there()
    assert school.cell("eng", "information_security")["stands"] == "missing"
    made = school.planned(capacity=3)
    assert school.act("sec", made, "join").json["mine"]["answer"] == "joined"
    assert school.act("kef", made, "leave").json["mine"]["answer"] == "declined"
    assert school.get("sec", f"{API}/sessions/{made}").json["places"] is None
    assert school.get("sec", f"{API}/sessions/{made}").json["code"] is None
    assert school.get("sec", f"{API}/sessions/{made}").json["targets"] == []
    code = school.get(TRAINER, f"{API}/sessions/{made}").json["code"]
    assert school.act("eng", made, "check-in", code=code).status_code == 409
    assert school.mark(TRAINER, made, {"person": "eng", **CAME}).status_code == 409
    assert school.act(TRAINER, made, "conclude").status_code == 409
    school.at(14, days=10, minute=5)
    wrong = school.act("eng", made, "check-in", code="not it")
    assert wrong.status_code == 422 and faults(wrong)["code"]
    assert school.act("eng", made, "check-in", code=code).json["attendance"] == "came"
    assert school.mark("eng", made, {"person": "eng", **CAME}).status_code == 403
    marked = school.mark(TRAINER, made, {"person": "eng", **CAME}, {"person": "dou", "attendance": "came", "score": 79})
    assert {each["person"]: each["score"] for each in marked.json["places"]}["dou"] == 79
    closed = school.act(TRAINER, made, "conclude").json
    places = {each["person"]: each for each in closed["places"]}
    assert places["sec"]["attendance"] == "absent" and places["kef"]["attendance"] == "open"
    assert places["dou"]["lacks"] == ["information_security"] and not places["dou"]["certificates"]
    (number,) = places["eng"]["certificates"]
    mine = school.get("eng", f"{API}/certificates/{number}").json
    day = school.today()
    assert mine["done_on"] == day.isoformat() and mine["expires_on"] == day.replace(year=day.year + 1).isoformat()
    assert school.cell("eng", "information_security") | {"stands": "fine", "number": number} == school.cell(
        "eng", "information_security"
    )
    assert school.act(TRAINER, made, "conclude").status_code == 409
    with school.database.read() as session:
        in_order = select(Entry.kind).where(Entry.stream_id == f"training:{made}").order_by(Entry.seq)
        kinds = list(session.scalars(in_order))
        theirs = f"training:person:{school.people['eng']}"
        assert list(session.scalars(select(Entry.kind).where(Entry.stream_id == theirs))) == ["training.issued"]
    assert kinds.count("training.marked") == 4 and kinds[-1] == "training.held"


def test_the_last_place_goes_to_one_of_those_who_want_it_at_once(school: School) -> None:
    made = school.planned(targets=[], capacity=1)
    names = ("eng", "ops", "sec", "kef")
    for name in names:
        school.token(name)
    together, done = threading.Barrier(len(names)), []

    def want(name: str) -> None:
        together.wait()
        done.append(school.act(name, made, "join").status_code)

    people = [threading.Thread(target=want, args=(name,)) for name in names]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert sorted(done) == [200, 409, 409, 409]
    assert school.get(TRAINER, f"{API}/sessions/{made}").json["taken"] == 1


def test_what_follows_when_a_mark_was_wrong(school: School) -> None:
    made = school.planned()
    school.at(14, days=10, minute=5)
    school.mark(TRAINER, made, {"person": "eng", **CAME})
    school.act(TRAINER, made, "conclude")
    (number,) = [
        n for each in school.get(TRAINER, f"{API}/sessions/{made}").json["places"] for n in each["certificates"]
    ]
    stays = school.mark(TRAINER, made, {"person": "eng", "attendance": "absent"})
    assert stays.status_code == 409 and number in stays.json["detail"]
    address = f"{API}/certificates/{number}/actions/revoke"
    assert school.post("dou", address, reason="Another person").status_code == 403
    assert faults(school.post(TRAINER, address, reason=" "))["reason"]
    gone = school.post(TRAINER, address, reason="It was 13800001111").json
    assert gone["revoked_at"] and "138****1111" in gone["reason"]
    assert school.post(TRAINER, address, reason="Again").status_code == 409
    assert school.cell("eng", "information_security")["number"] == ""
    assert school.mark(TRAINER, made, {"person": "eng", "attendance": "absent"}).status_code == 200
    late = school.mark(TRAINER, made, {"person": "kef", **CAME}).json
    assert [len(each["certificates"]) for each in late["places"] if each["person"] == "kef"] == [1]


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"title": " "}, "title"),
    ({"title": "Call 13800001111"}, "title"),
    ({"materials": [{"title": "Ask 13800001111", "link": "https://intranet.example"}]}, "materials"),
    ({"topics": []}, "topics"),
    ({"topics": ["cooking"]}, "topics.0"),
    ({"place": ""}, "place"),
    ({"link": "javascript:alert(1)"}, "link"),
    ({"starts": "2020-01-01T10:00"}, "starts"),
    ({"starts": "2027-01-01T10:00+08:00"}, "starts"),
    ({"zone": "Asia/Atlantis"}, "zone"),
    ({"minutes": 5}, "minutes"),
    ({"teacher": "nobody"}, "teacher"),
    ({"teacher": ""}, "teacher"),
    ({"capacity": 1}, "capacity"),
    ({"targets": ["group:none"]}, "targets"),
    ({"materials": [{"title": "Notes", "link": "file:///etc/passwd"}]}, "materials.0.link"),
    ({"colour": "red"}, "colour"),
)


@ONE
def test_what_cannot_be_planned_names_its_field_and_the_way_out(school: School) -> None:
    for changes, field in WRONG:
        answer = school.post(TRAINER, f"{API}/sessions", **school.wanted(**changes))
        assert answer.status_code == 422, changes
        assert faults(answer).get(field), answer.text
    assert school.post("dou", f"{API}/sessions", **school.wanted()).status_code == 403
    school.planned()
    busy = school.post(TRAINER, f"{API}/sessions", **school.wanted(hour=15))
    assert faults(busy)["starts"]


@ONE
def test_a_change_keeps_two_editors_apart_and_nothing_changes_once_it_has_begun(school: School) -> None:
    made = school.planned()
    address = f"{API}/sessions/{made}"
    moved = school.ask(TRAINER, "PUT", address, json=school.wanted(version=1, hour=16))
    assert moved.json["version"] == 2 and moved.json["starts"].endswith("16:00")
    assert school.ask(TRAINER, "PUT", address, json=school.wanted(version=1)).status_code == 409
    school.at(16, days=10, minute=1)
    assert school.ask(TRAINER, "PUT", address, json=school.wanted(days=3, version=2)).status_code == 409
    assert school.act("sec", made, "join").status_code == 409
    assert school.get(TRAINER, f"{API}/sessions/999").status_code == 404


def test_drills_count_where_the_rules_say_so(school: School) -> None:
    school.long_there()
    whole = school.drill()
    school.played(whole, "eng")
    school.played(whole, "sec", "evaluator")
    cell = school.cell("eng", "information_security")
    assert (cell["stands"], cell["drill"]) == ("fine", "D-1")
    assert school.cell("sec", "information_security")["stands"] == "missing"
    short = school.drill("D-2", state="stopped", reason="a real event", elapsed_s=600.0)
    school.played(short, "kef")
    assert school.cell("kef", "information_security")["stands"] == "missing"
    for state in ("planned", "cancelled", "missed"):
        other = school.drill(f"D-{state}", state=state, began_at=None, ended_at=None, elapsed_s=0.0)
        school.played(other, "kef")
    assert school.cell("kef", "information_security")["stands"] == "missing"
    told = school.drill("D-9", state="planned", began_at=None, ended_at=None, announced_at=school.time.now())
    school.played(told, "kef")
    ahead = school.get("kef", f"{API}/mine").json["ahead"]
    assert [(each["drill"], each["topics"]) for each in ahead] == [("D-9", ["information_security"])]
    school.pass_(timedelta(days=356))
    assert school.cell("eng", "information_security")["stands"] == "over"


def test_records_are_seen_by_oneself_trainers_superiors_and_auditors(school: School) -> None:
    def seen(who: str) -> set[str]:
        return {each["person"] for each in school.get(who, f"{API}/matrix").json["items"]}

    everybody = set(school.people)
    assert seen(TRAINER) == seen("aud") == everybody
    assert seen("ops") == {"ops"} and seen("sec") == {"sec"}
    assert seen("pre") == {"pre", "eng", "cou"}
    assert seen("kef") == {"kef"}
    done = school.today() - timedelta(days=30)
    school.earlier(f"eng,information_security,{done},90,90,,")
    number = school.cell("eng", "information_security")["number"]
    for who, status in (("eng", 200), ("pre", 200), ("aud", 200), ("ops", 404), ("cou", 404)):
        assert school.get(who, f"{API}/certificates/{number}").status_code == status, who
        assert school.get(who, f"{API}/people/eng").status_code == status, who


@ONE
def test_the_matrix_is_filtered_and_a_filter_that_is_none_says_so(school: School) -> None:
    def people(query: str) -> set[str]:
        return {each["person"] for each in school.get(TRAINER, f"{API}/matrix?{query}").json["items"]}

    assert people("department=technical") == {"eng"}
    assert people("post=engineer&area=80") == {"eng", "ops", "sec"}
    assert people("area=8001") == {"eng", "cou", "pre"}
    assert people("topic=fault_finding") == {"eng", "ops", "sec", "dou"}
    assert people("stands=fine") == set()
    for query, field in (("department=kitchen", "department"), ("post=cook", "post"), ("area=99", "area")):
        assert faults(school.get(TRAINER, f"{API}/matrix?{query}"))[field]


@ONE
def test_earlier_records_come_in_by_file_with_what_was_wrong_with_each_row(school: School) -> None:
    day = school.today() - timedelta(days=30)
    rows = (
        f"eng,fault_finding,{day},90,80,,HX-17",
        f"nobody,fault_finding,{day},90,,,",
        f"eng,cooking,{day},90,,,",
        "eng,fault_finding,yesterday,90,,,",
        f"eng,fault_finding,{day},many,,,",
        f"eng,fault_finding,{day},90,101,,",
        f"eng,coordination,{school.today() + timedelta(days=1)},90,,,",
        f"eng,coordination,{day},90,,{day - timedelta(days=1)},",
        "eng,coordination",
    )
    found = school.earlier(*rows)
    assert (found["kept"], found["same"]) == (1, 0)
    fields = [(each["line"], each["field"]) for each in found["bad"]]
    names = ("person", "topic", "done_on", "minutes", "score", "done_on", "expires_on", "row")
    assert fields == list(enumerate(names, 3))
    assert all(each["reason"] and each["remedy"] for each in found["bad"])
    again = school.earlier(rows[0])
    assert (again["kept"], again["same"]) == (0, 1)
    assert school.cell("eng", "fault_finding")["stands"] == "fine"
    bad = school.post(TRAINER, f"{API}/records/import", csv="name,day\na,b\n")
    assert bad.status_code == 422 and faults(bad)["header"]
    made = school.planned()
    school.at(14, days=10)
    text = "person,attendance,score\neng,came,88\nkef,asleep,\n"
    marked = school.post(TRAINER, f"{API}/sessions/{made}/attendance/import", csv=text).json
    assert (marked["kept"], [each["line"] for each in marked["bad"]]) == (1, [3])
