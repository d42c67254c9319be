"""A bulletin from its draft to the receipt: written from the journal, edited, approved by another, sent by mail on record."""

import re
from datetime import timedelta
from typing import Any

import pytest

from command.bulletins import drafting
from command.bulletins.models import Kind
from command.core import clock
from command.engine import bulletins as cycle
from command.incidents import standing
from command.messages.models import Purpose
from tests.bulletins.conftest import Bureau
from tests.conftest import Time

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TEXTS = ("zh", "en", "short_zh", "short_en")


@pytest.mark.proves("R33")
@sqlite
def test_a_bulletin_is_drafted_from_the_journal_with_figures_of_one_moment(bureau: Bureau) -> None:
    number = bureau.grave(measures="crew sent, call 13800138000")
    need = {"resource": "generator", "quantity": 2, "place": "CELL-1", "why": "Dark"}
    names = {"name_zh": "发电机", "name_en": "Generator", "code": "generator", "kind": "material", "serial": True}
    bureau.ok(bureau.post("dou", "/api/v1/resources/catalogue", **names))
    soon = (bureau.database.write(clock.now) + timedelta(hours=2)).isoformat()
    bureau.ok(bureau.post("dou", f"/api/v1/incidents/{number}/resource-requests", **need, need_by=soon), 201)
    made = bureau.draft(number, asked="Power for CELL-1")
    zh, en, short = made["texts"]["zh"], made["texts"]["en"], made["texts"]["short_en"]
    assert zh.startswith(f"示例通信信息通报第1号（初报）：梅江区网络故障（{number}）")
    assert (
        "【初报】" in zh and "当前受影响用户（户）：20" in zh and "启动" in zh and "请求支援\n- Power for CELL-1" in zh
    )
    assert "Users affected now: 20" in en and "response activated" in en and "2 more of Generator" in en
    assert "138****8000" in en and "13800138000" not in str(made)
    assert "Measures" not in short and "Users affected now: 20" in short and "Power for CELL-1" in short
    figures = {each["name"]: each["value"] for each in made["figures"]}
    assert figures["users_now"] == 20 and figures["users_restored"] == 0 and figures["tasks_open"] > 3
    assert made["as_of"] and made["due_at"] and made["next_at"] and made["state"] == "draft"
    assert made["recipients"] == ["superior", "regulator", "government"]
    assert made["drafted"] == made["texts"]


@pytest.mark.proves("R33", "R5")
def test_a_bulletin_is_edited_approved_by_another_sent_and_stops_the_regulators_clock(
    bureau: Bureau, time: Time
) -> None:
    number = bureau.grave()
    made = bureau.draft(number)
    text = made["texts"]["zh"].replace("主要经过", "经过")
    edited = bureau.ok(bureau.ask("kef", "PATCH", f"/api/v1/bulletins/{made['id']}", json={"zh": text}))
    assert edited["texts"]["zh"] != edited["drafted"]["zh"] == made["texts"]["zh"]
    bureau.do("dou", made["id"], "submit")
    own = bureau.post("dou", f"/api/v1/bulletins/{made['id']}/actions/approve")
    assert own.status_code == 403
    assert bureau.of(number)["next_due"]["bulletin"] == made["id"] and not bureau.mailed()
    time.forward(minutes=3)
    approved = bureau.do("ada", made["id"], "approve")
    assert approved["state"] == "approved" and not approved["override"]
    assert bureau.clock(number, "cn-inform-1h")["met_at"] is None, "queued is not sent"
    bureau.engine()
    mailed = bureau.mailed()
    assert set(mailed) == {"group@example.net", "cca@example.net"}
    assert "经过" in mailed["cca@example.net"] and "主要经过" not in mailed["cca@example.net"]
    assert bureau.mail.box.mails[0]["Subject"].startswith("示例通信信息通报第1号（初报）")
    copies = bureau.copies(made["id"])
    assert copies["regulator"]["state"] == copies["ministry"]["state"] == "sent"
    assert copies["government"]["state"] == "ready" and copies["regulator"]["address"] == "c***@example.net"
    assert bureau.clock(number, "cn-inform-1h")["met_at"] is not None
    assert bureau.clock(number, "cn-brief-4h")["met_at"] is None
    kinds = bureau.kinds(number)
    told = [kind for kind in kinds if kind.startswith("bulletin.")]
    assert told == ["bulletin." + each for each in ("drafted", "edited", "submitted", "approved", "sent", "sent")]
    brief = bureau.sent(number, "follow_up")
    assert brief["answers"] == ["regulator_informed", "regulator_brief_sent"]
    assert bureau.clock(number, "cn-brief-4h")["met_at"] is not None
    assert bureau.mailed()["power@example.net"].startswith("Example Telecom, bulletin no. 2 (follow-up report)")
    assert "Main events" not in bureau.mailed()["power@example.net"], "partners see the short text"


@pytest.mark.proves("R33", "R4")
@sqlite
def test_one_person_at_night_overrides_with_a_reason_and_it_is_on_record(bureau: Bureau) -> None:
    number = bureau.grave()
    made = bureau.draft(number, by="ada")
    bureau.do("ada", made["id"], "submit")
    approve = f"/api/v1/bulletins/{made['id']}/actions/approve"
    assert bureau.post("ada", approve).status_code == 403
    assert bureau.post("ada", approve, override=True).status_code == 422
    assert bureau.do("ada", made["id"], "approve", override=True, reason="Nobody else answers")["override"]
    assert "authority.overridden" in bureau.kinds(number)
    assert bureau.post("kef", approve).status_code == 403


@pytest.mark.proves("R33")
@sqlite
def test_what_has_left_never_changes_and_is_corrected_by_a_bulletin_that_names_it(bureau: Bureau) -> None:
    number = bureau.grave()
    first = bureau.sent(number)
    for verb in ("submit", "refresh", "drop"):
        body = {"reason": "no"} if verb == "drop" else {}
        assert bureau.post("dou", f"/api/v1/bulletins/{first['id']}/actions/{verb}", **body).status_code == 409
    changed = bureau.ask("dou", "PATCH", f"/api/v1/bulletins/{first['id']}", json={"zh": "改"})
    assert changed.status_code == 409
    corrected = bureau.ok(bureau.post("dou", f"/api/v1/bulletins/{first['id']}/actions/correct"), 201)
    assert (corrected["number"], corrected["corrects"], corrected["answers"]) == (2, 1, [])
    assert "更正第1号" in corrected["texts"]["zh"] and "corrects no. 1" in corrected["texts"]["en"]
    bureau.do("dou", corrected["id"], "submit")
    bureau.do("dep", corrected["id"], "send_back", reason="Say since when")
    assert bureau.read(corrected["id"])["state"] == "draft"
    assert bureau.do("dou", corrected["id"], "drop", reason="Not needed")["state"] == "dropped"


@pytest.mark.proves("R33")
@sqlite
def test_bad_input_is_refused_by_field(bureau: Bureau) -> None:
    number = bureau.grave()
    made = bureau.draft(number)
    again = bureau.post("dou", f"/api/v1/incidents/{number}/bulletins", kind="first")
    assert (again.status_code, again.json["field"]) == (409, "kind")
    for body, field in (
        ({"zh": " "}, "zh"),
        ({"en": "a\x07b"}, "en"),
        ({"short_en": "x" * 20_001}, "short_en"),
        ({"fr": "x"}, "fr"),
        ({"zh": 7}, "zh"),
    ):
        answer = bureau.ask("dou", "PATCH", f"/api/v1/bulletins/{made['id']}", json=body)
        assert answer.status_code == 422 and field in answer.text, body
    assert bureau.post("dou", f"/api/v1/incidents/{number}/bulletins", kind="second").status_code == 422
    assert bureau.post("dou", "/api/v1/incidents/2000-0101-001/bulletins", kind="first").status_code == 404
    assert bureau.get("ada", "/api/v1/bulletins/999").status_code == 404
    assert bureau.get("ada", f"/api/v1/bulletins/{2**63}").status_code == 404
    assert bureau.post("dou", f"/api/v1/bulletins/{made['id']}/actions/drop").status_code == 422
    assert bureau.post("eng", f"/api/v1/incidents/{number}/bulletins", kind="final").status_code == 403


@pytest.mark.proves("R33", "B11")
@sqlite
def test_a_mail_that_failed_or_is_doubtful_is_shown_and_sent_again(bureau: Bureau) -> None:
    number = bureau.grave()
    bureau.mail.box.refusals = {"RCPT": "550 no such mailbox"}
    made = bureau.sent(number)
    copy = bureau.copies(made["id"])["regulator"]
    assert (copy["state"], copy["reason"]) == ("failed", "smtp_550")
    assert bureau.clock(number, "cn-inform-1h")["met_at"] is None and "bulletin.failed" in bureau.kinds(number)
    assert "See what was not sent" in bureau.get("dou", "/board/part/decisions?lang=en").text
    assert "did not reach everybody" in bureau.get("dou", f"/incidents/{number}/bulletins/part?lang=en").text
    bureau.mail.box.refusals = {}
    bureau.do("dou", made["id"], "send_again", recipient="regulator")
    bureau.engine()
    assert bureau.copies(made["id"])["regulator"]["state"] == "sent" and set(bureau.mailed()) == {"cca@example.net"}
    assert bureau.clock(number, "cn-inform-1h")["met_at"] is not None
    nothing = bureau.post("dou", f"/api/v1/bulletins/{made['id']}/actions/send_again", recipient="regulator")
    assert (nothing.status_code, nothing.json["field"]) == (409, "recipient")


@pytest.mark.proves("R33", "I11")
def test_what_was_approved_is_sent_once_whatever_is_killed_and_however_many_engines_look(bureau: Bureau) -> None:
    number = bureau.grave()
    made = bureau.draft(number)
    bureau.do("dou", made["id"], "submit")
    bureau.do("ada", made["id"], "approve")
    bureau.send()  # and the engine dies before it has looked at what became of the mails
    with bureau.acting():
        for _ in range(3):
            cycle.run_once(bureau.installation)
    bureau.engine()
    assert len(bureau.mail.box.mails) == 2
    assert [kind for kind in bureau.kinds(number) if kind == "bulletin.sent"] == ["bulletin.sent"] * 2


@pytest.mark.proves("R33")
@sqlite
def test_a_recipient_confirms_by_the_link_of_the_mail_and_finds_the_pdf_there(bureau: Bureau) -> None:
    made = bureau.sent(bureau.grave())
    link = bureau.link("cca@example.net")
    outside = bureau.client()
    page = outside.get(link)
    assert page.status_code == 200 and "示例通信信息通报第1号" in page.text and "我已收到" in page.text
    assert bureau.copies(made["id"])["regulator"]["received_at"] is None, "looking is not confirming"
    pdf = outside.get(f"{link}/pdf")
    assert pdf.mimetype == "application/pdf" and pdf.data.startswith(b"%PDF") and b"STSong" in pdf.data
    for _ in range(2):
        assert outside.post(f"{link}/received").status_code == 303
    copy = bureau.copies(made["id"])["regulator"]
    assert copy["received_at"] and copy["received_via"] == "link"
    assert bureau.kinds(made["incident"]).count("bulletin.received") == 1
    for bad in (link[:-1] + ("A" if link[-1] != "A" else "B"), "/b/1.x", "/b/x", "/b/１.x"):
        assert outside.get(bad).status_code == 404 and outside.post(f"{bad}/received").status_code == 404


@pytest.mark.proves("R33", "R27")
@sqlite
def test_a_recipients_machine_reads_its_own_bulletins_and_no_other(bureau: Bureau) -> None:
    number = bureau.grave()
    first = bureau.sent(number)
    theirs, others = bureau.machine("government"), bureau.machine("power")
    listed = bureau.client().get("/api/v1/partner/bulletins", headers=theirs).get_json()
    (one,) = listed["items"]
    assert one["text"] == first["texts"]["zh"] and one["number"] == 1 and listed["next"] is None
    address = f"/api/v1/partner/bulletins/{one['id']}"
    assert bureau.client().get(f"{address}/pdf", headers=theirs).data.startswith(b"%PDF")
    received = bureau.client().post(f"{address}/actions/receive", headers=theirs)
    assert received.status_code == 200 and received.json["received_at"]
    copy = bureau.copies(first["id"])["government"]
    assert (copy["state"], copy["received_via"]) == ("sent", "api")
    assert bureau.client().get("/api/v1/partner/bulletins", headers=others).get_json()["items"] == []
    assert bureau.client().get(address, headers=others).status_code == 404
    assert bureau.get("ada", "/api/v1/partner/bulletins").status_code == 403, "people read at /bulletins"
    assert bureau.client().get("/api/v1/bulletins", headers=theirs).status_code == 403


@pytest.mark.proves("R33", "R5")
@sqlite
def test_the_engine_drafts_what_is_due_and_sends_nothing_without_a_person(bureau: Bureau, time: Time) -> None:
    number = bureau.grave()
    bureau.cycle()
    assert bureau.of(number)["items"] == []
    time.forward(minutes=16)
    bureau.engine()
    bureau.engine()
    (draft,) = bureau.of(number)["items"]
    assert (draft["kind"], draft["state"], draft["drafted_by"]) == ("first", "draft", "system:bulletins")
    assert not bureau.mailed() and bureau.texts(Purpose.BULLETIN) == []
    waiting = bureau.get("dou", "/board/part/decisions?lang=en").text
    assert f"/bulletins/{draft['id']}" in waiting and "Open the draft" in waiting
    bureau.do("dou", draft["id"], "drop", reason="A phone call was enough")
    bureau.cycle()
    assert len(bureau.of(number)["items"]) == 1, "what a person dropped is not drafted again"
    bureau.sent(number)
    time.forward(hours=4)
    bureau.cycle()
    touched = bureau.draft(number, kind="final")
    bureau.act("ada", number, "restore", evidence="test calls succeed")
    states = {row["kind"]: row["state"] for row in bureau.of(number)["items"]}
    assert (states["follow_up"], states["final"]) == ("dropped", "draft"), "what nobody touched is given up"
    bureau.do("dou", touched["id"], "drop", reason="Too early")
    time.forward(hours=23, minutes=55)
    bureau.cycle()
    final = bureau.of(number)["items"][-1]
    assert (final["kind"], final["state"]) == ("final", "draft") and "恢复时间" in final["texts"]["zh"]
    bureau.do("dou", final["id"], "submit")
    assert f"/bulletins/{final['id']}" in bureau.get("ada", "/board/part/decisions?lang=en").text
    bureau.do("ada", final["id"], "approve")
    bureau.engine()
    assert bureau.of(number)["next_due"] is None
    assert bureau.clock(number, "cn-report-24h")["met_at"] is not None, "a final report is every report"


@pytest.mark.proves("R33")
@sqlite
def test_rooms_beside_give_their_figures_by_the_hook(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    number = bureau.grave()
    monkeypatch.setattr(drafting.figures, "more", [lambda session, incident: {"sites_out": 12, "cable_km": 3.5}])

    def work(session: Any) -> drafting.Drafted:
        return drafting.draft(session, standing.lock(session, number), drafting.Asked(Kind.FIRST, 1, None, None))

    made = bureau.do(work)
    assert "退服站点（个）：12" in made.texts["zh"] and "Cable damaged (km): 3.5" in made.texts["en"]
    assert "Sites out of service: 12" in made.texts["short_en"] and "Cable" not in made.texts["short_en"]


@pytest.mark.proves("R33")
@sqlite
def test_pages_show_edit_and_approve_in_both_languages(bureau: Bureau) -> None:
    number = bureau.grave()
    writer = bureau.client()
    headers = {"Authorization": f"Bearer {bureau.token('dou')}"}
    page = writer.get(f"/incidents/{number}/bulletins?lang=en", headers=headers)
    assert page.status_code == 200 and "Draft a bulletin now" in page.text and "data-until" in page.text
    made = writer.post(f"/incidents/{number}/bulletins", data={"kind": "first", "asked": "Fuel"}, headers=headers)
    assert made.status_code == 303
    address = made.location
    shown = writer.get(f"{address}?lang=zh", headers=headers)
    assert "提交审批" in shown.text and "Fuel" in shown.text and "data-now" not in shown.text
    texts = {name: f"{name} typed" for name in TEXTS}
    bad = writer.post(f"{address}/save?lang=en", data={**texts, "en": ""}, headers=headers)
    assert bad.status_code == 422 and "zh typed" in bad.text and 'id="en-error"' in bad.text
    assert writer.post(f"{address}/submit", data=texts, headers=headers).status_code == 303
    shown = writer.get(f"{address}?lang=en", headers=headers).text
    assert "<ins>en typed</ins>" in shown and "Approve and send" not in shown
    boss = {"Authorization": f"Bearer {bureau.token('ada')}"}
    assert "Approve and send" in writer.get(f"{address}?lang=en", headers=boss).text
    part = writer.get(f"/incidents/{number}/bulletins/part?lang=en", headers=boss).text
    assert re.search(r"Read no\. 1 and approve it", part)
    assert writer.post(f"{address}/approve", headers=boss).status_code == 303
    assert "On its way" in writer.get(f"{address}?lang=en", headers=boss).text
    assert writer.get(f"{address}/pdf?language=en", headers=boss).data.startswith(b"%PDF")
    assert number in writer.get("/bulletins?kind=first&lang=zh", headers=boss).text
    assert writer.get("/bulletins?kind=nonsense&lang=en", headers=boss).status_code == 200
    assert writer.post(f"{address}/nonsense", headers=boss).status_code == 404
