"""Those on call on their own pages: how they are reached, whom a policy calls, their turns; with a keyboard and a mouse."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from command.messages.models import Body, Delivery, Purpose
from command.oncall.models import DutyLayer, DutyMember, Schedule
from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.browser.conftest import PASSWORD, Site, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def code_sent(site: Site) -> str:
    """The code in the last message that proves a way."""
    query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).where(Delivery.purpose == Purpose.CONTACT)
    with site.stage.database.read() as session:
        text = session.scalars(query.order_by(Delivery.id.desc())).first()
    found = re.search(r"\d{6}", text or "")
    assert found
    return found[0]


@pytest.mark.proves("R4")
def test_somebody_adds_a_way_proves_it_by_its_code_and_puts_it_first(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/me/contacts?lang=en")
    ways = page.locator(".way")
    expect(ways).to_have_count(1)
    page.get_by_label("Number, mailbox or chat").fill("138 0013 8000")
    page.get_by_label("Name it (if you like)").fill("At home")
    page.get_by_role("button", name="Add it and send a code").click()
    expect(ways.nth(1)).to_contain_text("Not used yet")
    expect(ways.nth(1)).to_contain_text("****8000")
    wrong = "000000" if code_sent(site) != "000000" else "111111"
    ways.nth(1).get_by_label("Code sent there").fill(wrong)
    page.keyboard.press("Enter")
    expect(ways.nth(1).get_by_role("alert")).to_be_visible()
    ways.nth(1).get_by_label("Code sent there").fill(code_sent(site))
    page.keyboard.press("Enter")
    expect(ways.nth(1)).to_contain_text("Verified")
    ways.nth(1).get_by_role("button", name="Move SMS", exact=False).filter(has_text="Up").click()
    expect(ways.nth(0)).to_contain_text("At home")
    expect(ways.nth(0).get_by_role("button", name=re.compile("up$"))).to_be_disabled()


@pytest.mark.proves("R4")
def test_a_policy_is_written_by_name_tried_and_refused_with_a_hole_while_all_that_was_typed_stays(
    site: Site, page: Page
) -> None:
    page.goto(f"{site.url}/on-call/policies/new?lang=en")
    first, second = (page.locator(f"[name='steps.0.targets.{at}']") for at in (0, 1))
    first.press_sequentially("techn")
    offered = page.locator(".combo-list:not([hidden]) [role=option]")
    expect(offered).to_have_count(1)
    first.press("Enter")
    expect(first).to_have_value("Duty: Technical")
    second.press_sequentially("Eng")
    offered.filter(has_text=re.compile("^Eng Person")).click()
    expect(second).to_have_value("Person: Eng")
    page.locator("[name='steps.0.ack_minutes']").fill("7")
    page.get_by_role("button", name="Who is reached when?").click()
    line = page.locator(".policy-line > li")
    expect(line).to_have_count(2)
    expect(line.nth(0)).to_contain_text("Eng")
    expect(line.nth(1)).to_contain_text("+7 min")
    second.fill("resource manager")
    page.get_by_role("button", name="Save").click()
    expect(second).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert").first).to_contain_text("nobody who can be called is behind resource manager")
    expect(second).to_have_value("resource manager")
    expect(first).to_have_value("Duty: Technical")
    expect(page.locator("[name='steps.0.ack_minutes']")).to_have_value("7")


@pytest.mark.proves("R28")
def test_an_engineer_proposes_a_swap_on_their_page_and_the_other_agrees_on_theirs(site: Site, page: Page) -> None:
    site.stage.database.write(lambda session: share_duty(session, site))
    page.goto(f"{site.url}/on-call/mine?lang=en")
    mine, theirs = page.get_by_label("My turn"), page.get_by_label("For this turn of somebody else")
    turns = [mine.locator("option").first.inner_text(), theirs.locator("option").first.inner_text()]
    page.get_by_role("button", name="Propose").click()
    waiting = page.locator("section", has=page.get_by_role("heading", name="Swaps that wait for an answer"))
    expect(waiting.get_by_role("button", name="Withdraw")).to_have_count(1)
    page.context.clear_cookies()
    sign_in(page, site, "eng")
    page.goto(f"{site.url}/on-call/mine?lang=en")
    expect(waiting).to_contain_text("Ada")
    waiting.get_by_role("button", name="Accept").click()
    expect(waiting).to_contain_text("None.")
    expect(page.locator(".duty-planned").first).to_contain_text("covering")
    assert all(" – " in turn for turn in turns)


def share_duty(session: Any, site: Site) -> None:
    """The commander and the engineer hold technical duty in turn; the engineer can sign in."""
    layer = session.scalar(select(DutyLayer.id).join(Schedule).where(Schedule.code == "technical"))
    session.add(DutyMember(layer_id=layer, position=1, person_id=site.stage.people["ada"]))
    engineer = session.get_one(Person, site.stage.people["eng"])
    people.set_password(session, engineer, passwords.hashed(PASSWORD))
