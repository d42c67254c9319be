"""What a closed incident taught is kept, offered again when a similar one comes, and never shown to those who may not know of it (R24)."""

from typing import Any

import pytest
from sqlalchemy import select

from command.alarms.models import Alarm
from command.incidents.models import Incident
from tests.incidents.conftest import Desk

CAUSE = "The excavator tore the fibre cable at the bridge"
HOW = "Spliced the cable in two hours; traffic over the ring meanwhile"


def close(desk: Desk, by: str = "dou", handler: str = "dou", cause: str = CAUSE, how: str = HOW, **fields: Any) -> str:
    """An incident from its report to its end, without a response: it was over before anybody had to respond."""
    said = {"elements": ["CELL-1"], "summary": "Fibre cable cut, no signal", "feedback": "calls", "measures": "crew"}
    number: str = desk.report(by, **{**said, **fields})["number"]
    desk.act(handler, number, "assess")
    desk.act(handler, number, "restore", evidence="test calls succeed")
    desk.act(handler, number, "review", cause=cause, effect=how, improvements="Mark the route")
    desk.waive(number, handler)
    desk.act(handler, number, "close")
    return number


def again(desk: Desk, number: str) -> None:
    """From a response that runs to the end."""
    desk.act("dou", number, "restore", evidence="up")
    desk.act("dou", number, "review", cause="worn out", effect="replaced", improvements="test more")
    desk.finish_tasks(number)
    desk.send()
    desk.act("dou", number, "close")


def problems(desk: Desk, by: str = "ada", query: str = "") -> list[dict[str, Any]]:
    answer = desk.get(by, f"/api/v1/knowledge?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["items"]
    return found


@pytest.mark.proves("R24", "R7")
def test_closing_keeps_the_problem_and_its_solution(desk: Desk) -> None:
    number = close(desk)
    (kept,) = problems(desk)
    assert (kept["incident"], kept["kind"], kept["state"], kept["version"]) == (number, "network_fault", "kept", 1)
    assert kept["element_kinds"] == ["access"] and set(kept["services"]) >= {"voice", "mobile_data"}
    texts = kept["texts"]
    assert texts["title_en"] == "Fibre cable cut, no signal" and texts["title_zh"] == "梅江区网络故障"
    assert texts["cause_en"] == CAUSE and HOW in texts["solution_en"] and "Mark the route" in texts["solution_en"]
    assert texts["cause_zh"] == ""
    line = next(each for each in desk.journal(number) if each["kind"] == "knowledge.kept")
    assert line["data"] == {"problem_id": kept["id"], "version": 1} and "kept" in line["text"]["en"]


@pytest.mark.proves("R24")
def test_a_similar_report_is_offered_it_and_the_offer_is_on_record(desk: Desk) -> None:
    close(desk, kind="complaint_surge", elements=[], users=1, summary="多扣费", complaints=5)
    close(desk)
    number = desk.report(area="800201", elements=["CELL-4"], summary="光缆被挖断，手机无信号")["number"]
    offered = next(each for each in desk.journal(number) if each["kind"] == "knowledge.offered")
    first = desk.get("eng", f"/api/v1/knowledge/like?incident={number}").json["items"][0]
    assert first["problem"]["title"] == "Fibre cable cut, no signal" and "words" in first["reasons"]
    assert offered["data"]["problems"][0] == first["problem"]["id"] and first["problem"]["offered"] == 1
    page = desk.get("eng", f"/incidents/{number}/similar?lang=en").text
    assert "Fibre cable cut" in page and "same words" in page and "This helped" in page


@pytest.mark.proves("R24")
def test_what_is_typed_on_the_report_is_answered_with_solved_problems(desk: Desk) -> None:
    close(desk)
    typed = {"summary": "光缆断了", "area": "80"}
    assert "Fibre cable cut" in desk.ask("kef", "POST", "/knowledge/offered?lang=en", data=typed).text
    other = {"summary": "客户投诉多扣费", "area": "80"}
    assert "Fibre cable cut" not in desk.ask("kef", "POST", "/knowledge/offered?lang=en", data=other).text


@pytest.mark.proves("R24")
def test_the_alarms_of_an_incident_tell_which_problem_it_is(desk: Desk) -> None:
    def alarmed(number: str, element: str, problem: str) -> None:
        taken = desk.post(
            "ada",
            "/api/v1/alarms",
            alarms=[
                {
                    "source": "nms",
                    "element": element,
                    "problem": problem,
                    "severity": "minor",
                    "raised_at": desk.see(number)["detected_at"],
                }
            ],
        )
        assert taken.status_code == 200

        def attach(session: Any) -> None:
            incident = session.scalars(select(Incident).where(Incident.number == number)).one()
            for alarm in session.scalars(select(Alarm).where(Alarm.element == element)):
                alarm.incident_id = incident.id

        desk.do(attach)

    number = desk.report(summary="silence", feedback="f", measures="m", elements=["CELL-1"])["number"]
    alarmed(number, "CELL-1", "BatteryLow")
    desk.act("dou", number, "assess")
    desk.act("dou", number, "restore", evidence="up again")
    desk.act("dou", number, "review", cause="an old battery", effect="replaced", improvements="test them")
    desk.act("dou", number, "close")
    assert problems(desk)[0]["alarm_kinds"] == ["BatteryLow"]
    new = desk.report(area="800201", elements=["CELL-4"], summary="")["number"]
    alarmed(new, "CELL-4", "BatteryLow")
    first = desk.get("eng", f"/api/v1/knowledge/like?incident={new}").json["items"][0]
    assert first["reasons"][0] == "alarms"


@pytest.mark.proves("R24")
def test_what_people_say_of_it_is_counted_once_each(desk: Desk) -> None:
    close(desk)
    (kept,) = problems(desk)
    number = desk.report(elements=["CELL-2"], summary="cable cut")["number"]
    address = f"/api/v1/knowledge/{kept['id']}/actions/judge"
    for by, helped in (("eng", True), ("eng", True), ("dou", True), ("dou", False)):
        assert desk.post(by, address, incident=number, helped=helped).status_code == 200
    (kept,) = problems(desk)
    assert (kept["helped"], kept["unfit"]) == (1, 1)
    said = [line["data"]["helped"] for line in desk.journal(number) if line["kind"] == "knowledge.judged"]
    assert said == [True, True, False]
    page = desk.ask("eng", "POST", f"/knowledge/{kept['id']}/judge", data={"incident": number, "helped": "0"})
    assert page.status_code == 303 and problems(desk)[0]["unfit"] == 2


@pytest.mark.proves("R24")
def test_a_person_completes_it_and_every_version_stays(desk: Desk) -> None:
    number = desk.responding(summary="cable cut", feedback="calls", measures="crew")
    again(desk, number)
    (kept,) = problems(desk)
    words = {
        "title_zh": "光缆被挖断",
        "cause_zh": "施工未报备，请联系13812341234",
        "solution_zh": "熔接",
        "tags": ["光缆", "施工"],
    }
    edited = desk.post("dou", f"/api/v1/knowledge/{kept['id']}/actions/edit", **words).json
    assert edited["version"] == 2 and [each["version"] for each in edited["versions"]] == [2, 1]
    assert "13812341234" not in str(edited) and "138****1234" in edited["texts"]["cause_zh"]
    assert edited["versions"][0]["by"]["username"] == "dou" and edited["versions"][1]["by"] is None
    assert [p["id"] for p in problems(desk, query="tag=施工")] == [kept["id"]]
    assert "knowledge.edited" in desk.kinds(number)
    desk.act("dou", number, "reopen", reason="down again")
    again(desk, number)
    assert problems(desk)[0]["texts"]["title_zh"] == "光缆被挖断", "what a person wrote is not written over"


@pytest.mark.proves("R24")
def test_a_retired_one_is_offered_no_more_until_it_is_reinstated(desk: Desk) -> None:
    close(desk)
    (kept,) = problems(desk)
    address = f"/api/v1/knowledge/{kept['id']}/actions"
    refused = desk.post("dou", f"{address}/retire")
    assert refused.status_code == 422 and refused.json["field"] == "reason"
    assert desk.post("dou", f"{address}/retire", reason="the route was moved").json["state"] == "retired"
    assert problems(desk) == [] and len(problems(desk, query="retired=1")) == 1
    number = desk.report(elements=["CELL-2"], summary="Fibre cable cut, no signal")["number"]
    assert desk.get("eng", f"/api/v1/knowledge/like?incident={number}").json["items"] == []
    assert "knowledge.offered" not in desk.kinds(number)
    assert desk.post("dou", f"{address}/retire", reason="again").status_code == 409
    assert desk.post("dou", f"{address}/reinstate").json["state"] == "kept"
    assert len(desk.get("eng", f"/api/v1/knowledge/like?incident={number}").json["items"]) == 1


@pytest.mark.proves("R24", "R19")
def test_what_a_restricted_incident_taught_is_for_those_who_may_know_of_it(desk: Desk) -> None:
    close(desk, "sec", "cou", kind="information_security", elements=[], summary="the customer database leaked", users=3)
    assert len(problems(desk, "cou")) == len(problems(desk, "sec")) == 1
    (kept,) = problems(desk, "cou")
    for outsider in ("ops", "pre", "aud"):
        assert problems(desk, outsider) == [] and problems(desk, outsider, "q=database") == []
        assert desk.get(outsider, f"/api/v1/knowledge/{kept['id']}").status_code == 404
        assert desk.get(outsider, f"/knowledge/{kept['id']}").status_code == 404
    again = desk.report(summary="the customer database leaked", kind="information_security", restricted=False)["number"]
    assert desk.get("ops", f"/api/v1/knowledge/like?incident={again}").json["items"] == []
    assert len(desk.get("cou", f"/api/v1/knowledge/like?incident={again}").json["items"]) == 1
    assert "knowledge.offered" not in desk.kinds(again), "a journal that many read does not point at it"
    typed = {"summary": "the customer database leaked", "area": "80"}
    assert "database" not in desk.ask("ops", "POST", "/knowledge/offered", data=typed).text
    assert (
        desk.post("ops", f"/api/v1/knowledge/{kept['id']}/actions/judge", incident=again, helped=True).status_code
        == 404
    )


@pytest.mark.proves("R24", "B3")
def test_an_exercise_teaches_the_knowledge_base_nothing(desk: Desk) -> None:
    close(desk, "tra", exercise=True)
    assert problems(desk) == []
    close(desk)
    (kept,) = problems(desk)
    drill = desk.report("tra", elements=["CELL-1"], summary="Fibre cable cut", exercise=True)["number"]
    assert "knowledge.offered" in desk.kinds(drill)
    desk.post("eng", f"/api/v1/knowledge/{kept['id']}/actions/judge", incident=drill, helped=True)
    (kept,) = problems(desk)
    assert (kept["offered"], kept["helped"]) == (0, 0)


@pytest.mark.proves("R24")
def test_words_kind_and_service_find_it(desk: Desk) -> None:
    close(desk)
    close(
        desk,
        area="800201",
        elements=["CELL-4"],
        kind="service_interruption",
        summary="短信验证码延迟",
        cause="短信中心拥塞",
        how="扩容",
    )
    for query, title in {
        "q=光缆": "Fibre",
        "q=fiber cut": "Fibre",
        "q=验证码": "验证码",
        "q=spliced": "",
        "kind=service_interruption": "验证码",
        "q=no such thing at all": None,
    }.items():
        found = [each["texts"]["title_zh"] + each["texts"]["title_en"] for each in problems(desk, query=query)]
        assert (title is None) == (not found) and all((title or "") in each for each in found), query
    assert len(problems(desk, query="service=voice")) == 2 and problems(desk, query="service=fax") == []
    page = desk.get("eng", "/knowledge?q=光缆&lang=en").text
    assert "Fibre cable cut" in page and "验证码" not in page
    assert desk.get("eng", "/knowledge?q=%25&kind=x&service=y&tag=z").status_code == 200


def test_a_form_that_is_refused_keeps_what_was_typed(desk: Desk) -> None:
    close(desk)
    (kept,) = problems(desk)
    address = f"/knowledge/{kept['id']}"
    answer = desk.ask("dou", "POST", f"{address}/edit?lang=en", data={"cause_en": "<i>worn out</i>", "tags": "a，b"})
    assert answer.status_code == 422 and "&lt;i&gt;worn out" in answer.text and "has a title" in answer.text
    retire = desk.ask("dou", "POST", f"{address}/retire?lang=en", data={"reason": " "})
    assert retire.status_code == 422 and "with a reason" in retire.text
    good = desk.ask("dou", "POST", f"{address}/edit", data={"title_en": "Worn out", "tags": "a，b"})
    assert good.status_code == 303 and problems(desk)[0]["texts"]["tags"] == ["a", "b"]
    assert desk.get("eng", f"{address}/edit").status_code == 403
    assert "Worn out" in desk.get("eng", address).text
