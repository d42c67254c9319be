"""What the page of a notice tells: who acted, by name; whom it goes to, by name; why some were not reached; and a pause that holds it."""

import pytest
from sqlalchemy import select

from command.core import clock
from command.messages import outbox
from command.messages.handlers import Handlers
from command.messages.models import Delivery, State
from command.network.models import Area, TariffPlan
from command.notices.models import Notice
from tests.composing.test_notices import audience_of, composed, form
from tests.incidents.conftest import Desk


def leaving(desk: Desk, number: str, **more: str) -> str:
    """A notice that a second person let leave; nothing of it has left."""
    address = composed(desk, number, **more)
    desk.ask("dou", "POST", f"{address}/submit", data={})
    answer = desk.ask("ada", "POST", f"{address}/approve", data={"count": str(audience_of(desk, address))})
    assert answer.status_code == 303
    return address


@pytest.mark.proves("B11")
def test_why_some_were_not_reached_is_said_in_classes_with_what_helps(desk: Desk) -> None:
    address = leaving(desk, desk.responding())
    desk.send()

    def fail(session):  # type: ignore[no-untyped-def]
        mine = Delivery.notice_id == int(address.rpartition("/")[2])
        locked = outbox.lock(session, mine, limit=3)
        now = clock.now(session)
        ends = [(State.UNDELIVERED, "30003"), (State.UNDELIVERED, "30008"), (State.FAILED, "21211")]
        changes = {
            row.id: {"id": row.id, "state": state, "code": code, "settled_at": now}
            for row, (state, code) in zip(locked, ends, strict=True)
        }
        outbox.change(session, locked, changes, Handlers())

    desk.database.write(fail)
    page = desk.get("aud", f"{address}?lang=en").text
    assert "Phone off or out of reach" in page and "30003 × 1, 30008 × 1" in page and "No such number" in page
    assert "The register of subscribers wants cleaning." in desk.get("aud", f"{address}/progress?lang=en").text


@pytest.mark.proves("B11", "I2")
def test_who_waits_for_the_second_road_is_shown_as_not_told_yet(desk: Desk) -> None:
    address = leaving(desk, desk.responding())
    desk.send()
    id_ = int(address.rpartition("/")[2])
    everybody = audience_of(desk, address)
    assert f'data-told="{everybody}"' in desk.get("aud", f"{address}/progress").text

    def move(session, *states):  # type: ignore[no-untyped-def]
        locked = outbox.lock(session, Delivery.notice_id == id_, limit=len(states))
        again = {"first_channel": "sms", "first_gateway": "smsc", "first_code": "30003", "settled_at": None}
        changes = {row.id: {"id": row.id, "state": state, **again} for row, state in zip(locked, states, strict=True)}
        outbox.change(session, locked, changes, Handlers())

    desk.database.write(lambda session: move(session, State.READY, State.READY, State.SENT, State.UNDELIVERED))
    page = desk.get("aud", f"{address}/progress?lang=en").text
    assert "2 wait and are not told yet, 1 told, 1 not reached by it either" in page
    assert f'data-told="{everybody - 2}"' in page
    assert "尚未告知" in desk.get("aud", f"{address}/progress?lang=zh").text
    seen = desk.get("aud", f"/api/v1/notices/{id_}").json
    assert (seen["second_road"], seen["second_road_waiting"], seen["second_road_told"]) == (4, 2, 1)
    desk.database.write(lambda session: move(session, State.DELIVERED, State.READY))
    seen = desk.get("aud", f"/api/v1/notices/{id_}").json
    assert (seen["second_road"], seen["second_road_waiting"], seen["second_road_told"]) == (4, 1, 2)


@pytest.mark.proves("B11", "D5")
def test_it_is_paused_and_goes_on_from_its_own_page(desk: Desk) -> None:
    number = desk.responding()
    desk.send()
    address = leaving(desk, number)
    assert "Pause" in desk.get("ada", f"{address}?lang=en").text
    unsaid = desk.ask("ada", "POST", f"{address}/hold", data={"minutes": "30", "reason": " "})
    assert unsaid.status_code == 422
    paused = desk.ask("ada", "POST", f"{address}/hold", data={"minutes": "30", "reason": "the core is overloaded"})
    assert paused.status_code == 303
    desk.send()
    held = desk.get("ada", f"{address}?lang=en").text
    assert 'data-told="0"' in held and "Held back" in held and "Go on" in held
    desk.ask("ada", "POST", f"{address}/go-on", data={"reason": "this one is urgent"})
    desk.send()
    assert f'data-told="{audience_of(desk, address)}"' in desk.get("ada", f"{address}/progress").text
    assert desk.ask("kef", "POST", f"{address}/hold", data={"minutes": "30", "reason": "x"}).status_code == 403


def test_a_pause_keeps_gateways_out_of_use_that_somebody_else_keeps_out(priced: Desk) -> None:
    address = leaving(priced, priced.responding())
    priced.post("ada", "/api/v1/messages/hold", reason="trouble", minutes=5, mass=False, avoid=["backup"])
    assert priced.ask("ada", "POST", f"{address}/hold", data={"minutes": "30", "reason": "x"}).status_code == 303
    roads = priced.get("ada", "/api/v1/roads").json
    assert roads["held"] and {each["name"]: each["state"] for each in roads["roads"]}["backup"] == "avoided"


def test_people_plans_and_places_are_called_by_their_names(desk: Desk) -> None:
    number = desk.responding()
    address = leaving(desk, number, areas="80", services="voice")
    with desk.database.read() as session:
        area = session.scalars(select(Area).where(Area.code == "80")).one()
        names = (area.name_en, area.name_zh)
    page = desk.get("ada", f"{address}?lang=en").text
    assert names[0] in page and "person:" not in page and ">voice<" not in page
    assert names[1] in desk.get("ada", f"{address}?lang=zh").text
    automatic = next(each["id"] for each in desk.notices(number) if each["automatic"])
    shown = desk.get("ada", f"/notices/{automatic}?lang=en").text
    assert "playbook:" not in shown and "system:" not in shown and "the plan “" in shown


def test_a_field_offers_names_and_understands_them(desk: Desk) -> None:
    number = desk.responding()
    with desk.database.read() as session:
        area = session.scalars(select(Area).where(Area.code == "80")).one()
        zh, en = area.name_zh, area.name_en
    offered = desk.get("dou", f"/notices/choices/areas?lang=en&q={en[:4]}").text
    assert f'data-value="80 {en}"' in offered
    assert "CELL-1" in desk.get("dou", "/notices/choices/without_elements?q=cell-1").text
    assert "Nothing like it" in desk.get("dou", "/notices/choices/lists?lang=en&q=zzz").text
    desk.database.write(
        lambda session: session.add_all(
            [TariffPlan(name="企业-专线"), TariffPlan(name="mobile-59"), TariffPlan(name="专线,含宽带")]
        )
    )
    offered = desk.get("dou", "/notices/choices/plans?lang=en&q=专").text
    assert 'data-value="企业-专线"' in offered and "含宽带" not in offered, "a comma parts two choices"
    assert "企业" not in desk.get("dou", "/notices/choices/without_plans?lang=en&q=MOBILE").text
    assert desk.get("dou", "/notices/choices/texts?q=a").status_code == 404
    assert desk.get("aud", "/notices/choices/areas?q=a").status_code == 403
    for typed in ("80", f"80 {en}", en, zh, f"80 {zh}; "):
        address = composed(desk, number, areas=typed)
        with desk.database.read() as session:
            kept = session.get_one(Notice, int(address.rpartition("/")[2])).selection
        assert kept is not None and kept["areas"] == ["80"], typed
    refused = desk.ask("dou", "POST", "/notices/new?lang=en", data=form(number, areas="Nowhere"))
    assert refused.status_code == 422 and 'aria-invalid="true"' in refused.text


def test_the_incident_and_the_board_lead_to_the_form_and_to_the_notice(desk: Desk) -> None:
    number = desk.responding()
    link = f"/notices/new?incident={number}"
    assert link in desk.get("dou", f"/incidents/{number}/actions?lang=en").text
    assert link not in desk.get("aud", f"/incidents/{number}/actions?lang=en").text
    address = leaving(desk, number)
    board = desk.get("ada", "/board?lang=en").text
    assert f'href="{address}"' in board and "/notices/part/advisories" in board
