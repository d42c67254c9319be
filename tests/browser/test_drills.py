"""A drill's console and a player's page in Chromium: what happens shows by itself, and nothing that is being typed is lost by it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenery
from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.proves("R9")
def test_the_console_follows_the_drill_while_somebody_types(site: Site, page: Page) -> None:
    code = scenery.going_on(site.stage)
    page.goto(f"{site.url}/drills/{code}/console")
    clock = page.locator("[data-exercise-clock]").first
    before = clock.inner_text()
    expect(page.locator("#inject-4")).to_contain_text("To come")
    page.fill("[data-answer] textarea", "They called the")
    site.stage.post("tra", f"/api/v1/drills/{code}/actions/deliver", number=4)
    expect(page.locator("#inject-4")).to_contain_text("Put to them", timeout=8000)
    expect(page.locator("[data-answer] textarea")).to_have_value("They called the")
    expect(page.locator("[data-answer] textarea")).to_be_focused()
    expect(clock).not_to_have_text(before)
    page.click("#mark-4")
    expect(page.locator("[data-answer] [name=number]")).to_have_value("4")
    page.click("#do-pause")
    expect(page.locator("#do-resume")).to_be_visible()


def test_a_players_page_shows_what_is_new_and_keeps_the_answer_that_is_half_written(site: Site, page: Page) -> None:
    code = scenery.going_on(site.stage)
    page.goto(f"{site.url}/drills/{code}/play")
    words = page.locator("#words-2")
    words.fill("We split the crews")
    site.stage.post("tra", f"/api/v1/drills/{code}/actions/deliver", number=5)
    expect(page.locator("#inject-5")).to_be_visible(timeout=9000)
    expect(words).to_have_value("We split the crews")
    expect(words).to_be_focused()
    page.click("#answer-2")
    expect(page.locator("#answer-2")).to_have_count(0)
    expect(page.locator("#inject-2")).to_contain_text("We split the crews")
