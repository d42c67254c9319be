"""What an operator's policy makes of the notices of an incident: real change, late updates, what passes at night, and where it is read."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from command.engine import late_updates
from command.messages import optouts
from command.network.models import Area, Service, Subscriber
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.incidents.test_telling import at_local
from tests.notices.policies import written


def second(desk: Desk, number: str, **body: Any) -> Any:
    """An update is drafted and submitted; what the submission answers."""
    notice = desk.post("dou", "/api/v1/notices", incident=number, kind="update", **body).json
    return desk.post("dou", f"/api/v1/notices/{notice['id']}/actions/submit")


def told(desk: Desk, **fields: Any) -> str:
    number = desk.responding(**fields)
    desk.send()
    return number


def test_an_update_without_news_is_refused_until_the_promised_time(desk: Desk, time: Time) -> None:
    number = told(desk)
    desk.act("ada", number, "regrade", tier=3, reason="by judgement")
    early = second(desk, number)
    assert early.status_code == 200, "another tier is news"
    again = desk.post("ada", f"/api/v1/notices/{early.json['id']}/actions/approve", count=20)
    assert again.status_code == 409 and "minutes" in again.json["detail"]
    time.forward(minutes=121)
    first = second(desk, number).json
    assert desk.post("ada", f"/api/v1/notices/{first['id']}/actions/approve", count=20).status_code == 200
    refused = second(desk, number)
    assert (refused.status_code, refused.json["field"]) == (409, "kind")
    assert second(desk, number, texts={"zh": "配件已到", "en": "The part has come"}).status_code == 200
    time.forward(minutes=121)
    assert second(desk, number).status_code == 200, "the promised time has come"


def test_an_eta_that_moves_enough_is_news(desk: Desk, time: Time) -> None:
    number = told(desk)
    eta = time.now() + timedelta(hours=3)
    desk.act("eng", number, "eta", eta=eta.isoformat(), reason="splicing")
    assert second(desk, number).status_code == 200


def late(desk: Desk) -> None:
    with desk.acting():
        late_updates.run_once(desk.installation)


def test_a_late_update_is_on_record_once_and_pages_nobody(desk: Desk, time: Time) -> None:
    number = told(desk, elements=["CELL-1"])
    desk.act("ada", number, "regrade", tier=2, reason="by judgement")
    late(desk)
    assert "notice.update_late" not in desk.kinds(number)
    before = desk.kinds(number).count("page.sent")
    time.forward(minutes=61)
    for _ in range(2):
        late(desk)
    assert desk.kinds(number).count("notice.update_late") == 1
    assert desk.kinds(number).count("page.sent") == before
    assert desk.notices(number)[0]["late_at"]
    for tongue, words in (("en", "Update late"), ("zh", "进展通知逾期")):
        for page in (f"/incidents/{number}?lang={tongue}", f"/board?lang={tongue}"):
            assert words in desk.get("ada", page).text
    submitted = second(desk, number).json
    desk.post("ada", f"/api/v1/notices/{submitted['id']}/actions/approve", count=20)
    assert "Update late" not in desk.get("ada", f"/incidents/{number}?lang=en").text
    time.forward(minutes=61)
    late(desk)
    assert desk.kinds(number).count("notice.update_late") == 2


def test_nothing_is_late_once_service_is_back(desk: Desk, time: Time) -> None:
    number = told(desk)
    desk.act("ada", number, "regrade", tier=2, reason="by judgement")
    desk.act("ada", number, "restore", evidence="test calls")
    time.forward(hours=5)
    late(desk)
    assert "notice.update_late" not in desk.kinds(number)


def at_night(desk: Desk, **changes: Any) -> None:
    desk.database.info["settings"] = desk.installation.settings.model_copy(update={"quiet_hours": True, **changes})


def test_the_loss_of_emergency_numbers_passes_in_every_tier(desk: Desk, time: Time, tmp_path: Path) -> None:
    def lose(session: Any) -> None:
        session.execute(update(Service).where(Service.code == "voice").values(critical=True))

    desk.do(lose)
    at_night(desk)
    at_local(desk, time, 23)
    number = told(desk)
    assert desk.notices(number)[0]["keeps_quiet"] is False
    at_night(desk, notices=written(tmp_path, quiet={"emergency_numbers": False, "tiers": []}))
    assert desk.notices(told(desk, elements=["CELL-4"], area="800201"))[0]["keeps_quiet"] is True


def test_the_policy_is_read_as_a_page_and_as_json_with_what_it_means_now(desk: Desk, time: Time) -> None:
    def move(session: Any) -> None:
        session.execute(update(Area).where(Area.code.in_(("8002", "800201"))).values(zone="Europe/Berlin"))

    desk.do(move)
    at_night(desk)
    at_local(desk, time, 23)
    found = desk.get("aud", "/api/v1/notices/policy?lang=en").json
    own, abroad = found["zones"]
    assert (own["zone"], own["areas"][0]) == ("Asia/Shanghai", "Nationwide")
    assert own["quiet_until"].split("T")[1].startswith("07:00")
    assert (abroad["areas"], abroad["quiet_until"]) == (["Yunzhan"], None)
    assert found["policy"]["quiet"]["from"] == "22:00"
    page = desk.get("aud", "/notices/policy?lang=en").text
    assert "Quiet now in Nationwide until 07:00" in page and "No quiet hours now in Yunzhan" in page
    assert "全国当前免打扰，至07:00" in desk.get("aud", "/notices/policy?lang=zh").text
    assert desk.client().get("/api/v1/notices/policy").status_code == 401


def test_an_eta_is_a_range_only_while_it_is_ahead(desk: Desk, time: Time) -> None:
    number = told(desk)
    eta = time.now() + timedelta(minutes=40)
    desk.act("eng", number, "eta", eta=eta.isoformat(), reason="splicing")
    words = {"incident": number, "kind": "update"}
    assert "between" in desk.post("dou", "/api/v1/notices", **words).json["texts"]["en"]
    time.forward(minutes=41)
    late_text = desk.post("dou", "/api/v1/notices", **words).json["texts"]
    assert "between" not in late_text["en"] and "预计" not in late_text["zh"]


def test_an_opt_out_covers_first_notices_of_lower_tiers_where_the_policy_says_so(desk: Desk, tmp_path: Path) -> None:
    with desk.database.read() as session:
        query = select(Subscriber.number_index).where(Subscriber.element_id == desk.network.elements["CELL-1"])
        index = session.scalars(query.order_by(Subscriber.id)).first()
    assert index is not None
    desk.do(lambda session: optouts.opt_out(session, index, "reply"))
    own = written(tmp_path, opt_out={"first_notices_of_tiers": [3, 4]}, overlap={"merge": False})
    desk.database.info["settings"] = desk.installation.settings.model_copy(update={"notices": own})
    covered = desk.notices(told(desk))[0]
    assert (desk.see(covered["incident"])["tier"], covered["counts"]) == (4, {"submitted": 19, "suppressed": 1})
