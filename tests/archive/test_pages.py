"""The archive's pages: what was typed stays, refusals say what to mend, filters are kept, and the file of a case is complete."""

import pytest
from sqlalchemy import text

from tests.incidents.conftest import Desk


@pytest.fixture
def number(desk: Desk) -> str:
    """A case from report to review."""
    found: str = desk.report("dou", elements=["CELL-1"], summary="光缆中断", measures="已派抢修队")["number"]
    desk.act("dou", found, "assess")
    desk.act("dou", found, "activate")
    desk.send()
    desk.act("ada", found, "regrade", tier=2, reason="医院受影响")
    desk.finish_tasks(found)
    desk.act("ada", found, "restore", evidence="拨测正常")
    desk.send()
    desk.act("ada", found, "review", cause="施工挖断", effect="恢复及时", improvements="加强巡线")
    return found


@pytest.mark.proves("R17")
def test_the_file_of_a_case_holds_number_people_times_results_and_feedback(desk: Desk, number: str) -> None:
    page = desk.get("aud", f"/archive/{number}?lang=en").text
    for said in (number, "光缆中断", "已派抢修队", "施工挖断", "恢复及时", "加强巡线", "医院受影响"):
        assert said in page
    for said in ("Network fault", "Tier II", "Tier IV", "The journal verifies", "Mobile voice", "Meijiang", "Ada"):
        assert said in page
    file = desk.get("aud", f"/api/v1/archive/{number}?lang=en").json
    assert [grade["tier"] for grade in file["grades"]][-1] == 2 and file["grades"][0]["rules"]
    assert file["grades"][-1]["reason"] == "医院受影响" and file["grades"][-1]["by"] == "Ada"
    assert {each["kind"] for each in file["notices"]} >= {"first", "all_clear"}
    assert file["notices"][0]["counts"] and file["pages"][0]["person"] == "Eng"
    assert all(task["state"] == "done" and task["done_by"] for task in file["incident"]["tasks"])
    assert file["journal"]["verified"] and len(file["journal"]["head_hash"]) == 64
    kinds = [line["kind"] for line in file["timeline"]]
    assert kinds[0] == "incident.reported" and "board.cards" not in kinds


@pytest.mark.proves("R17", "B8")
def test_the_file_says_when_the_journal_was_changed(desk: Desk, number: str) -> None:
    def change(session: object) -> None:
        dialect = desk.database.dialect
        guard = "DROP TRIGGER keep_entry" if dialect == "sqlite" else "ALTER TABLE entry DISABLE TRIGGER ALL"
        session.execute(text(guard))  # type: ignore[attr-defined]
        session.execute(  # type: ignore[attr-defined]
            text("UPDATE entry SET actor = 'person:99' WHERE stream_id = :name AND seq = 3"),
            {"name": f"incident:{number}"},
        )

    desk.database.write(change)
    assert "entry 3 was changed after it was written" in desk.get("aud", f"/archive/{number}?lang=en").text
    assert desk.get("aud", f"/api/v1/archive/{number}").json["journal"]["verified"] is False


def test_a_refusal_keeps_what_was_typed_and_names_the_field(desk: Desk) -> None:
    for query, said in (
        ("area=nowhere&text=光缆", "There is no area nowhere."),
        ("person=nobody&text=光缆", "There is nobody with the name nobody."),
        ("service=x&text=光缆", "There is no service x."),
        ("from=soon&text=光缆", "This is no day and no time."),
        ("from=2026-11-21&to=2026-11-20&text=光缆", "The search ends before it begins."),
        ("tier=9&text=光缆", "This must be 4 or less."),
        ("sort=best&text=光缆", "This value is not allowed."),
        ("after=zzz&text=光缆", "This is no place in the list."),
    ):
        answer = desk.get("ada", f"/archive?{query}&lang=en")
        assert answer.status_code == 422, query
        assert said in answer.text and 'value="光缆"' in answer.text


def test_an_empty_form_is_no_filter_and_what_is_not_ours_is_left_alone(desk: Desk, number: str) -> None:
    page = desk.get("ada", "/archive?number=&text=&area=&tier=&kind=&state=&from=&to=&exercise=&incident=x&lang=en")
    assert page.status_code == 200 and number in page.text


def test_hits_are_marked_and_their_text_is_harmless(desk: Desk) -> None:
    desk.report("dou", elements=["CELL-1"], summary="<script>光缆</script>")
    page = desk.get("ada", "/archive?text=光缆&lang=en").text
    assert "&lt;script&gt;<mark>光缆</mark>&lt;/script&gt;" in page
    nothing = desk.get("ada", "/archive?text=台风&lang=en").text
    assert "No case matches." in nothing and "Every word has to stand somewhere" in nothing


@pytest.mark.proves("I10")
def test_a_phone_number_does_not_stay_in_the_address(desk: Desk) -> None:
    answer = desk.get("ada", "/archive?text=致电13812345678&tier=2")
    assert answer.status_code == 302
    assert "13812345678" not in answer.headers["Location"] and "tier=2" in answer.headers["Location"]


def test_a_filter_is_kept_shared_and_opens_the_archive(desk: Desk) -> None:
    body = {"tier": "1", "text": "光缆", "name": "大事 13812345678", "standard": "1"}
    assert desk.ask("ada", "POST", "/archive/filters", data=body).status_code == 303
    kept = desk.get("ada", "/api/v1/archive-filters").json["items"]
    assert [(each["name"], each["own"], each["standard"]) for each in kept] == [("大事 138****5678", True, True)]
    opened = desk.get("ada", "/archive")
    assert opened.status_code == 302 and "tier=1" in opened.headers["Location"]
    assert desk.get("ada", "/archive?sort=newest").status_code == 200, "all cases stay within reach"
    assert desk.get("dou", "/api/v1/archive-filters").json["items"] == []
    plain = desk.ask("ada", "POST", f"/archive/filters/{kept[0]['id']}", data={"act": "plain"})
    assert plain.status_code == 303 and desk.get("ada", "/archive").status_code == 200


def test_a_department_shares_a_filter_but_only_its_owner_changes_it(desk: Desk) -> None:
    made = desk.post("dou", "/api/v1/archive-filters", name="ours", filter={"kind": "network_fault"}, share=True)
    assert made.status_code == 201 and made.json["shared_with"] == "operations"
    assert [each["own"] for each in desk.get("ops", "/api/v1/archive-filters").json["items"]] == [False]
    assert desk.get("kef", "/api/v1/archive-filters").json["items"] == []
    address = f"/api/v1/archive-filters/{made.json['id']}"
    assert desk.ask("ops", "DELETE", address).status_code == 404
    assert desk.ask("dou", "DELETE", address).status_code == 204
    refused = desk.post("ada", "/api/v1/archive-filters", name="x", filter={}, share=True)
    assert refused.status_code == 422 and refused.json["field"] == "share"


def test_the_interface_takes_the_same_filters_and_is_strict(desk: Desk, number: str) -> None:
    found = desk.get(
        "ada", "/api/v1/archive?kind=network_fault&from=2020-01-01&exercise=no&area=8001&person=eng&limit=1"
    )
    assert found.status_code == 200 and found.json["total"] == 1 and found.json["items"][0]["number"] == number
    assert found.json["next"] is None
    assert desk.get("ada", "/api/v1/archive?colour=red").status_code == 422
    assert desk.get("ada", "/api/v1/archive/1999-0101-001").status_code == 404
