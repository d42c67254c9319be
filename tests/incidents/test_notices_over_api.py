"""Notices by hand: texts from the plan or typed, two people or an override, withdrawn and corrected on record (R8, B10, I9)."""

import pytest

from tests.conftest import Time
from tests.incidents.conftest import Desk


def draft(desk: Desk, number: str, by: str = "dou", **body: object) -> dict[str, object]:
    answer = desk.post(by, "/api/v1/notices", incident=number, **body)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json
    return found


@pytest.mark.proves("I9", "B10")
def test_a_typed_notice_waits_for_a_second_person_who_types_the_count(desk: Desk, time: Time) -> None:
    number = desk.responding()
    desk.send()
    time.forward(minutes=121)
    words = {"zh": "【示例通信】进展：配件已到。详询10000。", "en": "Example Telecom: The part has come. Help: 10000."}
    notice = draft(desk, number, kind="update", texts=words)
    address = f"/api/v1/notices/{notice['id']}/actions"
    assert notice["texts"] == words
    submitted = desk.post("dou", f"{address}/submit").json
    assert (submitted["state"], submitted["audience"]) == ("submitted", 20)
    assert desk.post("dou", f"{address}/approve", count=20).status_code == 403
    wrong = desk.post("ada", f"{address}/approve", count=21)
    assert (wrong.status_code, wrong.json["field"]) == (422, "count")
    assert desk.post("ada", f"{address}/approve", count=20).json["state"] == "approved"
    desk.send()
    assert desk.get("aud", f"/api/v1/notices/{notice['id']}").json["counts"] == {"submitted": 20}


@pytest.mark.proves("I9")
def test_one_person_at_night_overrides_on_record(desk: Desk, time: Time) -> None:
    number = desk.responding()
    desk.send()
    time.forward(minutes=121)
    notice = draft(desk, number, kind="update", texts={"zh": "进展通知", "en": "An update"})
    address = f"/api/v1/notices/{notice['id']}/actions"
    desk.post("dou", f"{address}/submit")
    taken = desk.post("dou", f"{address}/approve", count=20, override=True, reason="nobody else on shift")
    assert (taken.status_code, taken.json["override"]) == (200, True)
    assert "authority.overridden" in desk.kinds(number)


def test_the_plan_writes_updates_with_the_new_eta(desk: Desk) -> None:
    number = desk.responding()
    eta = desk.see(number)["responding_at"].replace("2026", "2027", 1)
    assert desk.refused("dou", number, "eta", eta=eta)["field"] == "eta"
    notice = draft(desk, number, kind="update")
    assert "梅江区" in str(notice["texts"])
    assert str(notice["texts"]["en"]).startswith("Example Telecom: ")  # type: ignore[index]


def test_a_notice_is_withdrawn_and_one_that_left_is_corrected(desk: Desk) -> None:
    number = desk.responding()
    desk.send()
    first = desk.notices(number)[0]
    corrected = desk.post("dou", f"/api/v1/notices/{first['id']}/actions/correct", reason="wrong district")
    assert corrected.status_code == 200, corrected.text
    desk.send()
    assert desk.notices(number)[1]["counts"] == {"submitted": 20}
    again = desk.post("dou", f"/api/v1/notices/{first['id']}/actions/withdraw", reason="twice")
    assert again.status_code == 409
    other = draft(desk, number, kind="update", texts={"zh": "进展", "en": "An update"})
    withdrawn = desk.post("dou", f"/api/v1/notices/{other['id']}/actions/withdraw", reason="not needed")
    assert withdrawn.json["state"] == "withdrawn"


def test_a_kind_without_a_text_in_the_plan_asks_for_one(desk: Desk) -> None:
    number = desk.responding()
    answer = desk.post("dou", "/api/v1/notices", incident=number, kind="survey")
    assert (answer.status_code, answer.json["field"]) == (422, "texts")


def test_the_list_is_read_on_and_filtered(desk: Desk) -> None:
    number = desk.responding()
    page = desk.get("aud", f"/api/v1/notices?incident={number}&limit=1").json
    rest = desk.get("aud", f"/api/v1/notices?incident={number}&limit=1&after={page['next']}").json
    assert [page["items"][0]["kind"], rest["items"][0]["kind"]] == ["correction", "first"]
    assert desk.get("aud", "/api/v1/notices?incident=none").status_code == 404
    assert desk.get("aud", "/api/v1/notices/999").status_code == 404
