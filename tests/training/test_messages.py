"""Invitations, reminders and what ends: to staff, once each, between 8:00 and 20:00; and the calendar."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from command.engine import training
from command.messages.models import Delivery
from command.oncall.duties import feeds
from command.people.models import Person
from tests.training.conftest import API, ONE, TRAINER, School

pytestmark = pytest.mark.proves("R10")


def test_who_is_invited_is_told_once_reminded_the_day_before_and_told_when_it_is_off(school: School) -> None:
    school.long_there()
    school.at(21)
    made = school.planned(days=5)
    school.look()
    assert school.texts("eng") == []
    school.at(8, minute=1)
    engines = [threading.Thread(target=training.run_once, args=(school.installation,)) for _ in range(3)]
    for engine in engines:
        engine.start()
    for engine in engines:
        engine.join()
    (invited,) = school.texts("eng")
    assert "you are invited to the training “Phishing and leaks”" in invited
    assert f"/training/sessions/{made}" in invited and "[DRILL]" not in invited
    school.act("kef", made, "leave")
    school.act("sec", made, "join")
    school.at(15, days=3)
    school.look()
    assert [len(school.texts(each)) for each in ("eng", "kef", "sec", "ops")] == [2, 1, 1, 0]
    assert "reminder" in school.texts("eng")[-1]
    assert school.act(TRAINER, made, "cancel", reason="").status_code == 422
    assert school.act(TRAINER, made, "cancel", reason="The teacher is ill").json["reason"] == "The teacher is ill"
    school.look()
    assert "was called off" in school.texts("eng")[-1] and len(school.texts("kef")) == 1
    with school.database.read() as session:
        assert not any(row.exercise for row in session.query(Delivery))


@ONE
def test_another_time_is_told_anew(school: School) -> None:
    school.long_there()
    made = school.planned(days=5)
    school.look()
    changed = school.ask(
        TRAINER, "PUT", f"{API}/sessions/{made}", json=school.wanted(days=6, version=1, title="Phishing")
    )
    assert changed.status_code == 200
    school.look()
    assert len(school.texts("eng")) == 2 and "“Phishing”" in school.texts("eng")[-1]


def test_what_ends_is_told_30_7_and_1_days_ahead_and_what_was_renewed_no_more(school: School) -> None:
    school.long_there()
    held = school.today() - timedelta(days=365 - 31)
    ends = held.replace(year=held.year + 1)
    school.earlier(f"eng,fault_finding,{held},90,80,,", f"sec,fault_finding,{held},90,80,,")
    told = []
    for _ in range(34):
        before = len(school.texts("eng"))
        school.look()
        told += [(ends - school.today()).days] * (len(school.texts("eng")) - before)
        if (ends - school.today()).days == 10:
            school.earlier(f"sec,fault_finding,{school.today()},90,80,,")
        school.at(9, days=1)
    assert told == [30, 7, 1]
    assert "your training in fault finding and repair expires on" in school.texts("eng")[0]
    assert len(school.texts("sec")) == 1


@ONE
def test_somebody_new_is_told_by_when_the_first_training_is_due(school: School) -> None:
    school.look()
    (text,) = school.texts("eng")
    assert "your first training in" in text and "and 2 more" in text
    assert school.cell("eng", "fault_finding")["stands"] == "due"
    school.at(9, days=31)
    assert school.cell("eng", "fault_finding")["stands"] == "missing"


@ONE
def test_ones_own_calendar_has_ones_sessions(school: School) -> None:
    made = school.planned(days=5)

    def calendar(who: str) -> str:
        def work(session: Session) -> bytes:
            person = session.get_one(Person, school.people[who])
            return feeds.read(session, feeds.create(session, person, None), "https://tocsin.example")

        found: bytes = school.do(work)
        return found.decode()

    assert "SUMMARY:Training: Phishing and leaks" in calendar("eng")
    assert f"/training/sessions/{made}" in calendar(TRAINER) and "Phishing" not in calendar("ops")
    school.act("eng", made, "leave")
    assert "Phishing" not in calendar("eng")
