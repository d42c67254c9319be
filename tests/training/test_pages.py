"""The pages of training in both languages, without scripts; what was typed is kept; exports; the certificate as PDF."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from command.core.journal import Entry
from command.core.paths import CONFIG
from command.demo import training as demo
from tests.conftest import Time
from tests.training.conftest import API, ONE, TRAINER, School

pytestmark = [pytest.mark.proves("R10"), ONE]


def test_a_trainer_plans_marks_and_closes_by_page(school: School) -> None:
    trainer = school.sign_in(TRAINER)
    new = "/training/sessions/new"
    form = {**school.wanted(), "materials": "https://intranet.example/leaks Slides of the day", "minutes": "90"}
    refused = trainer.send(new, new, **{**form, "zone": "Asia/Atlantis"})
    assert refused.status_code == 422 and "Phishing and leaks" in refused.text and "Asia/Atlantis" in refused.text
    assert "https://intranet.example/leaks Slides" in refused.text
    assert 'value="person:eng" selected' in refused.text and 'value="information_security" checked' in refused.text
    assert "This is no time zone." in refused.text
    made = trainer.send(new, new, **form)
    page = made.headers["Location"]
    assert made.status_code == 303
    for language, words in (("en", "Slides of the day"), ("zh", "手机签到")):
        assert words in trainer.see(page, language)
    edit = f"{page}/edit"
    assert "Slides of the day" in trainer.see(edit)
    changed = trainer.send(edit, edit, **{**form, "title": "Leaks", "version": "1"})
    assert changed.status_code == 303, changed.text
    school.at(14, days=10, minute=10)
    trainer, phone = school.sign_in(TRAINER), school.sign_in("eng")
    code = school.get(TRAINER, f"{API}/sessions/1").json["code"]
    assert code in phone.see(f"{page}/here?code={code}")
    missed = phone.send(f"{page}/here", f"{page}/here", code="12")
    assert missed.status_code == 422 and "This is not the code" in missed.text
    assert phone.send(f"{page}/here", f"{page}/here", code=code).status_code == 303
    assert "You are on the list as there." in phone.see(f"{page}/here")
    wrong = trainer.send(
        f"{page}/attendance", page, person=["eng", "kef"], **{"attendance-eng": "came", "score-eng": "high"}
    )
    assert wrong.status_code == 422 and 'value="high"' in wrong.text
    marks = {"attendance-eng": "came", "score-eng": "95", "attendance-kef": "excused", "score-kef": ""}
    saved = trainer.send(f"{page}/attendance", page, person=["eng", "kef"], also="sec", also_score="85", **marks)
    assert saved.status_code == 303, saved.text
    assert trainer.send(f"{page}/conclude", page).status_code == 303
    after = trainer.see(page)
    assert after.count("/training/certificates/TC-") == 2 and "closed the session: 2 came, 1 excused" in after
    assert phone.see("/training", "zh").count("有效") and "信息安全处置" in phone.see("/training", "zh")
    assert phone.client.get(f"{page}/edit").status_code == 403


def test_a_certificate_is_printed_saved_as_pdf_and_revoked(school: School) -> None:
    school.earlier(f"eng,fault_finding,{school.today() - timedelta(days=30)},90,80,,HX-17")
    number = school.cell("eng", "fault_finding")["number"]
    trainer, page = school.sign_in(TRAINER), f"/training/certificates/{number}"
    assert "HX-17" in trainer.see(page) and "培训合格证书" in trainer.see(page, "zh")
    for language in ("en", "zh"):
        file = trainer.client.get(f"{page}.pdf?lang={language}")
        assert file.status_code == 200 and file.data.startswith(b"%PDF") and b"STSong-Light" in file.data
    empty = trainer.send(f"{page}/revoke", page, reason="")
    assert empty.status_code == 422 and "Say why it is revoked." in empty.text
    before = len(trainer.client.get(f"{page}.pdf?lang=en").data)
    assert trainer.send(f"{page}/revoke", page, reason="A false name").status_code == 303
    assert "REVOKED" in trainer.see(page) and "A false name" in trainer.see(page)
    assert len(trainer.client.get(f"{page}.pdf?lang=en").data) > before
    assert school.sign_in("ops").client.get(page).status_code == 404


def test_on_new_years_morning_a_certificate_is_of_the_new_year_and_revoked_on_that_day(
    school: School, time: Time
) -> None:
    zone = school.installation.settings.tz
    now = time.now().astimezone(zone)
    morning = datetime(now.year + 1, 1, 1, 6, tzinfo=zone)  # still the last day of the old year by UTC
    time.forward(seconds=(morning - now).total_seconds())
    school.earlier(f"eng,fault_finding,{school.today() - timedelta(days=30)},90,80,,")
    number, trainer = school.cell("eng", "fault_finding")["number"], school.sign_in(TRAINER)
    assert number.startswith(f"TC-{morning.year}-")
    page = f"/training/certificates/{number}"
    assert trainer.send(f"{page}/revoke", page, reason="A false name").status_code == 303
    sent = school.sign_in("aud").send("/training/matrix/export", "/training/matrix", what="records")
    assert [row[-2] for row in csv.reader(io.StringIO(sent.text)) if number in row] == [str(morning.date())]


def test_the_matrix_says_by_word_and_shape_and_is_taken_away_as_a_file_on_record(school: School) -> None:
    school.long_there()
    school.earlier(f"eng,fault_finding,{school.today() - timedelta(days=30)},90,80,,=HX-17")
    auditor = school.sign_in("aud")
    page = auditor.see("/training/matrix?topic=fault_finding")
    assert page.count("▲</span> missing") >= 3 and "●</span> fine" in page and "/training/people/eng" in page
    assert "▲</span> 尚缺" in auditor.see("/training/matrix", "zh")
    assert auditor.client.get("/training/matrix?department=kitchen&lang=en").status_code == 422
    files = {}
    for what in ("matrix", "records"):
        sent = auditor.send("/training/matrix/export", "/training/matrix", what=what)
        files[what] = list(csv.reader(io.StringIO(sent.text.lstrip("\ufeff"))))
    assert len(files["matrix"]) == 1 + len(school.people)
    assert any("'=HX-17" in row for row in files["records"])
    with school.database.read() as session:
        assert len(list(session.scalars(select(Entry).where(Entry.kind == "training.exported")))) == 2
    engineer = school.sign_in("eng")
    assert "/training/matrix" not in engineer.see("/training")
    assert "fine" in engineer.see("/training/people/eng")


def test_the_page_of_everybody_offers_what_is_needed_and_refusals_are_shown(school: School) -> None:
    made = school.planned(targets=[], capacity=1)
    page = f"/training/sessions/{made}"
    first, second = school.sign_in("eng"), school.sign_in("sec")
    assert "first training due" in first.see("/training") and "Phishing and leaks" in first.see("/training")
    assert first.send(f"{page}/join", page).status_code == 303
    full = second.send(f"{page}/join", page)
    assert full.status_code == 409 and "All 1 places of this session are taken." in full.text
    assert first.send(f"{page}/leave", page).status_code == 303
    trainer = school.sign_in(TRAINER)
    off = trainer.send(f"{page}/cancel", page, reason="")
    assert off.status_code == 422 and "Say why it is called off." in off.text
    assert trainer.send(f"{page}/cancel", page, reason="No room").status_code == 303
    assert "No room" in second.see(page) and "Called off" in second.see("/training/sessions")
    assert second.client.get("/training/sessions/77").status_code == 404


def test_the_demo_fills_the_matrix_once_and_tells_nobody(school: School, tmp_path: Path) -> None:
    swapped = (CONFIG / "demo" / "training.yaml").read_text("utf-8")
    for old, new in (("han.mei", "tra"), ("zhao.lei", "ada"), ("li.hong", "pre"), ("zhou.jing", "dep")):
        swapped = swapped.replace(old, new)
    for old in ("wu.tao", "zheng.fan", "qian.yu", "wang.kai", "feng.xue", "chen.bo", "chu.ning"):
        swapped = swapped.replace(old, "eng")
    for old in ("sun.min", "wei.lan", "jiang.hui", "shen.gang"):
        swapped = swapped.replace(old, "kef")
    file = tmp_path / "training.yaml"
    file.write_text(swapped, "utf-8")
    for _ in range(2):
        school.do(lambda session: demo.load(session, file))
    found = school.get(TRAINER, f"{API}/sessions").json["items"]
    assert len(found) == 3 and all(each["demo"] for each in found)
    counts = school.get(TRAINER, f"{API}/matrix").json["counts"]
    assert counts["fine"] > 3
    school.look()
    assert not any("invited" in text for text in school.texts("eng"))
