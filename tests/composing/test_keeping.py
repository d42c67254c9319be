"""What is kept for the next notice: every change on record, removals warned of and undone, numbers really forgotten."""

from typing import Any

import pytest
from sqlalchemy import func, select

from command.core.journal import Entry, Note
from command.engine import lists as lists_cycle
from command.network.models import Subscriber
from command.notices.models import ListedNumber
from tests.composing.test_notices import composed
from tests.conftest import Time
from tests.incidents.conftest import Desk

AUDIENCES, LISTS = "/api/v1/audiences", "/api/v1/number-lists"


def journaled(desk: Desk) -> list[str]:
    with desk.database.read() as session:
        query = select(Entry).where(Entry.kind.startswith("audiences.")).order_by(Entry.stream_id, Entry.seq)
        return [f"{each.kind} {each.actor.partition(':')[0]} {each.data}" for each in session.scalars(query)]


def a_list(desk: Desk, name: str = "Ward 7") -> int:
    with desk.database.read() as session:
        number = desk.installation.keyring.decrypt(session.query(Subscriber).first().number)  # type: ignore[union-attr]
    made: dict[str, Any] = desk.post("dou", LISTS, name=name, csv=f"{number}\n").json
    return int(made["id"])


def held(desk: Desk) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(ListedNumber)) or 0


@pytest.mark.proves("B8", "I10")
def test_an_audience_is_made_renamed_removed_and_put_back_on_record(desk: Desk) -> None:
    kept = desk.post("dou", AUDIENCES, name="All 13800138000", audience={"areas": ["80"]}).json
    one = f"/notices/audiences/{kept['id']}"
    assert desk.ask("dou", "POST", f"{one}/rename", data={"name": "Everybody", "shared": "1"}).status_code == 303
    page = desk.get("dou", "/notices/audiences?lang=en").text
    assert "Everybody" in page and "others who use it lose it too" in page and "everybody who drafts notices" in page
    empty = desk.ask("dou", "POST", f"{one}/rename?lang=en", data={"name": " "})
    assert empty.status_code == 422 and "A name is needed." in empty.text
    assert desk.ask("ada", "POST", f"{one}/remove").status_code == 403
    assert desk.ask("dou", "POST", f"{one}/remove").status_code == 303
    assert desk.get("dou", f"{AUDIENCES}/{kept['id']}").status_code == 404
    assert "Put it back" in desk.get("dou", "/notices/audiences?lang=en").text
    assert "Everybody" not in desk.get("ada", "/notices/audiences?lang=en").text
    taken = desk.post("dou", AUDIENCES, name="Everybody", audience={"areas": ["80"]}).json["id"]
    assert desk.ask("dou", "POST", f"{one}/restore").status_code == 409
    assert desk.ask("dou", "DELETE", f"{AUDIENCES}/{taken}").status_code == 204
    assert desk.post("dou", f"{AUDIENCES}/{kept['id']}/actions/restore").json["shared"] is True
    lines = journaled(desk)
    done = ["made", "changed", "removed", "made", "removed", "restored"]
    assert len(lines) == 6 and all(f'"done":"{each}"' in line for each, line in zip(done, lines, strict=True))
    assert all(" person " in line and "13800138000" not in line for line in lines)
    with desk.database.read() as session:
        assert "Everybody" in session.scalars(select(Note.body)).all()


@pytest.mark.proves("B8")
def test_what_was_removed_yesterday_is_gone(desk: Desk, time: Time) -> None:
    kept = desk.post("dou", AUDIENCES, name="All", audience={"areas": ["80"]}).json["id"]
    desk.ask("dou", "DELETE", f"{AUDIENCES}/{kept}")
    time.forward(hours=25)
    assert desk.get("dou", AUDIENCES).json == {"items": [], "removed": []}
    assert desk.post("dou", f"{AUDIENCES}/{kept}/actions/restore").status_code == 404


@pytest.mark.proves("B8", "I10")
def test_a_list_is_removed_after_a_warning_put_back_and_at_last_forgotten(desk: Desk, time: Time) -> None:
    number, id_ = desk.responding(), a_list(desk)
    desk.post("dou", AUDIENCES, name="The ward", audience={"lists": [id_]})
    address = composed(desk, number, areas="", lists=f"{id_} Ward 7")
    page = desk.get("dou", "/notices/audiences?lang=en").text
    assert "Notices under way go by it" in page and "The ward" in page and "Dou" in page
    stuck = desk.ask("dou", "POST", f"/notices/lists/{id_}/remove?lang=en")
    assert stuck.status_code == 409 and "goes by this list" in stuck.text
    desk.ask("dou", "POST", f"{address}/withdraw", data={"reason": "not needed"})
    assert desk.ask("dou", "PUT", f"{LISTS}/{id_}", json={"name": "Ward 8"}).json["name"] == "Ward 8"
    assert desk.ask("dou", "DELETE", f"{LISTS}/{id_}").status_code == 204
    gone = desk.post("dou", f"{AUDIENCES}/count", audience={"lists": [id_]})
    assert gone.status_code == 422 and gone.json["field"] == "audience.lists"
    lists_cycle.run_once(desk.installation)
    assert held(desk) == 1
    assert desk.post("dou", f"{LISTS}/{id_}/actions/restore").json["removed_at"] is None
    assert [each["id"] for each in desk.get("dou", LISTS).json["items"]] == [id_]
    assert desk.ask("dou", "POST", f"/notices/lists/{id_}/remove").status_code == 303
    time.forward(hours=25)
    lists_cycle.run_once(desk.installation)
    lists_cycle.run_once(desk.installation)
    assert held(desk) == 0 and desk.post("dou", f"{LISTS}/{id_}/actions/restore").status_code == 404
    last = journaled(desk)[-1]
    assert last.startswith("audiences.lists_forgotten system") and '"numbers":1' in last


def test_only_who_may_draft_notices_sees_or_changes_them(desk: Desk) -> None:
    id_ = a_list(desk)
    assert desk.get("aud", "/notices/audiences").status_code == 403
    assert desk.ask("aud", "DELETE", f"{LISTS}/{id_}").status_code == 403
    assert desk.ask("dou", "POST", f"/notices/lists/{id_}/explode").status_code == 404
    assert desk.ask("dou", "DELETE", f"{LISTS}/{2**62}").status_code == 404
