"""An agent types a number and knows: affected or not, what the caller was told, what to say; the call is on record."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from command.complaints import caller
from command.complaints.models import Case
from command.core import clock
from command.core.journal import Entry
from command.core.keys import Keyring
from command.core.problems import Invalid
from command.incidents.models import Incident
from tests.complaints.conftest import CELL_1, CELL_1_ZH, CELL_4, STRANGER, Agent

SHAPES = (
    "12020000000",
    "120 2000 0000",
    "120-2000-0000",
    "+86 120 2000 0000",
    "+86(120)20000000",
    "0086 12020000000",
    "8612020000000",
    "１２０２０００００００",
    "＋８６　１２０　２０００　００００",
    "\u202a120\u00a02000\u00a00000\u202c",
)


@pytest.mark.parametrize("typed", SHAPES)
def test_any_shape_people_type_is_one_number(typed: str) -> None:
    assert caller.read(typed) == CELL_1


@pytest.mark.parametrize("typed", ["", " ", "hello", "12", "1" * 41, "١٢٣", "12020000000; DROP", "<script>"])
def test_what_is_no_number_names_the_field_and_the_remedy(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        caller.read(typed)
    assert refused.value.field == "number" and refused.value.remedy


def test_a_seal_opens_for_its_person_and_shift_only(keyring: Keyring, agent: Agent) -> None:
    with agent.database.read() as session:
        now = clock.now(session)
    sealed = caller.seal(keyring, CELL_1, 7, now)
    assert "2000" not in sealed
    assert caller.unseal(keyring, sealed, 7, now + caller.KEPT / 2) == CELL_1
    for person, at, text in (
        (8, now, sealed),
        (7, now + caller.KEPT * 2, sealed),
        (7, now, sealed[:-4] + "AAAA"),
        (7, now, ""),
    ):
        with pytest.raises(Invalid):
            caller.unseal(keyring, text, person, at)


@pytest.mark.proves("R5", "R15")
def test_somebody_cut_off_is_told_by_what_since_when_and_what_comes_next(agent: Agent) -> None:
    number = agent.responding()
    agent.send()
    found = agent.find(CELL_1)
    assert found["affected"] and found["number"] == "120****0000" and found["area"] == "800101"
    (hit,) = found["incidents"]
    assert hit["incident"] == number and hit["sure"] and hit["until"] is None
    assert hit["services"] == ["voice", "mobile_data"]
    (told,) = found["told"]
    assert told["kind"] == "first" and told["state"] in ("submitted", "sent", "delivered")
    assert "Example Telecom" in told["text"]
    assert "Meijiang" in found["say"]["en"] and "梅江区" in found["say"]["zh"]
    assert len(found["answers"]) >= 3


@pytest.mark.proves("R5")
def test_the_script_gives_the_eta_once_there_is_one_and_never_a_cause(agent: Agent, time: Any) -> None:
    number = agent.responding()
    agent.act("dou", number, "locate", fault_class="hardware", reason="an excavator cut the cable")
    agent.act("dou", number, "eta", eta=(time.now().replace(microsecond=0) + _hours(3)).isoformat())
    found = agent.find(CELL_1)
    assert "expect to restore service between" in found["say"]["en"]
    assert found["incidents"][0]["eta"]
    assert "excavator" not in json.dumps(found)
    time.forward(hours=4)
    late = agent.find(CELL_1)
    assert "expect to restore" not in late["say"]["en"] and late["incidents"][0]["eta"] is None


def _hours(count: int) -> Any:
    return timedelta(hours=count)


def test_somebody_else_is_not_affected_and_what_is_open_nearby_is_offered(agent: Agent) -> None:
    near, far = agent.storm("CELL-3"), agent.storm("CELL-4")
    found = agent.find(CELL_1)
    assert not found["affected"] and found["incidents"] == []
    assert near in found["near"] and far not in found["near"]
    assert "no known incident affects your number" in found["say"]["en"]


def test_a_number_that_is_not_ours_says_so(agent: Agent) -> None:
    found = agent.find(STRANGER)
    assert not found["known"] and not found["affected"]
    assert "not among our subscribers" in found["say"]["en"]


def test_after_the_restoration_the_caller_hears_that_service_is_back(agent: Agent) -> None:
    number = agent.storm("CELL-1")
    agent.act("dou", number, "activate")
    agent.act("ada", number, "restore", evidence="test calls succeed")
    found = agent.find(CELL_1)
    assert not found["affected"] and found["incidents"][0]["until"]
    assert "was restored at" in found["say"]["en"]


def test_who_may_be_affected_is_not_told_that_they_are(agent: Agent) -> None:
    number = agent.report(users=10)["number"]
    found = agent.find(CELL_1)
    assert not found["affected"] and found["incidents"][0]["incident"] == number
    assert not found["incidents"][0]["sure"]
    assert "may be among them" in found["say"]["en"] and "可能" in found["say"]["zh"]


@pytest.mark.proves("R19")
def test_a_look_up_is_on_record_by_keyed_index_and_never_by_number(agent: Agent) -> None:
    agent.storm("CELL-1")
    agent.find("120 2000 0000")
    with agent.database.read() as session:
        (entry,) = session.scalars(select(Entry).where(Entry.kind == "case.looked_up"))
    assert entry.stream_id.startswith("audit:") and entry.actor == f"person:{agent.people['kef']}"
    data = json.loads(entry.data)
    assert data["number_index"] == agent.installation.keyring.index(CELL_1).hex()
    assert data["known"] and "20000000" not in entry.data


def test_nobody_copies_the_list_of_subscribers_through_the_desk(agent: Agent, monkeypatch: Any) -> None:
    monkeypatch.setattr("command.complaints.service.LOOK_UPS", 2)
    agent.find(CELL_1)
    agent.find(CELL_4)
    refused = agent.post("kef", "/api/v1/desk/look-up", number=CELL_1)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    agent.find(CELL_1, by="dou")


@pytest.mark.parametrize("who", ["eng", "aud", "adm", "tra"])
def test_who_does_not_answer_callers_looks_nobody_up(agent: Agent, who: str) -> None:
    assert agent.post(who, "/api/v1/desk/look-up", number=CELL_1).status_code == 403
    assert agent.get(who, "/desk").status_code == 403


@pytest.mark.proves("R13", "R14")
def test_a_call_becomes_a_case_of_whoever_took_it(agent: Agent) -> None:
    number = agent.storm("CELL-1")
    made = agent.take(
        CELL_1, number, note="no signal at all", complaint=True, channel="counter", service_class="emergency"
    )
    assert made["case"].startswith("C-") and made["case"].endswith("-0001")
    assert made["number"] == "120****0000" and made["owner"] == "kef" and made["affected"]
    minutes = (_time(made["due_at"]) - _time(made["opened_at"])).total_seconds() / 60
    assert minutes == 15
    assert agent.see(number)["complaints"] == 1
    (line,) = [line for line in agent.journal(number) if line["kind"] == "case.taken"]
    assert line["data"]["owner_id"] == agent.people["kef"] and line["data"]["complaint"]
    assert "no signal at all" in line["text"]["en"] and made["case"] in line["text"]["zh"]
    assert CELL_1[3:] not in json.dumps(line)


def _time(text: str) -> Any:
    return datetime.fromisoformat(text)


def test_the_number_is_kept_encrypted(agent: Agent) -> None:
    case = agent.row(agent.take(CELL_1, agent.storm("CELL-1"))["case"])
    assert CELL_1.encode() not in case.number
    assert agent.installation.keyring.decrypt(case.number) == CELL_1
    assert case.number_index == agent.installation.keyring.index(CELL_1)


def test_a_form_sent_twice_is_one_case_and_one_sms(agent: Agent) -> None:
    number = agent.storm("CELL-1")
    headers = {"Idempotency-Key": "abc"}
    body = {"number": CELL_1, "incident": number, "complaint": True}
    first, second = (agent.ask("kef", "POST", "/api/v1/cases", json=body, headers=headers).json for _ in range(2))
    assert first["case"] == second["case"]
    assert len(agent.sms()) == 1 and agent.see(number)["complaints"] == 1


@pytest.mark.proves("R13", "R5")
def test_what_no_incident_explains_is_reported_as_a_new_one(agent: Agent) -> None:
    made = agent.take(CELL_4, "new", area="800201", note="no signal since noon", complaint=True)
    seen = agent.see(made["incident"])
    assert seen["kind"] == "service_interruption" and seen["area"]["code"] == "800201"
    assert seen["owner"]["username"] == "kef" and seen["complaints"] == 1 and seen["summary"] == "no signal since noon"


def test_a_call_about_an_incident_that_is_over_is_refused_with_the_remedy(agent: Agent) -> None:
    number = agent.report()["number"]
    agent.act("dou", number, "cancel", reason="a test")
    refused = agent.post("kef", "/api/v1/cases", number=CELL_1, incident=number)
    assert refused.status_code == 409 and refused.json["remedy"]
    assert agent.post("kef", "/api/v1/cases", number=CELL_1, incident="2026-0101-999").status_code == 404
    assert agent.post("kef", "/api/v1/cases", number=CELL_1, incident="new").status_code == 422


@pytest.mark.proves("R14")
def test_a_case_is_handed_over_and_closed_on_record(agent: Agent) -> None:
    number = agent.storm("CELL-1")
    made = agent.take(CELL_1, number)["case"]
    act = f"/api/v1/cases/{made}/actions/"
    assert agent.post("dou", act + "hand_over", to="eng", reason="x").status_code == 422
    assert agent.post("kef", act + "hand_over", to="dou", reason=" ").status_code == 422
    given = agent.post("kef", act + "hand_over", to="dou", reason="end of my shift")
    assert given.json["owner"] == "dou"
    refused = agent.post("kef", act + "close", result="done")
    assert refused.status_code == 403 and refused.json["remedy"]
    closed = agent.post("dou", act + "close", result="works again")
    assert closed.json["state"] == "closed"
    assert agent.post("dou", act + "close", result="again").status_code == 409
    lines = [line for line in agent.journal(number) if line["kind"].startswith("case.")]
    assert [line["kind"] for line in lines] == ["case.taken", "case.handed_over", "case.closed"]
    assert "end of my shift" in lines[1]["text"]["en"] and "works again" in lines[2]["text"]["zh"]


def test_an_agents_list_shows_what_is_theirs_the_late_ones_marked(agent: Agent, time: Any) -> None:
    number = agent.storm("CELL-1")
    later = agent.take(CELL_1, number)["case"]
    urgent = agent.take(CELL_1_ZH, number, service_class="emergency")["case"]
    agent.take(CELL_4, number, by="dou")
    time.forward(minutes=20)
    items = agent.get("kef", "/api/v1/cases?mine=1&state=open").json["items"]
    assert {(each["case"], each["late"]) for each in items} == {(later, False), (urgent, True)}
    page = agent.get("kef", "/desk?lang=en").text
    assert page.index(urgent) < page.index(later) and "answer is late" in page


def test_cases_of_an_incident_are_listed_page_by_page(agent: Agent) -> None:
    number = agent.storm("CELL-1")
    made = [agent.take(CELL_1, number, tell=False)["case"] for _ in range(3)]
    first = agent.get("dou", f"/api/v1/cases?incident={number}&limit=2").json
    rest = agent.get("dou", f"/api/v1/cases?incident={number}&limit=2&after={first['next']}").json
    assert [each["case"] for each in first["items"] + rest["items"]] == made[::-1] and rest["next"] is None


def test_the_desk_works_without_scripts(agent: Agent) -> None:
    number = agent.storm("CELL-1")
    page = agent.ask("kef", "POST", "/desk/look-up?lang=en", data={"number": "120 2000 0000"}).text
    assert "is affected now" in page and "120****0000" in page and "20000000" not in page.replace("120****0000", "")
    sealed = page.split('name="caller" value="')[1].split('"')[0]
    form = {
        "caller": sealed,
        "incident": number,
        "channel": "phone",
        "service_class": "regular",
        "language": "en",
        "key": "k",
    }
    taken = agent.ask("kef", "POST", "/desk/cases", data={**form, "note": "x" * 4001})
    assert taken.status_code == 422 and "x" * 100 in taken.text, "what was typed is lost"
    taken = agent.ask("kef", "POST", "/desk/cases", data={**form, "tell": "1", "note": "no signal"})
    assert (
        taken.status_code == 303
        and "C-" in taken.headers["Location"]
        and "2000" not in taken.headers["Location"][-8:-4]
    )
    with agent.database.read() as session:
        assert session.scalars(select(Case)).one().language == "en"


def test_a_wrong_number_on_the_page_keeps_the_desk_open(agent: Agent) -> None:
    answer = agent.ask("kef", "POST", "/desk/look-up?lang=en", data={"number": "hello"})
    assert answer.status_code == 422 and "This is no phone number." in answer.text
    fragment = agent.ask(
        "kef", "POST", "/desk/look-up?lang=en", data={"number": "hello"}, headers={"HX-Request": "true"}
    )
    assert fragment.status_code == 422 and "<html" not in fragment.text


@pytest.mark.proves("R19")
def test_no_number_of_a_caller_is_in_the_log(agent: Agent, capfd: Any) -> None:
    agent.ask("kef", "POST", "/desk/look-up", data={"number": "120 2000 0000"})
    agent.take(CELL_1, agent.storm("CELL-1"), note="call 12020000001 back")
    said = "".join(capfd.readouterr())
    assert "12020000000" not in said and "120 2000 0000" not in said and "12020000001" not in said


def test_a_restricted_incident_affects_nobody_as_far_as_an_agent_knows(agent: Agent) -> None:
    number = agent.report("sec", elements=["CELL-1"], restricted=True)["number"]
    found = agent.find(CELL_1, by="dou")
    assert not found["affected"] and number not in json.dumps(found)
    assert agent.post("dou", "/api/v1/cases", number=CELL_1, incident=number).status_code == 404
    assert agent.find(CELL_1, by="cou")["affected"]
    made = agent.take(CELL_1, number, by="cou")["case"]
    assert made not in agent.get("dou", "/api/v1/cases").text
    assert agent.post("dou", f"/api/v1/cases/{made}/actions/close", result="x").status_code == 404


@pytest.mark.proves("B3", "I3")
def test_a_drill_affects_no_caller(agent: Agent) -> None:
    number = agent.report("tra", elements=["CELL-1"], exercise=True)["number"]
    found = agent.find(CELL_1)
    assert not found["affected"] and number not in json.dumps(found)
    with agent.database.read() as session:
        assert session.scalar(select(Incident.exercise))
