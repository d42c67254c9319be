"""The day of a tariff change: complaints surge, those concerned are told, it is put right, and it closes only when it has stayed calm."""

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from command.network.models import Subscriber
from tests.complaints.conftest import steps
from tests.scenarios.command_post import Post
from tests.scenarios.databases import SQLITE_FIRST

RESOURCES = "/api/v1/resources"
STEPS = ("accept", "enquire", "answer", "follow_up")


class Hotline:
    """How customers complain, and how their complaints are handled. `cases` came over the API, `page` is the customer's own."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.cases: list[str] = []
        self.page = ""
        self.gold = post.customers("CELL-1", "CELL-3")
        self.others = post.customers("CELL-4", "CELL-5")
        post.do(self._sell_gold)
        self._sent = 0

    def _sell_gold(self, session: Session) -> None:
        ids = list(self.gold.values())
        session.execute(update(Subscriber).where(Subscriber.id.in_(ids)).values(tariff_plan="Gold"))
        session.execute(update(Subscriber).where(Subscriber.id.not_in(ids)).values(tariff_plan="Silver"))

    def send(self, numbers: list[str], **more: Any) -> list[dict[str, Any]]:
        """Complaints over the API, as the system of the app sends them."""
        each = {"channel": "app", "kind": "billing", "source": "crm", "text": "charged twice", **more}
        batch = [{**each, "number": number, "reference": f"A-{self._sent + at}"} for at, number in enumerate(numbers)]
        self._sent += len(batch)
        taken = self.post.ok(self.post.ask("kef", "POST", "/api/v1/complaints", json=batch))
        assert taken["new"] == len(batch)
        items: list[dict[str, Any]] = taken["items"]
        self.cases += [item["case"] for item in items]
        return items

    def bring(self, *rows: str) -> str:
        """Complaints from a file, as its page takes it; what the page says."""
        head = "reference,channel,kind,source,number,severity,reach,text"
        sent = {"file": (io.BytesIO("\n".join((head, *rows, "")).encode()), "shops.csv")}
        page = self.post.ask("kef", "POST", "/complaints/import?lang=en", data=sent, content_type="multipart/form-data")
        assert page.status_code == 200, page.text
        return str(page.text)

    def form(self, number: str) -> str:
        """A customer complains without calling anybody; the page of the case."""
        given = {"number": number, "kind": "billing", "text": "my bill has doubled", "key": "a1" * 16}
        sent = self.post.client().post("/complaints/new?lang=en", data=given)
        assert sent.status_code == 303 and sent.headers["Location"].startswith("/c/")
        return str(sent.headers["Location"])

    def known(self, **asked: str) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in {"limit": "200", **asked}.items())
        found: list[dict[str, Any]] = self.post.ok(self.post.get("kef", f"/api/v1/complaints?{query}"))["items"]
        return found

    def step(self, case: str, step: str) -> dict[str, Any]:
        said = {"enquire": {"result": "billed by both plans"}, "answer": {"result": "the second charge is refunded"}}
        body = {"satisfied": "yes"} if step == "follow_up" else said.get(step, {})
        found: dict[str, Any] = self.post.ok(self.post.post("kef", f"/api/v1/complaints/{case}/actions/{step}", **body))
        return found

    def settle(self, *cases: str, through: tuple[str, ...] = STEPS) -> None:
        """Complaints are handled, step by step."""
        for case in cases:
            for step in through:
                self.step(case, step)

    def surges(self) -> list[dict[str, Any]]:
        """What the engine finds now."""
        self.post.engine()
        found: list[dict[str, Any]] = self.post.ok(self.post.get("dou", "/api/v1/surges?lang=en"))["items"]
        return found


@pytest.fixture
def hotline(post: Post) -> Hotline:
    return Hotline(post)


@SQLITE_FIRST
@pytest.mark.proves("R6", "R13", "R15", "R20", "R30", "R31", "R32")
def test_a_tariff_change_from_the_first_complaints_to_the_last_refund(post: Post, hotline: Hotline) -> None:
    ordinary_weeks(post, hotline)
    surge = complaints_come_by_every_way(post, hotline)
    number = it_becomes_an_incident(post, hotline, surge)
    agents_come(post, number)
    those_concerned_are_told(post, hotline, number)
    the_public_is_watched(post, number)
    every_complaint_is_answered(post, hotline)
    it_is_put_right(post, hotline, number)
    it_returns_once(post, hotline, number)
    it_closes_when_it_has_stayed_calm(post, hotline, number)
    the_figures_are_right(post)
    assert post.verifies()


def ordinary_weeks(post: Post, hotline: Hotline) -> None:
    """What is usual on this weekday at this hour: four complaints about the plan."""
    gold = list(hotline.gold)
    post.at("09:10")
    for count in (1, 4, 4):
        hotline.send(gold[:count])
        hotline.settle(*hotline.cases[-count:])
        assert hotline.surges() == []
        post.later(weeks=1)


def complaints_come_by_every_way(post: Post, hotline: Hotline) -> dict[str, Any]:
    """By API, file and form; graded and routed; three times what is usual is a surge of the plan, and not one complaint sooner."""
    gold, others = list(hotline.gold), list(hotline.others)
    urgent, *regular = hotline.send([gold[0]], severity=1) + hotline.send(gold[20:25] + gold[1:3])
    assert (urgent["service_class"], urgent["department"]) == ("emergency", "operations")
    assert {each["service_class"] for each in regular} == {"regular"}
    hotline.send(others[:3])
    page = hotline.bring(
        *(f"S-{at},counter,billing,shops,{gold[at]},3,one,charged twice" for at in (4, 5, 6)),
        "S-9,counter,billing,shops,nobody,3,one,charged twice",
    )
    assert "3 rows kept, 1 with errors" in page
    assert hotline.surges() == [], "eleven are not yet three times the usual four"
    hotline.page = hotline.form(gold[7])
    assert steps(post.client().get(hotline.page).text)[1] == ("Being handled", False)
    (surge,) = hotline.surges()
    assert (surge["dimension"], surge["value"], surge["state"]) == ("plan", "Gold", "proposed")
    assert (surge["count"], surge["expected"], surge["threshold"]) == (12, 4.0, 12)
    assert len(hotline.known(state="open")) == 15
    return surge


def it_becomes_an_incident(post: Post, hotline: Hotline, surge: dict[str, Any]) -> str:
    """Nobody has taken the urgent one in its five minutes: who is on duty is told. A person makes the surge an incident."""
    post.later(minutes=6)
    post.engine()
    assert "is late" in post.texts("ops")[0]
    assert f"/complaints/surges#surge-{surge['id']}" in post.get("dou", "/board/part/decisions").text
    accept = f"/api/v1/surges/{surge['id']}/actions/accept"
    assert post.post("aud", accept).status_code == 403
    number = str(post.ok(post.post("dou", accept))["incident"])
    seen = post.see(number)
    assert (seen["kind"], seen["tier"], seen["complaints"]) == ("complaint_surge", 4, 12)
    assert seen["area"]["code"] == "8001"
    post.act("dou", number, "facts", feedback="charged by two plans", measures="charging is halted", scope_known=True)
    post.act("dou", number, "assess")
    activated = post.act("dou", number, "activate")
    assert {task["department"] for task in activated["tasks"]} == {
        "technical",
        "customer_service",
        "security",
        "operations",
    }
    post.engine()
    assert number in post.texts("kef")[0] and "cknowledged" in post.acknowledge("kef")
    hotline.send([list(hotline.gold)[8]])
    assert post.see(number)["complaints"] == 13, "one more of the same joins by itself"
    return number


def agents_come(post: Post, number: str) -> None:
    """The line of the plan: twenty agents who help, from their pool to the desks."""
    names = {"name_zh": "应急坐席", "name_en": "Surge agent"}
    post.ok(
        post.post(
            "dou",
            f"{RESOURCES}/catalogue",
            code="surge-agent",
            kind="human",
            serial=False,
            plan_lines=["surge_agents"],
            **names,
        )
    )
    where = {"area": "80", "place": "Call centre", "department": "customer_service"}
    pool = post.ok(post.post("dou", f"{RESOURCES}/pools", code="desk", name_zh="坐席", name_en="Agents", **where))
    given = {"resource": "surge-agent", "type": 3, "serials": [], "quantity": 30}
    stock = post.ok(post.post("dou", f"{RESOURCES}/pools/{pool['id']}/actions/receive", **given))["id"]
    need_by = (post.time.now() + timedelta(hours=1)).isoformat()
    need = {"resource": "surge-agent", "quantity": 20, "need_by": need_by, "place": "Call centre", "why": "13 an hour"}
    asked = post.ok(post.post("dou", f"/api/v1/incidents/{number}/resource-requests", **need))["id"]
    post.ok(post.post("ada", f"{RESOURCES}/requests/{asked}/actions/approve"))
    take = [{"stock": stock, "quantity": 20}]
    (held,) = post.ok(post.post("dou", f"{RESOURCES}/requests/{asked}/actions/fill", take=take))["taken"]
    for verb, more in (("assign", {}), ("dispatch", {"place": "Call centre"}), ("check_in", {})):
        state = post.ok(post.post("dou", f"{RESOURCES}/out/{held['id']}/actions/{verb}", **more))
    assert state["card"] == "on_scene"


def those_concerned_are_told(post: Post, hotline: Hotline, number: str) -> None:
    """Agents say what the plan's script says; the first notice goes to exactly the plan's subscribers."""
    caller = post.ok(post.post("kef", "/api/v1/desk/look-up", number=list(hotline.gold)[9]))
    assert caller["affected"] and "Other customers" in caller["say"]["en"]
    assert not post.ok(post.post("kef", "/api/v1/desk/look-up", number=list(hotline.others)[9]))["affected"]
    assert post.phones_of_customers() == {}
    assert post.tell(number, "first", "ada")["counts"] == {"delivered": len(hotline.gold)}
    assert set(post.phones_of_customers()) == set(hotline.gold)


def the_public_is_watched(post: Post, number: str) -> None:
    """What is said in public has somebody who answers it."""
    said = {
        "link": "https://example.com/post/1",
        "reach": 90_000,
        "sentiment": "bad",
        "owner": "kef",
        "note": "a rip-off",
    }
    address = f"/api/v1/incidents/{number}/opinions"
    made = post.ok(post.post("kef", address, **said))
    assert post.ok(post.get("dou", address))["items"][0]["answered_at"] is None
    post.ok(post.post("kef", f"{address}/{made['id']}/actions/answer", answer="refunds are on their way"))


def every_complaint_is_answered(post: Post, hotline: Hotline) -> None:
    """Four steps each: accepted, enquired into, answered, and the customer's word a little later."""
    cases = [each["case"] for each in hotline.known(state="open")]
    assert len(cases) == 16
    hotline.settle(*cases, through=("accept", "enquire"))
    post.later(minutes=20)
    hotline.settle(*cases, through=("answer",))
    post.later(hours=1)
    hotline.settle(*cases, through=("follow_up",))
    assert hotline.known(state="open") == []
    assert steps(post.client().get(hotline.page).text)[-1] == ("Case closed", True)
    post.engine()


def it_is_put_right(post: Post, hotline: Hotline, number: str) -> None:
    """The bills are corrected; the all-clear goes to exactly those who were told; the repair is watched."""
    post.at("15:00")
    post.engine()
    post.finish_tasks(number)
    post.act("ada", number, "restore", evidence="the double charge is out of the bills; samples agree")
    post.engine()
    phones = post.phones_of_customers()
    assert set(phones) == set(hotline.gold) and all(len(texts) == 2 for texts in phones.values())
    assert "observ" in post.why_not("ada", number, "review")


def it_returns_once(post: Post, hotline: Hotline, number: str) -> None:
    """A second wave opens it again by itself and belongs to it; then the repair holds, and the review is written."""
    post.at("16:30")
    again = [item["case"] for item in hotline.send(list(hotline.gold)[9:21])]
    post.engine()
    seen = post.see(number)
    assert (seen["state"], seen["complaints"]) == ("responding", 25)
    returned = [line["data"] for line in post.journal(number) if line["kind"] == "observation.returned"]
    assert [(each["sign"], each["reopened"]) for each in returned] == [("complaints", True)]
    hotline.settle(*again)
    post.at("18:00")
    post.engine()
    post.act("ada", number, "restore", evidence="the second plan is out of the bills too")
    post.engine()
    sent = [each["state"] for each in post.listed(number) if each["kind"] in ("first", "all_clear")]
    assert sent == ["sent", "withdrawn", "sent", "sent"], (
        "nobody approved to tell them once more that it is looked into"
    )
    phones = post.phones_of_customers()
    assert set(phones) == set(hotline.gold) and all(len(texts) == 3 for texts in phones.values())
    post.at("03:00")
    said = {"cause": "two plans charged", "effect": "answered in a day", "improvements": "try tariffs on samples first"}
    assert post.act("ada", number, "review", **said)["state"] == "reviewing"


def it_closes_when_it_has_stayed_calm(post: Post, hotline: Hotline, number: str) -> None:
    """Too early it is refused, with every reason; refunds alone are not enough; then it is calm for a day and closes."""
    why = post.why_not("ada", number, "close")
    assert "complaints have not stayed under the threshold for 24 h" in why and "settled" in why, why
    post.at("10:00")
    post.engine()
    refunds = post.to_settle(number, "dou")["refunds"]
    assert (refunds["required"], refunds["state"]) == (True, "open")
    post.settle(number, "refunds", "kef", words="refunded with the next bill", amount="260.00", people=13)
    why = post.why_not("ada", number, "close")
    assert "24 h" in why and "settled" not in why, why
    post.at("18:30")
    post.engine()
    assert post.act("ada", number, "close")["state"] == "closed"
    assert post.kinds(number).count("incident.closed") == 1


def the_figures_are_right(post: Post) -> None:
    """R20 over the month: all were accepted, enquired into and settled in time, and too many complained."""
    found = post.ok(post.get("aud", "/api/v1/complaints/figures?days=31"))
    assert (found["complaints"], found["open"]) == (37, 0)
    assert found["first_response"] == found["first_plan"] == found["first_contact"] == 1
    assert found["resolved"] == found["complete"] == 1
    assert found["handling_minutes"] == pytest.approx(16 * 20 / 37, abs=0.5)
    assert found["complaint_rate"] == 37 / 50
