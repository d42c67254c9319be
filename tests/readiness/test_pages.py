"""What is lacking can be seen at a glance, in words and shapes; what ends is listed; reminders are read on their page."""

import csv
import io
import re

import pytest

from tests.readiness.conftest import OWNER, Keep
from tests.resources.test_life import API

pytestmark = [pytest.mark.proves("R11", "D4"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
PAGE = "/resources/readiness"


def line(keep: Keep, name: str, area: str = "8001", tier: int = 4, **asked: str) -> dict[str, object]:
    """A line of the network fault's plan."""
    query = "&".join(f"{key}={value}" for key, value in {"area": area, **asked}.items())
    (found,) = keep.read(f"readiness?{query}")["areas"]
    plan = next(each for each in found["plans"] if each["kind"] == "network_fault")
    its: dict[str, object] = next(each for each in plan["tiers"][tier - 1]["lines"] if each["line"] == name)
    return its


def crews(keep: Keep) -> None:
    """Crews of the register serve the plans' repair crews."""
    body = {"code": "crew", "kind": "human", "serial": True, "name_zh": "抢修队", "name_en": "Crew", "rest_hours": 8}
    keep.ok("dou", f"{API}/catalogue", **body, plan_lines=["repair_crew"])


@pytest.mark.proves("R34")
def test_only_what_is_fit_for_use_counts_and_where_it_is_matters(keep: Keep) -> None:
    assert line(keep, "repair_crew")["known"] is False
    crews(keep)
    assert line(keep, "repair_crew")["stands"] == "lacking"
    near = keep.units(keep.receive(keep.near, "crew", "C-1", "C-2", "C-3", "C-4", "C-5"))
    keep.receive(keep.far, "crew", "C-6")
    found = line(keep, "repair_crew")
    assert (found["own"], found["everywhere"], found["quantity"], found["stands"]) == (5, 6, 2, "ready")
    keep.renew(near[0], -1)
    keep.ok("dou", f"{API}/units/{near[1]}/actions/service", due_on=keep.ahead(-1))
    keep.ok("dou", f"{API}/units/{near[2]}/actions/stop", reason="broken leg")
    keep.ok("dou", f"{API}/out", take=[{"stock": keep.read(f"units/{near[3]}")["stock"]["id"], "unit": near[3]}])
    found = line(keep, "repair_crew")
    assert (found["own"], found["everywhere"], found["stands"], found["from_elsewhere"]) == (1, 2, "help", 1)
    assert line(keep, "repair_crew", area="80")["stands"] == "ready", "the province holds both prefectures"
    assert line(keep, "repair_crew", department="technical")["everywhere"] == 0
    tier = line(keep, "repair_crew", tier=1)
    assert (tier["stands"], tier["short"]) == ("lacking", 18)


def test_people_who_rest_are_not_counted_until_they_have(keep: Keep) -> None:
    crews(keep)
    stock = keep.receive(keep.near, "crew", "C-1")
    (unit,) = keep.units(stock)
    (held,) = keep.ok("dou", f"{API}/out", take=[{"stock": stock, "unit": unit}], place="CELL-1")["items"]
    for step in ("stage", "release", "return"):
        keep.ok("dou", f"{API}/out/{held['id']}/actions/{step}", **({"good": 1} if step == "return" else {}))
    assert line(keep, "repair_crew")["own"] == 0
    keep.time.forward(hours=9)
    assert line(keep, "repair_crew")["own"] == 1


def test_the_page_says_in_words_what_its_marks_show_and_lists_what_ends(keep: Keep) -> None:
    crews(keep)
    keep.certified(26)
    stock = keep.receive(keep.near, "cable", quantity=5)
    keep.ok("dou", f"{API}/stocks/{stock}/actions/minimum", minimum=9)
    keep.receive(keep.far, "contacts", "LIST-1")
    keep.ok("dou", f"{API}/pools/{keep.far}/actions/count_rule", days=10)
    keep.at(10, days=6)
    visitor = keep.sign_in("dou")
    page = visitor.see(PAGE)
    assert re.search(r"Meichuan, [^<]*, Tier I: \d+ lacking", page)
    for words in (
        "work at height",
        "20 days left",
        "LIST-1",
        "4 days left",
        "Stock under its minimum",
        "no resource serves",
    ):
        assert words in page
    near = visitor.see(f"{PAGE}?area=8001&plan=network_fault&tier=4")
    assert "LIST-1" not in near and "work at height" in near and "What is lacking: Meichuan" in near
    none = visitor.see(f"{PAGE}?department=technical")
    assert "work at height" not in none and "No stock is under its minimum." in none
    assert "就绪情况" in visitor.see(PAGE, "zh")
    assert "There is no area 9999." in visitor.see(f"{PAGE}?area=9999")
    assert keep.get("ada", f"{API}/readiness?area=9999").status_code == 422


def test_what_the_page_shows_can_be_taken_away_as_csv_and_that_is_on_record(keep: Keep) -> None:
    crews(keep)
    keep.certified(20, "=CREW")
    visitor = keep.sign_in("aud")
    answer = visitor.send(f"{PAGE}/export", PAGE, area="8001", department="operations")
    assert answer.status_code == 200 and answer.content_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    plan = next(row for row in rows if row["Resource"] == "Spare boards")["Playbook"]
    repair = next(row for row in rows if (row["Playbook"], row["Resource"], row["Tier"]) == (plan, "Repair crew", "I"))
    assert (repair["Needed"], repair["In own pools"], repair["No pool has"], repair["State"]) == (
        "20",
        "1",
        "19",
        "Lacking",
    )
    assert next(row for row in rows if row["What"] == "Certificate")["Unit"] == "'=CREW"
    assert keep.sign_in("eng").client.post(f"{PAGE}/export").status_code in (400, 403)


def test_reminders_are_marked_as_read_on_their_page(keep: Keep) -> None:
    keep.certified(7)
    keep.certified(6, "CREW-2")
    keep.look()
    visitor = keep.sign_in(OWNER)
    page = "/resources/reminders"
    assert "2 unread reminders" in visitor.see(PAGE) and "CREW-2" in visitor.see(page)
    first = keep.reminders(OWNER)[0]
    assert visitor.send(f"{page}/{first['id']}/read", page).status_code == 303
    assert [bool(each["read_at"]) for each in keep.reminders(OWNER)] == [False, True]
    assert visitor.send(f"{page}/999999/read", page).status_code == 404
    keep.certified(5, "CREW-3")
    keep.look()
    assert visitor.send(f"{page}/read", page).status_code == 303
    assert all(each["read_at"] for each in keep.reminders(OWNER))
    assert "No reminder" in keep.sign_in("eng").see(page)
