"""People look at numbers that take no SMS, take the operator's references out for cleaning, and clear marks that are wrong."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from command import parts
from command.cli import main
from command.core.journal import Entry
from command.core.settings import Settings
from command.network import subscriber_import
from command.network.models import Subscriber
from tests.builders import Operator
from tests.cleaning.conftest import SAID, people
from tests.incidents.conftest import Desk

API = "/api/v1/numbers/bad"
pytestmark = pytest.mark.proves("R19", "B4")


def ids(desk: Operator) -> dict[int, int]:
    """Subscribers by their place."""
    with desk.database.read() as session:
        return {place: people(session)[place].id for place in SAID}


def listed(desk: Desk, query: str = "") -> list[str]:
    """References of the list, as they stand there."""
    answer = desk.get("dou", f"{API}?{query}")
    assert answer.status_code == 200, answer.text
    return [each["reference"] for each in answer.json["items"]]


def kinds(desk: Desk) -> list[str]:
    with desk.database.read() as session:
        query = select(Entry.kind).where(Entry.kind.startswith("numbers.")).order_by(Entry.seq)
        return list(session.scalars(query))


def test_a_page_of_them_tells_what_was_said_by_whom_and_never_a_number(cleaner: Desk) -> None:
    assert sorted(listed(cleaner)) == ["ACC-001", "ACC-002", "ACC-025", "ACC-040"]
    (found,) = [each for each in cleaner.get("dou", API).json["items"] if each["reference"] == "ACC-002"]
    assert (found["reason"], found["roads"], found["times"]) == ("not_mobile", ["smsc", "twilio"], 4)
    assert found["number"].count("*") == 4 and found["area"] == "800101"
    with cleaner.database.read() as session:
        numbers = [cleaner.installation.keyring.decrypt(each.number) for each in people(session)]
    for address in (API, "/numbers/bad?lang=en", "/numbers/bad?lang=zh", f"{API}/{found['subscriber_id']}"):
        text = cleaner.get("dou", address).text
        assert not any(number.removeprefix("+86") in text for number in numbers)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("reason=absent", ["ACC-001", "ACC-025"]),
        ("road=third", ["ACC-040"]),
        ("road=twilio", ["ACC-001", "ACC-002", "ACC-025"]),
        ("road=twilio&alone=1", ["ACC-025"]),
        ("area=8001", ["ACC-001", "ACC-002", "ACC-025"]),
        ("area=800201", ["ACC-040"]),
        ("reference=ACC-00", ["ACC-001", "ACC-002"]),
        ("reference=ACC_00", []),
        ("state=cleared", []),
    ],
)
def test_filters_narrow_the_list_the_sums_and_the_file_alike(cleaner: Desk, query: str, expected: list[str]) -> None:
    assert sorted(listed(cleaner, query)) == expected
    assert cleaner.get("dou", f"{API}/sums?{query}").json["count"] == len(expected)
    assert cleaner.get("dou", f"/numbers/bad?{query}&lang=en").text.count('data-label="Reference"') == len(expected)
    fields = dict(each.split("=") for each in query.split("&"))
    answer = cleaner.post("ada", f"{API}/export", **fields)
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert sorted(row["reference"] for row in rows) == expected


def test_they_are_summed_up_by_reason_road_and_area(cleaner: Desk) -> None:
    found = cleaner.get("dou", f"{API}/sums").json
    assert {each["value"]: each["count"] for each in found["reasons"]} == {"absent": 2, "not_mobile": 1, "barred": 1}
    assert {each["value"]: each["count"] for each in found["roads"]} == {"twilio": 3, "smsc": 3, "third": 1}
    assert {each["value"]: each["count"] for each in found["areas"]} == {"800101": 3, "800201": 1}
    page = cleaner.get("dou", "/numbers/bad?lang=en").text
    assert "no mobile phone" in page and "Meijiang" in page and page.count("<meter") == 8


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("area=nowhere", "area"),
        ("alone=1", "road"),
        ("reason=odd", "reason"),
        ("state=suspected", "state"),
        ("after=0", "after"),
    ],
)
def test_a_filter_that_cannot_be_used_names_its_field(cleaner: Desk, query: str, field: str) -> None:
    answer = cleaner.get("dou", f"{API}?{query}")
    assert (answer.status_code, answer.json["field"]) == (422, field) and answer.json["remedy"]
    page = cleaner.get("dou", f"/numbers/bad?{query}&lang=en")
    assert page.status_code == 422 and "Numbers that take no SMS" in page.text


def test_pages_follow_each_other(cleaner: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("command.cleaning.listing.PAGE", 3)
    first = cleaner.get("dou", API).json
    second = cleaner.get("dou", f"{API}?after={first['next']}").json
    seen = [each["reference"] for each in (*first["items"], *second["items"])]
    assert len(first["items"]) == 3 and second["next"] is None
    assert sorted(seen) == ["ACC-001", "ACC-002", "ACC-025", "ACC-040"]
    assert cleaner.get("dou", f"{API}?after={2**61}").status_code == 404
    assert 'rel="next"' in cleaner.get("dou", "/numbers/bad").text


def test_a_mark_that_is_wrong_is_cleared_with_a_reason_and_stands_again_when_that_is_undone(cleaner: Desk) -> None:
    one = ids(cleaner)[1]
    assert cleaner.post("dou", f"{API}/{one}/actions/clear", reason=" ").status_code == 422
    answer = cleaner.post("kef", f"{API}/{one}/actions/clear", reason="the customer rang and showed us")
    assert answer.status_code == 200 and answer.json["count"] == 1
    assert "ACC-001" not in listed(cleaner) and listed(cleaner, "state=cleared") == ["ACC-001"]
    again = cleaner.post("dou", f"{API}/{one}/actions/clear", reason="x")
    assert again.status_code == 409 and again.json["remedy"]
    assert cleaner.post("dou", f"{API}/{one}/actions/restore").json == {"count": 1}
    assert "ACC-001" in listed(cleaner)
    assert cleaner.post("dou", f"{API}/{one}/actions/restore").status_code == 409
    assert kinds(cleaner) == ["numbers.cleared", "numbers.marked_again"]
    with cleaner.database.read() as session:
        told = session.scalar(select(Entry.data).where(Entry.kind == "numbers.cleared"))
    assert "rang" not in str(told) and str(one) in str(told)


def test_what_one_road_said_by_mistake_is_cleared_at_once_by_typing_how_many(cleaner: Desk) -> None:
    wrong = {"road": "twilio", "alone": True, "why": "a routing table was out of date"}
    refused = cleaner.post("dou", f"{API}/actions/clear", **wrong, count=3)
    assert (refused.status_code, refused.json["field"]) == (409, "count")
    done = cleaner.post("dou", f"{API}/actions/clear", **wrong, count=1).json
    assert listed(cleaner, "state=cleared") == ["ACC-025"]
    assert cleaner.post("dou", f"{API}/actions/restore", clearing=done["clearing"]).json == {"count": 1}
    assert listed(cleaner, "state=cleared") == []
    nothing = cleaner.post("dou", f"{API}/actions/restore", clearing=done["clearing"])
    assert nothing.status_code == 409 and nothing.json["field"] == "clearing"


def test_the_page_clears_and_undoes_and_keeps_what_was_typed(cleaner: Desk) -> None:
    one = ids(cleaner)[1]
    refused = cleaner.ask("dou", "POST", f"/numbers/bad/{one}/clear?lang=en", data={"reason": ""})
    assert refused.status_code == 422 and "Why the mark is wrong" in refused.text
    done = cleaner.ask("dou", "POST", f"/numbers/bad/{one}/clear", data={"reason": "it rings"})
    assert done.status_code == 303
    page = cleaner.get("dou", f"{done.headers['Location']}&lang=en").text
    clearing = re.search(r'name="clearing" value="(\d+)"', page)
    assert clearing and "Cleared: they are told again." in page
    undone = cleaner.ask("dou", "POST", "/numbers/bad/undo", data={"clearing": clearing[1]})
    assert undone.status_code == 303 and "ACC-001" in listed(cleaner)
    wrong = cleaner.ask(
        "dou", "POST", "/numbers/bad/clear?lang=en", data={"road": "smsc", "count": "9", "why": "they said so"}
    )
    assert wrong.status_code == 409 and "3 marked numbers match, not 9." in wrong.text and "they said so" in wrong.text
    form = {"road": "smsc", "count": "3", "why": "they said so"}
    assert cleaner.ask("dou", "POST", "/numbers/bad/clear", data=form).status_code == 303
    assert listed(cleaner) == ["ACC-025"]
    assert cleaner.ask("dou", "POST", f"/numbers/bad/{one}/restore", data={}).status_code == 303
    assert cleaner.ask("dou", "POST", f"/numbers/bad/{one}/delete", data={}).status_code == 404


def test_who_may_clear_and_who_may_take_references_out(cleaner: Desk) -> None:
    one = ids(cleaner)[1]
    assert cleaner.post("eng", f"{API}/{one}/actions/clear", reason="x").status_code == 403
    assert cleaner.post("eng", f"{API}/actions/restore", clearing=1).status_code == 403
    assert cleaner.post("kef", f"{API}/export").status_code == 403
    assert cleaner.get("eng", API).status_code == 200
    page = cleaner.get("eng", "/numbers/bad?lang=en").text
    assert "Clear" not in re.sub(r"cleared by a person|a person clears it", "", page) and "(CSV)" not in page


def test_the_file_holds_references_and_never_a_number_and_that_it_was_taken_is_on_record(
    cleaner: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = cleaner.ask("ada", "POST", "/numbers/bad/export", data={}).text
    assert text.startswith("\ufeffreference,subscriber,reason,roads,") and text.count("\n") == 5
    assert not re.search(r"120\d{8}", text)
    assert kinds(cleaner) == ["numbers.exported"]
    monkeypatch.setattr("command.cli.read", lambda: settings)
    file = tmp_path / "bad.csv"
    said = CliRunner().invoke(main, ["numbers", "export", str(file)])
    assert said.exit_code == 0 and "4 subscribers" in said.output and file.read_text(encoding="utf-8") == text
    assert kinds(cleaner) == ["numbers.exported"] * 2
    summed = CliRunner().invoke(main, ["numbers", "bad"])
    assert "marked: 4\n" in summed.output and "reason absent: 2" in summed.output and "road third: 1" in summed.output


def imported(desk: Desk, tmp_path: Path, rows: str) -> None:
    file = tmp_path / "people.csv"
    file.write_text("number,element,services,reference\n" + rows, encoding="utf-8")
    parts.watch_imports()
    found = subscriber_import.subscribers(desk.database, desk.installation.keyring, file)
    assert found.bad == 0


def test_an_import_that_gives_the_number_to_another_ends_the_mark_and_the_same_file_again_does_not(
    cleaner: Desk, tmp_path: Path
) -> None:
    with cleaner.database.read() as session:
        known = people(session)
        number = {place: cleaner.installation.keyring.decrypt(known[place].number) for place in SAID}
    imported(cleaner, tmp_path, "".join(f"{number[place]},CELL-1,voice,ACC-{place:03d}\n" for place in SAID))
    imported(cleaner, tmp_path, "".join(f"{number[place]},CELL-1,voice,\n" for place in SAID))
    assert len(listed(cleaner)) == 4, "the same customers, or a file without references: nobody new"
    imported(cleaner, tmp_path, f"{number[1]},CELL-1,voice,NEW-7\n{number[2]},CELL-2,voice,ACC-002\n")
    assert sorted(listed(cleaner)) == ["ACC-002", "ACC-025", "ACC-040"]
    assert kinds(cleaner) == ["numbers.reassigned"]
    with cleaner.database.read() as session:
        assert session.scalar(select(Subscriber.reference).where(Subscriber.id == known[1].id)) == "NEW-7"


def test_a_reference_is_never_a_number(cleaner: Desk, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    rows = "+8613800138000,CELL-1,voice,13800138000\n+8613800138001,CELL-1,voice,A-138 0013 8001\n"
    file.write_text(
        f"number,element,services,reference\n{rows}+8613800138002,CELL-1,voice,{'x' * 65}\n", encoding="utf-8"
    )
    found = subscriber_import.subscribers(cleaner.database, cleaner.installation.keyring, file)
    assert found.bad == 3 and found.errors is not None
    text = found.errors.read_text(encoding="utf-8")
    assert text.count(",reference,") == 3 and "13800138000" not in text


# --- where people tell others


def notice_of(desk: Desk, number: str, kind: str, **more: Any) -> dict[str, Any]:
    words = {"zh": "【示例通信】部分用户无法上网，正在抢修。", "en": "[Example] Outage, being repaired."}
    body = {"incident": number, "kind": kind, "texts": words, "correction": words, **more}
    made = desk.post("dou", "/api/v1/notices", **body)
    assert made.status_code == 201, made.text
    sent = desk.post("dou", f"/api/v1/notices/{made.json['id']}/actions/submit")
    assert sent.status_code == 200, sent.text
    found: dict[str, Any] = sent.json
    return found


def test_whoever_puts_a_notice_together_sees_how_many_are_left_out_and_the_notice_says_why(cleaner: Desk) -> None:
    number = cleaner.responding()
    cleaner.send()
    whom = {"areas": ["800101"]}
    words = {"zh": "【示例通信】部分用户无法上网。", "en": "[Example] Outage."}
    asked = {"audience": whom, "incident": number, "texts": words}
    first = cleaner.post("dou", "/api/v1/audiences/count", **asked, kind="first").json
    warned = cleaner.post("dou", "/api/v1/audiences/count", **asked, kind="advisory").json
    assert cleaner.see(number)["tier"] in (3, 4)
    assert (first["count"], first["left_out"], warned["left_out"]) == (12, 3, 0), "eighteen have the first notice"
    typed = {"incident": number, "kind": "first", "areas": "800101", "zh": words["zh"], "en": words["en"]}
    page = cleaner.ask("dou", "POST", "/notices/count?lang=en", data=typed).text
    assert "Left out of these, for their numbers take no SMS" in page
    notice = notice_of(cleaner, number, "first", audience=whom)
    assert notice["leaves_bad"] and sum(notice["left_out"].values()) == first["left_out"]
    address = f"/notices/{notice['id']}"
    assert "Left out of these, for their numbers take no SMS" in cleaner.get("dou", f"{address}?lang=en").text
    reckoned = cleaner.get("dou", f"/api/v1{address}/forecast").json
    carried = sum(each["people"] for each in reckoned["shares"]) + reckoned["roadless"]
    assert carried == notice["audience"] - first["left_out"]
    approved = cleaner.post("ada", f"/api/v1{address}/actions/approve", count=notice["audience"])
    assert approved.status_code == 200, approved.text
    cleaner.send()
    seen = cleaner.get("dou", f"/api/v1{address}").json
    assert seen["counts"]["suppressed"] == first["left_out"] and sum(seen["counts"].values()) == notice["audience"]
    told = cleaner.get("dou", f"{address}?lang=en").text
    assert "Left out: the number takes no SMS" in told and 'href="/numbers/bad"' in told
