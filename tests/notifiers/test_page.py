"""The simulator's page in Chromium: live, searchable, answering, in both languages, at the width of a phone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from notifiers.simulator.web.words import WORDS
from tests.browser.finding import chromium_path
from tests.notifiers.conftest import PHONE, TEXT, House, message

CHROMIUM = chromium_path()

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine; .ci/chromium installs it"),
]


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[("zh", "light"), ("en", "dark")], ids=["zh-light", "en-dark"])
def page(browser: Browser, request: pytest.FixtureRequest, house: House) -> Page:
    language, scheme = request.param
    page = browser.new_page(color_scheme=scheme, viewport={"width": 390, "height": 844})
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: page.complaints.append(said.text))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.goto(f"{house.url}/?lang={language}")
    expect(page.locator(".notice")).to_have_text(WORDS[language]["notice"])
    return page


def test_a_text_shows_without_reload_and_is_answered_from_the_phone(page: Page, house: House) -> None:
    expect(page.locator("#empty")).to_be_visible()
    post_text(page, house, PHONE)
    expect(page.locator(".phone h2 a")).to_have_text("120****5678")
    expect(page.locator(".bubbles li")).to_contain_text(TEXT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Axe().run(page).response["violations"] == []
    page.locator(".phone input").fill("收到 7731")
    page.locator(".phone button").click()
    expect(page.locator(".bubbles li.in")).to_contain_text("收到 7731")
    assert house.listener.next().params["Body"] == "收到 7731"
    assert page.complaints == []  # type: ignore[attr-defined]


def test_phones_are_found_by_number_and_keep_their_places_under_a_typing_hand(page: Page, house: House) -> None:
    for number in ("+8612000000001", "+8612000000002"):
        post_text(page, house, number)
    expect(page.locator(".phone h2 a")).to_have_text(["120****0002", "120****0001"])
    page.locator(".phone input").nth(1).type("typing")
    post_text(page, house, "+8612000000003")
    expect(page.locator("#paused")).to_be_visible()
    expect(page.locator(".phone h2 a")).to_have_text(["120****0002", "120****0001"])
    page.fill("#search", "0000003")
    expect(page.locator(".phone h2 a")).to_have_text(["120****0003"])
    page.locator(".phone h2 a").click()
    expect(page.locator("#phones.single .bubbles li")).to_have_count(1)


def post_text(page: Page, house: House, number: str) -> None:
    """Create a message as a bare client would; the gateway's own loop cannot run beside Playwright's."""
    text = message(to=number)
    answer = page.request.post(
        f"{house.url}/2010-04-01/Accounts/{house.settings().account_sid}/Messages.json",
        form={"To": text.to, "From": house.settings().sender, "Body": text.text},
        headers={"Authorization": house.basic()},
    )
    assert answer.status == 201
