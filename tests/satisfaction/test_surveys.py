"""After a restoration those told are asked once, in the lane behind everything; they answer by SMS, by link or by phone, and whoever is
not served is called back (R16)."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints.models import Case
from command.core import clock
from command.core.journal import Entry
from command.messages import optouts
from command.messages.bad_models import BadNumber, Standing
from command.messages.models import TOLD, Lane, Purpose
from command.network.models import Subscriber
from command.oncall.models import Page, PageState
from command.people.models import Person
from command.satisfaction import links, reading
from tests.satisfaction.conftest import FIRST, Asker

pytestmark = [pytest.mark.proves("R16"), pytest.mark.usefixtures("everybody")]
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _takes_no_sms(session: Session, person: Subscriber) -> None:
    now = clock.now(session)
    row = {"recipient": person.number_index, "addressee": person.id, "last_at": now, "marked_at": now}
    session.add(BadNumber(**row, state=Standing.MARKED, reason="absent"))


def test_those_told_the_all_clear_are_asked_once_it_is_over_behind_everything_else(asker: Asker) -> None:
    with asker.database.read() as session:
        known = session.scalars(select(Subscriber).order_by(Subscriber.id).limit(20)).all()
    asker.do(lambda session: optouts.opt_out(session, known[3].number_index, "reply"))
    asker.do(lambda session: _takes_no_sms(session, known[4]))
    settings = asker.installation.settings.model_copy(update={"observation_factor": 2})
    asker.database.info["settings"] = settings
    number = asker.restored()
    assert asker.look(number)["survey"]["state"] == "planned"
    asker.time.forward(minutes=59)
    asker._tokens.clear()
    asker.engine()
    assert asker.texts() == [], "due, but the repair is watched still"
    asker.time.forward(minutes=2)
    asker._tokens.clear()
    asker.engine()
    asker.engine()
    found = asker.texts()
    assert {delivery.recipient for delivery, _ in found} == {each.number_index for each in known} - {
        known[3].number_index,
        known[4].number_index,
    }
    assert len(found) == 18
    assert all(
        delivery.lane == Lane.SURVEY and delivery.state in TOLD and not delivery.exercise for delivery, _ in found
    )
    english = next(text for delivery, text in found if delivery.recipient == asker.installation.keyring.index(FIRST))
    assert "0 not back yet" in english and re.search(r"http\S+/s/\d+\.\S+", english)
    assert sum("尚未恢复" in text for _, text in found) == 14
    survey = asker.look(number)["survey"]
    assert (survey["state"], survey["audience"], survey["asked"], survey["sent"]) == ("open", 19, 18, 18)
    assert asker.kinds(number).count("survey.sent") == 1


@ONE
def test_nobody_is_asked_of_exercises_or_where_nobody_was_told(asker: Asker) -> None:
    drill = asker.report("tra", elements=["CELL-2"], exercise=True)["number"]
    asker.act("dou", drill, "assess")
    asker.act("dou", drill, "activate")
    asker.act("ada", drill, "restore", evidence="it is over")
    assert asker.look(drill)["survey"] is None
    number = asker.report("dou", kind="service_interruption")["number"]
    asker.act("dou", number, "assess")
    asker.act("dou", number, "activate")
    asker.act("dou", number, "restore", evidence="test calls succeed")
    asker.pass_days(4)
    asker.engine()
    found = asker.look(number)["survey"]
    assert (found["state"], found["why"], asker.texts()) == ("void", "nobody_told", [])


def test_one_digit_is_an_answer_changeable_until_the_survey_closes(asker: Asker) -> None:
    number = asker.asked()
    row = next(each for each in asker.rows() if asker.number_of(each) == FIRST)
    assert asker.reply(FIRST, " ５分。") == "answered"
    assert asker.reply(FIRST, "3") == "answered"
    assert asker.reply(FIRST, "9") == "answered"
    after = next(each for each in asker.rows() if each.id == row.id)
    assert (after.satisfaction, after.restored, after.via) == (3, True, "sms")
    said = [text for _, text in asker.texts(Purpose.ANSWER)]
    assert said == ["Thank you for your answer.", "Thank you for your answer.", said[2]] and "0 to 5" in said[2]
    assert asker.reply("+8612099999999", "5") == "unknown_sender"
    assert asker.reply(FIRST, "yes please") == "not_understood", "it goes to the follow-up list"
    figures = asker.look(number)["survey"]["figures"]
    assert (figures["asked"], figures["answered"], figures["score"]["value"]) == (20, 1, 60.0)
    asker.pass_days(8)
    asker.engine()
    assert asker.look(number)["survey"]["state"] == "closed"
    assert asker.reply(FIRST, "5") == "unknown_sender"
    assert asker.kinds(number).count("survey.closed") == 1


def test_zero_opens_a_case_and_a_call_back_that_ends_with_its_result(asker: Asker) -> None:
    number = asker.asked()
    for digit in ("2", "0", "0"):
        assert asker.reply(FIRST, digit) == "answered"
    assert "call" in asker.texts(Purpose.ANSWER)[-1][1]
    (follow_up,) = asker.get("kef", "/api/v1/surveys/follow-ups").json["follow_ups"]
    assert (follow_up["why"], follow_up["number"], follow_up["restored"]) == ("not_restored", "120****0000", False)
    with asker.database.read() as session:
        (case,) = session.scalars(select(Case)).all()
        assert (case.reference, case.owner_id, case.complaint) == (follow_up["case"], None, True)
    assert asker.see(number)["complaints"] == 1
    address = f"/api/v1/surveys/follow-ups/{follow_up['id']}/actions/record"
    assert asker.post("kef", address, result="not_reached").json["state"] == "open"
    refused = asker.post("kef", address, result="solved")
    assert (refused.status_code, refused.json["field"]) == (422, "words")
    done = asker.post("kef", address, result="solved", words="the router was off")
    assert (done.json["state"], done.json["calls"], done.json["result_words"]) == ("done", 2, "the router was off")
    assert asker.post("kef", address, result="solved", words="again").status_code == 409
    assert asker.get("kef", "/api/v1/surveys/follow-ups").json["follow_ups"] == []
    assert asker.kinds(number).count("survey.followed_up") == 2
    assert asker.post("eng", address, result="reached", words="x").status_code == 403


@ONE
def test_codes_of_those_on_call_go_on_working_beside_a_survey(asker: Asker) -> None:
    def theirs(session: Session) -> None:
        engineer = session.get_one(Person, asker.people["eng"])
        known = session.scalars(select(Subscriber).order_by(Subscriber.id)).first()
        assert known is not None
        engineer.number, engineer.number_index = known.number, known.number_index

    asker.asked()
    asker.do(theirs)
    asker.responding(elements=["CELL-4"], area="800201")
    asker.send()
    with asker.database.read() as session:
        page = session.scalars(
            select(Page).where(Page.person_id == asker.people["eng"]).order_by(Page.id.desc())
        ).first()
        assert page is not None
    assert asker.reply(FIRST, "4") == "answered"
    assert asker.reply(FIRST, f"{page.code}") == "answered"
    with asker.database.read() as session:
        assert session.get_one(Page, page.id).state == PageState.ACKNOWLEDGED
    assert next(each for each in asker.rows() if asker.number_of(each) == FIRST).satisfaction == 4


@ONE
def test_the_fault_coming_back_first_takes_the_question_back(asker: Asker) -> None:
    number = asker.restored()
    asker.act("ada", number, "reopen", reason="it failed again")
    assert asker.look(number)["survey"]["why"] == "fault_returned"
    asker.act("ada", number, "restore", evidence="test calls succeed again")
    survey = asker.look(number)["survey"]
    assert (survey["state"], survey["why"]) == ("planned", None)
    refused = asker.post("dou", f"/api/v1/incidents/{number}/survey/actions/cancel", reason=" ")
    assert (refused.status_code, refused.json["field"]) == (422, "reason")
    done = asker.post("dou", f"/api/v1/incidents/{number}/survey/actions/cancel", reason="a competitor's outage")
    assert done.json["survey"]["state"] == "cancelled"
    asker.pass_days(1)
    asker.engine()
    assert asker.texts() == []


@ONE
def test_a_survey_that_has_left_is_not_cancelled(asker: Asker) -> None:
    number = asker.asked()
    refused = asker.post("dou", f"/api/v1/incidents/{number}/survey/actions/cancel", reason="bad figures")
    assert refused.status_code == 409 and asker.look(number)["survey"]["state"] == "open"


@ONE
def test_the_form_behind_the_link_asks_three_questions_and_keeps_what_was_typed(asker: Asker) -> None:
    number = asker.asked()
    row = next(each for each in asker.rows() if asker.number_of(each) == FIRST)
    page = asker.form(row).text
    assert "Is your service back?" in page and "first response" in page and "20000000" not in page
    assert "您的服务恢复了吗" in asker.form(row, lang="zh").text
    empty = asker.form(row, {"words": "typed before"})
    assert empty.status_code == 422 and "typed before" in empty.text
    assert asker.form(row, {"satisfaction": "6"}).status_code == 422
    sent = {"restored": "yes", "satisfaction": "4", "first_response": "2", "words": "call me on 13800138000"}
    done = asker.form(row, sent)
    assert done.status_code == 200 and "Thank you" in done.text and "13800138000" not in done.text
    figures = asker.look(number)["survey"]["figures"]
    assert figures["first_response"]["value"] == 0.0 and figures["satisfied"]["value"] == 100.0
    path = links.path(asker.installation, row.id)
    assert asker.client().get(path[:-2] + "xx").status_code == 404
    assert asker.client().post(path.replace("/s/", "/s/9"), data=sent).status_code == 404
    with asker.database.read() as session:
        assert not [entry for entry in session.scalars(select(Entry)) if "138001" in entry.data]
    asker.pass_days(8)
    asker.engine()
    assert "closed" in asker.form(row).text and asker.form(row, sent).status_code == 409


@ONE
def test_an_agent_enters_what_a_customer_says_by_phone(asker: Asker) -> None:
    number = asker.asked()
    address = f"/api/v1/incidents/{number}/survey/answers"
    said = {"restored": True, "satisfaction": 1, "first_response": 5, "words": "too slow"}
    assert asker.post("kef", address, number="120 2000 0001", **said).status_code == 201
    (follow_up,) = asker.look(number, "kef")["follow_ups"]
    assert (follow_up["why"], follow_up["words"], follow_up["case"]) == ("unsatisfied", "too slow", None)
    for typed, field in (("12", "number"), ("+8612020000035", "number")):
        refused = asker.post("kef", address, number=typed, **said)
        assert (refused.status_code, refused.json["field"]) == (422, field), refused.text
    assert asker.post("kef", address, number=FIRST).json["field"] == "satisfaction"
    assert asker.post("eng", address, number=FIRST, **said).status_code == 403
    assert asker.look(number, "eng")["follow_ups"] == []


@ONE
def test_pages_show_figures_progress_and_call_backs_and_take_what_is_said(asker: Asker) -> None:
    number = asker.asked()
    asker.reply(FIRST, "1")
    visitor = asker.sign_in("kef")
    page = visitor.see("/surveys")
    assert number in page and "120****0000" in page and "few answers" in page
    assert "恢复后满意度" in visitor.see("/surveys", "zh")
    assert visitor.client.get("/surveys?from=yesterday").status_code == 422
    tab = f"/incidents/{number}/survey"
    assert "Told the all-clear" in visitor.see(tab)
    follow_up = asker.get("kef", "/api/v1/surveys/follow-ups").json["follow_ups"][0]["id"]
    to = f"/surveys/follow-ups/{follow_up}"
    refused = visitor.send(to, tab, result="reached", words="")
    assert refused.status_code == 422
    assert visitor.send(to, tab, result="reached", words="will be visited", back="incident").status_code == 303
    assert "will be visited" in visitor.see(tab)
    answered = visitor.send(f"{tab}/answers", tab, number="12020000002", satisfaction="5", restored="true")
    assert answered.status_code == 303
    wrong = visitor.send(f"{tab}/answers", tab, number="nobody", satisfaction="5", words="typed before")
    assert wrong.status_code == 422 and "typed before" in wrong.text
    assert "phone" in asker.get("kef", f"/api/v1/incidents/{number}/journal?limit=500").text


@ONE
def test_figures_of_a_period_pool_the_answers_a_reader_may_know_of(asker: Asker) -> None:
    number = asker.asked()
    asker.reply(FIRST, "5")
    found = asker.get("dou", "/api/v1/surveys?lang=en").json
    assert [each["incident"] for each in found["surveys"]] == [number]
    assert (found["figures"]["answered"], found["figures"]["response"]["value"]) == (1, 5.0)
    with asker.database.read() as session:
        now = asker.time.now()
        later = reading.figures(session, now, now, asker.principal("dou"))
        assert later.asked == 0
