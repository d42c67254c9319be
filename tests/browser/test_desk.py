"""An agent with a caller on the line, and the customer with the SMS in hand."""

import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.browser.conftest import PASSWORD, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CALLER = "120 2000 0000"


@pytest.fixture
def agent(chromium: Browser, site: Site) -> Iterator[Page]:
    """The desk of an agent who has signed in."""
    stage, hashed = site.stage, passwords.hashed(PASSWORD)
    stage.database.write(
        lambda session: people.set_password(session, session.get_one(Person, stage.people["kef"]), hashed)
    )
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{site.url}/sign-in")
    page.fill("[name=username]", "kef")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/board")
    page.goto(f"{site.url}/desk?lang=en")
    yield page
    context.close()


def serious(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    found = Axe().run(page).response["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]


@pytest.mark.proves("R5", "R13", "R14", "R15")
def test_a_call_is_answered_by_keyboard_alone(site: Site, agent: Page, chromium: Browser) -> None:
    number = site.stage.storm("CELL-1")
    begun = time.monotonic()
    expect(agent.locator("#number")).to_be_focused()
    agent.keyboard.type(CALLER)
    agent.keyboard.press("Enter")
    expect(agent.locator("#verdict")).to_contain_text("is affected now")
    assert time.monotonic() - begun < 10
    expect(agent.locator("#verdict")).to_be_focused()
    expect(agent.locator("#verdict")).to_contain_text("120****0000")
    expect(agent.locator("#number")).to_have_value("")
    expect(agent.locator(".say-first")).to_have_count(2)
    expect(agent.locator(f"[name=incident][value='{number}']")).to_be_checked()
    assert CALLER.replace(" ", "") not in agent.content() + agent.url
    assert serious(agent) == []
    agent.fill("#note", "no signal")
    agent.keyboard.press("Control+Enter")
    expect(agent.locator(".desk-done")).to_contain_text("C-")
    case = agent.locator(".desk-mine strong").first.inner_text()
    agent.keyboard.press("/")
    expect(agent.locator("#number")).to_be_focused()

    for width in (1280, 390):
        customer = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=True)
        page = customer.new_page()
        page.goto(f"{site.url}/case?lang=en")
        page.fill("#case", case)
        page.fill("#digits", "0000")
        page.click("button")
        expect(page.locator("[aria-current=step]")).to_contain_text("Being handled")
        assert serious(page) == [] and customer.cookies() == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        customer.close()


def test_a_refusal_is_shown_where_the_answer_would_stand(agent: Page) -> None:
    agent.fill("#number", "hello")
    agent.keyboard.press("Enter")
    expect(agent.locator("#answer .problem")).to_contain_text("This is no phone number.")
    agent.set_viewport_size({"width": 390, "height": 800})
    assert serious(agent) == []
    assert agent.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
