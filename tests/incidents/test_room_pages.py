"""The pages of the incident room without JavaScript: forms that keep what was typed, a journal with filters, comments."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.incidents.conftest import Desk

PASSWORD = "four words nobody joins"
CSRF = r'name="csrf_token" value="'


class Reader:
    """Somebody at a browser without JavaScript."""

    def __init__(self, desk: Desk, username: str) -> None:
        self.client: FlaskClient = desk.client()
        hashed = passwords.hashed(PASSWORD)
        desk.database.write(
            lambda session: people.set_password(session, session.get_one(Person, desk.people[username]), hashed)
        )
        self.client.get("/sign-in")
        token = self._token("/sign-in")
        self.client.post("/sign-in", data={"username": username, "password": PASSWORD, "csrf_token": token})

    def _token(self, address: str) -> str:
        text: str = self.client.get(address).text
        return text.partition(CSRF)[2].partition('"')[0]

    def get(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.text
        text: str = answer.text
        return text

    def send(self, address: str, form: str, **data: str) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self._token(form), **data})


@pytest.fixture
def ada(desk: Desk) -> Iterator[Reader]:
    yield Reader(desk, "ada")


def do(reader: Reader, number: str, action: str, **data: str) -> TestResponse:
    address = f"/incidents/{number}/do/{action}"
    return reader.send(f"{address}?lang=en", f"{address}?lang=en", **data)


@pytest.mark.proves("R6", "R7", "R8", "R14")
def test_a_whole_life_goes_by_forms(desk: Desk, ada: Reader) -> None:
    number = desk.report("dou", elements=["CELL-1"])["number"]
    for action, data in (
        ("assess", {"reason": "a whole district"}),
        ("activate", {}),
        ("eta", {"in": "60"}),
        ("locate", {"fault_class": "hardware", "reason": "splice closure"}),
        ("facts", {"feedback": "forty calls", "measures": "crew sent"}),
        ("objective", {"text": "Hospitals first"}),
        ("raise", {"tier": "2", "reason": "it spreads"}),
        ("lower", {"tier": "4", "reason": "it does not"}),
        ("transfer", {"to": "dou", "role": "commander", "briefing": "as it stands"}),
        ("restore", {"evidence": "test calls succeed"}),
        ("review", {"cause": "a digger"}),
        ("review", {"cause": "a digger", "effect": "an hour", "improvements": "markers"}),
        ("reopen", {"reason": "it is back"}),
    ):
        answer = do(ada, number, action, **data)
        assert (answer.status_code, answer.headers.get("Location")) == (303, f"/incidents/{number}"), (
            action,
            answer.text,
        )
    seen = desk.see(number)
    assert (seen["state"], seen["tier"], seen["commander"]["username"]) == ("responding", 4, "dou")
    assert (seen["cause"], seen["fault_class"], seen["eta"] is not None) == ("a digger", "hardware", True)
    written = [line for line in desk.journal(number) if line["kind"] == "incident.review_written"]
    assert [line["data"]["parts"] for line in written] == [["cause"], ["effect", "improvement"]], "only what changed"


def test_a_refusal_keeps_what_was_typed_and_says_what_to_mend(desk: Desk, ada: Reader) -> None:
    number = desk.responding()
    answer = do(ada, number, "transfer", to="nobody", role="commander", briefing="an hour of typing")
    assert answer.status_code == 422
    assert "There is nobody called nobody." in answer.text and "an hour of typing" in answer.text
    late = do(ada, number, "eta", eta="2020-01-01T08:00", reason="typed too")
    assert late.status_code == 422 and "typed too" in late.text
    none = do(ada, number, "eta")
    assert none.status_code == 422 and "No time is given." in none.text
    odd = do(ada, number, "raise", tier="9")
    assert odd.status_code == 422
    assert do(ada, number, "fly").status_code == 404


@pytest.mark.proves("B10")
def test_cancelling_says_how_many_will_get_a_correction(desk: Desk, ada: Reader) -> None:
    number = desk.responding()
    desk.send()
    form = ada.get(f"/incidents/{number}/do/cancel?lang=en")
    assert "20 people who were told will get a correction." in form
    lower = ada.get(f"/incidents/{desk.responding(elements=['CELL-4'])}/do/cancel?lang=en")
    assert "Nobody has been told, so nobody gets a correction." in lower


def test_merging_shows_what_passes_to_the_other_before_it_happens(desk: Desk, ada: Reader) -> None:
    number, other = desk.responding(), desk.responding(elements=["CELL-4"])
    hidden = desk.report("ada", kind="information_security", elements=["CELL-5"])["number"]
    form = ada.get(f"/incidents/{number}/do/merge?lang=en&into={other}")
    assert f"1 failed elements and their alarms pass to {other}." in form
    assert hidden in form, "whoever reported it may know of it"
    eng = Reader(desk, "ops")
    assert hidden not in eng.get(f"/incidents/{number}/do/merge?lang=en")
    assert do(ada, number, "merge", into=other, reason="one cable").status_code == 303
    assert desk.see(number)["merged_into"] == other


def test_a_forbidden_action_says_why_in_its_form_and_offers_no_button(desk: Desk, ada: Reader) -> None:
    number = desk.responding()
    form = ada.get(f"/incidents/{number}/do/close?lang=en")
    assert "This is not possible now." in form and "possible only when it is reviewing" in form
    assert "Close the incident" not in form
    assert do(ada, number, "close").status_code == 409


@pytest.mark.proves("I9", "B10")
def test_telling_the_affected_is_drafted_from_the_plan_and_waits_for_a_second_person(desk: Desk, ada: Reader) -> None:
    number = desk.responding()
    form = ada.get(f"/incidents/{number}/do/notice?lang=en")
    assert "Update to the" in form
    answer = do(ada, number, "notice", zh="进展：仍在抢修。", en="We are still at work.")
    assert answer.status_code == 303, answer.text
    waiting = [each for each in desk.notices(number) if each["kind"] == "update"]
    assert [(each["state"], each["approved_by"]) for each in waiting] == [("submitted", None)]


@pytest.mark.proves("R17", "B8")
def test_the_journal_is_filtered_by_what_who_and_words(desk: Desk, ada: Reader) -> None:
    number = desk.responding()
    desk.post("kef", f"/api/v1/incidents/{number}/comments", text="the mayor calls")
    page = f"/incidents/{number}/journal-page?lang=en"

    def lines(query: str) -> list[str]:
        return [part.partition("</span>")[0] for part in ada.get(page + query).split("<li id=")[1:]]

    everything = lines("")
    assert len(everything) > 10
    comments = ada.get(page + "&group=comments")
    assert comments.count("<li id=") == 1 and "the mayor calls" in comments
    tasks = ada.get(page + "&group=tasks")
    assert "given to" in tasks and "the mayor calls" not in tasks
    mine = ada.get(f"{page}&actor=person:{desk.people['kef']}")
    assert mine.count("<li id=") == 1
    assert ada.get(page + "&words=MAYOR").count("<li id=") == 1
    assert ada.get(page + "&words=市长").count("<li id=") == 0
    assert "No entry is like this." in ada.get(page + "&until=2020-01-01T00:00")
    assert "This is not a time." in ada.get(page + "&since=soon")


def test_a_long_journal_is_read_in_pages_without_a_gap(desk: Desk, ada: Reader) -> None:
    number = desk.report("dou", elements=["CELL-1"])["number"]
    for n in range(60):
        assert desk.post("kef", f"/api/v1/incidents/{number}/comments", text=f"remark {n:02}").status_code == 201
    first = ada.get(f"/incidents/{number}/journal-page?group=comments")
    address = first.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    rest = ada.get(address)
    found = [n for n in range(60) if f"remark {n:02}" in first]
    assert found == list(range(10, 60))
    assert [n for n in range(60) if f"remark {n:02}" in rest] == list(range(10))


def test_a_comment_by_form_leads_to_the_journal_and_one_without_words_is_kept(desk: Desk, ada: Reader) -> None:
    number = desk.responding()
    page = f"/incidents/{number}/journal-page"
    answer = ada.send(f"/incidents/{number}/comments", page, text="a remark")
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert "a remark" in ada.get(page)
    assert ada.send(f"/incidents/{number}/comments", page, text=" ").status_code == 422


def test_every_action_of_the_page_has_a_key_of_its_own(desk: Desk, ada: Reader) -> None:
    number = desk.report("dou", elements=["CELL-1"])["number"]
    for action in (None, "assess", "activate", "restore", "review"):
        if action:
            desk.act("ada", number, action, **({"evidence": "test calls"} if action == "restore" else {}))
        page = ada.get(f"/incidents/{number}?lang=en")
        keys = re.findall(r'data-key="(.)"', page)
        assert len(keys) > 8 and len(keys) == len(set(keys)), keys
        for barred in re.findall(r'aria-disabled="true" aria-describedby="([^"]+)"', page):
            assert f'id="{barred}"' in page
        assert page.count('aria-disabled="true"') == len(re.findall(r'aria-disabled="true" aria-describedby=', page))


@pytest.mark.proves("R19")
def test_a_restricted_incident_has_no_room_for_outsiders(desk: Desk) -> None:
    number = desk.report("sec", kind="information_security", elements=["CELL-4"], summary="a leak")["number"]
    outsider = Reader(desk, "ops")
    for place in ("/actions", "/do/cancel", "/journal-page", "/briefing"):
        assert outsider.client.get(f"/incidents/{number}{place}").status_code == 404
    assert outsider.client.get(f"/incidents/{number}").status_code == 404
