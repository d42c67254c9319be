"""A notice put together, let leave by a second person who types the count, watched, recalled and corrected, by page and API."""

import re
from typing import Any

import pytest

from command.incidents.models import Incident
from command.network.models import Subscriber
from tests.incidents.conftest import Desk

ZH, EN = "【示例通信】进展：配件已到。详询10000。", "Example Telecom: The part has come. Help: 10000."
WRONG = {"wrong_zh": "【示例通信】此前通知有误，抱歉。", "wrong_en": "Example Telecom: our last message was wrong."}


def form(number: str, **more: Any) -> dict[str, Any]:
    said = {"incident": number, "kind": "advisory", "areas": "80", "zh": ZH, "en": EN, "critical": "any", "do": "draft"}
    return {**said, **WRONG, **more}


def composed(desk: Desk, number: str, **more: Any) -> str:
    """A draft by page; its address."""
    answer = desk.ask("dou", "POST", "/notices/new", data=form(number, **more))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def audience_of(desk: Desk, address: str) -> int:
    return int(desk.get("ada", f"/api/v1{address}").json["audience"])


@pytest.mark.proves("B10", "I9")
def test_a_second_person_types_the_count_and_the_told_get_the_correction_of_a_recall(desk: Desk) -> None:
    number = desk.responding()
    desk.send()
    assert "Write it down" in desk.get("dou", f"/notices/new?incident={number}&lang=en").text
    address = composed(desk, number)
    assert desk.ask("dou", "POST", f"{address}/submit", data={}).status_code == 303
    count = audience_of(desk, address)
    assert count > 20
    wrong = desk.ask("ada", "POST", f"{address}/approve?lang=en", data={"count": str(count + 1)})
    assert wrong.status_code == 422 and f'value="{count + 1}"' in wrong.text
    assert desk.ask("dou", "POST", f"{address}/approve", data={"count": str(count)}).status_code == 403
    assert desk.ask("ada", "POST", f"{address}/approve", data={"count": str(count)}).status_code == 303
    desk.send()
    page = desk.get("aud", f"{address}?lang=en").text
    assert f'data-told="{count}"' in page and "Some of them" in page
    assert not re.search(r"\b1\d{10}\b", page)
    assert desk.get("aud", f"{address}/progress?lang=en").status_code == 200
    assert desk.ask("dou", "POST", f"{address}/recall", data={"reason": "wrong area"}).status_code == 303
    corrections = [each for each in desk.notices(number) if each["kind"] == "correction" and each["state"] != "draft"]
    assert [each["audience"] for each in corrections] == [count]


def test_one_person_lets_it_leave_on_their_own_word_with_the_reason(desk: Desk) -> None:
    number = desk.responding()
    address = composed(desk, number)
    desk.ask("dou", "POST", f"{address}/submit", data={})
    typed = {"count": str(audience_of(desk, address)), "reason": "nobody else on shift"}
    assert desk.ask("dou", "POST", f"{address}/approve", data=typed).status_code == 303
    assert desk.get("ada", f"/api/v1{address}").json["override"] is True


def test_it_is_refused_or_withdrawn_with_a_reason_alone(desk: Desk) -> None:
    number = desk.responding()
    address = composed(desk, number)
    desk.ask("dou", "POST", f"{address}/submit", data={})
    assert desk.ask("ada", "POST", f"{address}/reject", data={"reason": " "}).status_code == 422
    assert desk.ask("ada", "POST", f"{address}/reject", data={"reason": "too early"}).status_code == 303
    assert desk.get("ada", f"/api/v1{address}").json["state"] == "rejected"
    other = composed(desk, number)
    assert desk.ask("dou", "POST", f"{other}/withdraw", data={"reason": "not needed"}).status_code == 303
    assert desk.ask("dou", "POST", f"{other}/explode", data={}).status_code == 404


def test_the_form_keeps_what_was_typed_and_names_what_is_wrong(desk: Desk) -> None:
    number = desk.responding()
    refused = desk.ask("dou", "POST", "/notices/new?lang=en", data=form(number, areas="99"))
    assert refused.status_code == 422 and "There is no 99." in refused.text and ZH in refused.text
    assert desk.ask("dou", "POST", "/notices/new", data=form(number, areas="")).status_code == 422
    assert desk.ask("aud", "POST", "/notices/new", data=form(number)).status_code == 403
    counted = desk.ask("dou", "POST", "/notices/count?lang=en", data=form(number)).text
    assert "UCS-2" in counted and "GSM-7" in counted and "****" in counted


def test_audiences_are_counted_saved_shared_and_forgotten(desk: Desk) -> None:
    base = "/api/v1/audiences"
    everybody, zh = ({"areas": ["80"]}, {"areas": ["80"], "language": "zh"})
    found = desk.post("dou", f"{base}/count", audience=everybody).json
    assert found["whole"] and found["count"] == sum(found["languages"].values()) and len(found["sample"]) == 10
    assert desk.post("dou", f"{base}/count", audience=zh).json["count"] == found["languages"]["zh"]
    assert desk.post("dou", f"{base}/count", audience={}).json["field"] == "audience.areas"
    kept = desk.post("dou", base, name="All", audience=everybody)
    assert kept.status_code == 201
    assert desk.post("dou", base, name="All", audience=zh).status_code == 409
    one = f"{base}/{kept.json['id']}"
    assert desk.get("ada", one).status_code == 404
    assert desk.ask("dou", "PUT", one, json={"name": "Us", "shared": True, "audience": zh}).json["name"] == "Us"
    assert desk.get("ada", one).json["own"] is False
    assert desk.ask("ada", "DELETE", one).status_code == 403
    assert desk.ask("dou", "DELETE", one).status_code == 204
    assert desk.get("dou", base).json["items"] == []


def test_a_list_names_bad_lines_counts_the_unknown_and_keeps_subscribers_alone(desk: Desk) -> None:
    with desk.database.read() as session:
        number = desk.installation.keyring.decrypt(session.query(Subscriber).first().number)  # type: ignore[union-attr]
    text = f"name,number\nA,{number}\nB,+8613900009999\nC,hello\n"
    taken = desk.post("dou", "/api/v1/number-lists", name="Ward", csv=text).json
    assert (taken["matched"], taken["unknown"], taken["bad"]) == (1, 1, 1)
    assert [each["line"] for each in taken["lines"]] == [4] and "hello" not in str(taken)
    counted = desk.post("dou", "/api/v1/audiences/count", audience={"lists": [taken["id"]]}).json
    assert counted["count"] == 1
    assert desk.post("dou", "/api/v1/number-lists", name="Ward", csv="hello\n").json["field"] == "file"


def test_nobody_outside_a_restricted_incident_sees_its_notices(desk: Desk) -> None:
    number = desk.responding()
    address = composed(desk, number)
    assert address.rpartition("/")[2] in desk.get("aud", "/notices").text

    def restrict(session):  # type: ignore[no-untyped-def]
        session.query(Incident).filter(Incident.number == number).update({"restricted": True})

    desk.database.write(restrict)
    assert number not in desk.get("aud", "/notices").text
    assert desk.get("aud", address).status_code == 404
    assert desk.get("aud", f"{address}/progress").status_code == 404
    assert desk.ask("ada", "POST", "/notices/count", data=form("none")).status_code in (200, 404)
