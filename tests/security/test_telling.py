"""The flow with its steps and tasks; the list of those concerned; the decision to tell them or not."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from command.core.journal import Entry
from command.messages.models import Delivery
from command.network.models import Subscriber
from tests.conftest import Time
from tests.security.conftest import Office

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True), pytest.mark.proves("R25")]
FIRST = 12_020_000_000
"""The first subscriber's number without its country code."""


@pytest.fixture
def number(office: Office) -> str:
    found = office.leak()
    office.act("cou", found, "assess")
    office.act("cou", found, "activate")
    return found


def listed(*numbers: int) -> str:
    return "number\n" + "\n".join(f"+86{each}" for each in numbers)


@pytest.mark.parametrize("flow", ["leak", "tampering", "attack", "intrusion"])
def test_each_flow_has_its_steps_with_owners_and_times_and_its_tasks(office: Office, number: str, flow: str) -> None:
    chosen = office.secure("cou", number, "/flow", flow=flow)
    assert chosen.status_code == 200, chosen.text
    assert len(chosen.json["steps"]) == 8 and all(step["department"] for step in chosen.json["steps"])
    tasks = [task for task in office.see(number, "cou")["tasks"] if task["code"].startswith(flow)]
    assert tasks and all(task["title"] for task in tasks)
    assert office.secure("cou", number, "/flow", flow=flow).status_code == 409


def test_steps_are_settled_skipped_and_opened_on_record(office: Office, number: str, time: Time) -> None:
    office.secure("cou", number, "/flow", flow="leak")
    time.forward(hours=2)
    assert office.secure("cou", number, "/steps/contain", state="done").status_code == 200
    assert office.last(number, "security.step")["data"]["late"] is True
    assert office.secure("cou", number, "/steps/contain", state="done").status_code == 409
    assert office.secure("cou", number, "/steps/recover", state="skipped").json["field"] == "words"
    assert office.secure("cou", number, "/steps/recover", state="skipped", words="nothing was down").status_code == 200
    assert office.secure("cou", number, "/steps/decide", state="done").status_code == 409
    assert office.secure("cou", number, "/steps/dance", state="done").status_code == 404
    office.secure("cou", number, "/flow", flow="attack")
    kept = {step["code"]: step["state"] for step in office.shown(number)["steps"]}
    assert (kept["contain"], kept["recover"], kept["review"]) == ("done", "skipped", "open")
    page = office.get("cou", f"/incidents/{number}/security?lang=en").text
    assert "nothing was down" in page and "Skipped" in page


def test_the_list_names_rows_it_cannot_use_and_no_number_is_kept(office: Office, number: str) -> None:
    body = listed(FIRST, FIRST + 1, FIRST + 99_999) + "\nnot a number\n"
    made = office.secure("cou", number, "/concerned", list=body).json
    assert (made["added"], made["total"], made["refused"]) == (2, 2, 2)
    assert [(row["line"], row["why"]) for row in made["rows"]] == [(4, "nobody has it"), (5, "no phone number")]
    with office.database.read() as session:
        record = session.scalar(select(Subscriber.id).order_by(Subscriber.id).offset(5).limit(1))
        written = "".join(session.scalars(select(Entry.data)))
    assert office.secure("cou", number, "/concerned", list=f"record\n{record}\nx1\n").json["total"] == 3
    assert str(FIRST) not in written
    assert office.see(number, "cou")["records_leaked"] == 3
    for bad in ("", "colour\nred\n", "number\n"):
        assert office.secure("cou", number, "/concerned", list=bad or " ").status_code == 422


def test_telling_goes_to_exactly_those_concerned_by_a_second_person(office: Office, number: str) -> None:
    assert office.secure("cou", number, "/decision", tell=True, reason="they must know").status_code == 409
    office.secure("cou", number, "/concerned", list=listed(FIRST, FIRST + 21))
    decided = office.secure("cou", number, "/decision", tell=True, reason="they must know")
    assert decided.status_code == 200, decided.text
    notice = decided.json["decision"]["notice"]
    seen = office.get("cou", f"/api/v1/notices/{notice}").json
    assert (seen["state"], seen["audience"]) == ("submitted", 2) and "http" not in str(seen["texts"])
    assert office.post("cou", f"/api/v1/notices/{notice}/actions/approve", count=2).status_code == 403
    assert office.post("dep", f"/api/v1/notices/{notice}/actions/approve", count=2).status_code == 200
    office.send()
    with office.database.read() as session:
        told = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.notice_id == notice))
    assert told == 2
    office.secure("cou", number, "/concerned", list=listed(FIRST + 2))
    assert office.secure("cou", number, "/decision", tell=True, reason="one more").status_code == 200


def test_it_is_not_over_before_those_concerned_are_told_or_it_is_decided_not_to(office: Office, number: str) -> None:
    def why_not() -> str:
        refused = office.post("cou", f"/api/v1/incidents/{number}/actions/restore?lang=en", evidence="all is well")
        assert refused.status_code == 409, refused.text
        why: str = refused.get_json()["detail"]
        return why

    office.secure("cou", number, "/concerned", list=listed(FIRST, FIRST + 21))
    assert "whether those concerned are told is not decided" in why_not()
    decided = office.secure("cou", number, "/decision", tell=True, reason="they must know").json["decision"]
    assert "those concerned have not been told yet" in why_not()
    office.post("dep", f"/api/v1/notices/{decided['notice']}/actions/approve", count=2)
    assert "those concerned have not been told yet" in why_not(), "approved is not sent"
    office.send()
    assert office.act("cou", number, "restore", evidence="all is well")["state"] == "restored"
    assert office.get("cou", f"/api/v1/notices/{decided['notice']}").json["state"] == "sent"


def test_not_telling_needs_a_reason_and_a_day_to_look_again(office: Office, number: str) -> None:
    office.secure("cou", number, "/flow", flow="leak")
    assert office.secure("cou", number, "/decision", tell=False, reason="").json["field"] == "reason"
    assert office.secure("cou", number, "/decision", tell=False, reason="no harm").json["field"] == "reconsider_on"
    past = office.secure("cou", number, "/decision", tell=False, reason="no harm", reconsider_on="2020-01-01")
    assert past.status_code == 422
    done = office.secure("cou", number, "/decision", tell=False, reason="no harm yet", reconsider_on="2099-01-01")
    assert done.json["decision"]["reconsider_on"] == "2099-01-01"
    assert next(step for step in done.json["steps"] if step["code"] == "decide")["state"] == "done"
    assert office.last(number, "security.telling")["data"]["telling"] == "not_told"
    assert office.secure("eng", number, "/decision", tell=False, reason="x").status_code == 403


def test_on_the_day_a_decision_not_to_tell_is_before_its_maker_again(office: Office, number: str, time: Time) -> None:
    day = (time.now() + timedelta(days=10)).date().isoformat()
    office.secure("cou", number, "/decision", tell=False, reason="no harm yet", reconsider_on=day)
    waits = "/board/part/decisions?lang=en"
    assert "tell those concerned after all?" not in office.get("cou", waits).text
    time.forward(days=11)
    page = office.get("cou", waits).text
    assert "tell those concerned after all?" in page and f"/incidents/{number}/security" in page
    for other in ("ops", "aud", "dou"):
        assert number not in office.get(other, waits).text
    later = (time.now() + timedelta(days=30)).date().isoformat()
    assert (
        office.secure("cou", number, "/decision", tell=False, reason="still none", reconsider_on=later).status_code
        == 200
    )
    assert "tell those concerned after all?" not in office.get("cou", waits).text


def test_a_notice_of_such_an_incident_holds_no_link(office: Office, number: str) -> None:
    texts = {"zh": "请登录 http://example.cn 改密码", "en": "log in at http://example.com"}
    refused = office.post("cou", "/api/v1/notices", incident=number, kind="first", texts=texts)
    assert (refused.status_code, refused.json["field"]) == (422, "texts.zh")


def test_a_list_is_brought_in_on_the_page_and_errors_come_back_as_a_file(office: Office, number: str) -> None:
    import_form = {"file": (io.BytesIO(listed(FIRST, 1).encode()), "list.csv"), "errors": "1"}
    got = office.ask("cou", "POST", f"/incidents/{number}/security/concerned", data=import_form)
    assert got.headers["Content-Type"].startswith("text/csv") and got.text.splitlines()[1].startswith("3,")
    assert office.ask("cou", "POST", f"/incidents/{number}/security/concerned", data={}).status_code == 422
